import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** An API key, and another secret, as no text has them by chance. */
export const KEY = "sk-Echo9f8e7d6c5b4a3210";

const hexOf = (text: string) => Buffer.from(text).toString("hex");
const base64Of = (text: string) => Buffer.from(text).toString("base64");
const each = (text: string, change: (character: string) => string) =>
  [...text].map(change).join("");
const code = (character: string, digits: number) =>
  character.charCodeAt(0).toString(16).padStart(digits, "0");

/** Ways to write a key that a reader, a browser or one line of a script undoes. */
export const DISGUISES: Readonly<Record<string, (key: string) => string>> = {
  "as it is": (key) => key,
  "in capitals": (key) => key.toUpperCase(),
  "in escapes": (key) => each(key, (c) => `\\u${code(c, 4)}`),
  "in escapes of escapes": (key) => each(key, (c) => `\\\\u${code(c, 4)}`),
  "in escapes of two digits": (key) => each(key, (c) => `\\x${code(c, 2)}`),
  "in a URL": (key) => each(key, (c) => `%${code(c, 2)}`),
  "in HTML": (key) => each(key, (c) => `&#${c.charCodeAt(0)};`),
  "in HTML of hexadecimal digits": (key) => each(key, (c) => `&#x${code(c, 2)};`),
  "in hexadecimal digits": hexOf,
  "in base64": base64Of,
  "in base64, after Bearer": (key) => base64Of(`Bearer ${key}`),
  "in base64, within JSON": (key) => base64Of(JSON.stringify({ key, more: 1 })),
  "in base64 of URLs": (key) => Buffer.from(`x${key}yz`).toString("base64url"),
  "between spaces without width": (key) => [...key].join("\u200b"),
  "between joiners and selectors": (key) => [...key].join("\u034f\u2060\ufe0f"),
  "between tags": (key) => [...key].join("\u{e0041}"),
  "between marks of direction": (key) => [...key].join("\u061c\u202d"),
  "between soft hyphens": (key) => [...key].join("\u00ad"),
  "between control characters": (key) => [...key].join("\u0007"),
  "in colours of a terminal": (key) => [...key].join("\u001b[31m"),
  "between blanks": (key) => [...key].join(" "),
  "over lines": (key) => key.replace(/.{5}/g, "$&\n  "),
  "in letters of full width": (key) =>
    each(key, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0)),
};

/** Where a server says it. */
const PLACES: readonly ((response: ServerResponse, said: string) => void)[] = [
  (response, said) => answer(response, `It is about 23 cm (${said}).`),
  (response, said) => answer(response, said),
  (response, said) => {
    json(response, 400).end(JSON.stringify({ error: { message: `wrong: ${said}`, code: said } }));
  },
  (response, said) => void json(response, 401).end(JSON.stringify({ detail: { why: [said] } })),
  (response, said) => void response.writeHead(500, { "content-type": "text/html" }).end(said),
  (response, said) => {
    response.writeHead(302, { location: `http://127.0.0.1/${encodeURIComponent(said)}` }).end();
  },
  (response, said) => {
    response.writeHead(503, inHeader(said), { "x-request-id": inHeader(said) }).end(said);
  },
  // As many pieces as there are characters, in events and in packets.
  (response, said) => {
    response.setHeader("content-type", "text/event-stream");
    for (const content of ["It is 23 cm: ", ...said]) {
      response.write(
        `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`,
      );
    }
    const last = { choices: [{ index: 0, delta: {}, finish_reason: "stop" }] };
    response.end(`data: ${JSON.stringify(last)}\n\ndata: [DONE]\n\n`);
  },
  (response, said) => {
    const call = { id: said, function: { name: said, arguments: JSON.stringify({ text: said }) } };
    const message = { role: "assistant", content: null, tool_calls: [call] };
    json(response, 200).end(
      JSON.stringify({ choices: [{ message, finish_reason: "tool_calls" }] }),
    );
  },
  (response, said) => void json(response, 200).end(`{"choices": [{"message": "${said}"`),
];

function json(response: ServerResponse, status: number): ServerResponse {
  return response.writeHead(status, { "content-type": "application/json" });
}

function answer(response: ServerResponse, content: string): void {
  const message = { role: "assistant", content };
  const choices = [{ index: 0, message, finish_reason: "stop" }];
  json(response, 200).end(JSON.stringify({ id: content, model: content, choices }));
}

const inHeader = (text: string) => text.replace(/[^\x20-\x7e]/g, "?");

export interface EchoingServer {
  /** `http://127.0.0.1:PORT/v1` */
  readonly url: string;
  readonly requests: number;
  close(): void;
}

/** A server that a run can go on with to its end, in four of five replies. */
const USEFUL: typeof PLACES = [
  ...["20", "22", "24", "28"].map(
    (length) => (response: ServerResponse, said: string) =>
      answer(response, `It is about ${length} cm.\n\n(${said})`),
  ),
  ...PLACES.slice(2, 3),
];

/**
 * An OpenAI-compatible server on loopback that repeats the key: each disguise at each place in turn.
 *
 * @param isUseful answers well enough for a run to come to its end
 */
export async function echoingServer(key: string = KEY, isUseful = false): Promise<EchoingServer> {
  const disguises = Object.values(DISGUISES);
  const places = isUseful ? USEFUL : PLACES;
  let requests = 0;
  const server = createServer(async (request, response) => {
    for await (const _ of request);
    const n = requests++;
    const said = disguises[n % disguises.length]?.(key) ?? key;
    // The numbers of disguises and places have no common divisor: all pairs come.
    places[n % places.length]?.(response, said);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    get requests() {
      return requests;
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

// As a text: the linter takes control characters in expressions for mistakes.
const COLOUR = new RegExp(String.raw`${"\u001b"}\[[0-9;]*[A-Za-z]`, "g");

/** How a text shows a key, in whatever disguise; none where it does not. */
export function leaksOf(text: string, key: string = KEY): string[] {
  const forms = [
    ...[key, hexOf(key)].map((form) => form.toLowerCase()),
    ...["", "x", "xx"].map((before) => {
      const start = Math.ceil((before.length * 8) / 6);
      const end = Math.floor(((before.length + key.length) * 8) / 6);
      return base64Of(before + key)
        .slice(start, end)
        .toLowerCase();
    }),
  ];
  const plain = (each: string) =>
    each
      .normalize("NFKC")
      .replace(COLOUR, "")
      .replace(/[\p{Default_Ignorable_Code_Point}\p{Cc}\s]/gu, "")
      .toLowerCase();
  const unescaped = (each: string) =>
    each
      .replace(/\\+u([0-9a-f]{4})/gi, (_, hex: string) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      )
      .replace(/\\+x([0-9a-f]{2})/gi, (_, hex: string) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      )
      .replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      )
      .replace(/&#x([0-9a-f]+);/gi, (_, hex: string) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      )
      .replace(/&#(\d+);/g, (_, digits: string) => String.fromCharCode(Number(digits)));
  const undone = unescaped(text);
  const views = [text.toLowerCase(), plain(text), plain(undone), plain(unescaped(undone))];
  return forms.filter((form) => views.some((view) => view.includes(form)));
}
