/**
 * What is left of the error of a model's distances if its disease is known exactly: the posterior
 * mean over a cloud of places where the mug may stand, weighted by all answers so far. No estimator
 * that knows the answers to `reach` alone can do better on the mean. Only images before the grasp
 * count; they are compared with the raw answers.
 *
 *   npx tsx bench/fusion/bestPossible.ts [--seed 1000] [--episodes 30] [--noise 1]
 */

import { join } from "node:path";
import { parseArgs } from "node:util";
import { distanceBetween, Random, type Vec3 } from "../../src/base/index.js";
import { loadTaskSync } from "../../src/task/index.js";
import { questionsByName } from "./calibrateOn.js";
import { answersOf, DISEASES, type Disease, type DiseaseName } from "./diseases.js";
import { type BenchEpisode, loadEpisodes } from "./episodes.js";

const { values: options } = parseArgs({
  options: {
    seed: { type: "string", default: "1000" },
    episodes: { type: "string", default: "30" },
    noise: { type: "string", default: "1" },
    only: { type: "string", default: "figure5,unbiased,steep,low" },
  },
});

const PLACES = 40_000;
const TABLE_TOP_M = 0.72;
/** Centres of things on the table, and where they are from the gripper at first, as fusion has it. */
const HALF_HEIGHT_M = 0.045;
const HEIGHT_SIGMA_M = 0.03;
const FIRST = { meanM: 0.35, logSigma: 0.6 };
const REACH_M = 0.9;
/** Answers about another object: their share of those with a length, and their density, 1/m. */
const WILD = { share: 0.04, density: 2 };

const task = loadTaskSync(join(import.meta.dirname, "../../examples/tasks/pick_and_place.yaml"));
const byName = questionsByName(task);

interface Sums {
  count: number;
  raw: number;
  best: number;
  lateRaw: number;
  lateBest: number;
  within1: number;
  within2: number;
}

const episodes = await loadEpisodes(Number(options.seed), Number(options.episodes));
console.log("| | best / raw | late approach | truth in 1 / 2 σ |\n|---|---|---|---|");
for (const name of options.only.split(",") as DiseaseName[]) {
  const sums: Sums = {
    ...{ count: 0, raw: 0, best: 0, lateRaw: 0, lateBest: 0 },
    ...{ within1: 0, within2: 0 },
  };
  for (const episode of episodes) follow(episode, DISEASES[name], sums);
  const percent = (count: number) => ((100 * count) / sums.count).toFixed(0);
  const [all, late] = [sums.best / sums.raw, sums.lateBest / sums.lateRaw];
  console.log(
    `| ${name} | ${all.toFixed(2)} | ${late.toFixed(2)} | ${percent(sums.within1)} / ${percent(sums.within2)} % |`,
  );
}

function follow(episode: BenchEpisode, disease: Disease, sums: Sums): void {
  const said = answersOf(episode, disease, byName, Number(options.noise));
  const first = gripperAt(episode, 0);
  if (!first) return;
  const random = new Random(5, episode.name);
  const places = Array.from({ length: PLACES }, (): Vec3 => {
    const [radius, angle] = [REACH_M * Math.sqrt(random.next()), 2 * Math.PI * random.next()];
    const z = TABLE_TOP_M + HALF_HEIGHT_M + HEIGHT_SIGMA_M * random.normal();
    return [first[0] + radius * Math.cos(angle), first[1] + radius * Math.sin(angle), z];
  });
  const logWeights = Float64Array.from(places, (place) => {
    const lengthM = distanceBetween(place, first);
    return -0.5 * (Math.log(lengthM / FIRST.meanM) / FIRST.logSigma) ** 2 - 2 * Math.log(lengthM);
  });
  const isGrasped = episode.graspAt < episode.frames.length;
  for (let i = 0; i < episode.graspAt; i++) {
    const gripper = gripperAt(episode, i);
    const value = said[i]?.[0]?.value;
    const truthM = episode.truths[i]?.reach;
    if (!gripper || value?.shape !== "quantity" || truthM === undefined) continue;
    const lengths = Float64Array.from(places, (place) => distanceBetween(place, gripper));
    for (const [k, lengthM] of lengths.entries()) {
      logWeights[k] = (logWeights[k] ?? 0) + logLikelihood(value.valueM, lengthM, disease);
    }
    const { meanM, sigmaM } = momentsOf(lengths, logWeights);
    const [raw, best] = [Math.abs(value.valueM - truthM), Math.abs(meanM - truthM)];
    sums.count += 1;
    sums.raw += raw;
    sums.best += best;
    if (best <= sigmaM) sums.within1 += 1;
    if (best <= 2 * sigmaM) sums.within2 += 1;
    if (!isGrasped || i < episode.graspAt / 2) continue;
    sums.lateRaw += raw;
    sums.lateBest += best;
  }
}

function logLikelihood(saidM: number, lengthM: number, disease: Disease): number {
  const { slope, offsetM, floorM, noise } = disease;
  const z = Math.log(saidM / Math.max(slope * lengthM + offsetM, floorM)) / noise;
  const density = Math.exp(-0.5 * z * z) / (noise * saidM * Math.sqrt(2 * Math.PI));
  return Math.log((1 - WILD.share) * density + WILD.share * WILD.density);
}

function momentsOf(lengths: Float64Array, logWeights: Float64Array) {
  const top = logWeights.reduce((most, weight) => Math.max(most, weight), Number.NEGATIVE_INFINITY);
  let [sum, first, second] = [0, 0, 0];
  for (const [k, lengthM] of lengths.entries()) {
    const weight = Math.exp((logWeights[k] ?? 0) - top);
    sum += weight;
    first += weight * lengthM;
    second += weight * lengthM ** 2;
  }
  const meanM = first / sum;
  return { meanM, sigmaM: Math.sqrt(Math.max(second / sum - meanM ** 2, 0)) };
}

function gripperAt({ frames }: BenchEpisode, i: number): Vec3 | undefined {
  return frames[i]?.kinematics?.at(-1)?.poses.get("gripper")?.position;
}
