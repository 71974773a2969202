/**
 * How true the sigma of `rgbd` stays when depth and masks are bad: lengths of all kinds on the simulator's tables,
 * compared with the truth, with one damage or several at a time, and how right its yes and no are. Half of the
 * tables are seen from above or aside; of four images one is 848x480, one 424x240.
 *
 *   npx tsx bench/corruption/run.ts [--seed 9000] [--tables 120] [--kind width]... [--only "masks shifted by 8 px"]...
 *
 * "elevation, raised" is of what does not stand on the table: in the gripper, on another thing. Intervals: 95 %,
 * bootstrap of tables. Pictures are drawn once and kept in the temporary folder.
 */
import { parseArgs } from "node:util";
import { group } from "d3-array";
import { Random } from "../../src/base/index.js";
import { rgbd } from "../../src/models/index.js";
import { quantile } from "../bootstrap.js";
import { beyond, errorOf, type Length, shareOf, within } from "./calibration.js";
import { DAMAGES } from "./tableDamages.js";
import { type Asked, framed, LENGTHS, RELATIONS, sample } from "./tables.js";

const { values: options } = parseArgs({
  options: {
    seed: { type: "string", default: "9000" },
    tables: { type: "string", default: "120" },
    kind: { type: "string", multiple: true, default: [...LENGTHS, ...RELATIONS] },
    only: { type: "string", multiple: true },
  },
});
const SIGNAL = new AbortController().signal;
/** What is higher than this does not stand on the table. */
const RAISED_M = 0.004;

interface Measured extends Length {
  readonly kind: string;
  readonly damage: string;
}
/** A relation's answer. */
interface Said {
  readonly table: number;
  readonly kind: string;
  readonly damage: string;
  readonly isRight: boolean;
  readonly confidence: number;
}

function kindOf({ question: { kind }, truth }: Asked): string {
  const isRaised = truth.shape === "quantity" && truth.valueM > RAISED_M;
  return kind === "elevation" && isRaised ? "elevation, raised" : kind;
}

let asks = 0;
const lengths: Measured[] = [];
const relations: Said[] = [];
for (let table = 0; table < Number(options.tables); table++) {
  const seed = Number(options.seed) + table;
  const { images, frame, asked: all } = await sample(seed, table);
  const asked = all.filter(({ question }) => options.kind.includes(question.kind));
  for (const [damage, [change, settings]] of DAMAGES) {
    if (options.only && !options.only.includes(damage)) continue;
    await using model = rgbd(settings);
    const seen = framed(frame, change(images, new Random(seed, damage)));
    const answers = await model.ask(
      seen,
      asked.map(({ question }) => question),
      SIGNAL,
    );
    asks += answers.length;
    answers.forEach(({ value }, i) => {
      const it = asked[i];
      if (!it || !value) return;
      const known = { table, kind: kindOf(it), damage };
      const { truth } = it;
      if (value.shape === "quantity" && truth.shape === "quantity")
        lengths.push({ ...known, errorM: value.valueM - truth.valueM, sigmaM: value.sigmaM });
      if (value.shape === "yes_no" && truth.shape === "yes_no")
        relations.push({
          ...known,
          isRight: value.yes === truth.yes,
          confidence: value.confidence ?? 0.5,
        });
    });
  }
}

const percent = (share: number) => (100 * share).toFixed(1);
const mm = (m: number) => (1000 * m).toFixed(1);

/** Median and 95th percentile of the error, median sigma, and shares within and beyond sigmas with intervals. */
function figures(some: readonly Length[]): string {
  const errors = some.map(errorOf);
  const sigmas = some.map(({ sigmaM }) => sigmaM);
  return [
    ...[quantile(errors, 0.5), quantile(errors, 0.95), quantile(sigmas, 0.5)].map(mm),
    ...[within(1), within(2), beyond].map((figure) => shareOf(some, figure)),
  ].join(" | ");
}

console.log(`${lengths.length + relations.length} of ${asks} are answered.`);
const heads =
  "number | median error mm | 95 % below mm | median sigma mm | within 1 sigma % (95 %) | within 2 | beyond 3 sigma % (95 %)";
const byKind = group(lengths, ({ kind }) => kind);
console.log(`\nkind, all damages | ${heads}`);
for (const [kind, its] of byKind) console.log(`${kind} | ${its.length} | ${figures(its)}`);
console.log(`\nkind, sound | ${heads}`);
for (const [kind, its] of byKind) {
  const sound = its.filter(({ damage }) => damage === "none");
  if (sound.length > 0) console.log(`${kind} | ${sound.length} | ${figures(sound)}`);
}
for (const [kind, its] of byKind) {
  console.log(`\n${kind}: damage | ${heads}`);
  for (const [damage, some] of group(its, (it) => it.damage))
    console.log(`${damage} | ${some.length} | ${figures(some)}`);
}

/** Right answers of those that are at least so sure, and less sure than the next. */
const CONFIDENCES = [0.5, 0.6, 0.7, 0.8, 0.9, 0.99] as const;
console.log(`\nrelation: right, % of number, by confidence from | ${CONFIDENCES.join(" | ")}`);
for (const [kind, its] of group(relations, (it) => it.kind)) {
  const cells = CONFIDENCES.map((from, i) => {
    const to = CONFIDENCES[i + 1] ?? 2;
    const some = its.filter(({ confidence }) => confidence >= from && confidence < to);
    return `${percent(some.filter(({ isRight }) => isRight).length / some.length)} of ${some.length}`;
  });
  console.log([kind, ...cells].join(" | "));
}
console.log("\nrelation, damage | at least .9 sure | right, %");
for (const [damage, its] of group(relations, (it) => it.damage))
  for (const [kind, some] of group(its, (it) => it.kind)) {
    const sure = some.filter(({ confidence }) => confidence >= 0.9);
    const right = sure.filter(({ isRight }) => isRight).length;
    console.log(`${kind}, ${damage} | ${sure.length} | ${percent(right / sure.length)}`);
  }
