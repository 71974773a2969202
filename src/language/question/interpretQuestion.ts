import { colorNamed } from "../colorWords.js";
import { kindInfo, RELATIONS } from "../QuestionKind.js";
import type { ObjectRef, OpenQuestion, TypedQuestion } from "../SpatialQuestion.js";
import { askingWords } from "./asking.js";
import { type Composed, compose } from "./compose.js";
import { conventionIn } from "./conventions.js";
import {
  isSurroundings,
  itemsOf,
  joined,
  type Known,
  type Marked,
  markThings,
  surroundingsIn,
  symbolsOf,
  type Thing,
} from "./findThings.js";
import { withoutFraming } from "./framing.js";
import { isQuestionWord } from "./lexicon.js";
import { contentWords, singular } from "./matchObject.js";
import { ownPhrasing } from "./ownPhrasings.js";
import { withoutRemarks } from "./remarks.js";
import { requestInWords } from "./requests.js";
import { spelled } from "./spelled.js";
import { withoutShown } from "./withoutShown.js";
import { clausesOf, PAUSE, wordsOf } from "./words.js";

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
  return interpretWords(asked, { objects });
}

/** As `interpretQuestion`, with what else is known of the things. */
export function interpretWords(
  asked: string,
  known: Known,
): TypedQuestion | OpenQuestion | QuestionProblem {
  const open: OpenQuestion = { kind: "open", text: asked };
  if (asked.length > LONGEST_CHARS) return open;
  const own = new Set(
    known.objects.flatMap(({ phrase, name }) => contentWords(`${phrase} ${name}`)),
  );
  const isKnown = (word: string) =>
    own.has(word) || isQuestionWord(word) || known.isNoun?.(word) === true;
  const isThing = (word: string) =>
    own.has(singular(word)) || known.isNoun?.(word) === true || colorNamed(word) !== undefined;
  const text = withoutFraming(requestInWords(asked), isThing);
  const readings = askingWords(wordsOf(spelled(text, isKnown)), isThing);
  let problem: QuestionProblem | undefined;
  for (const words of readings) {
    for (const it of understood(words, known, isThing)) {
      if (it.kind.endsWith("_predicate") && isStatement(text, words, it)) continue;
      const question = typed(asked, it, known.objects);
      if (question === undefined) continue;
      if (question.kind !== "problem") return question;
      problem ??= question;
    }
  }
  return problem ?? open;
}

/** What begins an order ("find the mug left of the can"), and says who says something, and how surely. */
const ORDER =
  "(?:please )?(?:find|give|show|return|report|provide|output|print|get|take|put|move|see|look at|fetch|retrieve|deliver|" +
  "supply|offer|share|furnish|present|submit|display|acquire|obtain|try|detect|want|need|i need|i want) (?:me |us )?";
const OPINION = "i (?:think|see|know|believe|guess|assume|suppose|reckon|bet|claim) (?:that )?";
const BEFORE_TOLD = new RegExp(
  `^(?:(?:${ORDER}|${OPINION})(?:\\p{L}{3,}ly )*|(?:\\p{L}{3,}ly )+)`,
  "u",
);
const TOLD_VERB = /^ (?:is|stands|sits|lies|rests|looks|seems|appears) /;
/** The last of several sentences. */
const SENTENCES = /[.!] ([^.!]{1,300})\.\s*$/;

/** "The mug is taller than the can." asks nothing, and "give me the mug left of the can" for a thing. */
function isStatement(asked: string, words: readonly string[], { things }: Composed): boolean {
  const [{ phrase } = { phrase: "" }] = things;
  if (asked.includes("?")) return false;
  const saidIn = (text: string) => wordsOf(text).filter((word) => word !== PAUSE);
  const isStopped = /\.\s*$/.test(asked);
  const last = saidIn(SENTENCES.exec(asked)?.[1] ?? "").join(" ");
  if (isStopped && last.startsWith(`${phrase} `)) return true;
  if (saidIn(asked).length !== words.length) return false;
  const text = words.join(" ");
  const told = text.replace(BEFORE_TOLD, "");
  const isTold = told !== text || isStopped || TOLD_VERB.test(told.slice(phrase.length));
  return isTold && told.startsWith(phrase);
}

/**
 * What some words ask, the best reading first: "the table" as what things stand on before the table as
 * a thing, but our own phrasings of known objects before all else.
 */
function* understood(
  words: readonly string[],
  known: Known,
  isThing: (word: string) => boolean,
): Generator<Composed> {
  const places = surroundingsIn(words, known);
  const choices = Array.from({ length: 2 ** places.length }, (_, bits) =>
    places.filter((_, index) => (bits >> index) % 2 === 1),
  ).sort((x, y) => x.length - y.length);
  const marked = choices.map((choice) => markThings(words, known, new Map(choice)));
  const ours = marked.map(asOurs);
  if (known.objects.length > 0) yield* ours.filter((it) => it !== undefined);
  for (const [index, it] of marked.entries()) {
    const own = ours[index];
    if (own) yield own;
    const convention = conventionIn(it, known);
    const asked = convention?.asked ?? it;
    if (asksForOther(asked) || isOrder(asked) || listsThree(asked)) continue;
    for (const question of [asked, ...withoutRemarks(asked, isThing)].flatMap(withoutShown)) {
      const items = itemsOf(question);
      const composed = items && compose(joined(items, known));
      if (composed && convention?.fits(composed) !== false && !isElsewhere(composed, words)) {
        yield composed;
      }
    }
  }
}

const FROM_ABOVE =
  /\b(?:from|in|on) (?:an? |the )?(?:directly |straight |right )?(?:above|overhead|(?:top(?: down)?|side|rear|bird s eye|aerial|plan) (?:view|perspective))\b/;
const ON_PAPER = /\bon (?:the|this|that) (?:photo|photograph|picture|print|image)\b/;

/**
 * Whether it is asked of another place than the camera's scene: what stands on a table is not as high above
 * the floor, a left seen from above is another one, and a photograph has lengths of its own.
 */
function isElsewhere({ kind }: Composed, words: readonly string[]): boolean {
  if (kind === "elevation" && words.includes("floor")) return true;
  const text = words.join(" ");
  if (kindInfo(kind).shape === "quantity" && ON_PAPER.test(text)) return true;
  return kind !== "horizontal_distance" && FROM_ABOVE.test(text);
}

/** "Make the mug stand left of the can": nobody asks whether it does. */
function isOrder(marked: Marked): boolean {
  return /(?:^|\| )(?:\p{L}+ ){0,2}(?:make|have|let|get) @/u.test(symbolsOf(marked).join(" "));
}

/** "Which is the widest: the can, the ball, or the spoon?" */
function listsThree(marked: Marked): boolean {
  const said = marked.filter((it) => it !== PAUSE && it !== "or" && it !== "and");
  return said.some((_, at) => {
    const names = said.slice(at, at + 3).map((it) => (typeof it === "string" ? "" : it.phrase));
    return new Set(names).size === 3 && !names.includes("");
  });
}

/** Behind a question: "answer with the width", "name the other", "the answer is yes". */
const ANSWERING =
  /^(?:(?:please|just|only|and|then|also|but|the|your) )*(?:answer|reply|respond|return|output|print|write|say|name|report|give|state|pick|choose)\b/;
const ASKING = new Set(
  "aux what how far near how-tall high how-wide amount how-many how-size deep which".split(" "),
);
/** "Name the taller one", "answer left or right" */
const CHOSEN: ReadonlySet<string> = new Set([
  ...RELATIONS,
  ..."or taller shorter wider thinner bigger smaller nearer farther".split(" "),
]);

/** "Please lie about it." is an order, and not where something lies. */
const LIES =
  /^(?:(?:please|just|now|then|and|you|should|must|may|can|do|simply|always) )*lie(?: (?:to (?:me|us)|about (?:it|this|that|them)|a (?:bit|little)|again|please|now|if you (?:like|want|must)))*$/;

/** Whether a clause beside a question wants something else answered. */
function asksForOther(marked: Marked): boolean {
  const clauses = clausesOf(marked);
  if (clauses.some((clause) => LIES.test(clause.join(" ")))) return true;
  const items = clauses.map((clause) => itemsOf(clause) ?? []);
  const isThing = (item: unknown) => typeof item === "object";
  const asked = items.findIndex((it) => ASKING.has(String(it[0])));
  return clauses.some(
    (clause, index) =>
      asked >= 0 &&
      index > asked &&
      items.slice(0, index).flat().some(isThing) &&
      !clause.some(isThing) &&
      ANSWERING.test(clause.join(" ")) &&
      !items[index]?.some((it) => CHOSEN.has(String(it))),
  );
}

/** What our own phrasing asks, if it is one. */
function asOurs(marked: Marked): Composed | undefined {
  const things = marked.filter((it) => typeof it === "object");
  const own = ownPhrasing(symbolsOf(marked));
  if (own === undefined) return undefined;
  const { kind, isReversed } = own;
  const ordered = isReversed ? things.toReversed() : things;
  // "How far above the table is it?" asks for the height of its lowest point.
  const isOnSurface = kind === "above_difference" && ordered.some(isSurroundings);
  return isOnSurface && marked.length === 6 ? undefined : { kind, things: ordered };
}

/** The question that was understood, with its objects; or why they are not known. */
function typed(
  text: string,
  { kind, things }: Composed,
  objects: readonly ObjectRef[],
): TypedQuestion | QuestionProblem | undefined {
  const found: ObjectRef[] = [];
  for (const thing of things) {
    if (thing.found.match !== "one") return problemOf(thing, objects);
    found.push(thing.found.object);
  }
  const [subject, object] = found;
  if (subject === undefined || (kindInfo(kind).arity === 2) !== (object !== undefined))
    return undefined;
  if (object === undefined) return { kind, text, subject };
  if (subject.name === object.name) {
    const [a, b] = things;
    const detail = `both "${a?.phrase}" and "${b?.phrase}" mean ${subject.phrase}`;
    return { kind: "problem", reason: "same_object", detail, candidates: [subject] };
  }
  return { kind, text, subject, object };
}

function problemOf({ phrase, found }: Thing, objects: readonly ObjectRef[]): QuestionProblem {
  const candidates = found.match === "ambiguous" ? found.candidates : objects;
  const names = candidates.map((it) => it.phrase).join(", ");
  return found.match === "ambiguous"
    ? {
        kind: "problem",
        reason: "ambiguous_object",
        detail: `"${phrase}" can mean any of: ${names}; say more of its name`,
        candidates,
      }
    : {
        kind: "problem",
        reason: "unknown_object",
        detail: `"${phrase}" is not one of the known objects: ${names}`,
        candidates,
      };
}
