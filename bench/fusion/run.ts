/**
 * How good lengths are that a model says badly: raw, filtered, fused with the gripper's path,
 * calibrated and smoothed, on simulated episodes of all outcomes without images.
 *
 *   npx tsx bench/fusion/run.ts [--seed 1000] [--episodes 30] [--noise 1] [--others 1100] [--only figure5,slow]
 *
 * All figures of one disease come from the same answers. Intervals: 95 %, bootstrap of episodes.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Random } from "../../src/base/index.js";
import {
  type Calibration,
  createEstimator,
  type Estimator,
  FilterEstimator,
  type MeasuredValue,
  type Observation,
  smoothEpisode,
} from "../../src/estimate/index.js";
import type { SpatialAnswer } from "../../src/language/index.js";
import { loadTaskSync, type Task } from "../../src/task/index.js";
import { calibrateOn, otherEpisodes, questionsByName } from "./calibrateOn.js";
import { answersOf, DISEASES, type Disease, type DiseaseName } from "./diseases.js";
import { type BenchEpisode, besideMug, besideTray, loadEpisodes, type Truths } from "./episodes.js";
import {
  type EpisodeRewards,
  type Errors,
  errorsOf,
  mean,
  rewardsOf,
  rightOrder,
} from "./measure.js";

const { values: options } = parseArgs({
  options: {
    seed: { type: "string", default: "1000" },
    episodes: { type: "string", default: "30" },
    others: { type: "string", default: "1100" },
    noise: { type: "string", default: "1" },
    only: { type: "string", default: Object.keys(DISEASES).join(",") },
    methods: { type: "string", default: "" },
    each: { type: "boolean", default: false },
  },
});

const NAMES = ["reach", "lift", "place"] as const satisfies readonly (keyof Truths)[];

/** As it is shipped: the cell's description tells where the table is. */
const withTable = loadTaskSync(
  join(import.meta.dirname, "../../examples/tasks/pick_and_place.yaml"),
);
/** What else a task knows of the robot and its cell. */
function knowing(change: Partial<NonNullable<Task["robot"]>>): Task {
  return withTable.robot ? { ...withTable, robot: { ...withTable.robot, ...change } } : withTable;
}
/** With nothing known but the gripper. */
const plain = knowing({ tracked: [], topM: new Map() });
const byName = questionsByName(plain);

interface Tasks {
  readonly plain: Task;
  readonly withTable: Task;
}
/** A tray that is higher than what the mug is put on. */
const higher: Tasks = { plain, withTable: knowing({ topM: new Map([["tray", 0.03]]) }) };

/**
 * How far beside the tray the mug is put in episodes that are successes otherwise, m: on something as
 * high as the tray, and on something that is 2 cm lower.
 */
const BESIDE_M = [0.1, 0.15];
/** How far from the mug is the thing for which the gripper goes, m. */
const ANOTHER_M = 0.16;

type Answers = readonly (readonly SpatialAnswer[] | undefined)[];
type Method = (episode: BenchEpisode, answers: Answers) => readonly (readonly MeasuredValue[])[];

function causal(make: () => Estimator, change = (answer: SpatialAnswer) => answer): Method {
  return (episode, answers) => {
    const estimator = make();
    return episode.frames.map((frame, i) => {
      const said = answers[i];
      return said ? estimator.observe(frame, said.map(change)) : estimator.miss(frame, "not asked");
    });
  };
}

function smoothed(task: Task, calibration?: Calibration): Method {
  return (episode, answers) => {
    const observations = episode.frames.map((frame, i): Observation => {
      const said = answers[i];
      return said ? { frame, answers: said } : { frame, fault: "not asked" };
    });
    return smoothEpisode(task, observations, calibration ? { calibration } : {});
  };
}

const withoutReliability = ({ reliability: _, ...answer }: SpatialAnswer) =>
  answer as SpatialAnswer;

/** The disease itself, as a calibration that knows it exactly. */
function boundOf(disease: Disease): Calibration {
  return {
    model: "bench",
    kinds: new Map(),
    pooled: {
      curve: { slope: disease.slope, offsetM: disease.offsetM, floorM: disease.floorM },
      spread: {
        relativeSigma: disease.noise,
        absoluteSigmaM: disease.roundToM / 3,
        wildShare: 0.05,
      },
      correlationS: disease.correlationS,
      conformal: { factor68: 1, factor95: 2 },
      range: { fromM: 0, toM: 0.6 },
      curveSigma: { relativeSlope: 0, offsetM: 0 },
    },
    provenance: { fingerprint: "", task: "", recordings: [], episodes: 0, answers: 0 },
  };
}

function methodsFor(
  disease: Disease,
  calibration: Calibration,
  { plain, withTable }: Tasks,
): Record<string, Method> {
  const bound = { calibration: boundOf(disease) };
  const learnt = { calibration };
  return {
    raw: (episode, answers) =>
      causal(() => new FilterEstimator(unfiltered(plain)), withoutReliability)(episode, answers),
    "filter before": causal(() => new FilterEstimator(plain), withoutReliability),
    filter: causal(() => new FilterEstimator(plain)),
    fused: causal(() => createEstimator(plain)),
    "fused, table": causal(() => createEstimator(withTable)),
    "smoothed, table": smoothed(withTable),
    "calibrated alone": causal(() => new FilterEstimator(plain, learnt)),
    "calibrated, fused": causal(() => createEstimator(plain, learnt)),
    "calibrated, fused, table": causal(() => createEstimator(withTable, learnt)),
    "calibrated, smoothed": smoothed(plain, calibration),
    "calibrated, smoothed, table": smoothed(withTable, calibration),
    bound: causal(() => createEstimator(plain, bound)),
    "bound, table": causal(() => createEstimator(withTable, bound)),
    "bound, smoothed": smoothed(withTable, bound.calibration),
  };
}

function unfiltered(task: Task): Task {
  const filter = { medianWindow: 1, gateSigma: 1e9, accelerationSigma: Number.POSITIVE_INFINITY };
  const measurements = task.measurements.map((one) => ({ ...one, filter }));
  return { ...task, measurements };
}

function interval(items: readonly number[], figure: (some: readonly number[]) => number): string {
  const random = new Random(1, "bootstrap");
  const drawn = Array.from({ length: 400 }, () =>
    figure(items.map(() => items[random.integer(0, items.length - 1)] ?? 0)),
  ).sort((a, b) => a - b);
  return `${(drawn[10] ?? 0).toFixed(2)}..${(drawn[389] ?? 0).toFixed(2)}`;
}

const ratioOf =
  (errors: readonly Errors[], value: "valueM" | "lateValueM", raw: "rawM" | "lateRawM") =>
  (some: readonly number[]) => {
    const chosen = some.flatMap((i) => errors[i] ?? []);
    const sum = (key: typeof value | typeof raw) =>
      chosen.reduce((total, one) => total + (one[key] ?? 0), 0);
    return sum(value) / sum(raw);
  };

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Shares of images with the truth within one and two sigmas. */
function within(errors: readonly Errors[], when: "whole" | "before" | "late"): string {
  const share = (key: "within1" | "within2") =>
    (100 * total(errors.map((one) => one[when][key]))) /
    total(errors.map((one) => one[when].images));
  return `${share("within1").toFixed(0)} / ${share("within2").toFixed(0)} %`;
}

function row(title: string, errors: readonly Errors[]): string {
  const indices = errors.map((_, i) => i);
  const late = errors.filter(({ lateRawM }) => lateRawM !== undefined);
  const lateIndices = late.map((_, i) => i);
  const ratio = ratioOf(errors, "valueM", "rawM");
  const lateRatio = ratioOf(late, "lateValueM", "lateRawM");
  const spearman = (when: "whole" | "before") => {
    const ranks = errors
      .filter(({ episode }) => episode.outcome !== "idle")
      .flatMap((one) => one[when].spearman ?? []);
    return ranks.length === 0 ? "" : mean(ranks).toFixed(3);
  };
  return [
    title,
    `${(100 * mean(errors.map(({ valueM }) => valueM))).toFixed(1)} cm`,
    `${ratio(indices).toFixed(2)} (${interval(indices, ratio)})`,
    late.length === 0
      ? ""
      : `${lateRatio(lateIndices).toFixed(2)} (${interval(lateIndices, lateRatio)})`,
    `${(100 * mean(errors.map(({ rawM, valueM }) => (valueM <= rawM / 3 ? 1 : 0)))).toFixed(0)} %`,
    `${spearman("whole")}, ${spearman("before")}`,
    `${within(errors, "whole")}, ${within(errors, "before")}`,
  ].join(" | ");
}

const others = await otherEpisodes(Number(options.others));
const episodes = await loadEpisodes(Number(options.seed), Number(options.episodes));
for (const name of options.only.split(",") as DiseaseName[]) {
  const disease = DISEASES[name];
  const said = episodes.map((episode) =>
    answersOf(episode, disease, byName, Number(options.noise)),
  );
  console.log(`\n## ${name}: ${episodes.length} episodes from seed ${options.seed}\n`);
  const learnt = calibrateOn(others, plain, disease, byName, Number(options.noise) + 100);
  const { curve, spread } = learnt.pooled ?? { curve: undefined, spread: undefined };
  console.log(
    `calibrated: ${JSON.stringify({ curve, spread, kinds: [...learnt.kinds.keys()] })}\n`,
  );
  const rewardRows: string[] = [];
  const lines = new Map<string, string[]>(NAMES.map((measured) => [measured, []]));
  const onLower = methodsFor(disease, learnt, higher);
  for (const [title, method] of Object.entries(methodsFor(disease, learnt, { plain, withTable }))) {
    if (options.methods !== "" && !options.methods.split(";").includes(title)) continue;
    const startMs = process.cpuUsage();
    const estimated = episodes.map((episode, i) => method(episode, said[i] ?? []));
    const usage = process.cpuUsage(startMs);
    const images = episodes.reduce((sum, { frames }) => sum + frames.length, 0);
    const ms = (usage.user + usage.system) / 1000 / images;
    for (const measured of NAMES) {
      const errors = episodes.flatMap(
        (episode, i) => errorsOf(episode, estimated[i] ?? [], measured) ?? [],
      );
      lines.get(measured)?.push(`| ${row(title, errors)} |`);
      if (options.each && measured === "reach") {
        for (const { episode, rawM, valueM, before } of errors) {
          const share = ((100 * before.within2) / before.images).toFixed(0);
          console.log(title, episode.name, (valueM / rawM).toFixed(2), `${share} % in 2 σ`);
        }
      }
    }
    const rewards = episodes.map((episode, i) => rewardsOf(plain, episode, estimated[i] ?? []));
    const answersTo = (episode: BenchEpisode) =>
      answersOf(episode, disease, byName, Number(options.noise));
    const claimed = (by: Method | undefined, asideM: number) => {
      const found = episodes
        .filter(({ isSuccess }) => isSuccess)
        .map((episode) => besideTray(episode, asideM))
        .map((missed) => {
          const values = by?.(missed, answersTo(missed)) ?? [];
          return rewardsOf(plain, missed, values).isSuccess;
        });
      return `${(100 * mean(found.map((is) => (is ? 1 : 0)))).toFixed(0)} %`;
    };
    const beside = [
      ...BESIDE_M.map((asideM) => claimed(method, asideM)),
      claimed(onLower[title], BESIDE_M[0] ?? 0),
    ];
    const another = episodes
      .filter(({ graspAt, frames }) => graspAt < frames.length)
      .map((episode) => besideMug(episode, ANOTHER_M))
      .flatMap((episode) => errorsOf(episode, method(episode, answersTo(episode)), "reach") ?? []);
    rewardRows.push(
      `| ${title} | ${shares(rewards)} | ${beside.join(", ")} | ${within(another, "late")} | ${ms.toFixed(2)} ms |`,
    );
  }
  for (const [measured, rows] of lines) {
    console.log(
      `| ${measured} | error | of raw | late approach | ≤ 1/3 | Spearman, before the grasp | in 1 / 2 σ, before the grasp |\n|---|---|---|---|---|---|---|`,
    );
    console.log(`${rows.join("\n")}\n`);
  }
  console.log(
    `| rewards | success found | false success | right order | "success" beside by ${BESIDE_M.join(", ")} m, on something lower | another thing is grasped: in 1 / 2 σ | CPU an image |\n|---|---|---|---|---|---|---|`,
  );
  console.log(rewardRows.join("\n"));
}

function shares(rewards: readonly EpisodeRewards[]): string {
  const good = rewards.filter(({ episode }) => episode.isSuccess);
  const others = rewards.filter(({ episode }) => !episode.isSuccess);
  const found = (some: readonly EpisodeRewards[]) =>
    `${(100 * mean(some.map(({ isSuccess }) => (isSuccess ? 1 : 0)))).toFixed(0)} %`;
  return `${found(good)} | ${found(others)} | ${(100 * rightOrder(rewards)).toFixed(0)} %`;
}
