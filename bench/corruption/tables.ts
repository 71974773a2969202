/** The simulator's tables with the truth of everything that is asked, drawn once and kept in the temporary folder. */
import { itemAt } from "../../src/base/index.js";
import {
  type CameraFrame,
  decodeDepth,
  decodeLabels,
  depthImageOf,
  type RawImage,
} from "../../src/camera/index.js";
import { exactObject } from "../../src/dataset/sceneOfStudio.js";
import { answerKind, canonicalFrame } from "../../src/geometry/index.js";
import {
  type AnswerValue,
  askQuestion,
  kindInfo,
  type ObjectRef,
  onSupport,
  QUANTITY_KINDS,
  type QuestionKind,
  type TypedQuestion,
} from "../../src/language/index.js";
import { type TabletopScene, TabletopStudio } from "../../src/sim/index.js";
import { keptOnDisk } from "../keptOnDisk.js";
import { type Images, isThing } from "./tableDamages.js";

/** Not those that are another's with the other sign. */
export const LENGTHS = QUANTITY_KINDS.filter(
  (kind) => kind !== "front_difference" && kind !== "left_difference",
);
export const RELATIONS = [
  "right_predicate",
  "above_predicate",
  "behind_predicate",
  "tall_predicate",
  "wide_predicate",
  "big_predicate",
] as const satisfies readonly QuestionKind[];

const SIZES = [
  { width: 640, height: 480 },
  { width: 640, height: 480 },
  { width: 848, height: 480 },
  { width: 424, height: 240 },
] as const;
const TABLE: ObjectRef = { name: "table", phrase: "the table", labels: [4] };

export interface Asked {
  readonly question: TypedQuestion;
  readonly truth: AnswerValue;
}

export interface Sample {
  readonly images: Images;
  readonly frame: Omit<CameraFrame, "image" | "depth" | "labels">;
  readonly asked: readonly Asked[];
}

function askedOf({ bodies, table, gapBetween }: TabletopScene): Asked[] {
  const frame = canonicalFrame({ ...table, residualM: 0, inliers: 0 });
  const things = bodies
    .filter(({ label }) => isThing(label))
    .map((body) => ({
      ref: { name: `a${body.label}`, phrase: body.name, labels: [body.label] },
      label: body.label,
      exact: exactObject(body, frame),
    }));
  const kinds: readonly QuestionKind[] = [...LENGTHS, ...RELATIONS];
  const asked = kinds.flatMap((kind) =>
    things.flatMap((a, i): Asked[] => {
      if (kindInfo(kind).arity === 1)
        return [{ question: askQuestion(kind, a.ref), truth: answerKind(kind, frame, a.exact) }];
      return things.slice(i + 1).map((b) => ({
        question: askQuestion(kind, a.ref, b.ref),
        truth:
          kind === "gap"
            ? { shape: "quantity", valueM: gapBetween(a.label, b.label), sigmaM: 0 }
            : answerKind(kind, frame, a.exact, b.exact),
      }));
    }),
  );
  const questions = onSupport(
    asked.map(({ question }) => question),
    TABLE,
  );
  return asked.map(({ truth }, i) => ({ truth, question: itemAt(questions, i) }));
}

async function drawn(seed: number, at: number): Promise<Sample> {
  const size = SIZES[Math.floor(at / 2) % SIZES.length] ?? SIZES[0];
  const domain = at % 2 === 0 ? "familiar" : "novel";
  using studio = await TabletopStudio.create({ seed, domain, ...size });
  const scene = studio.scene(0);
  const { image: _, depth, labels, kinematics: __, ...frame } = scene.frame;
  return {
    frame,
    asked: askedOf(scene),
    images: {
      depthM: Float32Array.from((await decodeDepth(depth)).depthM),
      ids: Uint16Array.from(decodeLabels(labels).ids),
      info: frame.info,
    },
  };
}

/** Table number `at` of a run: half are seen from above or aside, and images differ in size. */
export function sample(seed: number, at: number): Promise<Sample> {
  const name = `corrupted-table-${seed}-${at % (2 * SIZES.length)}`;
  return keptOnDisk(name, () => drawn(seed, at));
}

export function framed(frame: Sample["frame"], { depthM, ids, info }: Images): CameraFrame {
  const { width, height } = info;
  const labels: RawImage = {
    ...{ kind: "raw", width, height, encoding: "16UC1", step: 2 * width, isBigEndian: false },
    data: new Uint8Array(ids.buffer, ids.byteOffset, ids.byteLength),
  };
  const image = { kind: "compressed", format: "none", data: new Uint8Array() } as const;
  return { ...frame, info, image, labels, depth: depthImageOf({ width, height, depthM }) };
}
