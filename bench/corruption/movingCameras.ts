/**
 * Cameras that move, other sensors, lenses, sizes and rates, other masks: whether sound recordings are accused, by
 * a recording's places and live, and with `--damages` what is noticed of those that are not.
 *
 *   npx tsx bench/corruption/movingCameras.ts [--seed 50000] [--episodes 8] [--only wrist]... [--width 160]
 *     [--rate-hz 4] [--every 2] [--beside main] [--settings] [--damages] [--damage "TF 0.3"]... [--arm] [--off]
 *     [--verbose]
 *
 * With `--settings`, more set-ups are seen, each in another size, rate and encoding of depth. "Wrong" is a recording
 * in which nothing was said and more than a fifth of the distances of `rgbd` are wrong by more than 3 sigma. Without
 * settings one in so many sets of transforms has an image (`--every`). With `--beside`, one watch sees the camera of
 * that set-up, too. With `--arm` gripper and arm have one id; with `--off` the camera's
 * pose in TF is 0.5 to 1.5° and up to 1.5 cm off. Images are kept in the folder for temporary files.
 * Intervals: 95 %, Wilson.
 */
import { parseArgs } from "node:util";
import { judged } from "../../src/annotate/index.js";
import { Random } from "../../src/base/index.js";
import type { CameraFrame } from "../../src/camera/index.js";
import { ConsistencyWatch } from "../../src/consistency/index.js";
import { loadTask, type Task } from "../../src/task/index.js";
import { wilson } from "../wilson.js";
import { CAMERA_DAMAGES } from "./damages.js";
import { enlarged, type Look, sampleLook, seenAs, WITH_ARM } from "./looks.js";
import { measured } from "./measured.js";
import { drawn, MORE_SET_UPS, SET_UPS, SETTINGS, type SetUp } from "./setUps.js";
import { studied } from "./studied.js";

const { values: options } = parseArgs({
  options: {
    seed: { type: "string", default: "50000" },
    episodes: { type: "string", default: "8" },
    only: { type: "string", multiple: true },
    width: { type: "string", default: "160" },
    "rate-hz": { type: "string", default: "4" },
    every: { type: "string", default: "2" },
    beside: { type: "string" },
    settings: { type: "boolean", default: false },
    damages: { type: "boolean", default: false },
    damage: { type: "string", multiple: true },
    arm: { type: "boolean", default: false },
    off: { type: "boolean", default: false },
    verbose: { type: "boolean", default: false },
  },
});

const plain = await loadTask("examples/tasks/pick_and_place.yaml");

function taskFor({ hasSecondGripper }: SetUp, tellsHeight: boolean): Task {
  const second = { name: "left", phrase: "the left robot gripper", labels: [10], frame: "left" };
  return {
    ...plain,
    ...(plain.support && tellsHeight && { support: { ...plain.support, heightM: 0 } }),
    ...(hasSecondGripper && { objects: new Map([...plain.objects, ["left", second]]) }),
  };
}

interface Told {
  readonly study?: string | undefined;
  readonly live?: string | undefined;
  readonly doubt: number;
  readonly isWrong: boolean;
  readonly medianOffM: number;
}

async function toldOf(
  frames: readonly CameraFrame[],
  truth: readonly CameraFrame[],
  task: Task,
  shownAs: (frame: CameraFrame) => CameraFrame,
  beside: readonly CameraFrame[],
): Promise<Told> {
  const all = [...frames, ...beside].sort((a, b) => Number(a.stampNs - b.stampNs));
  const watch = await studied(task, all, shownAs);
  const live = new ConsistencyWatch(task);
  let found: string | undefined;
  for (const frame of all) {
    await live.see(shownAs(frame));
    found ??= live.findings[0];
  }
  const shown = frames.map((frame) => {
    const { contradiction: _, ...rest } = judged(frame, watch);
    return rest;
  });
  const [study] = watch.findings;
  const isMeasured = (options.damages && study === undefined) || options.arm;
  const lengths = isMeasured ? await measured(task, shown, truth) : [];
  const offs = lengths.map(({ errorM }) => errorM).sort((a, b) => a - b);
  return {
    study,
    live: found,
    doubt: watch.lengthDoubtOf("camera"),
    isWrong: lengths.filter(({ sigmas }) => sigmas > 3).length > 0.2 * lengths.length,
    medianOffM: offs[offs.length >> 1] ?? Number.NaN,
  };
}

const damages = [...CAMERA_DAMAGES].filter(([name]) =>
  options.damages
    ? !options.damage || options.damage.some((start) => name.startsWith(start))
    : name === "sound",
);

const results = new Map<string, Told[]>();
function add(row: string, told: Told): void {
  results.set(row, [...(results.get(row) ?? []), told]);
}

function poseOff(random: Random): Partial<Look> {
  return { poseDegrees: random.uniform(0.5, 1.5), poseM: random.uniform(0, 0.015) };
}

/** What the other camera sees meanwhile. */
async function seenBeside(seed: number, given: Partial<SetUp>): Promise<readonly CameraFrame[]> {
  const { beside } = options;
  const setUp = SET_UPS.get(beside ?? "");
  if (beside === undefined || !setUp) return [];
  const random = new Random(seed, `look beside ${beside}`);
  const exact = await drawn(beside, seed, { ...setUp, ...given });
  const seen = seenAs(exact, sampleLook(random, setUp.look), random);
  return seen.map((frame) => ({ ...frame, camera: beside }));
}

const asked = {
  ...{ width: Number(options.width), rateHz: Number(options["rate-hz"]) },
  drawnEvery: Number(options.every),
};
const settings = [...SETTINGS];
const setUps = [...SET_UPS, ...(options.settings ? MORE_SET_UPS : [])];
for (const [at, [name, setUp]] of setUps.entries()) {
  if (options.only && !options.only.some((start) => name.startsWith(start))) continue;
  for (let i = 0; i < Number(options.episodes); i++) {
    const seed = Number(options.seed) + i;
    const [setting, size] = settings[(at + i) % settings.length] ?? [];
    const given = options.settings && size ? size : { ...asked, factor: 1, hasWords: false };
    const exact = await drawn(name, seed, { ...setUp, ...given });
    const random = new Random(seed, `look ${name}`);
    const look = sampleLook(random, {
      ...setUp.look,
      ...(options.arm && WITH_ARM),
      ...(options.off && poseOff(random)),
    });
    const seen = seenAs(exact, look, random);
    const task = taskFor(setUp, i % 2 === 1);
    const beside = await seenBeside(seed, given);
    const shownAs = (frame: CameraFrame) => enlarged(frame, given.factor, given.hasWords);
    for (const [damage, change] of damages) {
      const told = await toldOf(
        change(seen, new Random(seed, damage)),
        exact,
        task,
        shownAs,
        beside,
      );
      add(options.damages ? `${name}: ${damage}` : name, told);
      if (options.settings) add(`  ${setting}${options.damages ? `: ${damage}` : ""}`, told);
      if (options.damages) add(`  all: ${damage}`, told);
      if (options.verbose) {
        const its = options.settings ? `${setting} ` : "";
        console.error(
          `${seed} ${name} ${its}${damage} ${JSON.stringify(look)}\n  ${JSON.stringify(told)}`,
        );
      }
    }
  }
}

console.log(
  "set-up | by places (95 %) | live (95 %) | either | wrong, nothing said by places | wrong | doubted | off, median mm",
);
function row(name: string, all: readonly Told[]): string {
  const of = (isMeant: (it: Told) => boolean) => {
    const count = all.filter(isMeant).length;
    return `${count} of ${all.length} (${wilson(count, all.length)})`;
  };
  const offs = all.map(({ medianOffM }) => medianOffM).sort((a, b) => a - b);
  return [
    name,
    of(({ study }) => study !== undefined),
    of(({ live }) => live !== undefined),
    of(({ study, live }) => (study ?? live) !== undefined),
    all.filter(({ study, isWrong }) => isWrong && study === undefined).length,
    all.filter(({ isWrong }) => isWrong).length,
    all.filter(({ doubt }) => doubt > 0).length,
    (1000 * (offs[offs.length >> 1] ?? Number.NaN)).toFixed(0),
  ].join(" | ");
}
for (const [name, all] of [...results].sort(
  ([a], [b]) => Number(b.startsWith(" ")) - Number(a.startsWith(" ")),
)) {
  console.log(row(name, all));
}
const each = [...results].flatMap(([name, all]) => (name.startsWith(" ") ? [] : all));
console.log(row("all", each));
