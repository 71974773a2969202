/**
 * Fits `sigma` of a model.json: how wide the errors of lengths are on pictures that taught the
 * model nothing.
 *
 *   npx tsx scripts/fitSigma.ts --weights models/embedded --rows rows.jsonl --scenes data/c \
 *     --episodes episodes/ --side "sim?cameras=2&rate=2&seed=6202&outcome=regress"
 *
 * `--scenes`: data sets of `dataset synthesize --scenes N --exact`, of which the familiar pictures
 * (train, val) are used. `--episodes`: recordings of the simulator or specs of it. `--side`: specs of
 * which the pictures of `side_camera` are used. Each picture is asked about as it is, and once as a worse
 * camera would have taken it (`worsePicture.ts`). `--rows` keeps what was said beside the truth; alone it
 * is read again.
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Random } from "../src/base/index.js";
import { decodeColor } from "../src/camera/index.js";
import type { QuantityKind } from "../src/language/index.js";
import type { SigmaConfig } from "../src/models/embedded/Doubt.js";
import { fitPicture } from "../src/models/embedded/fitPicture.js";
import { Graphs } from "../src/models/embedded/Graphs.js";
import { lengthSigns, readAnswer } from "../src/models/embedded/readAnswer.js";
import { readQuestion } from "../src/models/embedded/readQuestion.js";
import { sharpnessOf } from "../src/models/embedded/sharpnessOf.js";
import { Tokeniser } from "../src/models/embedded/Tokeniser.js";
import { readWeights } from "../src/models/embedded/Weights.js";
import { fitDoubt, type Said } from "./fitDoubt.js";
import { episode, type KnownLengths, recordingsOf, scenes } from "./knownLengths.js";
import { worsePicture } from "./worsePicture.js";

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

/** What is said about each picture and about a worse one, and what foretells its errors. */
async function collect(): Promise<Said[]> {
  const weights = await readWeights(options.weights);
  const { config } = weights;
  const graphs = await Graphs.load(weights, { cores: 1, provider: "cpu" }, () => {});
  const tokeniser = new Tokeniser(config.words, config.max_words, config.aliases);
  const random = new Random(1, "worse pictures");
  const rows: Said[] = [];
  for await (const { source, frame, questions, truthsM } of all()) {
    const asked = questions.flatMap((question, i) => {
      const reading = readQuestion(question, config);
      const truthM = truthsM[i];
      return "text" in reading && truthM !== undefined ? [{ question, reading, truthM }] : [];
    });
    if (asked.length === 0) continue;
    const words = tokeniser.encode(asked.map(({ reading }) => reading.text));
    const image = await decodeColor(frame.image);
    for (const isWorse of [false, true]) {
      const shown = isWorse ? await worsePicture(image, random) : image;
      const picture = fitPicture(shown, frame.info, config);
      const encoded = await graphs.encode(picture);
      const { score } = encoded;
      const geometry = encoded.geometry.data as Float32Array;
      const outputs = await graphs.answer(encoded, words);
      const sharpness = sharpnessOf(picture);
      const said = { config, picture, outputs, tokeniser, geometry, score, sharpness };
      for (const [row, { question, reading, truthM }] of asked.entries()) {
        const signs = lengthSigns(reading, row, said);
        if (!signs || readAnswer(question, reading, row, said).refusal) continue;
        rows.push({ source, isWorse, kind: reading.kind as QuantityKind, truthM, ...signs });
      }
    }
  }
  await graphs.close();
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
