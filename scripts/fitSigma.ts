/**
 * Fits `sigma` of a model.json: how wide the errors of lengths are on pictures that taught the
 * model nothing.
 *
 *   npx tsx scripts/fitSigma.ts --weights models/embedded --rows rows.jsonl --scenes data/c \
 *     --episodes episodes/ --side "sim?cameras=2&rate=2&seed=6202&outcome=regress"
 *
 * `--scenes`: data sets of `dataset synthesize --scenes N --exact`, of which the familiar pictures
 * (train, val) are used. `--episodes`: recordings of the simulator or specs of it. `--side`: specs of
 * which the pictures of `side_camera` are used. `--rows` keeps what was said beside the truth; alone
 * it is read again.
 */
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import {
  type CameraFrame,
  decodeColor,
  invertPose,
  type Pose,
  rotate,
  transformPoint,
} from "../src/camera/index.js";
import { VqaSplit } from "../src/evaluate/answers/VqaSplit.js";
import { vqaCameraFrame } from "../src/evaluate/answers/vqaCameraFrame.js";
import { betweenCentres } from "../src/kinematics/index.js";
import {
  askQuestion,
  kindInfo,
  type QuantityKind,
  type QuestionKind,
  type TypedQuestion,
} from "../src/language/index.js";
import { domainScore } from "../src/models/embedded/Domain.js";
import type { SigmaConfig } from "../src/models/embedded/Doubt.js";
import { embeddedModel } from "../src/models/embedded/embedded.js";
import { fitPicture } from "../src/models/embedded/fitPicture.js";
import { Graphs } from "../src/models/embedded/Graphs.js";
import { readWeights } from "../src/models/embedded/Weights.js";
import { openSource } from "../src/sources/index.js";
import { fitDoubt, type Said } from "./fitDoubt.js";

const { values: options } = parseArgs({
  options: {
    weights: { type: "string", default: "models/embedded" },
    rows: { type: "string" },
    scenes: { type: "string", multiple: true, default: [] },
    episodes: { type: "string", multiple: true, default: [] },
    side: { type: "string", multiple: true, default: [] },
  },
});

/** A picture, questions about it, and their true answers. */
interface Asked {
  readonly source: string;
  readonly frame: CameraFrame;
  readonly questions: readonly TypedQuestion[];
  readonly truthsM: readonly number[];
}

const GRIPPER = { name: "gripper", phrase: "the robot gripper", frame: "gripper" };
const MUG = { name: "mug", phrase: "the red mug", frame: "red_mug" };
const TRAY = { name: "tray", phrase: "the blue tray", frame: "blue_tray" };
const PAIRS = [
  [GRIPPER, MUG],
  [MUG, TRAY],
  [GRIPPER, TRAY],
] as const;
const BETWEEN = [
  "distance",
  "horizontal_distance",
  "vertical_distance",
  "behind_difference",
  "left_difference",
] as const satisfies readonly QuantityKind[];
const MUG_HALF_HEIGHT_M = 0.045;
/** Cosine of the tilt up to which a mug's lowest point is half its height below its centre. */
const UPRIGHT = 0.995;

async function* episode(spec: string, camera: string): AsyncGenerator<Asked> {
  await using source = await openSource(spec);
  const topics = { name: camera, color: `/${camera}/color/image_raw` };
  const cameras = source.cameras(source.recording ? [] : [topics]);
  const frames = [...[GRIPPER, MUG, TRAY].map(({ frame }) => frame), "table"];
  for await (const frame of source.frames({ cameras, tfFrames: frames })) {
    const poseOf = (name: string): Pose | undefined => {
      const found = frame.poses?.get(name);
      return found?.ok ? found.pose : undefined;
    };
    const [table, mug] = [poseOf("table"), poseOf(MUG.frame)];
    if (!table || !mug) continue;
    const up = rotate(table.rotation, [0, 0, 1]);
    const questions: TypedQuestion[] = [];
    const truthsM: number[] = [];
    const add = (question: TypedQuestion, truthM: number | undefined) => {
      if (truthM === undefined) return;
      questions.push(question);
      truthsM.push(truthM);
    };
    for (const [a, b] of PAIRS) {
      const [from, to] = [poseOf(a.frame)?.position, poseOf(b.frame)?.position];
      if (!from || !to) continue;
      for (const kind of BETWEEN) add(askQuestion(kind, a, b), betweenCentres(kind, from, to, up));
    }
    const [x, y, z] = rotate(mug.rotation, [0, 0, 1]);
    if (x * up[0] + y * up[1] + z * up[2] > UPRIGHT) {
      const height = transformPoint(invertPose(table), mug.position)[2] - MUG_HALF_HEIGHT_M;
      add(askQuestion("elevation", MUG), height);
    }
    yield { source: `${spec} ${camera}`, frame, questions, truthsM };
  }
}

async function* scenes(folder: string): AsyncGenerator<Asked> {
  for (const name of ["train", "val"] as const) {
    const split = await VqaSplit.open(folder, name);
    for await (const { frame, rows } of split.scenes()) {
      const { depth: _, labels: __, ...picture } = frame;
      const lengths = rows.flatMap((row) => {
        const { truth, subject, object } = row;
        if (truth.shape !== "quantity") return [];
        const to =
          object === null ? undefined : { name: object, phrase: row.object_phrase ?? object };
        const from = { name: subject, phrase: row.subject_phrase };
        const question = askQuestion(row.kind as QuestionKind, from, to);
        return [{ question, truthM: truth.value_m }];
      });
      yield {
        source: "scenes",
        frame: await vqaCameraFrame(folder, picture),
        questions: lengths.map(({ question }) => question),
        truthsM: lengths.map(({ truthM }) => truthM),
      };
    }
  }
}

async function* all(): AsyncGenerator<Asked> {
  for (const folder of options.scenes) yield* scenes(folder);
  for (const path of options.episodes) {
    const names = path.startsWith("sim") ? [] : await readdir(path);
    const isFolder = names.length > 0 && !names.includes("metadata.yaml");
    const recordings = isFolder
      ? names.filter((name) => !name.startsWith(".")).map((name) => join(path, name))
      : [path];
    for (const recording of recordings.sort()) yield* episode(recording, "camera");
  }
  for (const spec of options.side) yield* episode(spec, "side_camera");
}

/** Asks the model without its `sigma`: what is to be corrected. */
async function collect(): Promise<Said[]> {
  const bare = await mkdtemp(join(tmpdir(), "weights-"));
  await cp(options.weights, bare, { recursive: true });
  const { sigma: _, ...config } = JSON.parse(await readFile(join(bare, "model.json"), "utf8"));
  await writeFile(join(bare, "model.json"), JSON.stringify(config));
  const context = { onNotice: () => {} };
  const settings = { cores: 1, provider: "cpu" } as const;
  const vlm = await embeddedModel({ weights: bare, ...settings }, context);
  const weights = await readWeights(bare);
  const graphs = await Graphs.load(weights, settings, () => {});
  const rows: Said[] = [];
  try {
    for await (const { source, frame, questions, truthsM } of all()) {
      const image = await decodeColor(frame.image);
      const { cells } = await graphs.encode(fitPicture(image, frame.info, weights.config));
      const { domain } = weights.config;
      const score = domain ? domainScore(cells.data as Float32Array, domain) : 0;
      const answers = await vlm.ask(frame, questions, new AbortController().signal);
      for (const [i, { value, question }] of answers.entries()) {
        const truthM = truthsM[i];
        if (value?.shape !== "quantity" || truthM === undefined) continue;
        if (question.kind === "open" || kindInfo(question.kind).shape !== "quantity") continue;
        const { valueM, sigmaM } = value;
        rows.push({ source, kind: question.kind as QuantityKind, score, valueM, sigmaM, truthM });
      }
    }
  } finally {
    await graphs.close();
    await vlm.close();
    await rm(bare, { recursive: true });
  }
  return rows;
}

const isAsked = [options.scenes, options.episodes, options.side].some(({ length }) => length > 0);
let rows: readonly Said[];
if (isAsked) {
  rows = await collect();
  if (options.rows) {
    await writeFile(options.rows, `${rows.map((row) => JSON.stringify(row)).join("\n")}\n`);
  }
} else {
  const lines = (await readFile(options.rows ?? "", "utf8")).trim().split("\n");
  rows = lines.map((line) => JSON.parse(line) as Said);
}
const sigma: SigmaConfig = fitDoubt(rows);
const path = join(options.weights, "model.json");
const document = JSON.parse(await readFile(path, "utf8"));
await writeFile(path, `${JSON.stringify({ ...document, sigma }, null, 1)}\n`);
console.log(`fitted to ${rows.length} lengths: ${JSON.stringify(sigma)}`);
