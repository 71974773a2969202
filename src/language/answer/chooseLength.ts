import type { QuantityKind } from "../QuestionKind.js";
import type { Refusal } from "../SpatialAnswer.js";
import { contactFlag, setFlag } from "./flags.js";
import { labelOf } from "./labels.js";
import { spanLength } from "./lengths.js";
import type { PlainSentence } from "./plainSentences.js";
import { isMeant, type Stated } from "./statedIn.js";
import type { Statement, Statements } from "./statements.js";
import type { Token } from "./tokens.js";
import { CONDITION, isTakenBack, isTurn, MISREAD, RETRACTION } from "./turns.js";
import { saysHolding, saysZero } from "./zeroAnswer.js";

/** What an answer, or a part of it, says in lengths. */
export interface Reading {
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly found: Statements;
  readonly sentences: readonly PlainSentence[];
  readonly stated: readonly Placed[];
}

/** A length with its place in the answer. */
export interface Placed extends Stated {
  readonly statement: Statement;
  readonly sentence: number;
}

/** A "0" on a line of its own, or as an answer that another one replaces. */
const NO_STATEMENT = /^(?:answer : )?zero(?: ,|$)/;

/** The length that the answer means, or why it cannot be told. */
export function choose(
  whole: Reading,
  declared: Placed | undefined,
  kind: QuantityKind,
): Placed | Refusal | undefined {
  const conditions = whole.sentences.flatMap(({ text }) => text.match(CONDITION) ?? []);
  if (conditions.length > 1) return refusal("unclear", "the answer depends on what is not known");
  const all = declared ? [...whole.stated, declared] : whole.stated;
  const correction = whole.stated.findLastIndex((it) => it.corrects && isMeant(it));
  const retracted = whole.sentences.findLastIndex(
    ({ text }) => RETRACTION.test(text) || MISREAD.test(text),
  );
  const anew = all.filter((it, index) => index >= correction && it.sentence > retracted);
  const valid = anew.some(isMeant) ? anew : all.slice(Math.max(0, correction));
  const meant = valid.filter(isMeant);
  const exact = meant.filter(({ bound }) => bound === undefined);
  const first =
    declared ??
    exact.find(({ says }) => says === "asked") ??
    exact[0] ??
    between(meant) ??
    meant[0];
  if (!first) return undefined;
  const chosen = exact.find((it) => narrows(it, first)) ?? first;
  const contrary = meant.find((it) => !isCompatible(chosen, it));
  if (contrary) {
    return refusal(
      "contradiction",
      `the answer is once ${metres(chosen.statement.length.valueM)} and once ${metres(contrary.statement.length.valueM)}`,
    );
  }
  const foreign = whole.stated.find(
    ({ says, statement }) =>
      says === "other" &&
      statement.length.range === undefined &&
      isSame(statement, chosen.statement),
  );
  if (chosen.says === "bare" && foreign) {
    return refusal(
      "unclear",
      `the answer gives ${metres(chosen.statement.length.valueM)} of something else`,
    );
  }
  const { valueM } = chosen.statement.length;
  const isZero = valueM === 0;
  const apart = isZero ? whole.sentences.find((it) => contactFlag(it.text) === false) : undefined;
  if (apart) return refusal("contradiction", `the answer also says "${apart.text.slice(0, 80)}"`);
  const last = Math.max(0, lastOf(whole, chosen, declared));
  const holding = whole.sentences[last];
  const tails = [BEHIND_LAST, ...(declared ? [BEHIND_FIRST] : [])].flatMap((it) =>
    holding ? [{ ...holding, text: holding.text.replace(it, "") }] : [],
  );
  const isOther = (text: string) => labelOf(text, kind) === "other";
  const takesBack = (it: PlainSentence) => isTakenBack(it, kind) || isPlainTurn(it, kind);
  const withdrawal = tails.find(
    (it) =>
      isTakenBack(it, kind) ||
      (declared && isOther(it.text)) ||
      (CONTRAST.test(it.text) && isTurn(it, kind)),
  )?.text;
  const later = whole.sentences
    .slice(last + 1)
    .find((it) => takesBack(it) || (!it.asked && isOther(it.text)));
  const back = withdrawal ?? later?.text;
  if (back !== undefined) return refusal("unclear", `the answer goes on: "${back.slice(0, 80)}"`);
  const other = whole.sentences.find(({ text }) => isOtherKind(text, kind));
  if (other) return refusal("unclear", `the answer also says "${other.text.slice(0, 80)}"`);
  const touch = whole.sentences.find(
    ({ asked, text }) => !asked && saysContact(text, kind, valueM),
  );
  if (touch && !isZero) {
    return refusal("contradiction", `the answer also says "${touch.text.slice(0, 80)}"`);
  }
  if (declared || (chosen.sentence === 0 && whole.sentences[0]?.line)) return chosen;
  const lastMeant = meant.at(-1) ?? chosen;
  const doubtful = valid.find(
    (it) =>
      it.says === "unknown" &&
      !isExplained(it, whole) &&
      (chosen.says === "bare" || it.length > chosen.length || isPart(it, chosen)) &&
      !agree(it.statement, chosen.statement),
  );
  if (doubtful) {
    return refusal(
      "unclear",
      `the answer also gives ${metres(doubtful.statement.length.valueM)}, and nothing says of what`,
    );
  }
  const turn = whole.sentences.slice(lastMeant.sentence + 1).find((it) => isTurn(it, kind));
  if (turn) return refusal("unclear", `the answer goes on: "${turn.text.slice(0, 80)}"`);
  return { ...chosen, hedged: exact.some(({ hedged }) => hedged) || chosen.hedged };
}

/** No gripper's middle is further from the middle of what it holds. */
const HELD_WITHIN_M = 0.3;
const HOLDING = /^(?:(?:[AB] )?(?:holding|held|grasping|grasped|gripping|gripped))(?: [AB])?$/;

/** Whether a sentence or a flag says that the things are nearer than the length. */
function saysContact(text: string, kind: QuantityKind, valueM: number): boolean {
  const isFar = kind === "gap" || (kind === "distance" && valueM > HELD_WITHIN_M);
  const flag = contactFlag(text);
  if (flag !== undefined) return flag && saysZero("P are touching", kind);
  if (NO_STATEMENT.test(text)) return false;
  return (
    saysZero(text, kind) || (isFar && (saysHolding(text) || HOLDING.test(setFlag(text) ?? "")))
  );
}

/** "vertical: true", "upper_bound: true" */
const KIND_OF_LENGTH =
  /\b(?:vertical|horizontal|lateral|sideways|axis|bound|limit|minimum|maximum|goal|target|threshold)\b/;

/** Whether a flag makes the length one of another kind. */
function isOtherKind(text: string, kind: QuantityKind): boolean {
  const key = setFlag(text) ?? "";
  return KIND_OF_LENGTH.test(key) && labelOf(key, kind) === "other";
}

/** "The distance is …" explains an answer that stands before it. */
function isPlainTurn(it: PlainSentence, kind: QuantityKind): boolean {
  return (
    isTurn(it, kind) &&
    !/^the (?:distance|gap|clearance|separation|height|width|diameter|elevation|offset|difference|value|estimate|result|answer|measurement|reference|scale) (?!(?:was|were|will|would|should)\b)/.test(
      it.text,
    )
  );
}

/** All of a sentence but what stands behind its last length. */
const BEHIND_LAST = /^(?:.*[LUGN]\d+(?: ,)* ?|.*)/;
/** Behind a form, a sentence may go on without an end between them, and hold more lengths. */
const BEHIND_FIRST = /^(?:.*?[LUGN]\d+(?: ,)* ?|.*)/;

/** "**0.42 m**, but the gripper already holds the mug" */
const CONTRAST =
  /^(?:(?:hmm|ah|oh|well) ,? ?)*(?:but|although|though|however|yet|except|actually|wait)\b/;

/** The last sentence that says the chosen length; a form counts its own sentences. */
function lastOf(
  { found, sentences, stated }: Reading,
  chosen: Placed,
  declared: Placed | undefined,
): number {
  const again = stated.findLast((it) => isMeant(it) && isSame(it.statement, chosen.statement));
  if (again) return again.sentence;
  if (chosen !== declared) return chosen.sentence;
  const said = found.lengths.findLast((it) => isSame(it, chosen.statement));
  return said ? sentences.findLastIndex(({ start }) => start <= said.length.start) : -1;
}

/** Bounds say less than a range: only near ones tell where the length is. */
const WIDEST_BOUNDS = 2;

/** "More than 10 cm but less than 15 cm": two bounds in a sentence are a range. */
function between(meant: readonly Placed[]): Placed | undefined {
  const [one, other, third] = meant;
  if (!one || !other || third || one.bound === other.bound || one.sentence !== other.sentence) {
    return undefined;
  }
  const [low, high] = one.bound === "lower" ? [one, other] : [other, one];
  const [from, to] = [low.statement.length, high.statement.length];
  if (from.valueM >= to.valueM || to.valueM > WIDEST_BOUNDS * from.valueM) return undefined;
  const { bound: _, ...plain } = one;
  const length = spanLength(from.valueM, to.valueM, to.slackM * 2, to.unit, one.statement.length);
  return { ...plain, statement: { length } };
}

/** "Between 35 and 45 cm, most likely 40 cm": the value counts, not the middle of the range. */
function narrows(it: Placed, { statement }: Placed): boolean {
  const { range } = statement.length;
  const { range: own, valueM } = it.statement.length;
  return range !== undefined && own === undefined && range[0] <= valueM && valueM <= range[1];
}

/** A step of a computation whose result is said to be of something else. */
function isExplained(it: Placed, { stated }: Reading): boolean {
  return stated.some(
    ({ says, length, statement }) =>
      says === "other" && length > it.length && isSame(statement, it.statement),
  );
}

/** Of one sentence, only a conclusion stands for itself. */
function isPart(it: Placed, chosen: Placed): boolean {
  return it.sentence === chosen.sentence && !chosen.concludes;
}

function isCompatible(chosen: Placed, other: Placed): boolean {
  if (other.bound === undefined)
    return chosen.bound !== undefined || agree(chosen.statement, other.statement);
  if (chosen.bound === other.bound) return agree(chosen.statement, other.statement);
  const [value, limit] = [chosen.statement.length.valueM, other.statement.length.valueM];
  return other.bound === "upper" ? value <= limit : value >= limit;
}

/** Two readings may differ by this part beside what they were rounded by. */
const AGREEMENT = 0.03;

/** Whether two lengths are one, said twice. */
function isSame({ length: one }: Statement, { length: other }: Statement): boolean {
  return Math.abs(one.valueM - other.valueM) <= AGREEMENT * Math.abs(one.valueM);
}

export function agree({ length: one }: Statement, { length: other }: Statement): boolean {
  const [a, b] = [Math.abs(one.valueM), Math.abs(other.valueM)];
  return Math.abs(a - b) <= one.slackM + other.slackM + AGREEMENT * Math.max(a, b);
}

export function tooMany(said: readonly Statement[]): Refusal {
  const values = said.map(({ length }) => metres(length.valueM)).join(", ");
  return refusal("unclear", `the answer says of none of its lengths that it is meant: ${values}`);
}

function refusal(reason: Refusal["reason"], detail: string): Refusal {
  return { reason, detail };
}

/** A length for the reader. */
export function metres(valueM: number): string {
  return `${Number(valueM.toPrecision(3))} m`;
}
