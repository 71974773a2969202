import { calibrate, type Pair } from "../../src/calibrate/index.js";
import type { Calibration } from "../../src/estimate/index.js";
import { KinematicTruth } from "../../src/kinematics/index.js";
import { kindInfo, type QuantityKind, type TypedQuestion } from "../../src/language/index.js";
import { type Task, taskQuestions } from "../../src/task/index.js";
import { answersOf, type Disease } from "./diseases.js";
import { type BenchEpisode, loadEpisode, type Truths } from "./episodes.js";

/** Of other seeds than those that are measured; in all of them something is grasped. */
const OTHERS = [
  ["success", 0],
  ["failure", 1],
  ["regress", 3],
  ["success", 5],
  ["regress", 8],
] as const;

export async function otherEpisodes(firstSeed: number): Promise<BenchEpisode[]> {
  const episodes: BenchEpisode[] = [];
  for (const [outcome, at] of OTHERS) episodes.push(await loadEpisode(firstSeed + at, outcome));
  return episodes;
}

/** The questions of a task by the measurements that they are asked for. */
export function questionsByName(task: Task): ReadonlyMap<keyof Truths, TypedQuestion> {
  const questions = taskQuestions(task);
  return new Map(
    task.measurements.flatMap(({ name }, i) => {
      const question = questions[i];
      return question ? [[name as keyof Truths, question] as const] : [];
    }),
  );
}

/** What `calibrate` learns of a disease from what the robot proves of those episodes. */
export function calibrateOn(
  episodes: readonly BenchEpisode[],
  task: Task,
  disease: Disease,
  questions: ReadonlyMap<keyof Truths, TypedQuestion>,
  noiseSeed: number,
): Calibration {
  const pairs = episodes.flatMap((episode) => {
    const truth = KinematicTruth.of(
      task,
      episode.frames.flatMap(({ kinematics = [] }) => kinematics),
    );
    const said = answersOf(episode, disease, questions, noiseSeed);
    const startNs = episode.frames[0]?.stampNs ?? 0n;
    return episode.frames.flatMap((frame, i) =>
      task.measurements.flatMap((measurement, k): Pair[] => {
        const value = said[i]?.[k]?.value;
        const known = truth?.valueAt(measurement, frame);
        if (value?.shape !== "quantity" || !known?.known) return [];
        if (kindInfo(measurement.kind).shape !== "quantity") return [];
        return [
          {
            episode: episode.name,
            measurement: measurement.name,
            kind: measurement.kind as QuantityKind,
            timeS: Number(frame.stampNs - startNs) / 1e9,
            saidM: value.valueM,
            trueM: known.value,
            trueSigmaM: known.sigma,
          },
        ];
      }),
    );
  });
  const about = { fingerprint: "bench", task: task.name, recordings: [] };
  return calibrate(pairs, "bench", about).calibration;
}
