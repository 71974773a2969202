import { itemAt } from "../../base/index.js";
import type { QuestionKind } from "../QuestionKind.js";
import type { Statement } from "./statements.js";
import { endsClause, endsSentence, isOneOf, type Stretch, type Token, wordSet } from "./tokens.js";

/** Words of the clause that states the quantity of each kind. */
const CUES: Readonly<Partial<Record<QuestionKind, ReadonlySet<string>>>> = {
  distance: wordSet("distance distant far apart away separated separation separates between from"),
  gap: wordSet("gap space clearance apart between separated separates distance nearest closest"),
  height: wordSet("tall height high stands"),
  width: wordSet("wide width broad across breadth diameter"),
  elevation: wordSet(
    "above off elevation elevated lifted raised over hovers hovering high up height",
  ),
  vertical_distance: wordSet("vertical vertically height"),
  horizontal_distance: wordSet("horizontal horizontally"),
  above_difference: wordSet("higher above taller over"),
  below_difference: wordSet("lower below beneath under"),
  behind_difference: wordSet("behind farther further deeper back"),
  front_difference: wordSet("front closer nearer"),
  left_difference: wordSet("left right"),
  right_difference: wordSet("right left"),
};

/** Words of clauses that speak of something else: an object's own size, one direction only. */
const OTHERS = wordSet(
  "tall height high wide width across thick diameter long length size radius broad deep depth " +
    "horizontal horizontally vertical vertically",
);
const SEPARATIONS = wordSet("from away apart above below over under behind between off");
/** All that a bare answer may hold beside its number. */
const FILLERS = wordSet(
  "about roughly approximately around it it's its is i i'd would say think estimate the answer that's",
);
/** Distances from the camera answer no kind. */
const CAMERA = wordSet("camera lens viewer");

/**
 * The statement that answers a question of `kind`: of those whose clause speaks most of the kind's
 * quantity the last, since a text that reasons comes to its answer at the end. Undefined if each
 * speaks of something else, or where one sentence gives several and nothing shows which is meant.
 */
export function selectStatement(
  statements: readonly Statement[],
  tokens: readonly Token[],
  kind: QuestionKind | "open",
): Statement | undefined {
  const cues = kind === "open" ? undefined : CUES[kind];
  let best: Statement | undefined;
  let bestScore = -1;
  let doubtful = false;
  for (const [index, statement] of statements.entries()) {
    const bounds = boundsOf(tokens, statement, statements[index - 1], statements[index + 1]);
    const bare = index === 0 && isBareAnswer(tokens, statement, bounds);
    const score = bare ? CUE : scoreOf(tokens, statement, bounds, cues, kind);
    if (score <= bestScore && !(score === bestScore && best)) continue;
    doubtful =
      best !== undefined &&
      score === bestScore &&
      score === 0 &&
      inOneSentence(tokens, best, statement) &&
      Math.abs(best.length.valueM - statement.length.valueM) > statement.length.slackM &&
      !isOneOf(tokens, statement.length.start - 1, ["=", "≈"]);
    best = statement;
    bestScore = score;
  }
  return doubtful ? undefined : best;
}

/** What a clause gains by the kind's own words. */
const CUE = 2;

/**
 * How much a statement's clause speaks of the kind's quantity: `CUE` for the kind's words and for
 * what a computation comes to, less
 * for words of other quantities; below 0 it speaks of something else.
 */
function scoreOf(
  tokens: readonly Token[],
  { length }: Statement,
  { start, next }: Stretch,
  cues: ReadonlySet<string> | undefined,
  kind: QuestionKind | "open",
): number {
  if (cues === undefined) return 0;
  const isOther = (word: string) => OTHERS.has(word) && !cues.has(word);
  // "10 cm tall" is somebody's height, no matter what else its clause says.
  const after = tokens[length.next]?.text ?? "";
  if (isOther(after)) return -1;
  // And "10 cm away" is nobody's height.
  if ((kind === "height" || kind === "width") && SEPARATIONS.has(after)) return -1;
  const said = new Set(tokens.slice(withAdverb(tokens, start), next).map(({ text }) => text));
  if (speaksOfOtherAxis(said, kind)) return -1;
  const result = isOneOf(tokens, length.start - 1, ["="]);
  const cue = result || overlaps(said, cues) ? CUE : 0;
  const other = [...said].some(isOther) ? 1 : 0;
  const camera = overlaps(said, CAMERA) && !overlaps(said, CAMERA_CUES) ? 3 : 0;
  return cue - other - camera;
}

/** "Horizontally, they are 5 cm apart": the first words of a sentence belong to the clause after them. */
function withAdverb(tokens: readonly Token[], start: number): number {
  if (!isOneOf(tokens, start - 1, [","])) return start;
  let first = start - 1;
  while (
    first > 0 &&
    first > start - 1 - LONGEST_ADVERB &&
    !endsClause(itemAt(tokens, first - 1))
  ) {
    first--;
  }
  const before = tokens[first - 1];
  return before === undefined || endsSentence(before) ? first : start;
}
const LONGEST_ADVERB = 4;

const AXES = {
  vertical: wordSet(
    "vertical vertically above below over under beneath higher lower upward downward",
  ),
  level: wordSet("horizontal horizontally sideways laterally lateral"),
  side: wordSet("left right leftward rightward"),
  depth: wordSet("behind front closer nearer farther further deeper"),
} as const;
type Axis = keyof typeof AXES;

/** Along which axes each kind is measured, where only some fit. */
const KIND_AXES: Readonly<Partial<Record<QuestionKind, readonly Axis[]>>> = {
  vertical_distance: ["vertical"],
  horizontal_distance: ["level", "side", "depth"],
  elevation: ["vertical"],
  above_difference: ["vertical"],
  below_difference: ["vertical"],
  behind_difference: ["depth"],
  front_difference: ["depth"],
  left_difference: ["side", "level"],
  right_difference: ["side", "level"],
};
const DIAGONAL = wordSet("straight straight-line diagonal euclidean 3d overall total");
const PURE = wordSet("vertical vertically horizontal horizontally");

/** Whether a clause gives a length along another axis than the kind's, and none along its own. */
function speaksOfOtherAxis(said: ReadonlySet<string>, kind: QuestionKind | "open"): boolean {
  if (kind === "open") return false;
  const own = KIND_AXES[kind];
  // One part of a distance or gap is not all of it; sizes have words of their own.
  if (own === undefined) return (kind === "distance" || kind === "gap") && overlaps(said, PURE);
  // The whole is none of its parts.
  if (overlaps(said, DIAGONAL) && !overlaps(said, CUES[kind] ?? new Set())) return true;
  const isSaid = (axis: Axis) => overlaps(said, AXES[axis]);
  if (overlaps(said, CUES[kind] ?? new Set())) return false;
  return !own.some(isSaid) && (Object.keys(AXES) as Axis[]).some(isSaid);
}

/** "0.42 m." at the beginning is the answer, and what follows explains it. */
function isBareAnswer(
  tokens: readonly Token[],
  { length }: Statement,
  { start, next }: Stretch,
): boolean {
  const last = tokens[next];
  if (last !== undefined && !endsClause(last)) return false;
  const around = [...tokens.slice(start, length.start), ...tokens.slice(length.next, next)];
  return around.every(({ type, text }) => type === "sign" || FILLERS.has(text));
}

/** With these, the camera is what two distances are compared from, not what one is measured to. */
const CAMERA_CUES = wordSet("closer nearer farther further behind front than difference");

function overlaps(clause: ReadonlySet<string>, cues: ReadonlySet<string>): boolean {
  for (const cue of cues) if (clause.has(cue)) return true;
  return false;
}

function inOneSentence(tokens: readonly Token[], first: Statement, second: Statement): boolean {
  return !tokens.slice(first.length.next, second.length.start).some(endsSentence);
}

/** The clause around a statement, up to the neighbouring statements. */
function boundsOf(
  tokens: readonly Token[],
  { length }: Statement,
  previous: Statement | undefined,
  following: Statement | undefined,
): Stretch {
  const from = previous
    ? (andBetween(tokens, previous.length.next, length.start) ?? previous.length.next)
    : 0;
  const to = following
    ? (andBetween(tokens, length.next, following.length.start) ?? following.length.start)
    : tokens.length;
  return clauseAround(tokens, length, { from, to });
}

/** The "and" between two statements of a clause: where the words of the one end and the other's begin. */
function andBetween(tokens: readonly Token[], from: number, to: number): number | undefined {
  const between = tokens.slice(from, Math.min(to, from + REACH));
  if (between.some(endsClause)) return undefined;
  const index = between.findIndex(({ text }) => text === "and" || text === "with");
  return index === -1 ? undefined : from + index;
}

/** How far a clause is followed to each side. */
const REACH = 40;

/** The clause around tokens `start` … `next` − 1, within bounds. */
export function clauseAround(
  tokens: readonly Token[],
  { start, next }: Stretch,
  { from = 0, to = tokens.length } = {},
): Stretch {
  let first = start;
  while (first > Math.max(from, start - REACH) && !endsClause(itemAt(tokens, first - 1))) first--;
  let last = next;
  while (last < Math.min(to, next + REACH) && !endsClause(itemAt(tokens, last))) last++;
  return { start: first, next: last };
}
