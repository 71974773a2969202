import { once } from "node:events";
import { mkdir, mkdtemp, rm, stat, symlink, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Sessions } from "../../src/serve/Sessions.js";
import { REACH_TASK } from "../support/annotations.js";
import { scriptedVlm } from "../support/models.js";
import { greyImage, TestServer } from "../support/rewardServer.js";

const step = (more: object = {}) => ({ image: greyImage(), ...more });

/** A model that answers when it is told to. */
function heldVlm() {
  let open: () => void = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  let began: () => void = () => {};
  const asked = new Promise<void>((resolve) => {
    began = resolve;
  });
  const vlm = scriptedVlm(async () => {
    began();
    await opened;
    return 0.2;
  });
  return { vlm, asked, open };
}

/** A connection of which only bytes are known. */
async function rawSocket(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}

async function allOf(socket: Socket): Promise<string> {
  let text = "";
  for await (const chunk of socket) text += String(chunk);
  return text;
}

describe("a client", () => {
  it("without the token, or with a wrong one, gets nothing but health", async () => {
    const token = "0123456789abcdef0123";
    await using server = await TestServer.start({ token });
    const ask = (headers: Record<string, string>) => server.post("/v1/sessions", {}, { headers });
    for (const authorization of [
      undefined,
      "Bearer 0123456789abcdef0124",
      "Bearer 0",
      `Basic ${token}`,
    ]) {
      const answer = await ask(authorization === undefined ? {} : { authorization });
      expect(answer).toMatchObject({ status: 401, body: { code: "request.token" } });
      expect(JSON.stringify(answer.body)).not.toContain(token);
      expect(answer.headers.get("www-authenticate")).toBe("Bearer");
    }
    expect((await ask({ authorization: `Bearer ${token}` })).status).toBe(201);
    expect((await server.ask("GET", "/health")).status).toBe(200);
    expect((await server.ask("GET", "/metrics")).status).toBe(401);
    expect((await server.ask("GET", "/nothing")).status).toBe(401);
  });

  it.each([
    ["h2c", "GET", "/health", "", 200, undefined],
    ["h2c, HTTP2-Settings", "GET", "/nothing", "", 404, "request.path"],
    ["tea", "GET", "/health", "", 200, undefined],
    ["tea", "POST", "/v1/sessions", "Content-Length: 2\r\n\r\n{}", 400, "request.head"],
    ["tea", "POST", "/v1/sessions", "Transfer-Encoding: chunked\r\n\r\n0\r\n", 400, "request.head"],
    ["websocket", "GET", "/health", "", 400, "request.head"],
    ["websocket", "GET", "/health", "KEY", 400, "request.head"],
    ["websocket", "GET", "/nothing", "KEY", 404, "request.path"],
    ["websocket", "POST", "/v1/sessions", "KEY", 400, "request.head"],
    [
      "websocket",
      "GET",
      "/v1/sessions/nobody/stream",
      "Sec-WebSocket-Key: short",
      400,
      "request.head",
    ],
    ["websocket", "GET", "/v1/sessions/nobody/stream", "KEY", 404, "session.unknown"],
  ] as const)(
    "that asks for %s by %s %s %j gets %i %s",
    async (protocol, method, path, more, status, code) => {
      await using server = await TestServer.start();
      const socket = await rawSocket(server.url);
      const key = `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${Buffer.alloc(16, 7).toString("base64")}`;
      const head = `${method} ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n`;
      socket.write(`${head}${more.replace("KEY", key)}${more === "" ? "" : "\r\n"}\r\n`);
      const answer = await allOf(socket);
      const [top = "", body = ""] = answer.split("\r\n\r\n");
      expect(top).toMatch(`HTTP/1.1 ${status} `);
      const { code: told, status: health } = JSON.parse(body) as { code?: string; status: unknown };
      expect([told, health]).toEqual(code === undefined ? [undefined, "healthy"] : [code, status]);
      expect((await server.ask("GET", "/health")).status).toBe(200);
    },
  );

  it("in a browser gets nothing", async () => {
    await using server = await TestServer.start();
    for (const method of ["POST", "OPTIONS"]) {
      const answer = await server.ask(
        method,
        "/v1/sessions",
        {},
        { headers: { origin: "http://127.0.0.1" } },
      );
      expect(answer).toMatchObject({ status: 403, body: { code: "request.origin" } });
      expect(
        [...answer.headers.keys()].filter((name) => name.startsWith("access-control")),
      ).toEqual([]);
    }
  });

  it("that shares a session with another one is told so, and changes nothing", async () => {
    const { vlm, asked, open } = heldVlm();
    await using server = await TestServer.start({ vlm });
    const session = await server.begin();
    const path = `/v1/sessions/${session}/step`;
    const first = server.post(path, step());
    await asked;
    for (const [method, at] of [
      ["POST", path],
      ["POST", `/v1/sessions/${session}/reset`],
      ["DELETE", `/v1/sessions/${session}`],
    ] as const) {
      const body = at === path ? step() : method === "POST" ? {} : undefined;
      expect(await server.ask(method, at, body)).toMatchObject({
        status: 409,
        body: { code: "session.busy" },
      });
    }
    open();
    expect(await first).toMatchObject({ status: 200, body: { stamp_ns: "0", episode: "1" } });
    expect(await server.post(path, step())).toMatchObject({ body: { stamp_ns: "100000000" } });
  });

  it("is told to come again when too much waits", async () => {
    const { vlm, asked, open } = heldVlm();
    await using server = await TestServer.start({ vlm, limits: { waiting: 2 } });
    const sessions = await Promise.all([server.begin(), server.begin(), server.begin()]);
    const [a, b] = sessions.map((id) => server.post(`/v1/sessions/${id}/step`, step()));
    await asked;
    const steps = sessions.map((session) => ({ session, ...step() }));
    const answers = [
      await server.post(`/v1/sessions/${sessions[2]}/step`, step()),
      await server.post("/v1/step_batch", { steps }),
    ];
    for (const { status, headers, body } of answers) {
      expect({ status, body }).toMatchObject({ status: 429, body: { code: "server.busy" } });
      expect(Number(headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
    }
    open();
    expect((await a)?.status).toBe(200);
    expect((await b)?.status).toBe(200);
    // A batch that is larger than the queue by itself is not turned away for ever.
    expect(await server.post("/v1/step_batch", { steps })).toMatchObject({ status: 200 });
  });

  it("begins no more sessions than there may be", async () => {
    await using server = await TestServer.start({ limits: { sessions: 2 } });
    const session = await server.begin();
    await server.begin();
    const { status, headers } = await server.post("/v1/sessions", {});
    expect(status).toBe(429);
    expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
    await server.ask("DELETE", `/v1/sessions/${session}`);
    await server.begin();
  });

  it.each([
    ["says that it sends 1 GB", "Content-Length: 1000000000\r\n\r\n{"],
    [
      "sends more than there may be, piece by piece",
      `Transfer-Encoding: chunked\r\n\r\n${`2710\r\n${"x".repeat(10_000)}\r\n`.repeat(20)}`,
    ],
  ])("that %s is refused before it is read", async (_, rest) => {
    await using server = await TestServer.start({ limits: { bodyBytes: 100_000 } });
    const session = await server.begin();
    const socket = await rawSocket(server.url);
    socket.write(
      `POST /v1/sessions/${session}/step HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\n${rest}`,
    );
    expect(await allOf(socket)).toMatch(/^HTTP\/1.1 413 .*"code":"request.size"/s);
    expect((await server.post(`/v1/sessions/${session}/step`, step())).status).toBe(200);
  });

  it.each([
    ["speaks no HTTP", "\u0016\u0003\u0001\u0002", 400, "request.head"],
    ["speaks half of it", "GET\r\n\r\n", 400, "request.head"],
    [
      "has a length below zero",
      "POST / HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
      400,
      "request.head",
    ],
    ["has long headers", `GET / HTTP/1.1\r\nX: ${"a".repeat(50_000)}\r\n\r\n`, 431, "request.head"],
    ["expects tea", "GET / HTTP/1.1\r\nHost: x\r\nExpect: tea\r\n\r\n", 417, "request.head"],
    ["has an address that cannot be read", "GET /v1/sessions/%ff/step", 404, "request.path"],
    ["has a long name", `DELETE /v1/sessions/${"a".repeat(500)}`, 404, "request.path"],
    ["wants a stream without a WebSocket", "GET /v1/sessions/ID/stream", 404, "request.path"],
  ])("that %s is told what is wrong", async (_, sent, status, code) => {
    await using server = await TestServer.start();
    const socket = await rawSocket(server.url);
    const path = sent.replace("ID", await server.begin());
    const rest = path.includes("\r\n") ? "" : " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    socket.write(path + rest);
    const [head = "", body = ""] = (await allOf(socket)).split("\r\n\r\n");
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head.toLowerCase()).toContain("content-type: application/problem+json");
    expect(JSON.parse(body)).toMatchObject({ status, code });
  });

  it("that hangs up half-way leaves nothing behind, and others wait no longer for it", async () => {
    await using server = await TestServer.start({
      limits: { bodyBytes: 50_000, bytesInFlight: 60_000 },
    });
    const session = await server.begin();
    const path = `/v1/sessions/${session}/step`;
    const socket = await rawSocket(server.url);
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50000\r\n\r\n{"image":`,
    );
    const big = () => server.post(path, step({ image: greyImage(100, 100) }));
    // The server has seen the half-sent body once it is full.
    let answer = await big();
    while (answer.status !== 429) answer = await big();
    expect(answer).toMatchObject({ body: { code: "server.busy" } });
    socket.destroy();
    while (answer.status === 429) answer = await big();
    expect(answer.status).toBe(200);
  });

  it.each([
    "../secret",
    "secret",
    "/etc/passwd",
    "..",
    "tasks/../../secret",
    "reach.yaml",
    "a\u0000b",
    "%2e%2e%2fsecret",
    "linked",
  ])("cannot reach a file outside of the task folder: %j", async (task) => {
    const folder = await mkdtemp(join(tmpdir(), "tasks-"));
    try {
      const tasks = join(folder, "tasks");
      await mkdir(tasks);
      await writeFile(join(folder, "secret.yaml"), REACH_TASK.source);
      await symlink(join(folder, "secret.yaml"), join(tasks, "linked.yaml"));
      await writeFile(join(tasks, "mine.yaml"), REACH_TASK.source);
      await using server = await TestServer.start({ taskFolder: tasks });
      expect((await server.post("/v1/sessions", { task: "mine" })).status).toBe(201);
      const answer = await server.post("/v1/sessions", { task });
      expect(answer).toMatchObject({ status: 422, body: { code: "request.field" } });
      expect(JSON.stringify(answer.body)).not.toContain(folder);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("that sends a task with mistakes is told each of them", async () => {
    await using server = await TestServer.start();
    const answer = await server.post("/v1/sessions", {
      task_text: "name: x\nobjects: {}\nmeasurments: {}\n",
    });
    expect(answer).toMatchObject({ status: 422, body: { code: "task.invalid" } });
    expect((answer.body as { detail: string }).detail).toMatch(/measurments/);
    const own = await server.post("/v1/sessions", { task_text: REACH_TASK.source });
    expect(own.status).toBe(201);
  });
});

describe("a client that sends more than anybody needs", () => {
  const kinematics = (names: readonly string[]) => ({
    joints: Object.fromEntries(names.map((name) => [name, 0])),
    poses: names.map((frame) => ({
      ...{ frame, parent: "world", position: [0, 0, 0], orientation: [0, 0, 0, 1] },
    })),
  });
  const named = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, i) => `${prefix}${i}`);

  it("is refused joints without number", async () => {
    await using server = await TestServer.start();
    const path = `/v1/sessions/${await server.begin()}/step`;
    const joints = Object.fromEntries(named("j", 300_000).map((name) => [name, 1]));
    const type = "application/msgpack";
    const answer = await server.post(path, step({ joints }), { type });
    expect(answer).toMatchObject({ status: 422, body: { code: "request.field" } });
    expect((answer.body as { detail: string }).detail).toBe("joints: must be at most 1000 joints");
  });

  it("cannot fill the memory with ever new frames and joints, until it resets", async () => {
    await using server = await TestServer.start();
    const session = await server.begin();
    const path = `/v1/sessions/${session}/step`;
    for (let i = 0; i < 4; i++) {
      expect((await server.post(path, step(kinematics(named(`${i}_`, 450))))).status).toBe(200);
    }
    const tooMany = await server.post(path, step(kinematics(named("more_", 450))));
    expect(tooMany).toMatchObject({ status: 422, body: { code: "request.field" } });
    expect((tooMany.body as { detail: string }).detail).toContain("names have to stay");
    // The same names as before are welcome, and the refused step left no trace.
    const again = await server.post(path, step(kinematics(named("0_", 450))));
    expect(again).toMatchObject({ status: 200, body: { stamp_ns: "400000000" } });
    await server.post(`/v1/sessions/${session}/reset`, {});
    expect((await server.post(path, step(kinematics(named("more_", 450))))).status).toBe(200);
  });

  it.each([0, 1e-300, 1e-4, 1e6])("is refused a rate of %d Hz", async (rate_hz) => {
    await using server = await TestServer.start();
    const answer = await server.post("/v1/sessions", { rate_hz });
    expect(answer).toMatchObject({ status: 422, body: { code: "request.field" } });
    expect((answer.body as { detail: string }).detail).toContain("rate_hz");
  });

  it("is refused a form of ten thousand parts before it is read", async () => {
    await using server = await TestServer.start();
    const parts = named("sample_", 10_000).map(
      (name) => `--b\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n1\r\n`,
    );
    const answer = await fetch(`${server.url}/evaluate_batch_npy`, {
      method: "POST",
      headers: { "content-type": 'multipart/form-data; boundary="b"' },
      body: `${parts.join("")}--b--\r\n`,
    });
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({ detail: "a form may have 1100 parts" });
  });
});

describe("a session that nobody uses", () => {
  it("ends; one that is at work does not", async () => {
    let nowMs = 0;
    const sessions = new Sessions({ sessions: 10, idleMs: 1000 }, () => nowMs);
    const camera = { name: "camera", color: "camera" };
    const options = { task: REACH_TASK, camera, opticalFrame: "camera", rateHz: 10 };
    const { vlm, asked, open } = heldVlm();
    const [idle, busy] = [0, 1].map(() => sessions.begin({ ...options, vlm }));
    const image = { data: new Uint8Array(3), encoding: "rgb8", width: 1, height: 1 } as const;
    const reward = busy?.alone(() => busy.step({ image }, new AbortController().signal));
    await asked;
    nowMs = 1001;
    sessions.sweep();
    expect(idle?.ended.aborted).toBe(true);
    expect(busy?.ended.aborted).toBe(false);
    open();
    await reward;
    nowMs = 1900;
    sessions.sweep();
    expect(busy?.ended.aborted).toBe(false);
    nowMs = 2100;
    sessions.sweep();
    expect(sessions.size).toBe(0);
  });
});

describe("the server", () => {
  it("listens for other machines only with a token", async () => {
    const address = { host: "0.0.0.0", port: 0 };
    await expect(TestServer.start({ address })).rejects.toMatchObject({ code: "server.address" });
  });

  it("says who is in its place", async () => {
    await using server = await TestServer.start();
    const address = { host: "127.0.0.1", port: Number(new URL(server.url).port) };
    await expect(TestServer.start({ address })).rejects.toMatchObject({
      code: "server.address",
      message: expect.stringContaining("another program listens there"),
    });
  });

  it("answers what is in flight before it ends", async () => {
    const { vlm, asked, open } = heldVlm();
    const server = await TestServer.start({ vlm });
    const session = await server.begin();
    const reward = server.post(`/v1/sessions/${session}/step`, step());
    await asked;
    const closed = server.server.close();
    open();
    expect(await reward).toMatchObject({ status: 200, body: { validity: "ok" } });
    await closed;
    await expect(server.ask("GET", "/health")).rejects.toThrow();
  });

  it("keeps what is wrong with itself to its log", async () => {
    const vlm = scriptedVlm(() => {
      throw new TypeError("cannot read /home/me/secret");
    });
    await using server = await TestServer.start({ vlm });
    const answer = await server.post(`/v1/sessions/${await server.begin()}/step`, step());
    expect(answer).toMatchObject({ status: 500, body: { code: "internal" } });
    expect(JSON.stringify(answer.body)).not.toContain("secret");
    expect(server.defects).toMatchObject([{ message: "cannot read /home/me/secret" }]);
  });

  it("counts what it did", async () => {
    await using server = await TestServer.start();
    const session = await server.begin();
    await server.post(`/v1/sessions/${session}/step`, step());
    await server.post(`/v1/sessions/${session}/step`, {});
    const { body, type } = await server.ask("GET", "/metrics");
    expect(type).toContain("text/plain");
    expect(body).toContain('spatial_reward_steps_total{validity="ok"} 1');
    expect(body).toContain('spatial_reward_errors_total{code="request.field"} 1');
    expect(body).toContain("spatial_reward_sessions 1");
    expect(body).toContain('route="/v1/sessions/:id/step",method="POST",status="200"');
    expect(body).not.toContain(session);
  });
});

describe("a Unix socket", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "sock-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const health = (socketPath: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const asked = request({ socketPath, path: "/health" }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      asked.on("error", reject).end();
    });

  it("is its owner's alone, takes the place of a dead one, and of nothing else", async () => {
    const socketPath = join(folder, "rewards.sock");
    await using server = await TestServer.start({ address: { socketPath } });
    expect(server.url).toBe(`unix:${socketPath}`);
    expect((await stat(socketPath)).mode & 0o777).toBe(0o600);
    expect(await health(socketPath)).toBe(200);
    const taken = { code: "server.address" };
    await expect(TestServer.start({ address: { socketPath } })).rejects.toMatchObject(taken);
    const file = join(folder, "file");
    await writeFile(file, "mine");
    await expect(TestServer.start({ address: { socketPath: file } })).rejects.toMatchObject(taken);
  });
});
