import { closestName } from "../../../base/index.js";
import {
  askQuestion,
  interpretQuestion,
  KINDS,
  matchObject,
  type ObjectRef,
  type QuestionKind,
  type SpatialQuestion,
} from "../../../language/index.js";
import { BridgeError } from "../BridgeError.js";

export interface QuestionWords {
  readonly question: string;
  readonly kind: string;
  readonly subject: string;
  readonly object: string;
}

/**
 * The question that a request asks: in free words, or by kind and objects.
 *
 * @throws BridgeError, QuestionError
 */
export function questionOf(words: QuestionWords, objects: readonly ObjectRef[]): SpatialQuestion {
  if (words.question !== "") {
    const understood = interpretQuestion(words.question, objects);
    if (understood.kind === "problem") throw new BridgeError(understood.detail);
    return understood;
  }
  if (words.kind === "")
    throw new BridgeError("the question is empty: give question, or kind and subject");
  const kind = KINDS.has(words.kind as QuestionKind) ? (words.kind as QuestionKind) : undefined;
  if (kind === undefined) {
    const near = closestName(words.kind, KINDS.keys());
    throw new BridgeError(
      `no kind "${words.kind}"${near ? `; did you mean ${near}?` : ""}; see docs/task-file.md`,
    );
  }
  const object = words.object === "" ? undefined : objectOf(words.object, objects);
  return askQuestion(kind, objectOf(words.subject, objects), object);
}

function objectOf(words: string, objects: readonly ObjectRef[]): ObjectRef {
  const named = objects.find(({ name }) => name === words);
  if (named) return named;
  const found = matchObject(words, objects);
  if (found.match === "one") return found.object;
  const known = objects.map(({ name }) => name).join(", ");
  throw new BridgeError(
    words === ""
      ? "the subject is empty: name an object of the task"
      : found.match === "ambiguous"
        ? `"${words}" could be ${found.candidates.map(({ name }) => name).join(" or ")}`
        : `the task has no object "${words}"; it has ${known}`,
  );
}
