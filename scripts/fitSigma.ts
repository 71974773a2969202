/**
 * Fits `sigma` of a model.json: how wide the errors of lengths are on pictures that taught the
 * model nothing.
 *
 *   npx tsx scripts/fitSigma.ts --weights models/embedded --rows rows.jsonl --scenes data/c \
 *     --episodes episodes/ --side "sim?cameras=2&rate=2&seed=6202&outcome=regress"
 *
 * `--scenes`: data sets of `dataset synthesize --scenes N --exact`, of which the familiar pictures
 * (train, val) are used. `--episodes`: recordings of the simulator or specs of it. `--side`: specs of
 * which the pictures of `side_camera` are used. `--rows` keeps what was said beside the truth; alone
 * it is read again.
 */
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { decodeColor } from "../src/camera/index.js";
import { kindInfo, type QuantityKind } from "../src/language/index.js";
import { domainScore } from "../src/models/embedded/Domain.js";
import type { SigmaConfig } from "../src/models/embedded/Doubt.js";
import { embeddedModel } from "../src/models/embedded/embedded.js";
import { fitPicture } from "../src/models/embedded/fitPicture.js";
import { Graphs } from "../src/models/embedded/Graphs.js";
import { readWeights } from "../src/models/embedded/Weights.js";
import { fitDoubt, type Said } from "./fitDoubt.js";
import { episode, type KnownLengths, recordingsOf, scenes } from "./knownLengths.js";

const { values: options } = parseArgs({
  options: {
    weights: { type: "string", default: "models/embedded" },
    rows: { type: "string" },
    scenes: { type: "string", multiple: true, default: [] },
    episodes: { type: "string", multiple: true, default: [] },
    side: { type: "string", multiple: true, default: [] },
  },
});

async function* all(): AsyncGenerator<KnownLengths> {
  for (const folder of options.scenes) yield* scenes(folder);
  for (const path of options.episodes)
    for (const recording of await recordingsOf(path)) yield* episode(recording, "camera");
  for (const spec of options.side) yield* episode(spec, "side_camera");
}

/** Asks the model without its `sigma`: what is to be corrected. */
async function collect(): Promise<Said[]> {
  const bare = await mkdtemp(join(tmpdir(), "weights-"));
  await cp(options.weights, bare, { recursive: true });
  const { sigma: _, ...config } = JSON.parse(await readFile(join(bare, "model.json"), "utf8"));
  await writeFile(join(bare, "model.json"), JSON.stringify(config));
  const context = { onNotice: () => {} };
  const settings = { cores: 1, provider: "cpu" } as const;
  const vlm = await embeddedModel({ weights: bare, ...settings }, context);
  const weights = await readWeights(bare);
  const graphs = await Graphs.load(weights, settings, () => {});
  const rows: Said[] = [];
  try {
    for await (const { source, frame, questions, truthsM } of all()) {
      const image = await decodeColor(frame.image);
      const { cells } = await graphs.encode(fitPicture(image, frame.info, weights.config));
      const { domain } = weights.config;
      const score = domain ? domainScore(cells.data as Float32Array, domain) : 0;
      const answers = await vlm.ask(frame, questions, new AbortController().signal);
      for (const [i, { value, question }] of answers.entries()) {
        const truthM = truthsM[i];
        if (value?.shape !== "quantity" || truthM === undefined) continue;
        if (question.kind === "open" || kindInfo(question.kind).shape !== "quantity") continue;
        const { valueM, sigmaM } = value;
        rows.push({ source, kind: question.kind as QuantityKind, score, valueM, sigmaM, truthM });
      }
    }
  } finally {
    await graphs.close();
    await vlm.close();
    await rm(bare, { recursive: true });
  }
  return rows;
}

const isAsked = [options.scenes, options.episodes, options.side].some(({ length }) => length > 0);
let rows: readonly Said[];
if (isAsked) {
  rows = await collect();
  if (options.rows) {
    await writeFile(options.rows, `${rows.map((row) => JSON.stringify(row)).join("\n")}\n`);
  }
} else {
  const lines = (await readFile(options.rows ?? "", "utf8")).trim().split("\n");
  rows = lines.map((line) => JSON.parse(line) as Said);
}
const sigma: SigmaConfig = fitDoubt(rows);
const path = join(options.weights, "model.json");
const document = JSON.parse(await readFile(path, "utf8"));
await writeFile(path, `${JSON.stringify({ ...document, sigma }, null, 1)}\n`);
console.log(`fitted to ${rows.length} lengths: ${JSON.stringify(sigma)}`);
