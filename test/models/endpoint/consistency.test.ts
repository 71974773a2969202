import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TypedQuestion } from "../../../src/language/index.js";
import { endpoint } from "../../../src/models/endpoint/endpoint.js";
import type { EndpointSettings } from "../../../src/models/index.js";
import { greyFrame, howFar, leftOf, never } from "./builders.js";
import { FakeServer, json, type SeenRequest, says } from "./FakeServer.js";

let server: FakeServer;
beforeEach(async () => {
  server = await FakeServer.start();
});
afterEach(() => server.stop());

const QUESTION = "How far is the gripper from the red mug?";
const SWAPPED = "How far is the red mug from the gripper?";
const INCHES = `${QUESTION} Give the answer in inches.`;

const textOf = ({ body }: SeenRequest): string => body.messages.at(-1).content[1].text;

/** Says a text for each question, whatever their order. */
function answering(words: Readonly<Record<string, string>>): void {
  server.always((response, request) => {
    const text = words[textOf(request)];
    return (text === undefined ? json({ error: "no" }, 404) : says(text))(response, request);
  });
}

async function ask(check: EndpointSettings["check"], question: TypedQuestion, more = {}) {
  const options = { check, cache: "off", backoffS: 0, ...more };
  const vlm = endpoint({ url: server.url, model: "m", ...options });
  const [answer] = await vlm.ask(await greyFrame(), [question], never);
  return answer!;
}

const sigmaOf = ({ value }: Awaited<ReturnType<typeof ask>>) =>
  value?.shape === "quantity" ? value.sigmaM : Number.NaN;

describe("endpoint: asked again with the objects swapped", () => {
  it("a length that holds is the mean, as sure as each answer", async () => {
    answering({ [QUESTION]: "40 cm", [SWAPPED]: "40 cm" });
    const once = await ask("none", howFar());
    const twice = await ask("swap", howFar());
    expect(twice.value).toMatchObject({ valueM: 0.4 });
    expect(sigmaOf(twice)).toBeCloseTo(sigmaOf(once), 12);
    expect(twice.text).toBe("40 cm; with the objects swapped: 40 cm");
  });

  it("disagreement widens sigma", async () => {
    answering({ [QUESTION]: "0.40 m", [SWAPPED]: "0.60 m" });
    const answer = await ask("swap", howFar());
    expect(answer.value).toMatchObject({ valueM: expect.closeTo(0.5, 9) });
    expect(sigmaOf(answer)).toBeGreaterThan(0.2 / Math.SQRT2);
  });

  it("disagreement by more than half is a contradiction, which says both", async () => {
    answering({ [QUESTION]: "0.40 m", [SWAPPED]: "0.90 m" });
    const { refusal } = await ask("swap", howFar());
    expect(refusal).toEqual({
      reason: "contradiction",
      detail: "the answer is 0.4 m, but 0.9 m when asked with the objects swapped",
    });
  });

  it("small lengths may differ by more than half: that is how near they are known", async () => {
    answering({ [QUESTION]: "1 cm", [SWAPPED]: "4 cm" });
    expect((await ask("swap", howFar())).value).toMatchObject({ valueM: expect.closeTo(0.025, 9) });
  });

  it("a signed length turns its sign", async () => {
    const text = "How much further left is the gripper than the red mug?";
    const question: TypedQuestion = { ...howFar(text), kind: "left_difference" };
    const swapped = "How much further left is the red mug than the gripper?";
    answering({ [text]: "0.2 m", [swapped]: "-0.2 m" });
    expect((await ask("swap", question)).value).toMatchObject({ valueM: expect.closeTo(0.2, 9) });
    answering({ [text]: "0.2 m", [swapped]: "0.2 m" });
    expect((await ask("swap", question)).refusal).toMatchObject({ reason: "contradiction" });
  });

  it.each([
    ["Yes.", "No.", { value: { yes: true, confidence: expect.closeTo(0.95, 9) } }],
    ["Yes.", "Yes.", { refusal: { reason: "contradiction" } }],
    ["No.", "No.", { value: { yes: false, confidence: expect.closeTo(0.5, 9) } }],
  ])("a verdict: %s and then %s", async (first, again, reading) => {
    answering({
      "Is the gripper to the left of the red mug?": first,
      "Is the red mug to the left of the gripper?": again,
    });
    expect(await ask("swap", leftOf())).toMatchObject(reading);
  });

  it("a question in which the objects cannot be told apart is asked once", async () => {
    answering({ "How far apart are they?": "40 cm" });
    expect((await ask("swap", howFar("How far apart are they?"))).value).toBeDefined();
    expect(server.seen).toHaveLength(1);
  });
});

describe("endpoint: asked again in another unit", () => {
  it("a number without a unit counts in inches", async () => {
    answering({ [QUESTION]: "40 cm", [INCHES]: "15.7" });
    expect((await ask("unit", howFar())).value).toMatchObject({ valueM: expect.closeTo(0.4, 2) });
  });

  it("a model that only repeats its number contradicts itself", async () => {
    answering({ [QUESTION]: "40 cm", [INCHES]: "40 inches" });
    const { refusal } = await ask("unit", howFar());
    expect(refusal?.detail).toContain("when asked in inches");
  });

  it("verdicts have no unit", async () => {
    await ask("unit", leftOf());
    expect(server.seen).toHaveLength(1);
  });

  it("and swapped: both count", async () => {
    answering({ [QUESTION]: "40 cm", [SWAPPED]: "43 cm", [INCHES]: "14.6 inches" });
    const { value } = await ask("both", howFar());
    expect(value).toMatchObject({ valueM: expect.closeTo(0.4, 2) });
    expect(server.seen).toHaveLength(3);
  });

  it("a check that fails changes nothing", async () => {
    answering({ [QUESTION]: "40 cm" });
    const answer = await ask("both", howFar());
    expect(answer.value).toMatchObject({ valueM: 0.4 });
  });
});

describe("endpoint: disagreement of samples", () => {
  it("samples without a value widen sigma and lower confidence", async () => {
    server.next(says("40 cm", "40 cm", "40 cm"), says("40 cm", "40 cm", "no idea"));
    const all = await ask("none", howFar(), { n: 3 });
    const some = await ask("none", howFar(), { n: 3 });
    expect(sigmaOf(some)).toBeGreaterThan(sigmaOf(all));
    server.next(says("Yes", "Yes", "Hm"));
    const verdict = await ask("none", leftOf(), { n: 3 });
    expect(verdict.value).toMatchObject({ confidence: expect.closeTo(0.8, 9) });
  });
});
