/**
 * The figure of the README: what a model with the bias of SpatialVLM's figure 5 says, what comes of
 * it calibrated and fused with the gripper's path, and the truth, over one simulated episode.
 *
 *   npx tsx bench/fusion/figure.ts docs/fusion.svg
 *
 * The model is calibrated by what the robot proved of five other episodes.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  createEstimator,
  type Estimator,
  FilterEstimator,
  type MeasuredValue,
} from "../../src/estimate/index.js";
import { RewardTracker } from "../../src/reward/index.js";
import { loadTaskSync, type Task } from "../../src/task/index.js";
import { calibrateOn, otherEpisodes, questionsByName } from "./calibrateOn.js";
import { answersOf, DISEASES } from "./diseases.js";
import { loadEpisode, type Truths } from "./episodes.js";

const SEED = 1000;
const OTHERS = 1100;
const NOISE = 3;
const [WIDTH, PANEL, LEFT, RIGHT, TOP, GAP] = [860, 190, 64, 16, 60, 62];
const INK = "#1f2328";
const MUTED = "#656d76";
const COLOURS = { raw: "#c4862a", ours: "#1f6feb", truth: "#1a7f37" } as const;

interface Series {
  readonly colour: string;
  readonly values: readonly (number | undefined)[];
  readonly isDots?: boolean;
  readonly isDashed?: boolean;
  /** Half widths of a band. */
  readonly sigmas?: readonly (number | undefined)[];
}

const [output = "docs/fusion.svg"] = process.argv.slice(2);
const task = loadTaskSync(join(import.meta.dirname, "../../examples/tasks/pick_and_place.yaml"));
const byName = questionsByName(task);
const disease = DISEASES.figure5;
const calibration = calibrateOn(await otherEpisodes(OTHERS), task, disease, byName, NOISE + 100);
const episode = await loadEpisode(SEED, "success");
const said = answersOf(episode, disease, byName, NOISE);
const ours = valuesOf(createEstimator(task, { calibration }));
const raw = valuesOf(new FilterEstimator(unfiltered(task)), true);
const truth = ours.map((values, i) => values.map((value) => asTrue(value, episode.truths[i])));
const timesS = episode.frames.map(
  ({ stampNs }) => Number(stampNs - (episode.frames[0]?.stampNs ?? 0n)) / 1e9,
);
writeFileSync(output, svgOf());

function valuesOf(estimator: Estimator, isRaw = false): (readonly MeasuredValue[])[] {
  return episode.frames.map((frame, i) => {
    const answers = said[i];
    if (!answers) return estimator.miss(frame, "not asked");
    const bare = answers.map(({ reliability: _, ...answer }) => answer as (typeof answers)[number]);
    return estimator.observe(frame, isRaw ? bare : answers);
  });
}

function unfiltered(of: Task): Task {
  const filter = { medianWindow: 1, gateSigma: 1e9, accelerationSigma: Number.POSITIVE_INFINITY };
  return { ...of, measurements: of.measurements.map((one) => ({ ...one, filter })) };
}

function asTrue(value: MeasuredValue, truths: Truths | undefined): MeasuredValue {
  const exact = truths?.[value.name as keyof Truths] ?? null;
  return { ...value, value: exact, sigma: 0, validity: "ok", reason: "" };
}

function progressOf(values: readonly (readonly MeasuredValue[])[]): (number | undefined)[] {
  const tracker = new RewardTracker(task, { camera: "camera", episode: episode.name });
  return episode.frames.map(
    ({ stampNs }, i) => tracker.step(stampNs, values[i] ?? []).progress ?? undefined,
  );
}

function reachOf(
  values: readonly (readonly MeasuredValue[])[],
  key: "value" | "sigma" | "raw",
): (number | undefined)[] {
  return values.map((each) => each.find(({ name }) => name === "reach")?.[key] ?? undefined);
}

function svgOf(): string {
  const height = TOP + 2 * PANEL + GAP + 34;
  const distance = panel(TOP, "gripper to mug", "m", 0.6, [
    { colour: COLOURS.raw, values: reachOf(ours, "raw"), isDots: true },
    { colour: COLOURS.ours, values: reachOf(ours, "value"), sigmas: reachOf(ours, "sigma") },
    { colour: COLOURS.truth, values: reachOf(truth, "value"), isDashed: true },
  ]);
  const progress = panel(TOP + PANEL + GAP, "progress of the task", "", 1, [
    { colour: COLOURS.raw, values: progressOf(raw) },
    { colour: COLOURS.ours, values: progressOf(ours) },
    { colour: COLOURS.truth, values: progressOf(truth), isDashed: true },
  ]);
  const legend = (
    [
      ["raw", "the model's answers", 0],
      ["ours", "calibrated and fused with the gripper's path, one sigma", 170],
      ["truth", "truth", 560],
    ] as const
  )
    .map(([key, label, right]) => {
      const x = LEFT + right;
      return `<rect x="${x}" y="12" width="14" height="4" fill="${COLOURS[key]}"/><text x="${x + 20}" y="18">${label}</text>`;
    })
    .join("");
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" ` +
    `font-family="system-ui,sans-serif" font-size="13" fill="${INK}">` +
    `<rect width="100%" height="100%" fill="#fff"/>${legend}${distance}${progress}</svg>\n`
  );
}

function panel(
  top: number,
  title: string,
  unit: string,
  most: number,
  series: readonly Series[],
): string {
  const lastS = timesS.at(-1) ?? 1;
  const x = (timeS: number) => LEFT + ((WIDTH - LEFT - RIGHT) * timeS) / lastS;
  const y = (value: number) => top + PANEL * (1 - Math.min(Math.max(value / most, 0), 1));
  const ticks = [0, 1, 2, 3, 4].map((i) => {
    const value = (most * i) / 4;
    return (
      `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(value)}" y2="${y(value)}" stroke="#d8dee4"/>` +
      `<text x="${LEFT - 8}" y="${y(value) + 4}" text-anchor="end" fill="${MUTED}">${value.toFixed(2)} ${unit}</text>`
    );
  });
  const seconds = Array.from({ length: Math.floor(lastS / 2) + 1 }, (_, i) => 2 * i).map(
    (timeS) =>
      `<text x="${x(timeS)}" y="${top + PANEL + 18}" text-anchor="middle" fill="${MUTED}">${timeS} s</text>`,
  );
  const drawn = series.map(({ colour, values, isDots, isDashed, sigmas }) => {
    const known = values.flatMap((value, i) =>
      value === undefined ? [] : [{ at: x(timesS[i] ?? 0), value, sigma: sigmas?.[i] ?? 0 }],
    );
    if (isDots) {
      return known
        .map(
          ({ at, value }) =>
            `<circle cx="${at.toFixed(1)}" cy="${y(value).toFixed(1)}" r="2.6" fill="${colour}"/>`,
        )
        .join("");
    }
    const line = known.map(({ at, value }) => `${at.toFixed(1)},${y(value).toFixed(1)}`).join(" ");
    const edge = (sign: 1 | -1) =>
      known.map(({ at, value, sigma }) => `${at.toFixed(1)},${y(value + sign * sigma).toFixed(1)}`);
    const band = sigmas
      ? `<polygon points="${[...edge(1), ...edge(-1).reverse()].join(" ")}" fill="${colour}" opacity="0.16"/>`
      : "";
    const dash = isDashed ? ' stroke-dasharray="5 4"' : "";
    return `${band}<polyline points="${line}" fill="none" stroke="${colour}" stroke-width="2"${dash}/>`;
  });
  return `<text x="${LEFT}" y="${top - 8}" font-weight="600">${title}</text>${ticks.join("")}${seconds.join("")}${drawn.join("")}`;
}
