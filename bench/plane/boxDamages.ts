/**
 * What is noticed of boxes that are not those of the images, and of a support at another height than
 * told, with one camera that does not move: simulated episodes of all outcomes, with one damage at a
 * time, whose size is drawn at random.
 *
 *   npx tsx bench/plane/boxDamages.ts [--seed 22000] [--episodes 40] [--only NAME]... [--plain] [--given] [--verbose]
 *
 * With `--plain` the phrases name no colours. With `--given` the boxes are not the images' own: `plane` asks another
 * model for them, and what is noticed is what it refuses by the end, as images come.
 * "Wrong" is an episode in which nothing was said and more than a fifth of the distances are wrong by more than
 * 3 sigma. Intervals: 95 %, Wilson.
 */
import { parseArgs } from "node:util";
import { judged, watchedVlm } from "../../src/annotate/index.js";
import { distanceBetween, Random } from "../../src/base/index.js";
import { boxOfDetection, type CameraFrame, type Detection } from "../../src/camera/index.js";
import { askQuestion, type ObjectRef, onSupport } from "../../src/language/index.js";
import { type BoxFinder, plane, type SpatialVlm } from "../../src/models/index.js";
import { OUTCOMES } from "../../src/sim/index.js";
import { TABLE_TOP_M } from "../../src/sim/scene/constants.js";
import { loadTask } from "../../src/task/index.js";
import { studied } from "../corruption/studied.js";
import { placeOf } from "../placeOf.js";
import { wilson } from "../wilson.js";
import { boxEpisode, SIZE } from "./boxEpisodes.js";

const { values: options } = parseArgs({
  options: {
    seed: { type: "string", default: "22000" },
    episodes: { type: "string", default: "40" },
    only: { type: "string", multiple: true },
    plain: { type: "boolean", default: false },
    given: { type: "boolean", default: false },
    verbose: { type: "boolean", default: false },
  },
});
const SIGNAL = new AbortController().signal;
/** Images of which distances are measured: one in so many. */
const MEASURED_EVERY = 2;

interface Scene {
  readonly frames: readonly CameraFrame[];
  readonly heightM: number;
}
type Damage = (scene: Scene, random: Random) => Scene;

const between = (random: Random, low: number, high: number) => low + (high - low) * random.next();

function withBoxes(
  change: (random: Random) => (box: Detection, random: Random) => Detection | undefined,
): Damage {
  return ({ frames, heightM }, random) => {
    const changed = change(random);
    return {
      heightM,
      frames: frames.map((frame) => ({
        ...frame,
        detections: (frame.detections ?? []).flatMap((box) => changed(box, random) ?? []),
      })),
    };
  };
}

/** By a share of the picture's width, in any direction. */
const shifted = (low: number, high: number) =>
  withBoxes((random) => {
    const [by, angle] = [between(random, low, high) * SIZE.width, 2 * Math.PI * random.next()];
    return (box) => ({
      ...box,
      centerX: box.centerX + by * Math.cos(angle),
      centerY: box.centerY + by * Math.sin(angle),
    });
  });

const scaled = (x: number, y: number) =>
  withBoxes(() => (box) => ({
    ...{ ...box, centerX: box.centerX * x, centerY: box.centerY * y },
    ...{ sizeX: box.sizeX * x, sizeY: box.sizeY * y },
  }));

const exchanged = (a: string, b: string) =>
  withBoxes(() => (box) => ({
    ...box,
    classId: box.classId === a ? b : box.classId === b ? a : box.classId,
  }));

/** Of an image some time before. */
const late =
  (lowS: number, highS: number): Damage =>
  ({ frames, heightM }, random) => {
    const byNs = BigInt(Math.round(1e9 * between(random, lowS, highS)));
    const then = (stampNs: bigint) => frames.findLast((it) => it.stampNs <= stampNs - byNs);
    return {
      heightM,
      frames: frames.map((frame) => ({
        ...frame,
        detections: (then(frame.stampNs) ?? frames[0])?.detections ?? [],
      })),
    };
  };

/** Colours tell nothing of it, so that pictures need not be looked at, but by who finds boxes. */
const height =
  (offM: number): Damage =>
  ({ frames, heightM }) => ({
    frames: options.given ? frames : frames.map((frame) => ({ ...frame, image: NO_IMAGE })),
    heightM: heightM + offM,
  });
const NO_IMAGE = { kind: "compressed", format: "none", data: new Uint8Array() } as const;

const imageSizes = [
  [0.5, 0.5],
  [2, 2],
  [1.5, 1.5],
  [1, 4 / 3],
] as const;

const DAMAGES: ReadonlyMap<string, Damage> = new Map<string, Damage>([
  ["sound", (scene) => scene],
  [
    "sound: edges with 5 % more noise, 10 % larger",
    withBoxes(() => (box, random) => ({
      ...box,
      centerX: box.centerX + 0.05 * box.sizeX * random.normal(),
      centerY: box.centerY + 0.05 * box.sizeY * random.normal(),
      sizeX: box.sizeX * (1.1 + 0.05 * random.normal()),
      sizeY: box.sizeY * (1.1 + 0.05 * random.normal()),
    })),
  ],
  [
    "sound: one box in five missing",
    withBoxes(() => (box, random) => (random.next() < 0.2 ? undefined : box)),
  ],
  ["sound: support 1 cm too high", height(0.01)],
  ["sound: support 1 cm too low", height(-0.01)],
  ["support 5 cm too high", height(0.05)],
  ["support 5 cm too low", height(-0.05)],
  ["shifted by 3 to 5 % of the picture", shifted(0.03, 0.05)],
  ["shifted by 5 to 10 %", shifted(0.05, 0.1)],
  ["shifted by 10 to 30 %", shifted(0.1, 0.3)],
  ["mirrored", withBoxes(() => (box) => ({ ...box, centerX: SIZE.width - box.centerX }))],
  [
    "of an image of half, 1.5 or 2 times the size, or square",
    (scene, random) => {
      const [x, y] = imageSizes[Math.floor(random.next() * imageSizes.length)] ?? [2, 2];
      return scaled(x, y)(scene, random);
    },
  ],
  ["in pixels, read as 0..1000", scaled(SIZE.width / 1000, SIZE.height / 1000)],
  [
    "top and left exchanged, read as left and top",
    withBoxes(() => ({ centerX, centerY, sizeX, sizeY, ...box }) => {
      const wide = SIZE.width / SIZE.height;
      const turned = { centerX: centerY * wide, centerY: centerX / wide };
      return { ...box, ...turned, sizeX: sizeY * wide, sizeY: sizeX / wide };
    }),
  ],
  [
    "width and height, read as right and bottom",
    withBoxes(() => (box) => {
      const [left, top] = boxOfDetection(box);
      const [sizeX, sizeY] = [box.sizeX - left, box.sizeY - top];
      // Inside out: as none of that object.
      if (sizeX <= 0 || sizeY <= 0) return undefined;
      return { ...box, centerX: left + sizeX / 2, centerY: top + sizeY / 2, sizeX, sizeY };
    }),
  ],
  ["of 1 to 4 s before", late(1, 4)],
  ["mug and tray exchanged", exchanged("mug", "tray")],
  ["gripper and mug exchanged", exchanged("gripper", "mug")],
]);

const loaded = await loadTask("examples/tasks/pick_and_place.yaml");
const objects = new Map(
  [...loaded.objects].map(([name, { labels: _, ...object }]): [string, ObjectRef] => [
    name,
    {
      ...object,
      phrase: options.plain ? `the ${name}` : object.phrase,
      ...(name !== "table" && { classIds: [name] }),
    },
  ]),
);
const refOf = (name: string): ObjectRef => {
  const found = objects.get(name);
  if (!found) throw new Error(`no ${name} in the task`);
  // The boxes of gripper and things count, and the gripper's frame.
  const { frame, ...rest } = found;
  return name === "gripper" && frame !== undefined ? { ...rest, frame } : rest;
};
const PAIRS = [
  ["gripper", "mug", "gripper", "red_mug"],
  ["mug", "tray", "red_mug", "blue_tray"],
] as const;

/** A model that finds the boxes of these images. */
function finderOf(frames: readonly CameraFrame[]): BoxFinder {
  const known = new Map(frames.map(({ stampNs, detections = [] }) => [stampNs, detections]));
  return {
    ...{ name: "finder", fingerprint: "", close: async () => {} },
    find: async ({ stampNs }, refs) =>
      refs.map(({ name }) => {
        const box = known.get(stampNs)?.find(({ classId }) => classId === name);
        return box ? boxOfDetection(box) : { reason: "no_object", detail: `no box of ${name}` };
      }),
  };
}

/** What is refused in the end of images that are asked about one after the other. */
async function findingLive(
  model: SpatialVlm,
  frames: readonly CameraFrame[],
  support: ObjectRef,
): Promise<string | undefined> {
  const vlm = watchedVlm(model, { ...loaded, objects, support });
  let finding: string | undefined;
  for (const { detections: _, ...frame } of frames) {
    const [answer] = await vlm.ask(frame, askedOf(support), SIGNAL);
    const { reason, detail } = answer?.refusal ?? {};
    if (reason === "contradiction") finding = detail;
  }
  return finding;
}

function askedOf(support: ObjectRef) {
  const pairs = PAIRS.map(([a, b]) => askQuestion("distance", refOf(a), refOf(b)));
  return onSupport(pairs, support);
}

interface Told {
  readonly outcome: string;
  readonly isNoticed: boolean;
  readonly beyond: number;
  readonly answered: number;
}
const results = new Map<string, Told[]>();

for (let i = 0; i < Number(options.episodes); i++) {
  const seed = Number(options.seed) + i;
  for (const [camera, frames] of await boxEpisode(seed)) {
    for (const [name, damage] of DAMAGES) {
      if (options.only && !options.only.includes(name)) continue;
      const scene = damage({ frames, heightM: TABLE_TOP_M }, new Random(seed, name + camera));
      const { heightM } = scene;
      const support = { name: "table", phrase: "the table", frame: "world", heightM };
      const watch = options.given
        ? undefined
        : await studied({ ...loaded, objects, support }, scene.frames);
      await using asking = plane({ boxSigmaPx: 1.5, boxes: finderOf(scene.frames) });
      const finding = watch
        ? watch.findingOf(camera)
        : await findingLive(asking, scene.frames, support);
      let [answered, beyond] = [0, 0];
      await using model = plane({ boxSigmaPx: 1.5 });
      const isMeasured = finding === undefined && !name.startsWith("sound");
      for (const [at, frame] of scene.frames.entries()) {
        const truth = frames[at];
        if (!isMeasured || at % MEASURED_EVERY !== 0 || !truth) continue;
        const answers = await model.ask(
          watch ? judged(frame, watch) : frame,
          askedOf(support),
          SIGNAL,
        );
        answers.forEach(({ value }, k) => {
          const [, , a, b] = PAIRS[k] ?? PAIRS[0];
          if (value?.shape !== "quantity") return;
          const truthM = distanceBetween(placeOf(truth, a), placeOf(truth, b));
          answered += 1;
          if (Math.abs(value.valueM - truthM) > 3 * value.sigmaM) beyond += 1;
        });
      }
      const outcome = OUTCOMES[seed % OUTCOMES.length] ?? "success";
      const told = { outcome, isNoticed: finding !== undefined, beyond, answered };
      results.set(name, [...(results.get(name) ?? []), told]);
      if (options.verbose)
        console.error(
          `${seed} ${outcome} ${camera} ${name}: ${finding ?? `-, ${beyond} of ${answered} beyond 3 sigma`}`,
        );
    }
  }
}

console.log("what | noticed (95 %) | by outcome | unnoticed and wrong | beyond 3 sigma, unnoticed");
for (const [name, all] of results) {
  const silent = all.filter(({ isNoticed }) => !isNoticed);
  const wrong = silent.filter((it) => it.beyond > 0.2 * it.answered).length;
  const byOutcome = OUTCOMES.map((outcome) => {
    const own = all.filter((it) => it.outcome === outcome);
    return `${outcome} ${own.filter(({ isNoticed }) => isNoticed).length}/${own.length}`;
  });
  const sum = (of: (it: Told) => number) => silent.reduce((total, it) => total + of(it), 0);
  console.log(
    [
      name,
      `${all.length - silent.length} of ${all.length} (${wilson(all.length - silent.length, all.length)})`,
      byOutcome.join(", "),
      wrong,
      `${sum((it) => it.beyond)} of ${sum((it) => it.answered)}`,
    ].join(" | "),
  );
}
