import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { encodeJpeg } from "../src/camera/index.js";
import { recordEpisode, TabletopSim } from "../src/sim/index.js";
import { BagWriter } from "../src/sources/index.js";
import type { BenchRow } from "./BenchRow.js";
import { median } from "./median.js";

const ROOT = resolve(import.meta.dirname, "..");
const MAIN = join(ROOT, "dist/cli/main.js");
const TASK = join(ROOT, "examples/tasks/pick_and_place.yaml");
const QUESTION = "How far is the gripper from the red mug?";
const SIZE = { width: 320, height: 240 };
const ROUNDS = 11;
/** From the start of the process, on two cores. */
const FIRST_ANSWER_MS = 1000;

interface Cost {
  readonly cpuMs: number;
  readonly wallMs: number;
}

/** Runs Node to its end. */
async function costOf(args: readonly string[]): Promise<Cost> {
  const startMs = performance.now();
  const preload = join(import.meta.dirname, "cpuAtExit.cjs");
  const child = spawn(process.execPath, ["--require", preload, ...args], {
    cwd: ROOT,
    stdio: ["ignore", "ignore", "inherit", "pipe"],
  });
  let written = "";
  child.stdio[3]?.on("data", (bytes: Buffer) => {
    written += bytes.toString();
  });
  const code = await new Promise((done) => child.on("close", done));
  if (code !== 0) throw new Error(`node ${args.join(" ")} ended with ${code}`);
  const { user, system } = JSON.parse(written) as NodeJS.CpuUsage;
  return { cpuMs: (user + system) / 1000, wallMs: performance.now() - startMs };
}

/** The median cost of several runs, done in turn so that all see the same machine. */
async function costsOf(runs: Readonly<Record<string, readonly string[]>>) {
  const costs = new Map<string, Cost[]>(Object.keys(runs).map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, args] of Object.entries(runs)) costs.get(name)?.push(await costOf(args));
  }
  return (name: string): Cost => {
    const all = costs.get(name) ?? [];
    return {
      cpuMs: median(all.map(({ cpuMs }) => cpuMs)),
      wallMs: median(all.map(({ wallMs }) => wallMs)),
    };
  };
}

async function recordingIn(folder: string): Promise<string> {
  const path = join(folder, "run.mcap");
  const writer = await BagWriter.create(path);
  await recordEpisode(writer, { ...SIZE, seed: 1, outcome: "success", rateHz: 4 });
  await writer.close();
  return path;
}

async function photoIn(folder: string): Promise<string> {
  const path = join(folder, "photo.jpg");
  const sim = await TabletopSim.create({ ...SIZE, seed: 1, outcome: "success" });
  const [frame] = sim.current().frames;
  sim.close();
  if (!frame) throw new Error("the simulator gave no frame");
  await writeFile(path, await encodeJpeg(frame.image));
  return path;
}

/** What short commands and the import of the library cost, beside Node itself. */
export default async function startupBench(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), "startup-"));
  try {
    const bag = await recordingIn(folder);
    const photo = await photoIn(folder);
    const cost = await costsOf({
      node: ["-e", "0"],
      version: [MAIN, "--version"],
      help: [MAIN, "--help"],
      bagInfo: [MAIN, "bag", "info", bag],
      library: ["-e", 'import("spatial-reward-bridge")'],
      answer: [MAIN, "ask", photo, QUESTION],
      rgbd: [MAIN, "ask", bag, QUESTION, "-t", TASK, "--vlm", "rgbd"],
    });
    const row = (name: string, run: string, goalRatio?: number): BenchRow => ({
      name,
      ours: cost(run).cpuMs,
      base: cost("node").cpuMs,
      unit: "ms CPU",
      baseName: "node -e 0",
      ...(goalRatio !== undefined && { goalRatio }),
    });
    return [
      row("spatial-reward --version", "version", 2.5),
      row("spatial-reward --help", "help", 2.5),
      row("spatial-reward bag info", "bagInfo", 3.9),
      row('import("spatial-reward-bridge")', "library", 3.9),
      row("spatial-reward ask run.mcap -t task.yaml --vlm rgbd", "rgbd"),
      row("spatial-reward ask photo.jpg, embedded", "answer"),
      {
        name: "start to first answer of embedded",
        ours: cost("answer").wallMs,
        base: FIRST_ANSWER_MS,
        unit: "ms",
        baseName: "allowed on 2 cores",
        goalRatio: 1,
      },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
