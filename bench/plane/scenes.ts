/**
 * What `plane` says of scenes that are drawn by chance: things that stand on tables of all looks (controls), and
 * things that do not, or of which a box is not the whole truth. Each scene is seen six times with noise on each
 * edge of its boxes, and by a camera that is as inexact as the defaults say.
 *
 *   npx tsx bench/plane/scenes.ts [--seed 83000] [--scenes 40] [--row NAME]... [--box-px 1] [--by-kind] [--blind]
 *
 * `--blind` gives no pictures: what boxes alone tell. Intervals: 95 %, bootstrap of scenes.
 */
import { parseArgs } from "node:util";
import { distanceBetween, dot, itemAt, minus, Random, type Vec3 } from "../../src/base/index.js";
import {
  type CameraFrame,
  type Detection,
  invertPose,
  NO_IMAGE,
  type PixelBox,
  rotate,
} from "../../src/camera/index.js";
import {
  askQuestion,
  type ObjectRef,
  onSupport,
  type QuantityKind,
} from "../../src/language/index.js";
import { plane } from "../../src/models/index.js";
import { keptOnDisk } from "../keptOnDisk.js";
import { turnedAsTold } from "../wrongCamera.js";
import { cellsOf, type Measured, measuredOf, refusalsOf } from "./figures.js";
import { draw, type Picture, type View } from "./scenes/picture.js";
import { ROWS, type Scene, type Thing } from "./scenes/rows.js";
import { surfaceOf } from "./scenes/Shape.js";

const { values: options } = parseArgs({
  options: {
    seed: { type: "string", default: "83000" },
    scenes: { type: "string", default: "40" },
    row: { type: "string", multiple: true },
    "box-px": { type: "string", default: "1" },
    "by-kind": { type: "boolean", default: false },
    blind: { type: "boolean", default: false },
  },
});
const SEED = Number(options.seed);
const BOX_PX = Number(options["box-px"]);
const IMAGES = 6;
/** From this image on things are where they are later. */
const LATER = 4;
const SIGNAL = new AbortController().signal;

const ALONE = ["height", "width", "elevation"] as const;
const BETWEEN = [
  "distance",
  "vertical_distance",
  "horizontal_distance",
  "gap",
  "above_difference",
  "below_difference",
  "behind_difference",
  "left_difference",
] as const;

interface Body {
  readonly points: readonly Vec3[];
  readonly center: Vec3;
}

/** Its centre is that of the box around it. */
function bodyOf({ shapes }: Thing): Body {
  const points = shapes.flatMap((shape) => surfaceOf(shape));
  const middle = (axis: 0 | 1 | 2) => {
    const [low, high] = span(points.map((point) => point[axis]));
    return (low + high) / 2;
  };
  return { points, center: [middle(0), middle(1), middle(2)] };
}

function span(values: readonly number[]): readonly [number, number] {
  return [Math.min(...values), Math.max(...values)];
}

function truthOf(kind: QuantityKind, { pose }: View, a: Body, b: Body): number {
  const heights = (body: Body) => span(body.points.map(([, , z]) => z));
  const [[bottomA, topA], [bottomB, topB]] = [heights(a), heights(b)];
  const right = rotate(pose.rotation, [1, 0, 0]);
  const [toA, toB] = [minus(a.center, pose.position), minus(b.center, pose.position)];
  switch (kind) {
    case "height":
      return topA - bottomA;
    case "width": {
      const [low, high] = span(a.points.map((point) => dot(point, right)));
      return high - low;
    }
    case "elevation":
      return Math.max(0, bottomA);
    case "distance":
      return distanceBetween(a.center, b.center);
    case "vertical_distance":
      return Math.abs(a.center[2] - b.center[2]);
    case "horizontal_distance":
      return Math.hypot(a.center[0] - b.center[0], a.center[1] - b.center[1]);
    case "above_difference":
      return topA - topB;
    case "below_difference":
      return bottomB - bottomA;
    case "behind_difference":
      return Math.hypot(...toA) - Math.hypot(...toB);
    case "left_difference":
      return dot(toB, right) - dot(toA, right);
    case "gap":
      return Math.min(
        ...a.points.map((p) => Math.min(...b.points.map((q) => distanceBetween(p, q)))),
      );
    default:
      throw new Error(`no truth of ${kind}`);
  }
}

interface Drawn {
  readonly scene: Omit<Scene, "boxes">;
  readonly first: Picture;
  readonly last: Picture;
  /** Of the second camera. */
  readonly other: Picture;
  readonly boxes: readonly [first: Boxes, last: Boxes, other: Boxes];
}
type Boxes = ReadonlyMap<string, PixelBox>;

function boxesOf({ boxes: change }: Scene, things: readonly Thing[], { boxes }: Picture): Boxes {
  const exact = new Map(
    things.flatMap(({ name }, i): [string, PixelBox][] => {
      const box = boxes[i];
      return box ? [[name, box]] : [];
    }),
  );
  const lost = new Set(things.filter(({ hasBox }) => hasBox === false).map(({ name }) => name));
  return new Map([...(change?.(exact) ?? exact)].filter(([name]) => !lost.has(name)));
}

async function drawn(name: string, seed: number): Promise<Drawn> {
  const random = new Random(seed, name);
  const row = ROWS.get(name);
  if (!row) throw new Error(`no row ${name}: there are ${[...ROWS.keys()].join(", ")}`);
  const scene = row(random);
  const first = await draw(scene.things, scene.look, scene.view, random);
  const last = scene.later ? await draw(scene.later, scene.look, scene.view, random) : first;
  const other = scene.otherView
    ? await draw(scene.things, scene.look, scene.otherView, random)
    : first;
  const { boxes: _, ...rest } = scene;
  const all = [
    boxesOf(scene, scene.things, first),
    boxesOf(scene, scene.later ?? scene.things, last),
    boxesOf(scene, scene.things, other),
  ] as const;
  return { scene: rest, first, last, other, boxes: all };
}

function noisy(name: string, box: PixelBox, { info }: View, random: Random): Detection[] {
  const edge = (at: number, i: number) => {
    const most = i % 2 === 0 ? info.width : info.height;
    return Math.min(most, Math.max(0, at + BOX_PX * random.normal()));
  };
  const [left = 0, top = 0, right = 0, bottom = 0] = box.map(edge);
  if (right - left < 4 || bottom - top < 4) return [];
  const [centerX, centerY] = [(left + right) / 2, (top + bottom) / 2];
  return [
    { classId: name, score: 0.9, centerX, centerY, sizeX: right - left, sizeY: bottom - top },
  ];
}

const results = new Map<string, Measured[]>();
const refOf = (name: string): ObjectRef => ({ name, phrase: `the ${name}`, classIds: [name] });
const REFS = { it: refOf("it"), can: refOf("can") };

async function measure(name: string, number: number): Promise<void> {
  const seed = SEED + number;
  const kept = `plane-scene-${name.replaceAll(/\W+/g, "-")}-${seed}`;
  const { scene, first, last, other, boxes } = await keptOnDisk(kept, () => drawn(name, seed));
  const { view: ownView, otherView, things, later = things } = scene;
  const random = new Random(seed, `${name} boxes`);
  const heightM = 0.01 * random.normal();
  const support = { name: "table", phrase: "the table", frame: "world", heightM };
  const soundOf = ({ info, pose }: View, camera: string): CameraFrame => ({
    ...{ camera, stampNs: 0n, frameId: camera, episode: `${seed}`, info, image: NO_IMAGE },
    poses: new Map([["world", { ok: true, pose: invertPose(pose) }]]),
  });
  const ownFrame = turnedAsTold(soundOf(ownView, "camera"), random);
  const otherFrame = otherView && turnedAsTold(soundOf(otherView, "other"), random);
  const asked = [
    ...ALONE.map((kind) => ({ kind, of: 0, question: askQuestion(kind, REFS.it) })),
    ...ALONE.map((kind) => ({ kind, of: 1, question: askQuestion(kind, REFS.can) })),
    ...BETWEEN.map((kind) => ({ kind, of: 0, question: askQuestion(kind, REFS.it, REFS.can) })),
  ];
  const questions = onSupport(
    asked.map(({ question }) => question),
    support,
  );
  await using model = plane({ boxSigmaPx: 1.5 * BOX_PX });
  for (let i = 0; i < IMAGES; i++) {
    const isLater = i >= LATER;
    const isOther = otherView !== undefined && i % 2 === 1;
    const view = isOther ? otherView : ownView;
    const told = (isOther && otherFrame) || ownFrame;
    const shown = isOther ? other : isLater ? last : first;
    const detections = [...boxes[isOther ? 2 : isLater ? 1 : 0]].flatMap(([of, box]) =>
      noisy(of, box, view, random),
    );
    const image = { kind: "compressed", format: "jpeg", data: shown.jpeg } as const;
    const frame = {
      ...{ ...told, detections, stampNs: BigInt(i) * 200_000_000n },
      ...(!options.blind && { image }),
    };
    const answers = await model.ask(frame, questions, SIGNAL);
    if (i !== 0 && i !== IMAGES - 1) continue;
    const bodies = (isLater ? later : things).slice(0, 2).map(bodyOf);
    for (const [k, answer] of answers.entries()) {
      const { kind, of } = itemAt(asked, k);
      const truthM = truthOf(kind, view, itemAt(bodies, of), itemAt(bodies, 1 - of));
      const measured = measuredOf(answer, `${seed}`, truthM);
      for (const key of ["all", ...(options["by-kind"] ? [kind] : [])]) {
        const what = `${name} | ${i === 0 ? "first" : "sixth"} | ${key}`;
        results.set(what, [...(results.get(what) ?? []), measured]);
      }
    }
  }
}

console.log(
  "scenes | image | kind | answered | median error cm | median sigma cm | within 1 | within 2 sigma % | beyond 3 sigma % (95 %) | refused",
);
for (const name of options.row ?? ROWS.keys()) {
  results.clear();
  for (let i = 0; i < Number(options.scenes); i++) await measure(name, i);
  for (const [what, all] of results)
    console.log([what, ...cellsOf(all), refusalsOf(all)].join(" | "));
}
