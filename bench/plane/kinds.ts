/**
 * All kinds of `plane` on the simulator's tables, with the errors that a detector's boxes have: for each
 * of them and each kind of length, how exact answers are and whether sigma says so; for the other kinds,
 * how many of the sure answers are wrong. Each table is seen six times; boxes differ by their noise.
 *
 *   npx tsx bench/plane/kinds.ts [--seed 80000] [--tables 40] [--width 640] [--height 480] [--boxes NAME]... [--by-kind] [--blind]
 *
 * `--blind` gives no pictures: what boxes alone tell. Intervals: 95 %, bootstrap of tables.
 */
import { parseArgs } from "node:util";
import { distanceBetween, Random } from "../../src/base/index.js";
import {
  type CameraFrame,
  type CameraInfo,
  type Detection,
  encodeJpeg,
  NO_IMAGE,
} from "../../src/camera/index.js";
import { sceneOfStudio } from "../../src/dataset/sceneOfStudio.js";
import {
  type AnswerValue,
  askQuestion,
  KINDS,
  type ObjectRef,
  onSupport,
  type QuestionKind,
} from "../../src/language/index.js";
import { plane } from "../../src/models/index.js";
import { TabletopStudio } from "../../src/sim/index.js";
import { TABLE_TOP_M } from "../../src/sim/scene/constants.js";
import { keptOnDisk } from "../keptOnDisk.js";
import { turnedAsTold } from "../wrongCamera.js";
import { labelBoxes } from "./boxEpisodes.js";
import { cellsOf, type Measured, measuredOf, percent } from "./figures.js";

const { values: options } = parseArgs({
  options: {
    seed: { type: "string", default: "80000" },
    tables: { type: "string", default: "40" },
    width: { type: "string", default: "640" },
    height: { type: "string", default: "480" },
    boxes: { type: "string", multiple: true },
    "by-kind": { type: "boolean", default: false },
    blind: { type: "boolean", default: false },
  },
});
const SEED = Number(options.seed);
const SIZE = { width: Number(options.width), height: Number(options.height) };
/** Pixels of the noise grow with the image. */
const SCALE = SIZE.width / 640;
const SIGNAL = new AbortController().signal;
const IMAGES = 6;
/** Answers with a confidence from here on are sure ones. */
const SURE = 0.9;

interface Asked {
  readonly kind: QuestionKind;
  readonly a: string;
  readonly b?: string;
  readonly truth: AnswerValue;
  /** All that is asked about stands on the table. */
  readonly isStanding: boolean;
}
interface Table {
  readonly frame: CameraFrame;
  readonly info: CameraInfo;
  /** Exact, one of each thing. */
  readonly boxes: readonly Detection[];
  readonly asked: readonly Asked[];
}

const STANDS_M = 0.002;
const TO_GRIPPER = ["distance", "vertical_distance", "horizontal_distance"] as const;

async function tableOf(seed: number): Promise<Table> {
  const domain = seed % 2 === 0 ? "familiar" : "novel";
  const views = seed % 4 < 2 ? "front" : "around";
  using studio = await TabletopStudio.create({ seed, domain, views, ...SIZE });
  const scene = studio.scene(0);
  const { frame, bodies } = scene;
  if (!frame.info) throw new Error("the simulator gives CameraInfo");
  const truth = sceneOfStudio(scene, "test");
  const isThing = (name: string) => !/gripper|arm|robot|table/.test(name);
  const things = truth.objects.filter(({ name }) => isThing(name));
  const bottomOf = (label: number | undefined) =>
    bodies.find((it) => it.label === label)?.bottomM ?? 0;
  const isStanding = ({ labels }: { readonly labels: readonly number[] }) =>
    bottomOf(labels[0]) < STANDS_M;
  const gripper = frame.poses?.get("gripper");
  if (!gripper?.ok) throw new Error("the simulator gives the gripper's pose");
  const asked = things.flatMap((a, k): Asked[] => [
    ...[...KINDS.values()].flatMap(({ kind, arity }) =>
      (arity === 2 ? things.slice(k + 1) : [undefined]).flatMap((b): Asked[] => {
        const value = truth.answer(kind, a, b);
        const both = b ? [a, b] : [a];
        return value
          ? [{ kind, a: a.name, truth: value, isStanding: both.every(isStanding) }].map((it) =>
              b ? { ...it, b: b.name } : it,
            )
          : [];
      }),
    ),
    ...TO_GRIPPER.map((kind): Asked => {
      const up = truth.supportPlane;
      if (!up) throw new Error("the simulator gives the support");
      const [x, y, z] = a.body.center.map((at, i) => at - (gripper.pose.position[i] ?? 0));
      const along = [x, y, z].reduce<number>(
        (sum, at, i) => sum + (at ?? 0) * (up.normal[i] ?? 0),
        0,
      );
      const distanceM = distanceBetween(a.body.center, gripper.pose.position);
      const valueM = {
        distance: distanceM,
        vertical_distance: Math.abs(along),
        horizontal_distance: Math.sqrt(Math.max(0, distanceM ** 2 - along ** 2)),
      }[kind];
      const value = { shape: "quantity", valueM, sigmaM: 0 } as const;
      return { kind, a: "gripper", b: a.name, truth: value, isStanding: isStanding(a) };
    }),
  ]);
  const { labels: _, depth: __, image, kinematics: ___, ...rest } = frame;
  const names = new Map(
    bodies
      .filter(({ name }) => isThing(name))
      .map(({ label, name }) => [label, name.replaceAll(" ", "_")]),
  );
  return {
    frame: {
      ...rest,
      image: { kind: "compressed", format: "jpeg", data: await encodeJpeg(image) },
    },
    info: frame.info,
    boxes: labelBoxes(frame, names, new Random(seed, "exact"), 0),
    asked,
  };
}

async function tables(): Promise<readonly Table[]> {
  const made: Table[] = [];
  for (let i = 0; i < Number(options.tables); i++) made.push(await tableOf(SEED + i));
  return made;
}

interface Look {
  readonly frame: CameraFrame;
  readonly info: CameraInfo;
  readonly boxes: readonly Detection[];
  readonly heightM: number;
}
/** Draws what is wrong with all images of a table, and gives how one of them looks. */
type Errors = (table: Table, random: Random) => (random: Random) => Look;

function noisy(box: Detection, random: Random, px: number): Detection {
  const [left, right, top, bottom] = [-1, 1, -1, 1].map(
    (side, i) =>
      (i < 2 ? box.centerX + (side * box.sizeX) / 2 : box.centerY + (side * box.sizeY) / 2) +
      SCALE * px * random.normal(),
  ) as [number, number, number, number];
  return {
    ...{ ...box, centerX: (left + right) / 2, centerY: (top + bottom) / 2 },
    ...{ sizeX: Math.max(1, right - left), sizeY: Math.max(1, bottom - top) },
  };
}

const told = (table: Table, boxes: readonly Detection[], info = table.info): Look => ({
  ...{ frame: table.frame, info, boxes, heightM: TABLE_TOP_M },
});
const jitter =
  (px: (random: Random) => number): Errors =>
  (table, random) => {
    const by = px(random);
    return (each) =>
      told(
        table,
        table.boxes.map((box) => noisy(box, each, by)),
      );
  };
const resized =
  (factor: number): Errors =>
  (table) =>
  (each) =>
    told(
      table,
      table.boxes.map((box) =>
        noisy({ ...box, sizeX: factor * box.sizeX, sizeY: factor * box.sizeY }, each, 2),
      ),
    );

/** The part of the image that is left, as shares of it. */
type Crop = readonly [left: number, top: number, right: number, bottom: number];
function cropped(table: Table, boxes: readonly Detection[], [l, t, r, b]: Crop): Look {
  const { width, height, cx, cy } = table.info;
  const [x, y] = [Math.round(l * width), Math.round(t * height)];
  const [w, h] = [Math.round((r - l) * width), Math.round((b - t) * height)];
  const clipped = boxes.flatMap((box): Detection[] => {
    const left = Math.max(0, box.centerX - box.sizeX / 2 - x);
    const right = Math.min(w, box.centerX + box.sizeX / 2 - x);
    const top = Math.max(0, box.centerY - box.sizeY / 2 - y);
    const bottom = Math.min(h, box.centerY + box.sizeY / 2 - y);
    if (right - left < 4 || bottom - top < 4) return [];
    const [centerX, centerY] = [(left + right) / 2, (top + bottom) / 2];
    return [{ ...box, centerX, centerY, sizeX: right - left, sizeY: bottom - top }];
  });
  // Its picture is not cut: only what boxes tell.
  const blind = { ...table, frame: { ...table.frame, image: NO_IMAGE } };
  return told(blind, clipped, { ...table.info, width: w, height: h, cx: cx - x, cy: cy - y });
}

const ERRORS: ReadonlyMap<string, { readonly boxErrorPx: number; readonly errors: Errors }> =
  new Map(
    Object.entries({
      "2 px": { boxErrorPx: 2, errors: jitter(() => 2) },
      "2 px, camera as inexact as said": {
        boxErrorPx: 2,
        errors: (table: Table, random: Random) => {
          const off = turnedAsTold(table.frame, random);
          const heightM = TABLE_TOP_M + 0.01 * random.normal();
          return (each: Random): Look => {
            const boxes = table.boxes.map((box) => noisy(box, each, 2));
            return { ...told(table, boxes), frame: off, heightM };
          };
        },
      },
      "2 to 4 px": { boxErrorPx: 3, errors: jitter((random) => random.uniform(2, 4)) },
      "5 % too large": { boxErrorPx: 3, errors: resized(1.05) },
      "5 % too small": { boxErrorPx: 3, errors: resized(0.95) },
      "one thing without a box": {
        boxErrorPx: 3,
        errors: (table: Table, random: Random) => {
          const lost = Math.floor(random.next() * table.boxes.length);
          return (each: Random) =>
            told(
              table,
              table.boxes.flatMap((box, i) => (i === lost ? [] : [noisy(box, each, 2)])),
            );
        },
      },
      "what carries it has no box": {
        boxErrorPx: 2,
        errors: (table: Table) => {
          const raised = new Set(
            table.asked.filter((it) => !it.isStanding && it.kind === "height").map(({ a }) => a),
          );
          const boxes = table.boxes.filter(({ classId }) => raised.has(classId));
          return (each: Random) =>
            told(
              table,
              boxes.map((box) => noisy(box, each, 2)),
            );
        },
      },
      "cut by the image's border": {
        boxErrorPx: 3,
        errors: (table: Table, random: Random) => {
          const side = Math.floor(4 * random.next());
          const share = random.uniform(0.2, 0.5);
          const crop: Crop = [
            ...([side === 0 ? share : 0, side === 1 ? share : 0] as const),
            ...([side === 2 ? 1 - share : 1, side === 3 ? 1 - share : 1] as const),
          ];
          return (each: Random) =>
            cropped(
              table,
              table.boxes.map((box) => noisy(box, each, 2)),
              crop,
            );
        },
      },
      "one box in six on another thing": {
        boxErrorPx: 3,
        errors: (table: Table) => (each: Random) =>
          told(
            table,
            table.boxes.map((box) => {
              const other = each.next() < 1 / 6 ? each.pick(table.boxes) : box;
              return noisy({ ...other, classId: box.classId }, each, 2);
            }),
          ),
      },
    }),
  );

interface Sure {
  readonly group: string;
  readonly isWrong: boolean;
}
const lengths = new Map<string, Measured[]>();
const sure = new Map<string, Sure[]>();
const put = <T>(map: Map<string, T[]>, key: string, value: T) =>
  map.set(key, [...(map.get(key) ?? []), value]);

const GRIPPER: ObjectRef = { name: "gripper", phrase: "the gripper", frame: "gripper" };
const refOf = (name: string): ObjectRef =>
  name === "gripper" ? GRIPPER : { name, phrase: name, classIds: [name] };

function isRight(said: AnswerValue, truth: AnswerValue): boolean {
  if (said.shape === "yes_no" && truth.shape === "yes_no") return said.yes === truth.yes;
  if (said.shape === "choice" && truth.shape === "choice") return said.choice === truth.choice;
  return said.shape === "class" && truth.shape === "class" && said.relation === truth.relation;
}

const drawn = await keptOnDisk(
  `plane-kinds-pictures-${SEED}-${options.tables}-${SIZE.width}x${SIZE.height}`,
  tables,
);
for (const [name, { boxErrorPx, errors }] of ERRORS) {
  if (options.boxes && !options.boxes.includes(name)) continue;
  for (const [number, table] of drawn.entries()) {
    const id = `${SEED + number}`;
    const look = errors(table, new Random(SEED + number, name));
    const each = new Random(SEED + number, `${name} boxes`);
    await using model = plane({ boxSigmaPx: SCALE * boxErrorPx });
    const refs = new Map<string, ObjectRef>();
    const ref = (of: string) => refs.get(of) ?? refs.set(of, refOf(of)).get(of) ?? refOf(of);
    for (let i = 0; i < IMAGES; i++) {
      const { frame, info, boxes, heightM } = look(each);
      const support = { name: "table", phrase: "the table", frame: "world", heightM };
      const questions = table.asked.map(({ kind, a, b }) =>
        askQuestion(kind, ref(a), b === undefined ? undefined : ref(b)),
      );
      const image = options.blind ? NO_IMAGE : frame.image;
      const seen = { ...frame, image, info, detections: boxes, stampNs: BigInt(i) * 200_000_000n };
      const answers = await model.ask(seen, onSupport(questions, support), SIGNAL);
      if (i !== 0 && i !== IMAGES - 1) continue;
      const when = i === 0 ? "first" : "later";
      for (const [k, answer] of answers.entries()) {
        const asked = table.asked[k];
        if (!asked) continue;
        const { kind, a, truth, isStanding } = asked;
        const { value } = answer;
        const what = `${isStanding ? "" : "raised "}${a === "gripper" ? "gripper " : ""}${kind}`;
        if (truth.shape === "quantity") {
          const row = options["by-kind"] ? what : isStanding ? "all, standing" : "all, raised";
          put(lengths, `${name} | ${when} | ${row}`, measuredOf(answer, id, truth.valueM));
        } else if (value && value.shape !== "quantity" && value.confidence >= SURE) {
          const relation = kind.replace(/_(predicate|choice)$/, "");
          const row = options["by-kind"] ? ` ${relation}` : "";
          put(sure, `${name} | ${when} | ${isStanding ? "standing" : "raised"}${row}`, {
            ...{ group: id, isWrong: !isRight(value, truth) },
          });
        }
      }
    }
  }
}

console.log(
  "boxes | image | kind | answered | median error cm | median sigma cm | within 1 | within 2 sigma % | beyond 3 sigma % (95 %)",
);
for (const [name, all] of lengths) console.log([name, ...cellsOf(all)].join(" | "));
console.log("\nboxes | image | sure answers | wrong");
for (const [name, all] of sure) {
  const wrong = all.filter(({ isWrong }) => isWrong).length;
  console.log([name, all.length, `${wrong} (${percent(wrong / all.length)} %)`].join(" | "));
}
