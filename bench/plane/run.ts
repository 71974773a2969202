/**
 * How exact `plane` is on the simulator's pictures: the boxes are those of the simulator's labels,
 * each edge with normal noise, as detections; the plane is told by TF. The truth is TF's.
 *
 *   npx tsx bench/plane/run.ts [--seed 7000] [--tables 60] [--episodes 10] [--box-px 2]
 *
 * Intervals: 95 %, bootstrap of tables and episodes.
 */
import { parseArgs } from "node:util";
import { distanceBetween, Random } from "../../src/base/index.js";
import { type CameraFrame, rotate } from "../../src/camera/index.js";
import {
  askQuestion,
  kindInfo,
  type ObjectRef,
  onSupport,
  type QuantityKind,
} from "../../src/language/index.js";
import { plane, type SpatialVlm } from "../../src/models/index.js";
import { OUTCOMES, type Outcome, TabletopSim, TabletopStudio } from "../../src/sim/index.js";
import { TABLE_TOP_M } from "../../src/sim/scene/constants.js";
import { quantile } from "../bootstrap.js";
import { keptOnDisk } from "../keptOnDisk.js";
import { placeOf } from "../placeOf.js";
import { direction, move, turn, turnedAsTold, withCameraOff } from "../wrongCamera.js";
import { labelBoxes } from "./boxEpisodes.js";
import {
  answeredOf,
  beyond3,
  cm,
  errorOf,
  type Measured,
  measuredOf,
  medianError,
  medianSigma,
  percent,
  refusalsOf,
  withInterval,
  within,
} from "./figures.js";

const { values: options } = parseArgs({
  options: {
    seed: { type: "string", default: "7000" },
    tables: { type: "string", default: "60" },
    episodes: { type: "string", default: "10" },
    "box-px": { type: "string", default: "2" },
  },
});
const SEED = Number(options.seed);
const BOX_PX = Number(options["box-px"]);
const SIZE = { width: 640, height: 480 } as const;
const SIGNAL = new AbortController().signal;

const results = new Map<string, Measured[]>();

function record(kind: string, measured: Measured): void {
  results.set(kind, [...(results.get(kind) ?? []), measured]);
}

const GRIPPER: ObjectRef = { name: "gripper", phrase: "the gripper", frame: "gripper" };
const table = (heightM: number): ObjectRef => ({
  name: "table",
  phrase: "the table",
  frame: "world",
  heightM,
});

async function ask(
  model: SpatialVlm,
  frame: CameraFrame,
  pairs: readonly Pair[],
  planeM: number,
): Promise<void> {
  const questions = pairs.map(([, , a, b, , kind = "distance"]) =>
    askQuestion(kind, a, kindInfo(kind).arity === 2 ? b : undefined),
  );
  const answers = await model.ask(frame, onSupport(questions, table(planeM)), SIGNAL);
  answers.forEach((answer, i) => {
    const [kind, group, , , truthM] = pairs[i] ?? ["", "", GRIPPER, GRIPPER, 0];
    record(kind, measuredOf(answer, group, truthM));
  });
}

/** How steeply the camera looks down, degrees. */
function pitchOf(frame: CameraFrame): number {
  const world = frame.poses?.get("world");
  if (!world?.ok) throw new Error("no pose of the world");
  return (Math.asin(-rotate(world.pose.rotation, [0, 0, 1])[2]) * 180) / Math.PI;
}

/** One image of a stream, with what is asked about it and the truth. */
interface Sample {
  readonly stream: string;
  readonly frame: CameraFrame;
  readonly pairs: readonly Pair[];
}
/** Row, group, subject, object, truth in metres, and what is asked, if not a distance. */
type Pair = readonly [string, string, ObjectRef, ObjectRef, number, QuantityKind?];

/** Boxes instead of depth and labels, and no pixels: `plane` looks at none. */
function boxed(frame: CameraFrame, names: ReadonlyMap<number, string>, random: Random) {
  const { labels: _, depth: __, image: ___, kinematics: ____, ...color } = frame;
  const image = { kind: "compressed", format: "none", data: new Uint8Array() } as const;
  return { ...color, image, detections: labelBoxes(frame, names, random, BOX_PX) };
}

async function stills(seed: number, domain: "familiar" | "novel"): Promise<Sample> {
  using studio = await TabletopStudio.create({ seed, domain, ...SIZE });
  const { frame, bodies, gapBetween } = studio.scene(0);
  const things = bodies.filter(({ noun }) => !/gripper|arm|robot|table/.test(noun));
  const names = new Map(things.map(({ label, name }) => [label, name]));
  const refs = things.map(({ name }, at) => ({
    ...{ name: `thing${at}`, phrase: `the ${name}`, classIds: [name] },
  }));
  const pitch = pitchOf(frame);
  const view = pitch < 35 ? "flat, below 35°" : pitch < 52 ? "35..52°" : "steep, 52..69°";
  const kindOf = (what: "gripper" | "something") =>
    what === "gripper"
      ? "stills, gripper to a standing thing"
      : "stills, one is on something or held";
  const gripperAt = placeOf(frame, "gripper");
  const toGripper = things.flatMap((a, k): Pair[] => {
    const ref = refs[k];
    const truthM = distanceBetween(a.center, gripperAt);
    return ref
      ? [[kindOf(a.bottomM < 0.002 ? "gripper" : "something"), `${seed}`, GRIPPER, ref, truthM]]
      : [];
  });
  const elevations = things.flatMap((a, k): Pair[] => {
    const ref = refs[k];
    const how = a.bottomM < 0.002 ? "it stands" : "it is on something or held";
    return ref
      ? [[`stills, elevation, ${how}`, `${seed}`, ref, ref, Math.max(0, a.bottomM), "elevation"]]
      : [];
  });
  const pairs = things.flatMap((a, k) =>
    things.slice(k + 1).flatMap((b, l): Pair[] => {
      const [refA, refB] = [refs[k], refs[k + 1 + l]];
      if (!refA || !refB) return [];
      const isStanding = Math.max(a.bottomM, b.bottomM) < 0.002;
      const kind = isStanding ? `stills, ${view}` : "stills, one is on something or held";
      const gapM = Math.max(0, gapBetween(a.label, b.label));
      const gaps: Pair[] = isStanding
        ? [["stills, gap of standing things", `${seed}`, refA, refB, gapM, "gap"]]
        : [];
      return [[kind, `${seed}`, refA, refB, distanceBetween(a.center, b.center)], ...gaps];
    }),
  );
  const seen = boxed(frame, names, new Random(seed, "boxes"));
  return {
    stream: `${seed}`,
    frame: { ...seen, episode: `${seed}` },
    pairs: [...pairs, ...toGripper, ...elevations],
  };
}

const MUG: ObjectRef = { name: "mug", phrase: "the red mug", classIds: ["red mug"] };
const TRAY: ObjectRef = { name: "tray", phrase: "the blue tray", classIds: ["blue tray"] };
const NAMES = new Map([
  [2, "red mug"],
  [3, "blue tray"],
]);

async function episode(seed: number, outcome: Outcome): Promise<Sample[]> {
  const sim = await TabletopSim.create({ seed, outcome, cameras: 2, rateHz: 5, ...SIZE });
  const random = new Random(seed, "boxes");
  const samples: Sample[] = [];
  for (let step = sim.current(); ; step = sim.step()) {
    for (const frame of step.frames) {
      const [g, m, t] = [
        placeOf(frame, "gripper"),
        placeOf(frame, "red_mug"),
        placeOf(frame, "blue_tray"),
      ];
      const mug = step.truth.poses.get("red_mug")?.position;
      const tray = step.truth.poses.get("blue_tray")?.position;
      if (!mug || !tray) throw new Error("the simulator gives poses");
      const bottomM = mug[2] - TABLE_TOP_M - 0.045;
      const isOnTray =
        bottomM < 0.03 && Math.abs(mug[0] - tray[0]) < 0.08 && Math.abs(mug[1] - tray[1]) < 0.06;
      const place = isOnTray ? "on the tray" : bottomM > 0.004 ? "lifted" : "standing";
      samples.push({
        stream: `${seed}`,
        frame: boxed(frame, NAMES, random),
        pairs: [
          [`episodes, gripper to mug, ${place}`, `${seed}`, GRIPPER, MUG, distanceBetween(g, m)],
          [`episodes, mug to tray, ${place}`, `${seed}`, MUG, TRAY, distanceBetween(m, t)],
          [
            `episodes, elevation, mug ${place}`,
            `${seed}`,
            MUG,
            MUG,
            Math.max(0, bottomM),
            "elevation",
          ],
          [
            `episodes, below_difference, mug ${place}`,
            `${seed}`,
            MUG,
            TRAY,
            -bottomM,
            "below_difference",
          ],
        ],
      });
    }
    if (step.done) break;
  }
  sim.close();
  return samples;
}

async function samples(): Promise<readonly Sample[]> {
  const made: Sample[] = [];
  for (let i = 0; i < Number(options.tables); i++)
    made.push(await stills(SEED + i, i % 2 === 0 ? "familiar" : "novel"));
  for (let i = 0; i < Number(options.episodes); i++)
    made.push(...(await episode(SEED + 500 + i, OUTCOMES[i % OUTCOMES.length] ?? "success")));
  return made;
}

/** Errors of the plane, by name: how the frame and the plane's height are changed. */
type Error = (frame: CameraFrame, random: Random) => { frame: CameraFrame; offM: number };
const ERRORS: ReadonlyMap<string, Error> = new Map<string, Error>([
  ["", (frame) => ({ frame, offM: 0 })],
  [
    ", plane as inexact as said",
    (frame, random) => ({
      offM: 0.01 * random.normal(),
      frame: turnedAsTold(frame, random),
    }),
  ],
  ...[-5, -2, 2, 5].map((cm): [string, Error] => [
    `, plane ${cm} cm wrong`,
    (frame) => ({ frame, offM: cm / 100 }),
  ]),
  [
    ", camera in TF 5 cm off",
    (frame, random) => ({ offM: 0, frame: withCameraOff(frame, move(direction(random), 0.05)) }),
  ],
  [
    ", camera in TF 5 degrees off",
    (frame, random) => ({ offM: 0, frame: withCameraOff(frame, turn(direction(random), 5)) }),
  ],
]);

async function measure(all: readonly Sample[]): Promise<void> {
  const models = new Map<string, SpatialVlm>();
  const modelOf = (key: string): SpatialVlm => {
    const model = models.get(key) ?? plane({ boxSigmaPx: BOX_PX });
    models.set(key, model);
    return model;
  };
  for (const { stream, frame, pairs } of all) {
    for (const [name, wrong] of ERRORS) {
      // One camera of a stream keeps its error; of two, both have their own.
      const { frame: seen, offM } = wrong(
        frame,
        new Random(Number(stream), `${frame.camera}${name}`),
      );
      const isFine = name === "" || name.includes("said");
      const kindOf = (own: string) => (isFine ? own : (own.split(",")[0] ?? ""));
      const asked = pairs
        .filter(([own, , , , , kind]) => isFine || !(own.includes("something") || kind))
        .map(([own, ...rest]) => [`${kindOf(own)}${name}`, ...rest] as const);
      await ask(modelOf(`${stream}${name}`), seen, asked, TABLE_TOP_M + offM);
    }
    const unknown = pairs
      .filter(([own]) => own.startsWith("episodes, mug to tray"))
      .map(([own, ...rest]) => [`${own}, TF of the gripper not told`, ...rest] as const);
    if (unknown.length > 0) await ask(modelOf(`${stream} no gripper`), frame, unknown, TABLE_TOP_M);
    const lifted = pairs
      .filter(([own, , , , , kind]) => own.endsWith("lifted") && !kind)
      .map(([, ...rest]) => ["control: lifted in the first image", ...rest] as const);
    if (lifted.length > 0) await ask(plane({ boxSigmaPx: BOX_PX }), frame, lifted, TABLE_TOP_M);
  }
}

const name = `plane-${SEED}-${options.tables}-${options.episodes}-${BOX_PX}`;
await measure(await keptOnDisk(name, samples));
console.log(
  "kind | answered | median error cm (95 %) | relative % | 95 % below cm | median sigma cm | within 1, 2 sigma % | beyond 3 sigma % (95 %) | refusals",
);
for (const [kind, all] of [...results].sort(([a], [b]) => a.localeCompare(b))) {
  const answered = answeredOf(all);
  const errors = answered.map(errorOf);
  const cells = [
    `${answered.length} of ${all.length}`,
    withInterval(answered, medianError, cm),
    percent(
      quantile(
        answered.map((it) => errorOf(it) / it.truthM),
        0.5,
      ),
    ),
    cm(quantile(errors, 0.95)),
    cm(medianSigma(answered)),
    `${percent(within(1)(answered))}, ${percent(within(2)(answered))}`,
    withInterval(answered, beyond3, percent),
    refusalsOf(all),
  ];
  console.log([kind, ...cells].join(" | "));
}
