import { RELATIONS } from "../QuestionKind.js";
import { type Item, itemsOf, type Marked, type Thing } from "./findThings.js";
import { contentWords } from "./matchObject.js";
import { clausesJoined, clausesOf } from "./words.js";

/** What a clause consists of that only shows things: "Look at the mug and the tray." */
const SHOWING = new Set(["and", "with", "compare", "img", "between", "of", "for"]);

/** What a clause that only says of which things consists of: "Of the two, …". */
const LEADING = new Set(["of", "for", "between", "aux"]);

/** What ties a clause to the things shown before it. */
const TIES = new Set(["from", "to", "between", ">", "vs", "beside", "of"]);
const PRONOUNS = new Set(["it", "its", "them", "they", "that", "this"]);

/**
 * A question and what it is without the clauses before it that only show its things, where it names
 * them again: "Look at A and B. How tall is A?" What it compares with is the other thing that was
 * shown: "Compare A and B. Is A wider?" is asked as "Is A wider than B?".
 */
export function withoutShown(marked: Marked): readonly Marked[] {
  const clauses = clausesOf(marked);
  if (clauses.length < 2) return [marked];
  const first = clauses.findIndex((clause) => {
    const items = itemsOf(clause) ?? [];
    return !showsThings(items, clause[0]) && !statesPlace(items) && !isLead(items);
  });
  if (first < 1) return [marked];
  const asked = clausesJoined(clauses.slice(first));
  const before = clauses.slice(0, first);
  const shown = thingsIn(before.flat());
  const named = thingsIn(asked);
  if (before.some((clause) => statesPlace(itemsOf(clause) ?? []))) {
    // "The picture is flipped": a word that is not known may be taken for a thing.
    const isNamed = shown.every((it) => named.some((other) => isSame(it, other)));
    return isNamed ? [marked, asked] : [marked];
  }
  const isShown = (it: Thing) => shown.some((other) => isSame(it, other));
  // "Look at A. How far is B?" speaks of B alone.
  if (!named.every(isShown)) return named.some(isShown) || isTied(asked) ? [marked] : [];
  if (named.length === 0) return [marked];
  const [other, another] = shown.filter((it) => !named.some((one) => isSame(it, one)));
  if (other === undefined || another !== undefined) return [marked, asked];
  return [marked, asked, [...asked, "than", other]];
}

/** "Of the two, …" */
function isLead(items: readonly Item[]): boolean {
  return items.length > 0 && items.every((it) => LEADING.has(String(it)));
}

function isTied(asked: Marked): boolean {
  return (
    asked.some((word) => typeof word === "string" && PRONOUNS.has(word)) ||
    (itemsOf(asked) ?? []).some((item) => typeof item === "string" && TIES.has(item))
  );
}

function showsThings(items: readonly Item[], first: string | Thing | undefined): boolean {
  const isThere = first === "there" || first === "here";
  return (
    items.some((item) => typeof item !== "string") &&
    // "Mug stands for can" shows nothing, "the positions of the mug and the can" do.
    !items.some((it, at) => (it === "of" || it === "for") && typeof items[at - 1] === "object") &&
    items.every((it) => typeof it !== "string" || SHOWING.has(it) || (isThere && it === "aux"))
  );
}

/** What a clause may say of where its things are. */
const STATING = new Set([
  ...RELATIONS,
  ...["aux", ">", "and", "img", "cam", "nearer", "farther", "taller", "shorter", "wider"],
  ...["thinner", "bigger", "smaller"],
]);

/** "A is the upper one and B the lower one." */
function statesPlace(items: readonly Item[]): boolean {
  return (
    typeof items[0] === "object" &&
    items[1] === "aux" &&
    items.length > 2 &&
    items.every((it) => typeof it !== "string" || STATING.has(it))
  );
}

function thingsIn(marked: Marked): readonly Thing[] {
  return marked.filter((word): word is Thing => typeof word !== "string");
}

function isSame(one: Thing, other: Thing): boolean {
  return contentWords(one.phrase).join() === contentWords(other.phrase).join();
}
