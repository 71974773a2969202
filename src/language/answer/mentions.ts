import { itemAt } from "../../base/index.js";
import { contentWords, singular } from "../question/matchObject.js";
import type { TypedQuestion } from "../SpatialQuestion.js";
import { isOneOf, type Token } from "./tokens.js";

/** A place where an answer names the subject or the object of its question. */
export interface Mention {
  readonly who: "subject" | "object";
  readonly start: number;
  readonly next: number;
}

const FIRST = new Set(["former"]);
const SECOND = new Set(["latter"]);

/**
 * Mentions in order of appearance. Words that both phrases share ("mug" of "the red mug" and "the
 * blue mug") are ambiguous; a run of the words of one of them is a mention.
 */
export function mentionsIn(tokens: readonly Token[], question: TypedQuestion): readonly Mention[] {
  const { subject, object } = question;
  const subjectWords = new Set(
    contentWords(`${subject.phrase} ${subject.name.replaceAll("_", " ")}`),
  );
  const objectWords = new Set(
    object === undefined
      ? []
      : contentWords(`${object.phrase} ${object.name.replaceAll("_", " ")}`),
  );
  const mentions: Mention[] = [];
  for (let index = 0; index < tokens.length; ) {
    const run = runAt(tokens, index, subjectWords, objectWords);
    if (run === undefined) {
      index++;
      continue;
    }
    if (run.who !== undefined) mentions.push({ who: run.who, start: index, next: run.next });
    index = run.next;
  }
  return mentions;
}

function runAt(
  tokens: readonly Token[],
  start: number,
  subjectWords: ReadonlySet<string>,
  objectWords: ReadonlySet<string>,
): { who: Mention["who"] | undefined; next: number } | undefined {
  const ordinal = ordinalAt(tokens, start);
  if (ordinal) return ordinal;
  let next = start;
  let bySubject = true;
  let byObject = true;
  let told: Mention["who"] | undefined;
  for (; next < tokens.length; next++) {
    const word = singular(itemAt(tokens, next).text);
    const ofSubject: boolean = bySubject && subjectWords.has(word);
    const ofObject: boolean = byObject && objectWords.has(word);
    if (!ofSubject && !ofObject) break;
    bySubject = ofSubject;
    byObject = ofObject;
    if (ofSubject !== ofObject) told = ofSubject ? "subject" : "object";
  }
  return next === start ? undefined : { who: told, next };
}

/** "the former", "the second one". */
function ordinalAt(
  tokens: readonly Token[],
  index: number,
): { who: Mention["who"]; next: number } | undefined {
  if (isOneOf(tokens, index, FIRST)) return { who: "subject", next: index + 1 };
  if (isOneOf(tokens, index, SECOND)) return { who: "object", next: index + 1 };
  const noun = isOneOf(tokens, index + 1, ["one", "object", "item"]);
  if (!noun) return undefined;
  if (isOneOf(tokens, index, ["first"])) return { who: "subject", next: index + 2 };
  if (isOneOf(tokens, index, ["second"])) return { who: "object", next: index + 2 };
  return undefined;
}
