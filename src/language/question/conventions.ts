import { oppositeOf, RELATIONS } from "../QuestionKind.js";
import { type Composed, compose } from "./compose.js";
import { itemsOf, joined, type Known, type Marked, symbolsOf, type Thing } from "./findThings.js";
import { clausesJoined, clausesOf } from "./words.js";

/** "positive when …", "use negative values if …", "given that …", "a minus sign means …" */
const CONVENTION =
  /^(?:(?:use|give|return|make|count|let|with|and|a|an|the|it|as|is|be|signed|sign) )*(positive|negative|plus|minus)(?: (?:values?|numbers?|sign|results?|answers?|being|it))* (?:if|when|where|whenever|means|meaning|mean|for|is|in case)(?: that)? |^(?:given|knowing|seeing) that /;

/** A question without its clause that says when its length is positive, and that clause's meaning. */
export interface Convention {
  readonly asked: Marked;
  /** Whether what it says is so of the kind and the things that are asked about. */
  readonly fits: (asked: Composed) => boolean;
}

/**
 * What says which sign a difference has: "…, negative if the mug is lower". It changes nothing if it says
 * what holds of that difference anyway, and makes another question of it if not.
 */
export function conventionIn(marked: Marked, known: Known): Convention | undefined {
  const clauses = clausesOf(marked);
  const said = clauses.map((clause) => CONVENTION.exec(`${symbolsOf(clause).join(" ")} `));
  if (!said.some((it) => it !== null) || said[0] !== null) return undefined;
  const asked = clausesJoined(clauses.filter((_, index) => said[index] === null));
  const fits = (composed: Composed) =>
    said.every((it, index) => {
      if (it === null) return true;
      const words = it[0].trim().split(" ").length;
      const isNegative = /negative|minus/.test(it[0]);
      return holds((clauses[index] ?? []).slice(words), isNegative, composed, known);
    });
  return { asked, fits };
}

/** Whether a statement is true of every positive value of a difference; of every negative one. */
function holds(
  statement: Marked,
  isNegative: boolean,
  { kind, things }: Composed,
  known: Known,
): boolean {
  const relation = RELATIONS.find((it) => kind === `${it}_difference`);
  const [a, b] = things;
  if (relation === undefined || a === undefined || b === undefined) return false;
  const items = itemsOf(statement);
  if (items === undefined) return false;
  const named = items.filter((item): item is Thing => typeof item !== "string");
  const isOf = (thing: Thing, other: Thing | undefined) => thing.phrase === other?.phrase;
  const [first = a, second] = named;
  const full = [
    ...(named.length === 0 ? [a, "aux"] : []),
    ...items,
    ...(second === undefined ? [">", isOf(first, a) ? b : a] : []),
  ];
  const said = compose(joined(full, known));
  const [subject] = said?.things ?? [];
  if (
    said === undefined ||
    subject === undefined ||
    !said.things.every((it) => isOf(it, a) || isOf(it, b))
  )
    return false;
  const isTurned = isOf(subject, b) !== isNegative;
  return said.kind === `${isTurned ? oppositeOf(relation) : relation}_predicate`;
}
