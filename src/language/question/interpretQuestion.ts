import type { ObjectRef, OpenQuestion, TypedQuestion } from "../SpatialQuestion.js";
import { contentWords, matchObject, type ObjectMatch } from "./matchObject.js";
import { matchWordings, type PlainWord, plainWords, type WordingMatch } from "./matchWording.js";
import { spelled } from "./spelled.js";

/** A question whose kind is understood, but not which objects it means. */
export interface QuestionProblem {
  readonly kind: "problem";
  readonly reason: "unknown_object" | "ambiguous_object" | "same_object";
  /** For the reader: what was not understood, and what could have been meant. */
  readonly detail: string;
  /** The objects that could be meant; all known ones where none fits. */
  readonly candidates: readonly ObjectRef[];
}

/** Longer texts are not questions of the 43 kinds. */
const LONGEST_CHARS = 600;

/**
 * The typed question that `text` asks about `objects`: all our phrasings and what else people say.
 * Without objects, they are made from the words of the question ("the red mug" → `red_mug`).
 * A text of no known kind stays an open question.
 *
 * @example interpretQuestion("How far is the gripper from the mug?", [gripper, mug])
 *   // { kind: "distance", subject: gripper, object: mug, text: "How far is …" }
 */
export function interpretQuestion(
  asked: string,
  objects: readonly ObjectRef[],
): TypedQuestion | OpenQuestion | QuestionProblem {
  if (asked.length > LONGEST_CHARS) return { kind: "open", text: asked };
  const own = new Set(objects.flatMap(({ phrase, name }) => contentWords(`${phrase} ${name}`)));
  const understood = interpreted(
    spelled(asked, (word) => own.has(word)),
    objects,
  );
  if (understood.kind === "problem") return understood;
  const isApparent = /^(?:big|small)_/.test(understood.kind) && IN_IMAGE.test(asked);
  return isApparent ? { kind: "open", text: asked } : { ...understood, text: asked };
}

/** Asks what looks bigger there, not what is. */
const IN_IMAGE = /\bin (?:the|this) (?:image|picture|photo|frame|view)\W*$/i;

function interpreted(
  text: string,
  objects: readonly ObjectRef[],
): TypedQuestion | OpenQuestion | QuestionProblem {
  const open: OpenQuestion = { kind: "open", text };
  const axes = axesIn(text, objects);
  if (axes.length === 0) return understood(text, objects) ?? open;
  const plain = understood(text, objects);
  const isPlain = plain && !["distance", "gap", "problem"].includes(plain.kind);
  if (isPlain) return plain;
  // "How far is the mug from the gripper vertically?" asks a distance, along one axis of two.
  const [axis] = axes;
  const rest = understood(withoutAxes(text), objects);
  if (axis === undefined || axes.length > 1 || rest === undefined) return open;
  if (rest.kind === "problem") return rest;
  return rest.kind === "distance" ? { ...rest, kind: `${axis}_distance`, text } : open;
}

/** Words that say along which axis a distance is meant. */
const AXES = {
  vertical:
    /\b(?:(?:as )?(?:measured |purely |only )?(?:vertically|in (?:the )?vertical (?:direction|axis|plane)|along the vertical(?: axis| direction)?|in (?:terms of )?(?:height|elevation)(?= ?[?.,]|$))|vertical)\b/gi,
  horizontal:
    /\b(?:(?:as )?(?:measured |purely |only )?(?:horizontally|in (?:the )?horizontal (?:direction|axis|plane)|along the horizontal(?: axis| direction)?)|horizontal)\b/gi,
} as const;

function withoutAxes(text: string): string {
  return text.replace(AXES.vertical, " ").replace(AXES.horizontal, " ");
}

/** The axes that a question names, other than in the name of an object. */
function axesIn(text: string, objects: readonly ObjectRef[]): readonly (keyof typeof AXES)[] {
  const names = objects.map(({ phrase }) => phrase.toLowerCase());
  const rest = names.reduce((left, name) => left.replaceAll(name, " "), text.toLowerCase());
  return (["vertical", "horizontal"] as const).filter((axis) => rest.search(AXES[axis]) >= 0);
}

/** The question of a known kind that a text asks; undefined for other texts. */
function understood(
  text: string,
  objects: readonly ObjectRef[],
): TypedQuestion | QuestionProblem | undefined {
  const words = plainWords(text);
  const phrases = new Set(objects.map(({ phrase }) => contentWords(phrase).join(" ")));
  const [best] = matchWordings(words, (place) => isName(place, phrases))
    .map((match) => resolve(match, objects))
    .sort((x, y) => x.rank - y.rank);
  if (best === undefined) return undefined;
  const { match, subject, object } = best;
  const problem =
    problemOf(match.a, subject, objects) ?? (object && problemOf(match.b, object, objects));
  if (problem) return problem;
  const a = (subject as Extract<ObjectMatch, { match: "one" }>).object;
  if (object === undefined) return { kind: match.kind, text, subject: a };
  const b = (object as Extract<ObjectMatch, { match: "one" }>).object;
  if (a.name === b.name) {
    const detail = `both "${said(match.a)}" and "${said(match.b)}" mean ${a.phrase}`;
    return { kind: "problem", reason: "same_object", detail, candidates: [a] };
  }
  return { kind: match.kind, text, subject: a, object: b };
}

/** Words that the name of an object holds only where a known phrase does. */
const NO_NAME = new Set(
  "is are was does do how what which who where when why there it they anything something nothing everything and or than from neither nor not visible hidden along measured".split(
    " ",
  ),
);

function isName(place: readonly PlainWord[], phrases: ReadonlySet<string>): boolean {
  if (!place.some(({ plain }) => NO_NAME.has(plain))) return true;
  return phrases.has(contentWords(said(place)).join(" "));
}

interface Resolved {
  readonly match: WordingMatch;
  readonly subject: ObjectMatch;
  readonly object: ObjectMatch | undefined;
  /** Less is better. */
  readonly rank: number;
}

/** A wording of ours is as good as one of that many words more. */
const OURS = 5;
const PENALTY = { one: 0, ambiguous: 1, none: 2 } as const;

/**
 * Ranks a fit: found objects before ambiguous ones before unknown ones; then few words that
 * belong to neither wording nor objects; then few words missing from the objects' phrases; then
 * many words of the wording, ours before others.
 */
function resolve(match: WordingMatch, objects: readonly ObjectRef[]): Resolved {
  const subject = objectOf(match.a, objects);
  const object = match.b.length > 0 ? objectOf(match.b, objects) : undefined;
  const penalty = PENALTY[subject.match] + (object ? PENALTY[object.match] : 0);
  const misfit = misfitOf(match.a, subject) + misfitOf(match.b, object);
  const literals = match.literals + (match.ours ? OURS : 0);
  return { match, subject, object, rank: penalty * 10_000 + misfit * 20 - literals };
}

function objectOf(words: readonly PlainWord[], objects: readonly ObjectRef[]): ObjectMatch {
  const phrase = said(words);
  if (objects.length > 0) return matchObject(phrase, objects);
  const name = phrase
    .replace(/^(?:the|an?|this|that|these|those|my|your) /, "")
    .replaceAll(" ", "_");
  return { match: "one", object: { name, phrase } };
}

const STRANGER = 10;

/** Words in an object's place that are not the object's, and words of its phrase left unsaid. */
function misfitOf(words: readonly PlainWord[], found: ObjectMatch | undefined): number {
  const content = contentWords(said(words));
  if (found?.match !== "one") return STRANGER * content.length;
  const phrase = contentWords(found.object.phrase);
  const own = new Set([...phrase, ...contentWords(found.object.name)]);
  const strangers = content.filter((word) => !own.has(word)).length;
  const unsaid = phrase.filter((word) => !content.includes(word)).length;
  return STRANGER * strangers + unsaid;
}

function problemOf(
  words: readonly PlainWord[],
  found: ObjectMatch,
  objects: readonly ObjectRef[],
): QuestionProblem | undefined {
  if (found.match === "one") return undefined;
  const candidates = found.match === "ambiguous" ? found.candidates : objects;
  const names = candidates.map(({ phrase }) => phrase).join(", ");
  return found.match === "ambiguous"
    ? {
        kind: "problem",
        reason: "ambiguous_object",
        detail: `"${said(words)}" can mean any of: ${names}; say more of its name`,
        candidates,
      }
    : {
        kind: "problem",
        reason: "unknown_object",
        detail: `"${said(words)}" is not one of the known objects: ${names}`,
        candidates,
      };
}

function said(words: readonly PlainWord[]): string {
  return words.map((word) => word.said).join(" ");
}
