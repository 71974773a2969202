import { once } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import { encode } from "@msgpack/msgpack";
import { WebSocket } from "ws";
import { StepRewards } from "../src/annotate/index.js";
import type { CameraFrame } from "../src/camera/index.js";
import { createVlm, type SpatialVlm } from "../src/models/index.js";
import { TabletopSim } from "../src/sim/index.js";
import { loadTask, taskQuestions } from "../src/task/index.js";
import type { BenchRow } from "./BenchRow.js";
import { Server } from "./serve/Server.js";

const SIDE = 128;
/** A step with the model of the package takes tens of milliseconds, one with none less than one. */
const MODEL_STEPS = 60;
const NULL_STEPS = 2000;
/** Steps over which memory must not grow: `SERVE_BENCH_STEPS=1000000` for the full length. */
const MEMORY_STEPS = Number(process.env.SERVE_BENCH_STEPS ?? 100_000);
const CLIENTS = 100;
/** What the server may add to a step, ms, and to the model's own time. */
const ADDED_MS = 1;
const ADDED_SHARE = 1.1;

/** The server over loopback against the same work without it, and what clients may do to it. */
export default async function bench(): Promise<readonly BenchRow[]> {
  const frame = await pictureOf(SIDE);
  const rows: BenchRow[] = [];
  for (const [vlm, steps] of [
    ["null", NULL_STEPS],
    ["embedded", MODEL_STEPS],
  ] as const) {
    await using server = await Server.start(vlm);
    const base = await withoutServer(vlm, frame, steps);
    const alone = await stepping(server, frame, 1, steps);
    say(`${vlm}, without the server`, base);
    for (const environments of [1, 8, 32]) {
      const times = environments === 1 ? alone : await stepping(server, frame, environments, steps);
      say(`${vlm}, ${environments} environments`, times);
    }
    if (vlm === "null") {
      // On a busy machine a latency says more of the others than of the server.
      const ours = alone.cpu - base.cpu;
      const name = `serve: CPU time added to a step of ${SIDE}x${SIDE}`;
      rows.push({ name, ours, base: ADDED_MS, unit: "ms", baseName: "goal", goalRatio: 1 });
    } else {
      const name = `serve: a step of ${SIDE}x${SIDE} with ${vlm}`;
      const baseName = "the bare model";
      const both = { ours: alone.p50, base: base.p50, unit: "ms", baseName };
      rows.push({ name, ...both, goalRatio: ADDED_SHARE });
    }
  }
  await using server = await Server.start("null", "--max-sessions", "64", "--idle", "2s");
  rows.push(
    await memoryOf(server),
    ...(await comeAndGo(server, frame)),
    await stopsReading(server),
  );
  return rows;
}

interface Times {
  readonly p50: number;
  readonly p99: number;
  /** Steps a second, all environments together. */
  readonly rate: number;
  /** CPU time a step of the process that computes the rewards, ms: the same on a busy machine. */
  readonly cpu: number;
}

function say(name: string, { p50, p99, rate, cpu }: Times): void {
  const ms = (value: number) => value.toFixed(2).padStart(8);
  const times = `p50 ${ms(p50)} ms  p99 ${ms(p99)} ms  CPU ${ms(cpu)} ms`;
  console.error(`  ${name.padEnd(34)} ${times}  ${rate.toFixed(0).padStart(6)} steps/s`);
}

function timesOf(millis: number[], wallMs: number, cpuMs: number): Times {
  const sorted = millis.sort((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return {
    p50: at(0.5),
    p99: at(0.99),
    rate: (1000 * millis.length) / wallMs,
    cpu: cpuMs / millis.length,
  };
}

async function pictureOf(side: number): Promise<CameraFrame> {
  using sim = await TabletopSim.create({ seed: 3, width: side, height: side });
  const [frame] = sim.current().frames;
  if (frame === undefined) throw new Error("the simulator has a camera");
  return frame;
}

const nullVlm: SpatialVlm = {
  ...{ id: "null", fingerprint: "null", concurrency: 1, needs: [] },
  ask: async (_frame, questions) =>
    questions.map((question) => ({
      ...{ question, model: "null", latencyMs: 0, text: "0.2 m" },
      value: { shape: "quantity", valueM: 0.2, sigmaM: 0.005 },
    })),
  close: async () => {},
};

/** The model and the reward, called in this process. */
async function withoutServer(spec: string, frame: CameraFrame, steps: number): Promise<Times> {
  const task = await loadTask("examples/tasks/reach.yaml");
  const vlm = spec === "null" ? nullVlm : await createVlm(spec);
  const rewards = new StepRewards(task);
  const { signal } = new AbortController();
  try {
    const { image, info, frameId, camera } = frame;
    const own = { image, frameId, camera, episode: "1", ...(info && { info }) };
    await vlm.ask({ ...own, stampNs: 0n }, taskQuestions(task), signal);
    const millis: number[] = [];
    const startMs = performance.now();
    const cpu = process.cpuUsage();
    for (let i = 0; i < steps; i++) {
      const beganMs = performance.now();
      const stampNs = BigInt(i) * 100_000_000n;
      await rewards.evaluate({ vlm, frames: [{ ...own, stampNs }], episode: "1" }, signal);
      millis.push(performance.now() - beganMs);
    }
    const { user, system } = process.cpuUsage(cpu);
    return timesOf(millis, performance.now() - startMs, (user + system) / 1000);
  } finally {
    rewards.close();
    await vlm.close();
  }
}

function bodyOf({ image, info }: CameraFrame): Uint8Array {
  if (image.kind !== "raw" || !info) throw new Error("the simulator's images are raw");
  const { data, encoding, width, height } = image;
  const k = [info.fx, 0, info.cx, 0, info.fy, info.cy, 0, 0, 1];
  return encode({ image: { data, encoding, width, height }, camera: { k } });
}

/** Each environment sends its next step when its last reward is there. */
async function stepping(
  server: Server,
  frame: CameraFrame,
  environments: number,
  steps: number,
): Promise<Times> {
  const body = bodyOf(frame);
  const sessions = await Promise.all(Array.from({ length: environments }, () => server.begin()));
  const millis: number[] = [];
  const each = Math.ceil(steps / environments);
  const run = async (session: string, count: number, record: boolean): Promise<void> => {
    for (let i = 0; i < count; i++) {
      const beganMs = performance.now();
      await server.ask("POST", `/v1/sessions/${session}/step`, body);
      if (record) millis.push(performance.now() - beganMs);
    }
  };
  await Promise.all(sessions.map((session) => run(session, 5, false)));
  const startMs = performance.now();
  const cpuS = await server.metric("cpu_seconds_total");
  await Promise.all(sessions.map((session) => run(session, each, true)));
  const wallMs = performance.now() - startMs;
  const cpuMs = 1000 * ((await server.metric("cpu_seconds_total")) - cpuS);
  await Promise.all(sessions.map((session) => server.ask("DELETE", `/v1/sessions/${session}`)));
  return timesOf(millis, wallMs, cpuMs);
}

const TINY = encode({
  image: { data: new Uint8Array(192), encoding: "rgb8", width: 8, height: 8 },
});

/** Resident memory after all steps against that after the first fifth: episodes end meanwhile. */
async function memoryOf(server: Server): Promise<BenchRow> {
  const session = await server.begin();
  const socket = await open(server, session);
  const windowSize = 32;
  let answered = 0;
  let wake = (): void => {};
  socket.on("message", () => {
    answered += 1;
    wake();
  });
  let early = 0;
  for (let sent = 0; sent < MEMORY_STEPS; sent++) {
    while (sent - answered >= windowSize) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    socket.send(TINY);
    if (sent % 1000 === 999)
      await server.ask("POST", `/v1/sessions/${session}/reset`).catch(() => {});
    if (sent === Math.floor(MEMORY_STEPS / 5)) early = await server.metric("resident_memory_bytes");
  }
  while (answered < MEMORY_STEPS) {
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
  const late = await server.metric("resident_memory_bytes");
  socket.close();
  const name = `serve: memory after ${MEMORY_STEPS} steps`;
  const baseName = "after a fifth";
  return {
    name,
    ours: late / 2 ** 20,
    base: early / 2 ** 20,
    unit: "MiB",
    baseName,
    goalRatio: 1.1,
  };
}

/** Clients that begin, step, and go: half of them without a word, in the middle of a step. */
async function comeAndGo(server: Server, frame: CameraFrame): Promise<readonly BenchRow[]> {
  const body = bodyOf(frame);
  const round = async (clients: number): Promise<number> => {
    for (let i = 0; i < clients; i++) {
      const session = await begun(server);
      for (let k = 0; k < 20; k++) await server.ask("POST", `/v1/sessions/${session}/step`, body);
      if (i % 2 === 0) await server.ask("DELETE", `/v1/sessions/${session}`);
      else {
        const socket = await open(server, session);
        socket.send(body);
        socket.terminate();
      }
    }
    return server.metric("resident_memory_bytes");
  };
  const before = await round(CLIENTS);
  const after = await round(CLIENTS);
  while ((await server.metric("sessions")) > 0) await turn();
  const name = `serve: memory after ${2 * CLIENTS} clients that came and went`;
  const both = { ours: after / 2 ** 20, base: before / 2 ** 20, unit: "MiB" };
  return [{ name, ...both, baseName: `after ${CLIENTS}`, goalRatio: 1.1 }];
}

/** Sessions that were left end by themselves: until then there may be too many. */
async function begun(server: Server): Promise<string> {
  for (;;) {
    try {
      return await server.begin();
    } catch (error) {
      if (!(error as Error).message.startsWith("429")) throw error;
      await turn();
    }
  }
}

/** What others wait for a step while one client sends without reading, against before. */
async function stopsReading(server: Server): Promise<BenchRow> {
  const frame = await pictureOf(16);
  const before = await stepping(server, frame, 1, NULL_STEPS);
  const deaf = await open(server, await server.begin());
  deaf.pause();
  for (let i = 0; i < 20_000; i++) deaf.send(TINY);
  const beside = await stepping(server, frame, 1, NULL_STEPS);
  say("null, before", before);
  say("null, beside one that stops reading", beside);
  deaf.terminate();
  const name = "serve: a step beside a client that stops reading";
  return { name, ours: beside.p50, base: before.p50, unit: "ms", baseName: "before", goalRatio: 2 };
}

async function open(server: Server, session: string): Promise<WebSocket> {
  const socket = new WebSocket(`ws://${server.url.host}/v1/sessions/${session}/stream`);
  await once(socket, "open");
  return socket;
}
