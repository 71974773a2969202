import { claimOutputs, keepInputs } from "../base/index.js";
import {
  type AnswerMetrics,
  AnswerTally,
  CONSTANT,
  openPredictions,
  readPredictions,
} from "../evaluate/index.js";
import { AnswersOutput, outputFiles } from "./AnswersOutput.js";
import { EvaluateAnswersError, type EvaluateAnswersOptions } from "./EvaluateAnswersOptions.js";
import { startProgress } from "./progress.js";

export interface EvaluationRun {
  readonly headline: string;
  readonly metrics: AnswerMetrics;
  readonly output: AnswersOutput | undefined;
  /** @throws ModelAwayError if questions were left without an answer that another run may get */
  readonly check?: () => void;
}

/** Evaluates what some program answered. */
export async function evaluatePredictions(
  path: string,
  options: EvaluateAnswersOptions,
  signal: AbortSignal,
): Promise<EvaluationRun> {
  for (const name of ["vlm", "split", "images", "probes"] as const) {
    if (options[name] === undefined) continue;
    throw new EvaluateAnswersError(
      `--${name}: ${path} is a file of existing answers; only the questions of a VQA data set (a folder) can be asked`,
    );
  }
  if (options.output !== undefined) {
    const files = outputFiles(options.output);
    await keepInputs([path], files);
    await claimOutputs(files, { by: "evaluate answers", overwrite: options.overwrite });
  }
  const file = await openPredictions(path);
  if (file.faults !== undefined) process.stderr.write(`skipped  ${file.faults}\n`);
  const hasConstant = file.baselines.includes(CONSTANT);
  const tally = new AnswerTally({
    model: path,
    note: "predictions",
    seed: options.seed,
    baselines: [
      ...file.baselines.map((name) => ({ name, note: "from the file" })),
      ...(hasConstant
        ? []
        : [{ name: CONSTANT, note: "median or majority of the evaluated truths, by kind" }]),
    ],
  });
  const about = { title: "Spatial answers", source: path, model: path };
  const output =
    options.output === undefined ? undefined : await AnswersOutput.create(options.output, about);
  const progress = startProgress("evaluate", file.rows, "answers");
  let done = 0;
  try {
    for await (const row of readPredictions(file)) {
      signal.throwIfAborted();
      tally.add(row);
      await output?.add({ rows: [row], probes: [] });
      done += 1;
      progress.update(done);
    }
    const metrics = tally.metrics();
    await output?.finish(metrics);
    const note = hasConstant
      ? ""
      : "; no images: rgbd cannot be asked, and constant is fitted on the truths themselves";
    const skipped = file.skipped > 0 ? `, ${file.skipped} bad lines skipped` : "";
    return { headline: `${path}: ${file.rows} answers${skipped}${note}`, metrics, output };
  } catch (error) {
    await output?.abort();
    throw error;
  } finally {
    progress.stop();
  }
}
