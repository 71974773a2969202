import type { Relation } from "../QuestionKind.js";
import { isOneOf, type Token } from "./tokens.js";

const words = (text: string): ReadonlySet<string> => new Set(text.split(" "));

/** Single words that say a relation, on the axis where they can mean it. */
const RELATION_WORDS: Readonly<Record<Relation, ReadonlySet<string>>> = {
  left: words("left leftmost leftward leftwards"),
  right: words("right rightmost rightward rightwards"),
  above: words("above over higher highest atop upper up upward upwards taller"),
  below: words("below under beneath underneath lower lowest down downward downwards shorter"),
  behind: words("behind farther further farthest furthest back rear background deeper beyond"),
  front: words("front closer closest nearer nearest ahead foreground forward"),
  tall: words("tall taller tallest high higher highest greater"),
  short: words("short shorter shortest low lower lowest lesser"),
  wide: words("wide wider widest broad broader broadest thicker thickest fatter"),
  thin: words(
    "thin thinner thinnest narrow narrower narrowest slim slimmer slimmest slender slenderer skinnier skinniest",
  ),
  big: words("big bigger biggest large larger largest greater greatest bulkier bulkiest huge"),
  small: words("small smaller smallest little tiny tinier tiniest littlest compact"),
};

const OPPOSITE: Readonly<Record<Relation, Relation>> = {
  left: "right",
  right: "left",
  above: "below",
  below: "above",
  behind: "front",
  front: "behind",
  tall: "short",
  short: "tall",
  wide: "thin",
  thin: "wide",
  big: "small",
  small: "big",
};

export function oppositeOf(relation: Relation): Relation {
  return OPPOSITE[relation];
}

/** The relation that the token at `index` says, of `relation` and its opposite. */
export function relationAt(
  tokens: readonly Token[],
  index: number,
  relation: Relation,
): Relation | undefined {
  const word = tokens[index]!.text;
  const opposite = oppositeOf(relation);
  const said = RELATION_WORDS[relation].has(word)
    ? relation
    : RELATION_WORDS[opposite].has(word)
      ? opposite
      : undefined;
  if (said === undefined || isOtherwiseMeant(tokens, index)) return undefined;
  return isOneOf(tokens, index - 1, ["less"]) ? oppositeOf(said) : said;
}

/** "right" as "correct" or "exactly", "over there", "further" before another relation. */
function isOtherwiseMeant(tokens: readonly Token[], index: number): boolean {
  const word = tokens[index]!.text;
  if (word === "right") {
    const alone = tokens.length === 1;
    const exact = isOneOf(
      tokens,
      index + 1,
      words("above below behind next beside under over in at on"),
    );
    const agrees =
      isOneOf(tokens, index - 1, ["that's", "you're"]) ||
      (index === 0 && isOneOf(tokens, 1, [",", "!"])) ||
      (isOneOf(tokens, index - 1, ["is", "are"]) &&
        isOneOf(tokens, index - 2, ["that", "this", "it"]) &&
        tokens[index + 1]?.text !== "of");
    return !alone && (exact || agrees);
  }
  if (word === "farther" || word === "further") {
    return (
      isOneOf(tokens, index + 1, words("left right up down to forward")) &&
      !towardsCamera(tokens, index)
    );
  }
  return word === "over" && isOneOf(tokens, index + 1, ["there", "here"]);
}

function towardsCamera(tokens: readonly Token[], index: number): boolean {
  return isOneOf(tokens, index + 1, ["to"]) && isOneOf(tokens, index + 3, ["back", "rear"]);
}
