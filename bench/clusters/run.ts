/**
 * Whether `rgbd?masks=clusters` keeps things apart through grasp, transport and occlusion: the simulator's
 * episodes without labels, seen by two cameras; in every second episode a grey bar passes before them.
 * Things are named by a colour word, by a pixel (`at:`), by one who sees the boxes once, or by a detector: of its
 * boxes a tenth is missing, the others are moved and stretched by up to a fifth of their size; in one more run
 * it exchanges the names of two of its first boxes. Names were
 * exchanged where an answer's place is more than 5 cm off and its box shows more of another thing. Identity
 * is kept where a thing that was named is found in most of the last images that show it, and never exchanged.
 *
 *   npx tsx bench/clusters/run.ts [--seed 8100] [--episodes 10] [--rate 5] [--noise-mm 1] [--way detector]...
 *     [--verbose]
 *
 * Intervals: 95 %, Wilson; things of one episode are not independent.
 */
import { parseArgs } from "node:util";
import { distanceBetween, Random, type Vec3 } from "../../src/base/index.js";
import {
  type CameraFrame,
  type Detection,
  decodeDepth,
  decodeLabels,
  depthImageOf,
  type RawImage,
} from "../../src/camera/index.js";
import { askQuestion, type ObjectRef } from "../../src/language/index.js";
import { type Namer, rgbd } from "../../src/models/index.js";
import { detectorNamer } from "../../src/models/rgbd/clusters/Namer.js";
import { OUTCOMES, TabletopSim } from "../../src/sim/index.js";
import { wilson } from "../wilson.js";

const { values: options } = parseArgs({
  options: {
    seed: { type: "string", default: "8100" },
    episodes: { type: "string", default: "10" },
    rate: { type: "string", default: "5" },
    "noise-mm": { type: "string", default: "1" },
    way: { type: "string", multiple: true },
    verbose: { type: "boolean", default: false },
  },
});
const SIGNAL = new AbortController().signal;
const OTHER_M = 0.05;
/** A distance that is off by more than this, and by more than three sigma, is a confident wrong answer. */
const OFF_M = 0.003;
/** What shows fewer pixels is hidden. */
const HIDDEN_PX = 30;
/** What shows fewer in the first image is not asked about. */
const LEAST_PX = 250;
/** Of so many of the last images that show a thing, most have to find it. */
const LAST = 5;

const GRIPPER: ObjectRef = { name: "gripper", phrase: "the gripper", frame: "gripper" };
/** Labels of what is neither robot nor table. */
const isThing = (id: number) => id === 2 || id === 3 || id > 5;
const ALL_WAYS = ["colour word", "pixel", "seen boxes", "detector", "swapping detector"] as const;
type Way = (typeof ALL_WAYS)[number];
const WAYS = ALL_WAYS.filter((way) => options.way?.includes(way) ?? true);
/** A detector's boxes: the share that is missing, and how far the others are off, as a share of their size. */
const MISSING = 0.1;
const BOX_OFF = 0.2;

/** One image with its truth. */
interface Shown {
  readonly frame: CameraFrame;
  readonly ids: Uint16Array;
}

/** What became of one thing in one stream. */
interface Followed {
  readonly way: Way;
  readonly what: string;
  readonly images: {
    readonly isSeen: boolean;
    readonly errorM?: number;
    readonly isOther?: boolean;
    readonly isBeyond?: boolean;
    readonly isOff?: boolean;
    readonly why?: string;
  }[];
}

/** A grey bar 0.35 m before the camera that passes from left to right, three seconds long. */
async function behindBar(frame: CameraFrame, ids: Uint16Array, sinceS: number): Promise<Shown> {
  const image = frame.image as RawImage;
  if (!frame.depth) throw new Error("the simulator gives depth");
  const { width, height } = image;
  const depthM = Float32Array.from((await decodeDepth(frame.depth)).depthM);
  const [data, labels] = [Uint8Array.from(image.data), Uint16Array.from(ids)];
  const left = Math.round(width * (sinceS / 3 - 0.2));
  for (let x = Math.max(0, left); x < Math.min(width, left + 0.2 * width); x++)
    for (let y = 0; y < height; y++) {
      const at = y * width + x;
      depthM[at] = 0.35;
      labels[at] = 0;
      data.fill(120, y * image.step + 3 * x, y * image.step + 3 * x + 3);
    }
  const depth = depthImageOf({ width, height, depthM });
  return { frame: { ...frame, image: { ...image, data }, depth }, ids: labels };
}

async function streams(seed: number): Promise<Map<string, Shown[]>> {
  const sim = await TabletopSim.create({
    seed,
    outcome: OUTCOMES[seed % OUTCOMES.length] ?? "success",
    rateHz: Number(options.rate),
    cameras: 2,
    depthNoiseMm: Number(options["noise-mm"]),
  });
  const byCamera = new Map<string, Shown[]>();
  // The bar begins at a time of its own.
  const beginS = seed % 2 === 1 ? 1 + (seed % 7) : Number.POSITIVE_INFINITY;
  for (let step = sim.current(); ; step = sim.step()) {
    for (const frame of step.frames) {
      if (!frame.labels) throw new Error("the simulator gives labels");
      const ids = Uint16Array.from(decodeLabels(frame.labels).ids);
      const list = byCamera.get(frame.camera) ?? [];
      const atS = list.length / Number(options.rate);
      const isBarred = atS >= beginS && atS < beginS + 3.6;
      list.push(isBarred ? await behindBar(frame, ids, atS - beginS) : { frame, ids });
      byCamera.set(frame.camera, list);
    }
    if (step.done) break;
  }
  sim.close();
  return byCamera;
}

const areaOf = (ids: Uint16Array, id: number) => ids.reduce((n, it) => n + (it === id ? 1 : 0), 0);

/** Names the box that fits a label's best, as one who sees would. */
function seer(of: () => Uint16Array, idOf: (ref: ObjectRef) => number, width: number): Namer {
  return {
    name: "seer",
    fingerprint: "seer",
    names(_, __, boxes, refs) {
      const ids = of();
      return Promise.resolve(
        refs.map((ref) => {
          const id = idOf(ref);
          const shares = boxes.map(([left, top, right, bottom]) => {
            let inside = 0;
            for (let y = Math.floor(top); y < bottom; y++)
              for (let x = Math.floor(left); x < right; x++)
                if (ids[y * width + x] === id) inside += 1;
            return inside / Math.max((right - left) * (bottom - top), areaOf(ids, id));
          });
          const best = shares.indexOf(Math.max(...shares));
          if ((shares[best] ?? 0) > 0.3) return best;
          return { reason: "no_object", detail: "in none of the boxes" };
        }),
      );
    },
    close: () => Promise.resolve(),
  };
}

/** A detector that misses things, and whose boxes are moved and stretched. */
function noisyDetector(
  of: () => Uint16Array,
  idOf: (phrase: string) => number,
  width: number,
  random: Random,
  isSwapping: boolean,
): Namer {
  let calls = 0;
  const off = (sizePx: number) => (2 * random.next() - 1) * BOX_OFF * sizePx;
  const boxAround = (phrase: string): Detection[] => {
    const [xs, ys]: [number[], number[]] = [[], []];
    of().forEach((it, i) => {
      if (it !== idOf(phrase)) return;
      xs.push(i % width);
      ys.push(Math.floor(i / width));
    });
    if (xs.length < HIDDEN_PX || random.next() < MISSING) return [];
    const [left, right, top, bottom] = [xs, ys].flatMap((all) => [
      all.reduce((a, b) => Math.min(a, b)),
      all.reduce((a, b) => Math.max(a, b)) + 1,
    ]) as [number, number, number, number];
    const [sizeX, sizeY] = [right - left, bottom - top];
    const box = {
      centerX: (left + right) / 2 + off(sizeX),
      centerY: (top + bottom) / 2 + off(sizeY),
      ...{ sizeX: sizeX + off(sizeX), sizeY: sizeY + off(sizeY) },
    };
    return [{ classId: phrase, score: 0.3 + 0.6 * random.next(), ...box }];
  };
  return detectorNamer({
    name: "detector",
    fingerprint: "detector",
    minScore: 0.1,
    detect(_, phrases) {
      const found = phrases.flatMap(boxAround);
      const [a, b, ...rest] = found;
      const isSwapped = isSwapping && calls++ === 0 && a && b;
      return Promise.resolve(
        isSwapped ? [{ ...a, classId: b.classId }, { ...b, classId: a.classId }, ...rest] : found,
      );
    },
    close: () => Promise.resolve(),
  });
}

function placeOf(frame: CameraFrame, name: string): Vec3 | undefined {
  const pose = frame.poses?.get(name.replaceAll(" ", "_"));
  return pose?.ok ? pose.pose.position : undefined;
}

/** The thing of which a box shows most. */
function mostIn(
  [left, top, right, bottom]: readonly [number, number, number, number],
  ids: Uint16Array,
  width: number,
): number | undefined {
  const counts = new Map<number, number>();
  for (let y = Math.floor(top); y < bottom; y++)
    for (let x = Math.floor(left); x < right; x++) {
      const id = ids[y * width + x] ?? 0;
      if (isThing(id)) counts.set(id, (counts.get(id) ?? 0) + 1);
    }
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}

/** A pixel in the middle of a label. */
function pixelOf(ids: Uint16Array, id: number, width: number): readonly [number, number] {
  const own: number[] = [];
  ids.forEach((it, i) => {
    if (it === id) own.push(i);
  });
  const pixel = own[own.length >> 1] ?? 0;
  const row = own.filter((it) => Math.floor(it / width) === Math.floor(pixel / width));
  const middle = row[row.length >> 1] ?? pixel;
  return [middle % width, Math.floor(middle / width)];
}

async function follow(shown: readonly Shown[], way: Way): Promise<Followed[]> {
  const [first] = shown;
  if (!first) throw new Error("a stream has images");
  const width = first.frame.info?.width ?? 640;
  const names = first.frame.labelNames ?? new Map<number, string>();
  const things = [...names].filter(
    ([id]) =>
      isThing(id) &&
      areaOf(first.ids, id) >= LEAST_PX &&
      (way !== "colour word" || id === 2 || id === 3),
  );
  const refs = things.map(
    ([id, name]): ObjectRef => ({
      name: `${id}`,
      phrase: `the ${name}`,
      ...(way === "pixel" && { at: pixelOf(first.ids, id, width) }),
    }),
  );
  let now = first.ids;
  const isSwapping = way === "swapping detector";
  const namer =
    way === "seen boxes"
      ? seer(
          () => now,
          ({ name }) => Number(name),
          width,
        )
      : noisyDetector(
          () => now,
          (phrase) => Number(refs.find((ref) => ref.phrase === phrase)?.name),
          width,
          new Random(Number(options.seed), `${first.frame.camera} ${first.frame.episode}`),
          isSwapping,
        );
  const isNamer = way === "seen boxes" || way === "detector" || isSwapping;
  await using model = rgbd({ clusters: isNamer ? { namer } : {} });
  const followed = things.map(([, name]): Followed => ({ way, what: name, images: [] }));
  for (const { frame, ids } of shown) {
    now = ids;
    const { labels: _, labelNames: __, kinematics: ___, ...seen } = frame;
    const questions = refs.map((ref) => askQuestion("distance", GRIPPER, ref));
    const answers = await model.ask(seen, questions, SIGNAL);
    answers.forEach(({ value, refusal, evidence }, i) => {
      const [id, name] = things[i] ?? [0, ""];
      const isSeen = areaOf(ids, id) >= HIDDEN_PX;
      const found = evidence?.find(({ object }) => object === `${id}`);
      const truth = placeOf(frame, name);
      const gripper = placeOf(frame, "gripper");
      if (value?.shape === "quantity" && found?.boxPx && truth && gripper) {
        const errorM = distanceBetween(found.centerM, truth);
        const isOther = errorM > OTHER_M && mostIn(found.boxPx, ids, width) !== id;
        const isBeyond = errorM > Math.max(OTHER_M, 3 * value.sigmaM);
        const offM = Math.abs(value.valueM - distanceBetween(gripper, truth));
        const isOff = offM > Math.max(OFF_M, 3 * value.sigmaM);
        followed[i]?.images.push({ isSeen, errorM, isOther, isBeyond, isOff });
      } else followed[i]?.images.push({ isSeen, why: `${refusal?.reason}: ${refusal?.detail}` });
    });
  }
  return followed;
}

const isNamed = ({ images }: Followed) => images.some(({ errorM }) => errorM !== undefined);
const isExchanged = ({ images }: Followed) => images.some(({ isOther }) => isOther);
/** Exchanged in most of the last images that show it: nothing has mended it. */
function isWrongAtLast({ images }: Followed): boolean {
  const last = images.filter(({ isSeen }) => isSeen).slice(-LAST);
  return last.filter(({ isOther }) => isOther).length > last.length / 2;
}
function isKept({ images }: Followed): boolean {
  const last = images.filter(({ isSeen }) => isSeen).slice(-LAST);
  return last.filter(({ errorM }) => errorM !== undefined).length > last.length / 2;
}

function summary(some: readonly Followed[]): string {
  const named = some.filter(isNamed);
  const kept = named.filter((it) => isKept(it) && !isExchanged(it)).length;
  const exchanged = named.filter(isExchanged);
  const atLast = named.filter(isWrongAtLast).length;
  const foundAtLast = named.filter((it) => isKept(it) && !isWrongAtLast(it)).length;
  const seen = named.flatMap(({ images }) => images.filter(({ isSeen }) => isSeen));
  const beyond = seen.filter(({ isBeyond }) => isBeyond).length;
  const off = seen.filter(({ isOff }) => isOff).length;
  const errors = seen.flatMap(({ errorM }) => errorM ?? []).sort((a, b) => a - b);
  const mm = (q: number) =>
    (1000 * (errors[Math.floor(q * errors.length)] ?? Number.NaN)).toFixed(1);
  return (
    `${named.length} of ${some.length} named; kept ${kept} (${wilson(kept, named.length)}); exchanged ${exchanged.length}, to the last ${atLast}; ` +
    `found and not exchanged at last ${foundAtLast} (${wilson(foundAtLast, named.length)}); ` +
    `answered in ${errors.length} of ${seen.length} images that show it, median ${mm(0.5)} mm, 95 % below ${mm(0.95)} mm, ` +
    `${beyond} over 5 cm and over 3 sigma off; ${off} distances over 3 mm and over 3 sigma off`
  );
}

const all: Followed[] = [];
for (let i = 0; i < Number(options.episodes); i++) {
  const seed = Number(options.seed) + i;
  for (const [camera, shown] of await streams(seed))
    for (const way of WAYS) {
      const some = await follow(shown, way);
      all.push(...some);
      for (const it of some) {
        if (
          isNamed(it) &&
          isKept(it) &&
          !it.images.some((image) => image.isOther || image.isBeyond)
        )
          continue;
        const line = it.images
          .map(({ errorM, isSeen, isOther, isBeyond }) =>
            errorM === undefined ? (isSeen ? "-" : " ") : isOther ? "X" : isBeyond ? "x" : "+",
          )
          .join("");
        console.log(`${seed} ${camera} ${way} ${it.what}: ${line}`);
        if (!options.verbose) continue;
        const why = it.images.map((image) => image.why ?? "");
        for (const reason of new Set(why.map((text) => text.replaceAll(/\d+(\.\d+)?/g, "N"))))
          console.log(`    ${reason}`);
      }
    }
  console.log(`after episode ${seed}: ${summary(all)}`);
}
for (const way of WAYS) console.log(`${way}: ${summary(all.filter((it) => it.way === way))}`);
