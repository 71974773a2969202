/**
 * From a bag to a LeRobot data set, without a model's time, beside the straight way in Python with
 * rosbags, PyAV and pyarrow (bench/export/straight.py). Each round runs both, one after the other.
 *
 *   python3 -m venv out/pyvenv && out/pyvenv/bin/pip install rosbags av pyarrow pillow
 *   npm run bench:export            # PYTHON names another interpreter
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { rosTimeOf } from "../../src/base/index.js";
import { encodeJpeg } from "../../src/camera/index.js";
import { EMPTY_MAP, exportRecordings } from "../../src/export/index.js";
import type { SpatialVlm } from "../../src/models/index.js";
import { BagWriter } from "../../src/sources/index.js";
import { parseTask } from "../../src/task/index.js";
import { median } from "../median.js";

const ROUNDS = 3;
/** What an export may take on two cores without the model's time. */
const BAR_S_PER_GB = 120;
const FPS = 10;
/** Of the recordings: long enough that what is loaded once does not count. */
const SECONDS = { JPEG: 120, raw: 20 } as const;
/** Different pictures, which follow each other again and again. */
const PICTURES = 16;
const [WIDTH, HEIGHT] = [640, 480];
const T0 = 1_700_000_000_000_000_000n;
const PYTHON = process.env.PYTHON ?? "out/pyvenv/bin/python";

const TASK = parseTask(
  `name: reach
objects: { gripper: { phrase: the gripper }, mug: { phrase: the mug } }
measurements: { reach: { kind: distance, subject: gripper, object: mug } }
stages: [{ name: reach, progress: 1 - reach / 50 cm, until: reach < 1 cm }]
reward: { terms: { near: -reach } }
`,
  "reach.yaml",
);

/** Says half a metre at once. */
const INSTANT: SpatialVlm = {
  ...{ id: "instant", fingerprint: "instant", concurrency: 1, needs: [] },
  ask: async (_, questions) =>
    questions.map((question) => ({
      ...{ question, model: "instant", latencyMs: 0, text: "0.5 m" },
      value: { shape: "quantity", valueM: 0.5, sigmaM: 0.01 } as const,
    })),
  close: async () => {},
};

/** Pictures at 30 Hz with edges that move and the grain of a sensor; joints and commands at 100 Hz. */
async function writeBag(path: string, sort: keyof typeof SECONDS): Promise<void> {
  const isJpeg = sort === "JPEG";
  const writer = await BagWriter.create(path);
  const type = isJpeg ? "sensor_msgs/msg/CompressedImage" : "sensor_msgs/msg/Image";
  const camera = isJpeg ? "/camera/image_raw/compressed" : "/camera/image_raw";
  await writer.addTopic({ name: camera, type });
  for (const name of ["/joint_states", "/arm/joint_commands"]) {
    await writer.addTopic({ name, type: "sensor_msgs/msg/JointState" });
  }
  let state = 1;
  const grain = Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 28;
  });
  const pictures: object[] = [];
  for (let i = 0; i < PICTURES; i++) {
    const data = Uint8Array.from(grain, (noise, at) => {
      const x = Math.trunc(at / 3) % WIDTH;
      return 60 + noise + (((x + 4 * i) >> 5) & 1) * 80 + (at % 3) * 10;
    });
    const size = { width: WIDTH, height: HEIGHT, encoding: "rgb8", step: 3 * WIDTH, data };
    const raw = { kind: "raw", isBigEndian: false, ...size } as const;
    const jpeg = isJpeg && (await encodeJpeg(raw, { quality: 90 }));
    pictures.push(jpeg ? { format: "jpeg", data: jpeg } : { ...size, is_bigendian: 0 });
  }
  for (let i = 0; i < SECONDS[sort] * 100; i++) {
    const ns = T0 + BigInt(i) * 10_000_000n;
    const stamp = rosTimeOf(ns);
    const header = { stamp, frame_id: "camera" };
    const joints = { header, name: ["a", "b", "c", "d", "e", "f", "g"], velocity: [], effort: [] };
    const position = joints.name.map((_, k) => Math.sin(i / 50 + k));
    await writer.write("/joint_states", ns, { ...joints, position });
    await writer.write("/arm/joint_commands", ns, { ...joints, position });
    if (i % 10 !== 0 && i % 10 !== 3 && i % 10 !== 7) continue;
    await writer.write(camera, ns, { header, ...pictures[i % PICTURES] });
  }
  await writer.close();
}

interface Run {
  readonly rows: number;
  readonly s: number;
  readonly cpuS: number;
}

async function ours(bag: string, output: string): Promise<Run> {
  const start = performance.now();
  const before = process.cpuUsage();
  const { rows } = await exportRecordings(
    { task: TASK, vlm: INSTANT, map: EMPTY_MAP, fps: FPS, storage: "av1" },
    {
      ...{ recordings: [bag], output, format: "lerobot", resume: false },
      signal: new AbortController().signal,
    },
  );
  const { user, system } = process.cpuUsage(before);
  return { rows, s: (performance.now() - start) / 1000, cpuS: (user + system) / 1e6 };
}

async function straight(bag: string, output: string): Promise<Run> {
  const script = join(import.meta.dirname, "straight.py");
  const { stdout } = await promisify(execFile)(PYTHON, [script, bag, output, String(FPS)]);
  const { rows, s, cpu_s: cpuS } = JSON.parse(stdout) as { rows: number; s: number; cpu_s: number };
  return { rows, s, cpuS };
}

const verdicts: string[] = [];
const folder = await mkdtemp(join(tmpdir(), "bench-export-"));
try {
  console.log(
    "| pictures | bag | rows | ours, s/GB | Python, s/GB | ours, CPU s/GB | Python, CPU s/GB |",
  );
  console.log("|---|---|---|---|---|---|---|");
  for (const sort of ["JPEG", "raw"] as const) {
    const bag = join(folder, sort, "bag.mcap");
    await writeBag(bag, sort);
    // What messages hold, so that compression by the recorder does not count.
    const gb =
      sort === "JPEG"
        ? (await stat(bag)).size / 1e9
        : (SECONDS.raw * 30 * WIDTH * HEIGHT * 3) / 1e9;
    const runs: { ours: Run; python: Run }[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const own = await ours(bag, join(folder, `${sort}-ours-${round}`));
      runs.push({
        ours: own,
        python: await straight(join(folder, sort), join(folder, `${sort}-py-${round}`)),
      });
    }
    const figure = (of: (run: (typeof runs)[number]) => number) =>
      (median(runs.map(of)) / gb).toFixed(1);
    const oursS = median(runs.map((run) => run.ours.s)) / gb;
    verdicts.push(
      `${sort}: ${oursS.toFixed(1)} s/GB ${oursS < BAR_S_PER_GB ? "meets" : "misses"} it`,
    );
    const [first] = runs;
    console.log(
      `| ${sort} | ${gb.toFixed(2)} GB | ${first?.ours.rows}, ${first?.python.rows} | ` +
        `${figure((run) => run.ours.s)} | ${figure((run) => run.python.s)} | ` +
        `${figure((run) => run.ours.cpuS)} | ${figure((run) => run.python.cpuS)} |`,
    );
  }
  console.log(`\nbar: below ${BAR_S_PER_GB} s/GB on two cores; ${verdicts.join("; ")}`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
