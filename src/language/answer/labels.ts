import { kindInfo, type QuantityKind } from "../QuestionKind.js";
import { isHarmless } from "./harmless.js";
import { wordSet } from "./tokens.js";

/** Words of which a label is made that only names things: "mug to tray". */
const NAMING = wordSet(
  "A B P S T C A's B's T's S's from to of for the a an and between & / distance measured relative only",
);
/** Words that make a length a bound, or one along an axis, or the size of one thing. */
const QUALIFIERS = wordSet(
  "vertical vertically horizontal horizontally lateral laterally sideways depth height width length diameter radius size thickness " +
    "circumference perimeter area x y z dx dy dz axis upper lower bound limit max maximum min minimum threshold goal target left right " +
    "above below behind front top bottom elevation component",
);
/** Those that a kind's own length may have. */
const OWN: Readonly<Partial<Record<QuantityKind, ReadonlySet<string>>>> = {
  gap: wordSet("min minimum"),
  height: wordSet("height vertical vertically"),
  width: wordSet("width diameter"),
  elevation: wordSet("elevation height vertical vertically above bottom"),
  vertical_distance: wordSet("vertical vertically height above below y z axis component"),
  horizontal_distance: wordSet("horizontal horizontally lateral laterally sideways component"),
  above_difference: wordSet("vertical vertically height above below top bottom"),
  below_difference: wordSet("vertical vertically height above below top bottom"),
  left_difference: wordSet("left right lateral laterally sideways horizontal horizontally x axis"),
  right_difference: wordSet("left right lateral laterally sideways horizontal horizontally x axis"),
  behind_difference: wordSet("depth behind front"),
  front_difference: wordSet("depth behind front"),
};
/** Words that a label may have beside those. */
const FILLERS = wordSet("A B P the a an in along only just , - direction difference offset");

/**
 * What a label behind a length says: "35 cm (vertical)", "35 cm (mug to tray)" are `other` lengths
 * than a distance, "(vertical)" is a vertical distance's `own`; undefined for what is no such label.
 */
export function labelOf(clause: string, kind: QuantityKind): "own" | "other" | undefined {
  const words = clause.split(" ");
  const others = kind === "elevation" ? /\b[TC]\b/ : /\b[TCS]\b/;
  if (others.test(clause) && words.every((word) => NAMING.has(word))) return "other";
  const said = words.filter((word) => !FILLERS.has(word));
  if (said.length === 0 || !said.every((word) => QUALIFIERS.has(word))) return undefined;
  return said.every((word) => OWN[kind]?.has(word)) ? "own" : "other";
}

/** What introduces a thing: "I can see a person", "there is a dog", "a wall". */
const INTRODUCING =
  /^(?:(?:i|we|you) (?:can )?(?:see|notice|spot|observe|find)|(?:it|there|this|that|here) (?:is|are)|[a-zA-Z ]*\b(?:shows?|contains?|depicts?|is|are))? ?(?:an?|some|another|one) ((?:[a-zA-Z]+ ){0,3}[a-zA-Z]+)$/;
const OF_QUANTITY =
  /\b(?:[ABP]|gap|distance|space|separation|clearance|offset|difference|line|estimate|estimation|guess|approximation|measurement|height|width|diameter|size|value|answer|number|range|look|scale|way|bit)\b/;

/** Whether a clause ends with another thing, that a length without a name behind it is of. */
export function introducesOther(clause: string, kind: QuantityKind): boolean {
  if (kindInfo(kind).arity === 2 && /^(?:[^ABP]* )?(?<!\bbetween )(?:an? |the )?T$/.test(clause))
    return true;
  const [, thing = ""] = INTRODUCING.exec(clause) ?? [];
  return thing !== "" && !OF_QUANTITY.test(thing) && (/\bT\b/.test(thing) || !isHarmless(thing));
}
