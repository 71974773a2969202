import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { claimOutputs, keepInputs, RECORDS } from "../base/index.js";
import {
  AnswerTally,
  type BaselineInfo,
  CONSTANT,
  evaluateVqa,
  fitConstant,
  VQA_SPLITS,
  VqaSplit,
} from "../evaluate/index.js";
import {
  AnswerJournal,
  createVlm,
  DEFAULT_VLM,
  journaled,
  type SpatialVlm,
} from "../models/index.js";
import { AnswersOutput, outputFiles } from "./AnswersOutput.js";
import { EvaluateAnswersError, type EvaluateAnswersOptions } from "./EvaluateAnswersOptions.js";
import type { EvaluationRun } from "./evaluatePredictions.js";
import { Interrupted } from "./interrupt.js";
import { makeVlm } from "./makeVlm.js";
import { entriesOf } from "./outputs.js";
import { Patience } from "./patience.js";
import { startProgress } from "./progress.js";

const RGBD = "rgbd";
const JOURNAL = "answers.partial";
/** Images on which a model is checked against itself, unless said otherwise. */
const PROBED_IMAGES = 100;

/** Asks a model the questions of a VQA data set. */
export async function evaluateDataSet(
  folder: string,
  options: EvaluateAnswersOptions,
  signal: AbortSignal,
): Promise<EvaluationRun> {
  const { output: into, split: splitName = "test", seed, probes = PROBED_IMAGES } = options;
  if (into === undefined) {
    throw new EvaluateAnswersError(
      "asking a model needs --output FOLDER: its answers are saved there, also when the run is interrupted",
    );
  }
  await keepInputs(await entriesOf(folder), [...outputFiles(into), join(into, JOURNAL)]);
  await claimOutputs(outputFiles(into), { by: "evaluate answers", overwrite: options.overwrite });
  const split = await VqaSplit.open(folder, splitName);
  const { constant, fittedOn } = await constantOf(folder, splitName);
  const patience = new Patience(
    await makeVlm(options.vlm ?? DEFAULT_VLM, { signal }),
    options.wait,
  );
  const { vlm } = patience;
  const others = new Map<string, SpatialVlm>(
    vlm.id === RGBD ? [] : [[RGBD, await createVlm(RGBD, { signal })]],
  );
  const baselines: BaselineInfo[] = [
    ...(others.size > 0 ? [{ name: RGBD, note: "measures in depth and masks" }] : []),
    { name: CONSTANT, note: `median or majority of ${fittedOn}, by kind` },
  ];
  const images = Math.min(options.images ?? split.imageCount, split.imageCount);
  const tally = new AnswerTally({ model: vlm.id, note: "the model", baselines, seed });
  const source = `${folder} (${splitName})`;
  const journal = await openJournal(into, split, vlm, options);
  let output: AnswersOutput | undefined;
  const progress = startProgress(vlm.id, images, "images");
  try {
    output = await AnswersOutput.create(into, {
      title: `Spatial answers: ${vlm.id}`,
      source,
      model: vlm.id,
      folder,
    });
    const asked = { others, constant, images, probedImages: probes, seed };
    const scenes = evaluateVqa(split, { ...asked, vlm: journaled(vlm, journal) }, signal);
    let done = 0;
    for await (const scene of scenes) {
      for (const row of scene.rows) tally.add(row);
      for (const probe of scene.probes) tally.addProbe(probe);
      await output.add(scene);
      done += 1;
      progress.update(done);
    }
    const metrics = tally.metrics();
    await output.finish(metrics);
    if (journal.hasOpen) await journal.close();
    else await journal.keep(keptJournal(into));
    const headline = `${source}: ${metrics.rows} questions about ${images} of ${split.imageCount} images; model ${vlm.id}`;
    return { headline, metrics, output, check: () => patience.check() };
  } catch (error) {
    await Promise.allSettled([output?.abort(), journal.close()]);
    if (!(error instanceof Interrupted)) throw error;
    throw new Interrupted("run the same command with --resume to continue");
  } finally {
    progress.stop();
    await Promise.all([vlm, ...others.values()].map((model) => model.close()));
  }
}

/** Fitted on the training split; if there is none, on the truths that are asked about. */
async function constantOf(folder: string, asked: string) {
  const files = await readdir(folder);
  const fittedOn = files.includes("train.jsonl") ? VQA_SPLITS[0] : asked;
  const words =
    fittedOn === VQA_SPLITS[0] ? "train.jsonl" : `${fittedOn}.jsonl (there is no train.jsonl)`;
  return { constant: await fitConstant(folder, fittedOn), fittedOn: words };
}

async function openJournal(
  into: string,
  split: VqaSplit,
  vlm: SpatialVlm,
  { images, probes = PROBED_IMAGES, seed, resume }: EvaluateAnswersOptions,
): Promise<AnswerJournal> {
  const path = join(into, JOURNAL);
  const key = {
    questions: await digestOf(split.path),
    images: await digestOf(join(split.folder, "frames.jsonl")),
    model: vlm.fingerprint,
    "selection of images and probes": `${images} ${probes} ${seed}`,
  };
  if (resume) await AnswerJournal.takeUp(keptJournal(into), path, key);
  return AnswerJournal.open(path, key, resume);
}

/** Where the answers of a complete evaluation lie: `--resume` asks nothing again. */
function keptJournal(into: string): string {
  return join(into, RECORDS, "answers.complete");
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
