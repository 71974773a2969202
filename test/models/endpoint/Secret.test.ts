import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Secret } from "../../../src/models/endpoint/Secret.js";
import { cpuMs } from "../../support/cpuMs.js";
import { DISGUISES, leaksOf } from "../../support/echoingServer.js";

const KEY = "sk-Test+/=_1234567890";
const secret = new Secret(KEY);
const escapedJson = [...KEY]
  .map((character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`)
  .join("");

describe("Secret", () => {
  it.each([
    ["as it is", KEY],
    ["in capitals", KEY.toUpperCase()],
    ["in escapes", escapedJson],
    ["in escapes of escapes", escapedJson.replaceAll("\\", "\\\\")],
    ["in one escape", `${KEY.slice(0, 3)}\\u${"54".padStart(4, "0")}${KEY.slice(4)}`],
    ["in a URL", encodeURIComponent(KEY)],
    ["in a URL, letter by letter", KEY.replace(/./g, (c) => `%${c.charCodeAt(0).toString(16)}`)],
    ["in HTML", [...KEY].map((character) => `&#${character.charCodeAt(0)};`).join("")],
    ["in hexadecimal digits", Buffer.from(KEY).toString("hex")],
    ["between unseen characters", [...KEY].join("\u200b")],
    ["between soft hyphens", [...KEY].join("\u00ad")],
    ["in base64", Buffer.from(KEY).toString("base64")],
    ["in base64 with something before", Buffer.from(`Bearer ${KEY}`).toString("base64")],
    ["in base64 with something around", Buffer.from(`{"k":"${KEY}"}`).toString("base64")],
    ["in base64 of URLs", Buffer.from(`a${KEY}bc`).toString("base64url")],
  ])("is not in a text that has it %s", (_, form) => {
    const clean = secret.redact(`before ${form} after`);
    expect(clean).toContain("***");
    expect(secret.redact(clean)).toBe(clean);
    for (const piece of [form.slice(4, -6), KEY.slice(3, -3)]) expect(clean).not.toContain(piece);
  });

  it.each(Object.entries(DISGUISES))("is not in a text that has it %s", (_, disguise) => {
    for (const around of ["", " ", "x", '{"a":"']) {
      const clean = secret.redact(`${around}${disguise(KEY)}${around}`);
      expect(leaksOf(clean, KEY)).toEqual([]);
      expect(secret.redact(clean)).toBe(clean);
    }
  });

  it.each(["s ", "s\u200b", "%73", "\\u0073", "&#115;", "\u001b[", "\u001b[0"])(
    "is found soon in a long text of %j",
    async (part) => {
      // Quadratic time would be minutes.
      const text = part.repeat(300_000 / part.length);
      expect(await cpuMs(() => secret.redact(text))).toBeLessThan(3000);
    },
  );

  it("is in no value or name of what JSON says", () => {
    const body = { [KEY]: [KEY, { deep: `x${KEY}` }, 1, null, true] };
    expect(JSON.stringify(secret.redactAll(body))).toBe(
      '{"***":["***",{"deep":"x***"},1,null,true]}',
    );
  });

  it("changes nothing of a text without it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        fc.pre(!text.includes(KEY));
        expect(secret.redact(text)).toBe(text);
      }),
    );
  });
});
