import type { QuestionKind } from "../QuestionKind.js";
import { endsClause, endsSentence } from "./clauses.js";
import type { Statement } from "./statements.js";
import { isOneOf, type Token } from "./tokens.js";

const words = (text: string) => new Set(text.split(" "));

/** Words of the clause that states the quantity of each kind. */
const CUES: Readonly<Partial<Record<QuestionKind, ReadonlySet<string>>>> = {
  distance: words("distance distant far apart away separated separation separates between from"),
  gap: words("gap space clearance apart between separated separates distance nearest closest"),
  height: words("tall height high stands"),
  width: words("wide width broad across breadth"),
  elevation: words(
    "above off elevation elevated lifted raised over hovers hovering high up height",
  ),
  vertical_distance: words("vertical vertically height"),
  horizontal_distance: words("horizontal horizontally"),
  above_difference: words("higher above taller over"),
  below_difference: words("lower below beneath under"),
  behind_difference: words("behind farther further deeper back"),
  front_difference: words("front closer nearer"),
  left_difference: words("left right"),
  right_difference: words("right left"),
};

/** Words of clauses that speak of an object's own size. */
const SIZES = words(
  "tall height high wide width thick diameter long length size radius broad deep depth",
);
/** Distances from the camera answer no kind. */
const CAMERA = words("camera lens viewer");

/**
 * The statement that answers a question of `kind`: of those whose clause speaks most of the
 * kind's quantity the last, since a text that reasons comes to its answer at the end. Undefined
 * where each speaks of something else, or where one sentence gives several and nothing tells
 * which is meant.
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
    const before = statements[index - 1];
    const clause = clauseOf(tokens, statement, before, statements[index + 1]);
    const score = clauseScore(clause, cues);
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

function clauseScore(clause: ReadonlySet<string>, cues: ReadonlySet<string> | undefined): number {
  if (cues === undefined) return 0;
  const cue = overlaps(clause, cues) ? 2 : 0;
  const size = [...clause].some((word) => SIZES.has(word) && !cues.has(word)) ? 1 : 0;
  const camera = overlaps(clause, CAMERA) && !overlaps(clause, CAMERA_CUES) ? 3 : 0;
  return cue - size - camera;
}

/** With these, the camera is what two distances are compared from, not what one is measured to. */
const CAMERA_CUES = words("closer nearer farther further behind front than difference");

function overlaps(clause: ReadonlySet<string>, cues: ReadonlySet<string>): boolean {
  for (const cue of cues) if (clause.has(cue)) return true;
  return false;
}

function inOneSentence(tokens: readonly Token[], first: Statement, second: Statement): boolean {
  return !tokens.slice(first.length.next, second.length.start).some(endsSentence);
}

/** The words around a statement, up to the clause's ends and the neighbouring statements. */
function clauseOf(
  tokens: readonly Token[],
  { length }: Statement,
  previous: Statement | undefined,
  following: Statement | undefined,
): ReadonlySet<string> {
  const bounds = { from: previous?.length.next ?? 0, to: following?.length.start ?? tokens.length };
  const { start, next } = clauseAround(tokens, length, bounds);
  return new Set(tokens.slice(start, next).map((token) => token.text));
}

/** How far a clause is followed to each side. */
const REACH = 40;

/** The clause around tokens `start` … `next` − 1, within bounds. */
export function clauseAround(
  tokens: readonly Token[],
  { start, next }: { readonly start: number; readonly next: number },
  { from = 0, to = tokens.length } = {},
): { start: number; next: number } {
  let first = start;
  while (first > Math.max(from, start - REACH) && !endsClause(tokens[first - 1]!)) first--;
  let last = next;
  while (last < Math.min(to, next + REACH) && !endsClause(tokens[last]!)) last++;
  return { start: first, next: last };
}
