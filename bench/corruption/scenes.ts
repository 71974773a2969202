/**
 * How true `rgbd` is of scenes that are drawn by chance: things of households and workshops, on each other, behind each
 * other, in a gripper, seen by cameras that are far, near, low, rolled, wide or narrow, with what sensors and
 * segmentations do. Labels and truth follow from the geometry.
 *
 *   npx tsx bench/corruption/scenes.ts [--seed 0] [--scenes 40] [--setting "low view"]... [--attacks] [--by-setting] [--by-form] [--list 20]
 *
 * Scenes are of each setting, or with `--attacks` of those that were thought of later; `--list` prints so many answers
 * that are farthest off by their sigma. Intervals: 95 %, bootstrap of scenes. Scenes are drawn once and kept in the
 * temporary folder.
 */
import { parseArgs } from "node:util";
import { group } from "d3-array";
import { itemAt, Random } from "../../src/base/index.js";
import { NO_IMAGE } from "../../src/camera/index.js";
import {
  askQuestion,
  kindInfo,
  type ObjectRef,
  onSupport,
  type QuantityKind,
} from "../../src/language/index.js";
import { rgbd } from "../../src/models/index.js";
import { quantile } from "../bootstrap.js";
import { keptOnDisk } from "../keptOnDisk.js";
import { beyond, errorOf, type Length, shareOf, within } from "./calibration.js";
import { ATTACKS } from "./scenes/attacks.js";
import { castScene, FIRST_ID, TABLE_ID } from "./scenes/cast.js";
import { SETTINGS, type Setting, sceneOf, seenThings } from "./scenes/settings.js";
import { solidOf, tableOf, truthOf } from "./scenes/truth.js";
import type { Images } from "./tableDamages.js";
import { framed, LENGTHS } from "./tables.js";

const { values: options } = parseArgs({
  options: {
    seed: { type: "string", default: "0" },
    scenes: { type: "string", default: "40" },
    setting: { type: "string", multiple: true },
    attacks: { type: "boolean", default: false },
    "by-setting": { type: "boolean", default: false },
    "by-form": { type: "boolean", default: false },
    list: { type: "string", default: "0" },
  },
});
const SIGNAL = new AbortController().signal;
const TABLE: ObjectRef = { name: "table", phrase: "the table", labels: [TABLE_ID] };

interface Asked {
  readonly kind: QuantityKind;
  /** Places among the things of the scene. */
  readonly of: readonly number[];
  readonly truthM: number;
}
interface Drawn {
  readonly images: Images;
  readonly forms: readonly string[];
  readonly asked: readonly Asked[];
}
interface Measured extends Length {
  readonly kind: QuantityKind;
  readonly setting: string;
  readonly forms: readonly string[];
  readonly what: string;
}

async function drawn(seed: number, name: string, setting: Setting): Promise<Drawn> {
  const { things, pose, info } = sceneOf(new Random(seed, `scene ${name}`), setting);
  const exact = castScene(things, pose, info);
  const table = tableOf(pose);
  const solids = things.map((thing, i) => solidOf(thing, FIRST_ID + i, pose, table));
  const asked = seenThings(exact, things.length);
  const lengthsOf = (kind: QuantityKind) =>
    asked.flatMap((i): Asked[] => {
      const a = itemAt(solids, i);
      if (kindInfo(kind).arity === 1) return [{ kind, of: [i], truthM: truthOf(kind, table, a) }];
      return asked
        .filter((k) => k > i)
        .map((k) => ({ kind, of: [i, k], truthM: truthOf(kind, table, a, itemAt(solids, k)) }));
    });
  const images = setting.damage?.(exact, new Random(seed, `damage ${name}`)) ?? exact;
  return { images, forms: things.map(({ form }) => form), asked: LENGTHS.flatMap(lengthsOf) };
}

const all: Measured[] = [];
let asks = 0;
async function measure(name: string, setting: Setting, seed: number): Promise<void> {
  const kept = `rgbd-fine-scene-${name.replaceAll(" ", "-")}-${seed}`;
  const { images, forms, asked } = await keptOnDisk(kept, () => drawn(seed, name, setting));
  const refOf = (i: number): ObjectRef => ({
    ...{ name: `a${i}`, phrase: `thing ${i}` },
    labels: [FIRST_ID + i],
  });
  const questions = onSupport(
    asked.map(({ kind, of: [a = 0, b] }) =>
      b === undefined ? askQuestion(kind, refOf(a)) : askQuestion(kind, refOf(a), refOf(b)),
    ),
    TABLE,
  );
  const frame = {
    camera: "camera",
    stampNs: 0n,
    frameId: "camera",
    episode: `${seed}`,
    image: NO_IMAGE,
  };
  await using model = rgbd();
  const answers = await model.ask(framed(frame, images), questions, SIGNAL);
  asks += answers.length;
  answers.forEach(({ value }, i) => {
    if (value?.shape !== "quantity") return;
    const { kind, of, truthM } = itemAt(asked, i);
    const its = of.map((at) => `${forms[at]}#${at}`);
    all.push({
      ...{ kind, setting: name, table: seed, sigmaM: value.sigmaM },
      errorM: value.valueM - truthM,
      forms: of.map((at) => itemAt(forms, at)),
      what: `${name} ${seed}: ${kind} of ${its.join(", ")}: ${mm(value.valueM)} +- ${mm(value.sigmaM)}, true ${mm(truthM)}`,
    });
  });
}

const mm = (m: number) => (1000 * m).toFixed(1);

function figures(some: readonly Length[]): string {
  const errors = some.map(errorOf);
  const sigmas = some.map(({ sigmaM }) => sigmaM);
  return [
    some.length,
    ...[quantile(errors, 0.5), quantile(errors, 0.95), quantile(sigmas, 0.5)].map(mm),
    ...[within(1), within(2)].map((figure) => (100 * figure(some)).toFixed(1)),
    shareOf(some, beyond),
  ].join(" | ");
}

const known = new Map([...SETTINGS, ...ATTACKS]);
const asked = options.setting ?? [...(options.attacks ? ATTACKS : SETTINGS).keys()];
for (const name of asked) {
  const setting = known.get(name);
  if (!setting) throw new Error(`no setting ${name}: there are ${[...known.keys()].join(", ")}`);
  for (let i = 0; i < Number(options.scenes); i++)
    await measure(name, setting, Number(options.seed) + i);
}

const HEADS =
  "number | median error mm | 95 % below mm | median sigma mm | within 1 sigma % | within 2 | beyond 3 sigma % (95 %)";
console.log(`${all.length} of ${asks} are answered.\n\nkind | ${HEADS}`);
for (const [kind, its] of group(all, (it) => it.kind)) console.log(`${kind} | ${figures(its)}`);
if (options["by-setting"])
  for (const [setting, its] of group(all, (it) => it.setting)) {
    console.log(`\n${setting}: kind | ${HEADS}`);
    for (const [kind, some] of group(its, (it) => it.kind))
      console.log(`${kind} | ${figures(some)}`);
  }
if (options["by-form"]) {
  console.log("\nform: beyond 3 sigma % by kind");
  const forms = [...new Set(all.flatMap((it) => it.forms))].toSorted();
  for (const form of forms) {
    const its = all.filter((it) => it.forms.includes(form));
    const cells = [...group(its, (it) => it.kind)].map(
      ([kind, some]) => `${kind} ${(100 * beyond(some)).toFixed(1)}`,
    );
    console.log(`${form} | ${cells.join(" | ")}`);
  }
}
const worst = all.toSorted((a, b) => errorOf(b) / b.sigmaM - errorOf(a) / a.sigmaM);
for (const it of worst.slice(0, Number(options.list)))
  console.log(`${(errorOf(it) / it.sigmaM).toFixed(1)} sigmas: ${it.what}`);
