/**
 * Compares weights of `embedded` on the same pictures: are its lengths nearer to the truth, and does
 * sigma hold it?
 *
 *   npx tsx scripts/compareWeights.ts --weights models/embedded --weights runs/places/weights \
 *     --episodes episodes/ --side "sim?cameras=2&rate=2&seed=6202&outcome=regress" --scenes data/c
 *
 * The pictures are named as for scripts/fitSigma.ts, and must be others than those. Each line: number
 * of lengths, median error, and the shares of truths within one and two sigmas, with 95 % intervals
 * (bootstrap of episodes and pictures).
 */
import { parseArgs } from "node:util";
import { group } from "d3-array";
import { Random } from "../src/base/index.js";
import { kindInfo } from "../src/language/index.js";
import { embeddedModel } from "../src/models/embedded/embedded.js";
import { episode, type KnownLengths, recordingsOf, scenes } from "./knownLengths.js";

const { values: options } = parseArgs({
  options: {
    weights: { type: "string", multiple: true, default: ["models/embedded"] },
    scenes: { type: "string", multiple: true, default: [] },
    episodes: { type: "string", multiple: true, default: [] },
    side: { type: "string", multiple: true, default: [] },
  },
});

/** What one model said of one length; metres. */
interface Said {
  readonly weights: string;
  readonly unit: string;
  readonly rows: readonly string[];
  readonly truthM: number;
  readonly errorM: number;
  readonly sigmaM: number;
}

const HELD_WITHIN_M = 0.08;
const LIFTED_M = 0.01;
const RESAMPLES = 1000;

async function* groups(): AsyncGenerator<KnownLengths & { readonly group: string }> {
  for (const path of options.episodes)
    for (const recording of await recordingsOf(path))
      for await (const known of episode(recording, "camera")) yield { ...known, group: "episodes" };
  for (const spec of options.side)
    for await (const known of episode(spec, "side_camera"))
      yield { ...known, group: "side camera" };
  let picture = 0;
  for (const folder of options.scenes)
    for await (const known of scenes(folder))
      yield { ...known, source: `${folder} ${picture++}`, group: "scenes" };
}

/** The lines of the table that a length counts for. */
function rowsOf(
  { group, questions, truthsM }: KnownLengths & { readonly group: string },
  i: number,
): string[] {
  const isReach = (at: number): boolean => {
    const question = questions[at];
    if (question?.kind !== "distance") return false;
    return question.subject.name === "gripper" && question.object?.name === "mug";
  };
  const truthM = truthsM[i] ?? 0;
  const rows = [`${group}: all lengths`];
  if (isReach(i)) {
    rows.push(`${group}: gripper to mug`);
    if (truthM < 0.03) rows.push(`${group}: gripper to mug below 3 cm`);
    else if (truthM < 0.1) rows.push(`${group}: gripper to mug 3 to 10 cm`);
    else if (truthM < 0.3) rows.push(`${group}: gripper to mug 10 to 30 cm`);
    else rows.push(`${group}: gripper to mug above 30 cm`);
  }
  const reachM = truthsM[questions.findIndex((_, at) => isReach(at))];
  const isCarried = reachM !== undefined && reachM < HELD_WITHIN_M && truthM > LIFTED_M;
  if (questions[i]?.kind === "elevation" && isCarried)
    rows.push(`${group}: lift of the carried mug`);
  return rows;
}

const said: Said[] = [];
const models = await Promise.all(
  options.weights.map(async (weights) => {
    const vlm = await embeddedModel({ weights, cores: 1, provider: "cpu" }, { onNotice: () => {} });
    return { weights, vlm };
  }),
);
try {
  for await (const known of groups()) {
    for (const { weights, vlm } of models) {
      const answers = await vlm.ask(known.frame, known.questions, new AbortController().signal);
      for (const [i, { value, question }] of answers.entries()) {
        const truthM = known.truthsM[i];
        if (value?.shape !== "quantity" || truthM === undefined) continue;
        if (question.kind === "open" || kindInfo(question.kind).shape !== "quantity") continue;
        const errorM = Math.abs(value.valueM - truthM);
        const { sigmaM } = value;
        said.push({ weights, unit: known.source, rows: rowsOf(known, i), truthM, errorM, sigmaM });
      }
    }
  }
} finally {
  await Promise.all(models.map(({ vlm }) => vlm.close()));
}

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};
const within = (some: readonly Said[], sigmas: number) =>
  some.filter(({ errorM, sigmaM }) => errorM <= sigmas * sigmaM).length / some.length;

/** A figure with its 95 % interval. */
function figure(some: readonly Said[], of: (some: readonly Said[]) => number): string {
  const units = [...group(some, ({ unit }) => unit).values()];
  const random = new Random(1, "resamples");
  const found = Array.from({ length: RESAMPLES }, () =>
    of(units.flatMap(() => random.pick(units))),
  ).sort((a, b) => a - b);
  const at = (share: number) => format(found[Math.floor(share * (RESAMPLES - 1))] ?? Number.NaN);
  return `${format(of(some))} (${at(0.025)}..${at(0.975)})`;
}
const format = (value: number) => value.toFixed(2);

const names = [...new Set(said.flatMap(({ rows }) => rows))];
for (const name of names) {
  console.log(name);
  for (const { weights } of models) {
    const some = said.filter((each) => each.weights === weights && each.rows.includes(name));
    const centimetres = figure(some, (of) => 100 * median(of.map(({ errorM }) => errorM)));
    const [one, two] = [1, 2].map((n) => figure(some, (of) => 100 * within(of, n)));
    console.log(`  ${weights}: ${some.length}, ${centimetres} cm, ${one} %, ${two} %`);
  }
}
