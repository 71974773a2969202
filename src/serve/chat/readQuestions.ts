import { FieldError } from "../../http/index.js";
import {
  interpretQuestion,
  type ObjectRef,
  onSupport,
  type SpatialQuestion,
} from "../../language/index.js";
import { type Task, thingsIn } from "../../task/index.js";

/** What a text asks. */
export interface Questions {
  readonly questions: readonly SpatialQuestion[];
  /** The answers are to be numbered, as the questions are. */
  readonly isNumbered: boolean;
}

/** More questions in one text are a mistake. */
const MOST_QUESTIONS = 64;

/** Of a list in a text: `1. How far …?` */
const NUMBERED = /^\s*\d+[.)]\s+(.+)$/gm;
const SENTENCE = /[^.!?\n]+[.!?]?/g;

/**
 * The questions of a text: those of a numbered list, else the one that it asks. Objects are those of
 * the task where it has them, those that the labels name, or else what the words say.
 *
 * @throws FieldError for too many questions
 */
export function readQuestions(
  text: string,
  task: Task | undefined,
  names: ReadonlyMap<number, string> | undefined,
): Questions {
  const listed = [...text.matchAll(NUMBERED)].map(([, question = ""]) => question.trim());
  if (listed.length > MOST_QUESTIONS) {
    throw new FieldError(`messages: ${listed.length} questions; ask at most ${MOST_QUESTIONS}`);
  }
  const isNumbered = listed.length > 1;
  const asked = isNumbered ? listed : [theQuestion(text)];
  const known = [
    ...(names ? [thingsIn({ labelNames: names }, undefined)] : []),
    ...(task ? [thingsIn({}, task)] : []),
    { objects: [], support: undefined },
  ];
  const questions = asked.flatMap((question) =>
    onSupport([understood(question, known)], supportOf(known)),
  );
  return { questions, isNumbered };
}

interface Things {
  readonly objects: readonly ObjectRef[];
  readonly support: ObjectRef | undefined;
}

function supportOf(known: readonly Things[]): ObjectRef | undefined {
  return known.find(({ support }) => support !== undefined)?.support;
}

/** By the first list of objects that has those of the question; free words where none has. */
function understood(text: string, known: readonly Things[]): SpatialQuestion {
  for (const { objects } of known) {
    const question = interpretQuestion(text, objects);
    if (question.kind !== "problem" && question.kind !== "open") return question;
  }
  return { kind: "open", text };
}

/** The one sentence that asks, where there is one: "Be brief. How far is …? Answer in metres." */
function theQuestion(text: string): string {
  const sentences = (text.match(SENTENCE) ?? []).map((sentence) => sentence.trim());
  const asking = sentences.filter((sentence) => sentence.endsWith("?"));
  const [only, ...others] = asking;
  return only !== undefined && others.length === 0 ? only : text;
}
