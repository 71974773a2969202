import { once } from "node:events";
import { decode, encode } from "@msgpack/msgpack";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { answerOf } from "../support/models.js";
import { greyImage, TestServer } from "../support/rewardServer.js";

let server: TestServer;
beforeEach(async () => {
  server = await TestServer.start();
});
afterEach(() => server[Symbol.asyncDispose]());

const step = (more: object = {}) => ({ image: greyImage(), ...more });
const text = (value: object) =>
  JSON.stringify(value, (_key, each) =>
    each instanceof Uint8Array ? Buffer.from(each).toString("base64") : each,
  );

async function open(session: string): Promise<WebSocket> {
  const socket = new WebSocket(`${server.url.replace("http", "ws")}/v1/sessions/${session}/stream`);
  await once(socket, "open");
  return socket;
}

/** The next messages, in order. */
function answers(socket: WebSocket, count: number): Promise<unknown[]> {
  const found: unknown[] = [];
  return new Promise((resolve) => {
    socket.on("message", (data: Buffer, isBinary) => {
      found.push(isBinary ? decode(data) : JSON.parse(data.toString()));
      if (found.length === count) resolve(found);
    });
  });
}

describe("a stream", () => {
  it("answers each step in its own tongue, in order, and an error with an error", async () => {
    const session = await server.begin();
    const socket = await open(session);
    const three = answers(socket, 4);
    socket.send(encode(step({ time_s: 1 })));
    socket.send(text(step({ time_s: 2 })));
    socket.send("{");
    socket.send(text(step({ time_s: 3 })));
    expect(await three).toMatchObject([
      { stamp_ns: "1000000000" },
      { stamp_ns: "2000000000" },
      { error: { status: 400, code: "request.body" } },
      { stamp_ns: "3000000000" },
    ]);
    socket.close();
  });

  it("counts against the memory of all what is half-sent of its messages", async () => {
    await server[Symbol.asyncDispose]();
    const bytes = 1 << 20;
    server = await TestServer.start({ limits: { bodyBytes: bytes, bytesInFlight: bytes } });
    const [first, second] = [await open(await server.begin()), await open(await server.begin())];
    const begun = " ".repeat(700_000);
    first.send(begun, { fin: false });
    const closed = once(second, "close");
    // The first has to be there before.
    first.ping();
    await once(first, "pong");
    second.send(begun, { fin: false });
    expect((await closed)[0]).toBe(1013);
    const refused = await server.post("/v1/sessions", { note: " ".repeat(500_000) });
    expect(refused).toMatchObject({ status: 429, body: { code: "server.busy" } });
    const answer = answers(first, 1);
    first.send(text(step({ time_s: 1 })), { fin: true });
    expect(await answer).toMatchObject([{ stamp_ns: "1000000000" }]);
    const third = await open(await server.begin());
    const served = answers(third, 1);
    third.send(begun, { fin: false });
    third.send(text(step({ time_s: 2 })));
    expect(await served).toMatchObject([{ stamp_ns: "2000000000" }]);
    first.close();
    third.close();
  });

  it("is the only one of its session, goes on over HTTP, and ends with the session", async () => {
    const session = await server.begin();
    const socket = await open(session);
    await expect(open(session)).rejects.toThrow("409");
    await expect(open("nobody")).rejects.toThrow("404");
    const reset = await server.post(`/v1/sessions/${session}/reset`, {});
    expect(reset.body).toEqual({ episode: 2 });
    const closed = once(socket, "close");
    await server.ask("DELETE", `/v1/sessions/${session}`);
    expect((await closed)[0]).toBe(1001);
    const again = await open(await server.begin());
    const gone = once(again, "close");
    again.close();
    await gone;
  });

  it("reads nothing more from a client that stops reading", async () => {
    let asked = 0;
    await using quick = await TestServer.start({
      vlm: {
        ...{ id: "null", fingerprint: "null", concurrency: 1, needs: [] },
        async ask(_frame, questions) {
          asked += 1;
          // Answers that fill the buffers of the connection soon.
          return questions.map((each) => ({ ...answerOf(each, 0.2), text: "m".repeat(200_000) }));
        },
        close: async () => {},
      },
    });
    const session = await quick.begin();
    const url = `${quick.url.replace("http", "ws")}/v1/sessions/${session}/stream`;
    const socket = new WebSocket(url);
    await once(socket, "open");
    socket.pause();
    const sent = 400;
    for (let i = 0; i < sent; i++) socket.send(text(step()));
    // It has stopped when nobody has asked the model for so many turns of another session.
    const other = await quick.begin();
    for (let before = -1; before !== asked; ) {
      before = asked;
      for (let i = 0; i < 3; i++) await quick.post(`/v1/sessions/${other}/step`, step());
      before += 3;
    }
    expect(asked).toBeLessThan(sent / 2);
    const rest = answers(socket, sent);
    socket.resume();
    expect(await rest).toHaveLength(sent);
    socket.close();
  });
});
