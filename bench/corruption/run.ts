/**
 * How true the sigma of `rgbd` stays when depth and masks are bad: distances between things on the
 * simulator's tables, compared with the truth, with one damage at a time.
 *
 *   npx tsx bench/corruption/run.ts [--seed 9000] [--tables 20]
 *
 * Intervals: 95 %, bootstrap of tables.
 */
import { parseArgs } from "node:util";
import { group } from "d3-array";
import { distanceBetween, Random } from "../../src/base/index.js";
import {
  type CameraFrame,
  decodeDepth,
  decodeLabels,
  depthImageOf,
  type RawImage,
} from "../../src/camera/index.js";
import { askQuestion, type ObjectRef, onSupport } from "../../src/language/index.js";
import { type RgbdOptions, rgbd } from "../../src/models/index.js";
import { TabletopStudio } from "../../src/sim/index.js";

const { values: options } = parseArgs({
  options: { seed: { type: "string", default: "9000" }, tables: { type: "string", default: "20" } },
});
const SIZE = { width: 640, height: 480 } as const;
const SIGNAL = new AbortController().signal;
const TABLE: ObjectRef = { name: "table", phrase: "the table", labels: [4] };

interface Images {
  readonly depthM: Float32Array;
  readonly ids: Uint16Array;
}
type Damage = (images: Images, random: Random) => Images;

const { width: W, height: H } = SIZE;

/** Masks grown (or, of the table, shrunk) by a step, `steps` times. */
function bleed(ids: Uint16Array, steps: number, isThing: (id: number) => boolean): Uint16Array {
  let now = ids;
  for (let step = 0; step < steps; step++) {
    const next = now.slice();
    for (let y = 1; y < H - 1; y++)
      for (let x = 1; x < W - 1; x++) {
        const i = y * W + x;
        if (isThing(now[i] ?? 0)) continue;
        const near = [now[i - 1], now[i + 1], now[i - W], now[i + W]].find((id) =>
          isThing(id ?? 0),
        );
        if (near !== undefined) next[i] = near;
      }
    now = next;
  }
  return now;
}

function erode(ids: Uint16Array, steps: number, isThing: (id: number) => boolean): Uint16Array {
  let now = ids;
  for (let step = 0; step < steps; step++) {
    const next = now.slice();
    for (let y = 1; y < H - 1; y++)
      for (let x = 1; x < W - 1; x++) {
        const i = y * W + x;
        const id = now[i] ?? 0;
        if (!isThing(id)) continue;
        const isInside = [now[i - 1], now[i + 1], now[i - W], now[i + W]].every((it) => it === id);
        if (!isInside) next[i] = 0;
      }
    now = next;
  }
  return now;
}

const isThing = (id: number) => id > 1 && id !== 4 && id !== 5;

function shift(ids: Uint16Array, dx: number, dy: number): Uint16Array {
  const moved = new Uint16Array(ids.length);
  for (let y = 0; y < H; y++)
    for (let x = 0; x < W; x++) {
      const [fromX, fromY] = [x - dx, y - dy];
      if (fromX >= 0 && fromX < W && fromY >= 0 && fromY < H)
        moved[y * W + x] = ids[fromY * W + fromX] ?? 0;
    }
  return moved;
}

/** Depth between both sides of an edge, in a share of the pixels there. */
function flyingPixels(depthM: Float32Array, random: Random): Float32Array {
  return depthM.map((z, i) => {
    const other = depthM[i + 2] ?? z;
    const isEdge = Math.abs(other - z) > 0.02 && z > 0 && other > 0;
    return isEdge && random.next() < 0.7 ? z + random.next() * (other - z) : z;
  });
}

/** Of each thing, 30 % on one side are not in its mask. */
function cutMasks(ids: Uint16Array, random: Random): Uint16Array {
  const cut = ids.slice();
  for (const id of new Set(ids)) {
    if (!isThing(id)) continue;
    const columns: number[] = [];
    ids.forEach((it, i) => {
      if (it === id) columns.push(i % W);
    });
    columns.sort((a, b) => a - b);
    const fromLeft = random.next() < 0.5;
    const limit = columns[Math.floor((fromLeft ? 0.3 : 0.7) * columns.length)] ?? 0;
    ids.forEach((it, i) => {
      if (it === id && (fromLeft ? i % W < limit : i % W > limit)) cut[i] = 0;
    });
  }
  return cut;
}

const noise =
  (sigmaM: number): Damage =>
  ({ depthM, ids }, random) => ({
    ids,
    depthM: depthM.map((z) => (z > 0 ? z + sigmaM * z * z * random.normal() : z)),
  });

const DAMAGES: ReadonlyMap<string, readonly [Damage, RgbdOptions]> = new Map([
  ["none", [(images: Images) => images, {}]],
  ["1 mm of noise at 1 m", [noise(0.001), {}]],
  ["3 mm of noise at 1 m", [noise(0.003), {}]],
  ["3 mm of noise at 1 m, depth_noise_mm=3", [noise(0.003), { depthNoiseMm: 3 }]],
  [
    "30 % holes",
    [
      ({ depthM, ids }: Images, random: Random) => ({
        ids,
        depthM: depthM.map((z) => (random.next() < 0.3 ? 0 : z)),
      }),
      {},
    ],
  ],
  [
    "masks 3 px larger",
    [({ depthM, ids }: Images) => ({ depthM, ids: bleed(ids, 3, isThing) }), {}],
  ],
  [
    "masks 3 px smaller",
    [({ depthM, ids }: Images) => ({ depthM, ids: erode(ids, 3, isThing) }), {}],
  ],
  [
    "masks shifted by 8 px",
    [
      ({ depthM, ids }: Images, random: Random) => {
        const angle = 2 * Math.PI * random.next();
        const by = [Math.round(8 * Math.cos(angle)), Math.round(8 * Math.sin(angle))] as const;
        return { depthM, ids: shift(ids, ...by) };
      },
      {},
    ],
  ],
  [
    "flying pixels",
    [
      ({ depthM, ids }: Images, random: Random) => ({ ids, depthM: flyingPixels(depthM, random) }),
      {},
    ],
  ],
  [
    "30 % of each mask missing",
    [({ depthM, ids }: Images, random: Random) => ({ depthM, ids: cutMasks(ids, random) }), {}],
  ],
] as const);

interface Measured {
  readonly table: number;
  readonly truthM: number;
  readonly valueM?: number;
  readonly sigmaM?: number;
}
const results = new Map<string, Measured[]>();

function damaged(frame: CameraFrame, { depthM, ids }: Images): CameraFrame {
  const labels: RawImage = {
    ...{ kind: "raw", ...SIZE, encoding: "16UC1", step: 2 * W, isBigEndian: false },
    data: new Uint8Array(ids.buffer, ids.byteOffset, ids.byteLength),
  };
  return { ...frame, labels, depth: depthImageOf({ ...SIZE, depthM }) };
}

for (let table = 0; table < Number(options.tables); table++) {
  const seed = Number(options.seed) + table;
  const domain = table % 2 === 0 ? "familiar" : "novel";
  using studio = await TabletopStudio.create({ seed, domain, ...SIZE });
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
  const exact: Images = {
    depthM: Float32Array.from((await decodeDepth(frame.depth)).depthM),
    ids: Uint16Array.from(decodeLabels(frame.labels).ids),
  };
  const questions = onSupport(
    pairs.map(({ question }) => question),
    TABLE,
  );
  for (const [name, [damage, settings]] of DAMAGES) {
    await using model = rgbd(settings);
    const seen = damaged(frame, damage(exact, new Random(seed, name)));
    const answers = await model.ask(seen, questions, SIGNAL);
    const all = answers.map(({ value }, i): Measured => {
      const truthM = pairs[i]?.truthM ?? Number.NaN;
      if (value?.shape !== "quantity") return { table, truthM };
      return { table, truthM, valueM: value.valueM, sigmaM: value.sigmaM };
    });
    results.set(name, [...(results.get(name) ?? []), ...all]);
  }
}

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}
const errorOf = ({ valueM = 0, truthM }: Measured) => Math.abs(valueM - truthM);
const beyond = (all: readonly Measured[]) =>
  all.filter((it) => errorOf(it) > 3 * (it.sigmaM ?? 0)).length / all.length;

console.log(
  "damage | answered | median error mm | 95 % below mm | median sigma mm | beyond 3 sigma % (95 %)",
);
for (const [name, all] of results) {
  const answered = all.filter(({ valueM }) => valueM !== undefined);
  const tables = [...group(answered, (it) => it.table).values()];
  const random = new Random(1, "bootstrap");
  const shares = Array.from({ length: 1000 }, () =>
    beyond(tables.flatMap(() => tables[Math.floor(random.next() * tables.length)] ?? [])),
  );
  const mm = (m: number) => (1000 * m).toFixed(1);
  const percent = (share: number) => (100 * share).toFixed(1);
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
      `${percent(beyond(answered))} (${percent(quantile(shares, 0.025))}..${percent(quantile(shares, 0.975))})`,
    ].join(" | "),
  );
}
