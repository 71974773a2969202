/**
 * Cameras that move, other sensors, lenses, sizes and rates, other masks: whether sound recordings are accused, by
 * a recording's places and live, and with `--damages` what is noticed of those that are not.
 *
 *   npx tsx bench/corruption/movingCameras.ts [--seed 50000] [--episodes 8] [--only wrist]... [--width 160]
 *     [--rate-hz 4] [--settings] [--damages] [--damage "TF 0.3"]... [--arm] [--verbose]
 *
 * With `--settings`, more set-ups are seen, each in another size, rate and encoding of depth. "Wrong" is a recording
 * in which nothing was said and more than a fifth of the distances of `rgbd` are wrong by more than 3 sigma. Without
 * settings every other set of transforms has an image. With `--arm` gripper and arm have one id. Images are kept in
 * the folder for temporary files. Intervals: 95 %, Wilson.
 */
import { parseArgs } from "node:util";
import { judged } from "../../src/annotate/index.js";
import { Random } from "../../src/base/index.js";
import type { CameraFrame } from "../../src/camera/index.js";
import { ConsistencyWatch } from "../../src/consistency/index.js";
import { loadTask, type Task } from "../../src/task/index.js";
import { wilson } from "../wilson.js";
import { CAMERA_DAMAGES } from "./damages.js";
import { enlarged, sampleLook, seenAs, WITH_ARM } from "./looks.js";
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
    settings: { type: "boolean", default: false },
    damages: { type: "boolean", default: false },
    damage: { type: "string", multiple: true },
    arm: { type: "boolean", default: false },
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
): Promise<Told> {
  const watch = await studied(task, frames, shownAs);
  const live = new ConsistencyWatch(task);
  let found: string | undefined;
  for (const frame of frames) {
    await live.see(shownAs(frame));
    found ??= live.findingOf("camera");
  }
  const shown = frames.map((frame) => {
    const { contradiction: _, ...rest } = judged(frame, watch);
    return rest;
  });
  const isSilent = watch.findingOf("camera") === undefined;
  const isMeasured = (options.damages && isSilent) || options.arm;
  const all = isMeasured ? await measured(task, shown, truth) : [];
  const offs = all.map(({ errorM }) => errorM).sort((a, b) => a - b);
  return {
    study: watch.findingOf("camera"),
    live: found,
    doubt: watch.lengthDoubtOf("camera"),
    isWrong: all.filter(({ sigmas }) => sigmas > 3).length > 0.2 * all.length,
    medianOffM: offs[offs.length >> 1] ?? Number.NaN,
  };
}

const sound = ["sound", (frames: readonly CameraFrame[]) => frames] as const;
const damages = options.damages
  ? [...CAMERA_DAMAGES].filter(
      ([name]) => !options.damage || options.damage.some((start) => name.startsWith(start)),
    )
  : [sound];

const results = new Map<string, Told[]>();
function add(row: string, told: Told): void {
  results.set(row, [...(results.get(row) ?? []), told]);
}

const asked = { width: Number(options.width), rateHz: Number(options["rate-hz"]) };
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
    const look = sampleLook(random, { ...setUp.look, ...(options.arm && WITH_ARM) });
    const seen = seenAs(exact, look, random);
    const task = taskFor(setUp, i % 2 === 1);
    const shownAs = (frame: CameraFrame) => enlarged(frame, given.factor, given.hasWords);
    for (const [damage, change] of damages) {
      const told = await toldOf(change(seen, new Random(seed, damage)), exact, task, shownAs);
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
