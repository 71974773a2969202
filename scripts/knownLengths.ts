import { readdir } from "node:fs/promises";
import { join } from "node:path";
import {
  type CameraFrame,
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
  type QuantityKind,
  type QuestionKind,
  type TypedQuestion,
} from "../src/language/index.js";
import { openSource } from "../src/sources/index.js";

/** A picture, questions about it, and their true answers. */
export interface KnownLengths {
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

/**
 * Lengths between gripper, mug and tray in an episode's images: of a recording of the simulator, or a
 * spec of it. The truth is TF's.
 */
export async function* episode(spec: string, camera: string): AsyncGenerator<KnownLengths> {
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

/** The lengths that a data set of `--scenes --exact` asks for in its familiar pictures. */
export async function* scenes(folder: string): AsyncGenerator<KnownLengths> {
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

/** The recordings of a folder, or the one recording or spec that a path is. */
export async function recordingsOf(path: string): Promise<string[]> {
  const names = path.startsWith("sim") ? [] : await readdir(path);
  const isFolder = names.length > 0 && !names.includes("metadata.yaml");
  if (!isFolder) return [path];
  return names
    .filter((name) => !name.startsWith("."))
    .sort()
    .map((name) => join(path, name));
}
