import { join } from "node:path";
import { vqaRowSchema } from "../../dataset/index.js";
import { isQuestionKind } from "../../language/index.js";
import { LineFaults } from "./AnswersInputError.js";
import { ConstantPredictor } from "./ConstantPredictor.js";
import { parseLine, readLines } from "./jsonLines.js";

/**
 * The constant predictor of a data set's rows, read one by one.
 * @throws AnswersInputError for lines that are no rows
 */
export async function fitConstant(folder: string, split: string): Promise<ConstantPredictor> {
  const path = join(folder, `${split}.jsonl`);
  const constant = new ConstantPredictor();
  const faults = new LineFaults(path);
  let lines = 0;
  for await (const { number, text } of readLines(path)) {
    lines += 1;
    const { value, fault } = parseLine(text, vqaRowSchema);
    if (fault !== undefined) faults.add(number, fault);
    else if (isQuestionKind(value.kind)) constant.add(value.kind, value.truth);
    else faults.add(number, `kind: "${value.kind}" is none of the 43 kinds`);
  }
  faults.check(lines);
  return constant;
}
