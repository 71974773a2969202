import type { QuestionKind } from "../QuestionKind.js";
import { endsClause } from "./clauses.js";
import type { Statement } from "./statements.js";
import type { Token } from "./tokens.js";

const words = (text: string) => new Set(text.split(" "));

/** Words of the sentence that states the quantity of each kind. */
const CUES: Readonly<Partial<Record<QuestionKind, ReadonlySet<string>>>> = {
  distance: words("distance distant far apart away separated separation separates between from"),
  gap: words("gap space clearance apart between separated separates distance nearest closest"),
  height: words("tall height high stands"),
  width: words("wide width broad across breadth"),
  elevation: words("above off elevation elevated lifted raised over hovers hovering high up"),
  vertical_distance: words("vertical vertically"),
  horizontal_distance: words("horizontal horizontally"),
  above_difference: words("higher above taller over"),
  below_difference: words("lower below beneath under"),
  behind_difference: words("behind farther further deeper back"),
  front_difference: words("front closer nearer"),
  left_difference: words("left right"),
  right_difference: words("right left"),
};

/** Words of sentences that speak of an object's own size. */
const SIZES = words(
  "tall height high wide width thick diameter long length size radius broad deep depth",
);

/**
 * The statement that answers a question of `kind`, out of at least one: of those whose words are
 * the kind's, the last, since a text that reasons comes to its answer at the end.
 */
export function selectStatement(
  statements: readonly Statement[],
  tokens: readonly Token[],
  kind: QuestionKind | "open",
): Statement {
  const cues = kind === "open" ? undefined : CUES[kind];
  let best = statements[0]!;
  let bestScore = Number.NEGATIVE_INFINITY;
  for (const [index, statement] of statements.entries()) {
    const clause = clauseOf(tokens, statement, statements[index - 1], statements[index + 1]);
    const score = clauseScore(clause, cues);
    if (score >= bestScore) {
      best = statement;
      bestScore = score;
    }
  }
  return best;
}

function clauseScore(clause: ReadonlySet<string>, cues: ReadonlySet<string> | undefined): number {
  if (cues === undefined) return 0;
  let score = 0;
  if (overlaps(clause, cues)) score += 2;
  for (const word of clause) {
    if (SIZES.has(word) && !cues.has(word)) return score - 1;
  }
  return score;
}

function overlaps(words: ReadonlySet<string>, cues: ReadonlySet<string>): boolean {
  for (const cue of cues) if (words.has(cue)) return true;
  return false;
}

/** The words around a statement, up to the clause's ends and the neighbouring statements. */
export function clauseOf(
  tokens: readonly Token[],
  { length }: Statement,
  previous: Statement | undefined,
  following: Statement | undefined,
): ReadonlySet<string> {
  const { start, next } = clauseAround(
    tokens,
    length,
    previous?.length.next ?? 0,
    following?.length.start ?? tokens.length,
  );
  return new Set(tokens.slice(start, next).map((token) => token.text));
}

/** Bounds of the clause around tokens `start` … `next` − 1, within `from` … `to`. */
export function clauseAround(
  tokens: readonly Token[],
  { start, next }: { start: number; next: number },
  from = 0,
  to = tokens.length,
): { start: number; next: number } {
  let first = start;
  while (first > from && !endsClause(tokens[first - 1]!)) first--;
  let last = next;
  while (last < to && !endsClause(tokens[last]!)) last++;
  return { start: first, next: last };
}
