/**
 * How true the sigma of `rgbd` stays when depth and masks are bad: distances between things on the
 * simulator's tables, compared with the truth, with one damage or several at a time. Half of the
 * tables are seen from above or aside; of four images one is 848x480, one 424x240.
 *
 *   npx tsx bench/corruption/run.ts [--seed 9000] [--tables 120] [--only "masks shifted by 8 px"]...
 *
 * Intervals: 95 %, bootstrap of tables. Pictures are drawn once and kept in the temporary folder.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { deserialize, serialize } from "node:v8";
import { group } from "d3-array";
import { distanceBetween, Random, unit } from "../../src/base/index.js";
import {
  type CameraFrame,
  type CameraInfo,
  decodeDepth,
  decodeLabels,
  depthImageOf,
  type Pose,
  type RawImage,
  transformPoint,
} from "../../src/camera/index.js";
import {
  askQuestion,
  type ObjectRef,
  onSupport,
  type TypedQuestion,
} from "../../src/language/index.js";
import { type RgbdOptions, rgbd } from "../../src/models/index.js";
import { TabletopStudio } from "../../src/sim/index.js";

const { values: options } = parseArgs({
  options: {
    seed: { type: "string", default: "9000" },
    tables: { type: "string", default: "120" },
    only: { type: "string", multiple: true },
  },
});
const SIZES = [
  { width: 640, height: 480 },
  { width: 640, height: 480 },
  { width: 848, height: 480 },
  { width: 424, height: 240 },
] as const;
const SIGNAL = new AbortController().signal;
const TABLE: ObjectRef = { name: "table", phrase: "the table", labels: [4] };

interface Images {
  readonly depthM: Float32Array;
  readonly ids: Uint16Array;
  readonly info: CameraInfo;
}
type Damage = (images: Images, random: Random) => Images;

/** Size of an image and its rows, for what moves masks about. */
interface Size {
  readonly width: number;
  readonly height: number;
}
const isThing = (id: number) => id > 1 && id !== 4 && id !== 5;

/** Masks of things larger by a pixel on all sides, or smaller, `steps` times. */
function grown(ids: Uint16Array, { width: w, height: h }: Size, steps: number): Uint16Array {
  let now = ids;
  for (let step = 0; step < Math.abs(steps); step++) {
    const next = now.slice();
    for (let y = 1; y < h - 1; y++)
      for (let i = y * w + 1; i < y * w + w - 1; i++) {
        const id = now[i] ?? 0;
        const [left, right, above, below] = [now[i - 1], now[i + 1], now[i - w], now[i + w]];
        if (id === left && id === right && id === above && id === below) continue;
        const thing = [left, right, above, below].find((it = 0) => isThing(it));
        if (steps > 0 && !isThing(id)) next[i] = thing ?? id;
        if (steps < 0 && isThing(id)) next[i] = 0;
      }
    now = next;
  }
  return now;
}

/** The label of each pixel taken from elsewhere. */
function moved(
  ids: Uint16Array,
  { width, height }: Size,
  from: (x: number, y: number) => readonly [x: number, y: number],
): Uint16Array {
  return ids.map((_, i) => {
    const [x, y] = from(i % width, Math.floor(i / width));
    return x >= 0 && x < width && y >= 0 && y < height ? (ids[y * width + x] ?? 0) : 0;
  });
}

/** Masks moved by so many pixels in a random direction. */
const shift =
  (px: number): Damage =>
  ({ depthM, ids, info }, random) => {
    const angle = 2 * Math.PI * random.next();
    const [dx, dy] = [Math.round(px * Math.cos(angle)), Math.round(px * Math.sin(angle))];
    return { depthM, info, ids: moved(ids, info, (x, y) => [x - dx, y - dy]) };
  };

/** Masks of a colour camera that is not quite where its extrinsic says: by a place and a turn. */
const extrinsic =
  (offM: number, turnDeg: number): Damage =>
  ({ depthM, ids, info }, random) => {
    const direction = () => unit([random.normal(), random.normal(), random.normal()]) ?? [1, 0, 0];
    const [off, axis] = [direction(), direction()];
    const half = (turnDeg * Math.PI) / 360;
    const rotation = [...axis.map((it) => it * Math.sin(half)), Math.cos(half)] as const;
    const wrong: Pose = {
      position: [off[0] * offM, off[1] * offM, off[2] * offM],
      rotation: [rotation[0] ?? 0, rotation[1] ?? 0, rotation[2] ?? 0, rotation[3] ?? 1],
    };
    const { fx, fy, cx, cy } = info;
    const from = (x: number, y: number): readonly [number, number] => {
      const z = depthM[y * info.width + x] ?? 0;
      const at = transformPoint(wrong, [((x - cx) / fx) * z, ((y - cy) / fy) * z, z]);
      return [Math.round(cx + (fx * at[0]) / at[2]), Math.round(cy + (fy * at[1]) / at[2])];
    };
    return { depthM, info, ids: moved(ids, info, from) };
  };

/** Depth between both sides of an edge, in a share of the pixels there. */
const flying: Damage = ({ depthM, ...rest }, random) => ({
  ...rest,
  depthM: depthM.map((z, i) => {
    const other = depthM[i + 2] ?? z;
    const isEdge = Math.abs(other - z) > 0.02 && z > 0 && other > 0;
    return isEdge && random.next() < 0.7 ? z + random.next() * (other - z) : z;
  }),
});

/** Of each thing, 30 % on one side are not in its mask. */
const cut: Damage = ({ depthM, ids, info }, random) => {
  const left = ids.slice();
  for (const id of new Set(ids)) {
    if (!isThing(id)) continue;
    const columns: number[] = [];
    ids.forEach((it, i) => {
      if (it === id) columns.push(i % info.width);
    });
    columns.sort((a, b) => a - b);
    const fromLeft = random.next() < 0.5;
    const limit = columns[Math.floor((fromLeft ? 0.3 : 0.7) * columns.length)] ?? 0;
    ids.forEach((it, i) => {
      const column = i % info.width;
      if (it === id && (fromLeft ? column < limit : column > limit)) left[i] = 0;
    });
  }
  return { depthM, info, ids: left };
};

const noise =
  (sigmaM: number): Damage =>
  ({ depthM, ...rest }, random) => ({
    ...rest,
    depthM: depthM.map((z) => (z > 0 ? z + sigmaM * z * z * random.normal() : z)),
  });
const holes =
  (share: number): Damage =>
  ({ depthM, ...rest }, random) => ({
    ...rest,
    depthM: depthM.map((z) => (random.next() < share ? 0 : z)),
  });
const masks =
  (steps: number): Damage =>
  ({ depthM, ids, info }) => ({ depthM, info, ids: grown(ids, info, steps) });
const all =
  (...damages: readonly Damage[]): Damage =>
  (images, random) =>
    damages.reduce((it, damage) => damage(it, random), images);

const DAMAGES: ReadonlyMap<string, readonly [Damage, RgbdOptions?]> = new Map([
  ["none", [all()]],
  ["1 mm of noise at 1 m", [noise(0.001)]],
  ["3 mm of noise at 1 m", [noise(0.003)]],
  ["3 mm of noise at 1 m, depth_noise_mm=3", [noise(0.003), { depthNoiseMm: 3 }]],
  ["30 % holes", [holes(0.3)]],
  ["masks 3 px larger", [masks(3)]],
  ["masks 3 px smaller", [masks(-3)]],
  ["masks shifted by 4 px", [shift(4)]],
  ["masks shifted by 8 px", [shift(8)]],
  ["flying pixels", [flying]],
  ["30 % of each mask missing", [cut]],
  ["extrinsic wrong by 1 cm", [extrinsic(0.01, 0)]],
  ["extrinsic wrong by 1 degree", [extrinsic(0, 1)]],
  ["1 mm of noise, 30 % holes", [all(noise(0.001), holes(0.3))]],
  ["flying pixels, masks 3 px larger", [all(flying, masks(3))]],
  ["1 mm of noise, flying pixels, masks shifted by 8 px", [all(noise(0.001), flying, shift(8))]],
  ["30 % holes, masks 3 px smaller", [all(holes(0.3), masks(-3))]],
  [
    "2 mm of noise, 10 % holes, flying pixels, masks 3 px larger and shifted by 4 px",
    [all(noise(0.002), flying, holes(0.1), masks(3), shift(4))],
  ],
]);

interface Measured {
  readonly table: number;
  readonly truthM: number;
  readonly valueM?: number;
  readonly sigmaM?: number;
}

interface Sample {
  readonly images: Images;
  readonly frame: Omit<CameraFrame, "image" | "depth" | "labels">;
  readonly pairs: readonly { readonly question: TypedQuestion; readonly truthM: number }[];
}

async function drawn(seed: number, at: number): Promise<Sample> {
  const size = SIZES[Math.floor(at / 2) % SIZES.length] ?? SIZES[0];
  const domain = at % 2 === 0 ? "familiar" : "novel";
  using studio = await TabletopStudio.create({ seed, domain, ...size });
  const { frame, bodies } = studio.scene(0);
  const things = bodies.filter(({ label }) => isThing(label));
  const pairs = things.flatMap((a, i) =>
    things.slice(i + 1).map((b) => ({
      question: askQuestion(
        "distance",
        { name: `a${a.label}`, phrase: a.name, labels: [a.label] },
        { name: `a${b.label}`, phrase: b.name, labels: [b.label] },
      ),
      truthM: distanceBetween(a.center, b.center),
    })),
  );
  const { image: _, depth, labels, kinematics: __, ...rest } = frame;
  return {
    frame: rest,
    pairs,
    images: {
      depthM: Float32Array.from((await decodeDepth(depth)).depthM),
      ids: Uint16Array.from(decodeLabels(labels).ids),
      info: frame.info,
    },
  };
}

/** Drawn once for the same seed. */
async function sample(seed: number, at: number): Promise<Sample> {
  const path = join(tmpdir(), `corruption-${seed}-${at % (2 * SIZES.length)}.v8`);
  if (existsSync(path)) return deserialize(readFileSync(path)) as Sample;
  const made = await drawn(seed, at);
  writeFileSync(path, serialize(made));
  return made;
}

function framed(frame: Sample["frame"], { depthM, ids, info }: Images): CameraFrame {
  const { width, height } = info;
  const labels: RawImage = {
    ...{ kind: "raw", width, height, encoding: "16UC1", step: 2 * width, isBigEndian: false },
    data: new Uint8Array(ids.buffer, ids.byteOffset, ids.byteLength),
  };
  const image = { kind: "compressed", format: "none", data: new Uint8Array() } as const;
  return { ...frame, image, labels, depth: depthImageOf({ width, height, depthM }) };
}

const results = new Map<string, Measured[]>();
for (let table = 0; table < Number(options.tables); table++) {
  const seed = Number(options.seed) + table;
  const { images, frame, pairs } = await sample(seed, table);
  const questions = onSupport(
    pairs.map(({ question }) => question),
    TABLE,
  );
  for (const [name, [damage, settings]] of DAMAGES) {
    if (options.only && !options.only.includes(name)) continue;
    await using model = rgbd(settings);
    const seen = framed(frame, damage(images, new Random(seed, name)));
    const answers = await model.ask(seen, questions, SIGNAL);
    const measured = answers.map(({ value }, i): Measured => {
      const truthM = pairs[i]?.truthM ?? Number.NaN;
      if (value?.shape !== "quantity") return { table, truthM };
      return { table, truthM, valueM: value.valueM, sigmaM: value.sigmaM };
    });
    results.set(name, [...(results.get(name) ?? []), ...measured]);
  }
}

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}
const errorOf = ({ valueM = 0, truthM }: Measured) => Math.abs(valueM - truthM);
const within = (sigmas: number) => (all: readonly Measured[]) =>
  all.filter((it) => errorOf(it) <= sigmas * (it.sigmaM ?? 0)).length / all.length;
const beyond = (all: readonly Measured[]) => 1 - within(3)(all);

console.log(
  "damage | answered | median error mm | 95 % below mm | median sigma mm | within 1 sigma % (95 %) | within 2 | beyond 3 sigma % (95 %)",
);
for (const [name, all] of results) {
  const answered = all.filter(({ valueM }) => valueM !== undefined);
  const tables = [...group(answered, (it) => it.table).values()];
  const percent = (share: number) => (100 * share).toFixed(1);
  const shareOf = (figure: (some: readonly Measured[]) => number): string => {
    const random = new Random(1, "bootstrap");
    const shares = Array.from({ length: 1000 }, () =>
      figure(tables.flatMap(() => tables[Math.floor(random.next() * tables.length)] ?? [])),
    );
    const ends = [0.025, 0.975].map((q) => percent(quantile(shares, q)));
    return `${percent(figure(answered))} (${ends.join("..")})`;
  };
  const mm = (m: number) => (1000 * m).toFixed(1);
  console.log(
    [
      name,
      `${answered.length} of ${all.length}`,
      mm(quantile(answered.map(errorOf), 0.5)),
      mm(quantile(answered.map(errorOf), 0.95)),
      mm(
        quantile(
          answered.map(({ sigmaM = 0 }) => sigmaM),
          0.5,
        ),
      ),
      shareOf(within(1)),
      shareOf(within(2)),
      shareOf(beyond),
    ].join(" | "),
  );
}
