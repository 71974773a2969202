import { itemAt } from "../../base/index.js";
import { contentWords, headOf, singular } from "../question/matchObject.js";
import type { ObjectRef, SpatialQuestion } from "../SpatialQuestion.js";
import { isOneOf, type Token, touches, wordSet } from "./tokens.js";

/**
 * What a noun of an answer stands for: the question's subject (A) or object (B), the surface that
 * things stand on (S), the camera (C), some other thing (T).
 */
export type NameSymbol = "A" | "B" | "S" | "C" | "T";

export interface Name {
  readonly symbol: NameSymbol;
  /** Index of the token after it. */
  readonly next: number;
  /** "the mug's …" */
  readonly possessive: boolean;
}

const HANDS = wordSet("gripper claw effector hand finger fingertip jaw");
/** Names that people use for one thing. */
const SYNONYMS: readonly ReadonlySet<string>[] = [
  HANDS,
  ...[
    "mug cup",
    "can tin",
    "block cube box",
    "table tabletop desk worktop counter countertop",
    "person man woman human guy lady",
    "sofa couch",
    "tv television monitor screen",
    "bin trashcan",
    "plate dish",
    "cylinder tube",
    "ball sphere",
  ].map(wordSet),
];

const SURFACES = wordSet(
  "table tabletop surface desk worktop counter countertop floor ground tablecloth",
);

const FLOOR = /\b(?:floor|ground)\b/i;
const PREPOSITIONS = wordSet("from to");
const VIEWERS = wordSet("camera lens viewer observer");
/** Parts of things: "the base of the mug" is none of its own, "the handle" is never. */
const PARTS = wordSet("base rim edge corner lid handle opening surface");
const NEAREST = wordSet("nearest closest near outer inner upper lower");
const OWN_PARTS = wordSet("rim lid handle opening");

/** Nouns of things that answers compare and measure with. */
const THINGS: ReadonlySet<string> = new Set([
  ...SYNONYMS.flatMap((same) => [...same]),
  ...SURFACES,
  ...VIEWERS,
  ...wordSet(
    "robot arm manipulator base tray bottle bowl book chair wall shelf door window lamp phone keyboard laptop car " +
      "tree ruler paper sheet card coin spoon fork knife pen pencil banana apple smartphone checkerboard board grid " +
      "square tile town city house room cabinet drawer handle coaster saucer jar pot pan basket " +
      "container tool screwdriver hammer wrench scissors brick pallet mat rack tripod edge corner rim lid " +
      "opening shadow marker tag bench stool cable kettle reach stroke",
  ),
]);

const COLORS = wordSet(
  "red blue green yellow orange purple black white grey gray brown pink silver golden beige cyan lime",
);
/** Whose gripper it is. */
const ROBOTS = wordSet("robot robotic arm manipulator");
/** What may stand before a noun without making it another thing. */
const PLAIN_ADJECTIVES = wordSet(
  "robot robotic end coffee ceramic tea metal metallic plastic small little single parallel two",
);
const DETERMINERS = wordSet("the a an this that these those your my our");
/** After these a noun without a determiner begins. */
const OPENS = wordSet(
  "and or of from to between than with by for in on at is are was as so while whereas but both above below over " +
    "under beside near touching touches no any neither distance separation gap clearance height width elevation nearest closest",
);
/** How many words a name has at most. */
const LONGEST = 8;

interface Thing {
  readonly symbol: "A" | "B";
  readonly own: ReadonlySet<string>;
  /** Its nouns: one of them must be said. */
  readonly heads: ReadonlySet<string>;
  readonly hasColor: boolean;
}

/** The things that a question names, to be found again in its answer. */
export class Names {
  readonly #things: readonly Thing[];
  /** Of what stands on a table, a height above the floor is none above its support. */
  readonly #floor: NameSymbol;

  constructor(question: SpatialQuestion) {
    const asked = `${question.text} ${question.support?.phrase ?? ""}`;
    this.#floor = question.kind !== "elevation" || FLOOR.test(asked) ? "S" : "T";
    if (question.kind === "open") this.#things = [];
    else {
      const { subject, object } = question;
      this.#things = [thingOf("A", subject), ...(object ? [thingOf("B", object)] : [])];
    }
  }

  /** The name that begins at token `index`, with its determiner. */
  at(tokens: readonly Token[], index: number): Name | undefined {
    const first = isOneOf(tokens, index, DETERMINERS) ? index + 1 : index;
    // "The left-hand side" is nobody's hand.
    if (isOneOf(tokens, index, ["hand"]) && isOneOf(tokens, index + 1, ["side"])) return undefined;
    const before = tokens[index - 1];
    const opens =
      first > index ||
      before === undefined ||
      before.type !== "word" ||
      OPENS.has(before.text) ||
      before.text.endsWith("'s");
    // "gripper mug distance", of a key
    const isPaired = before && this.#things.some(({ heads }) => heads.has(bare(before.text)));
    const bareName =
      this.#markAt(tokens, first) ?? (opens || isPaired ? this.#nameAt(tokens, first) : undefined);
    const named = bareName && { ...bareName, next: afterRobot(tokens, bareName) };
    // "It can be 35 cm" names nothing, "the can" does.
    if (named || (first === index && isOneOf(tokens, index, ["can"]))) return named;
    if (this.#isPartAt(tokens, first)) return undefined;
    const other = otherAt(tokens, first, opens, first > index);
    const isFloor = other?.symbol === "S" && FLOOR.test(itemAt(tokens, first).text);
    return isFloor ? { ...other, symbol: this.#floor } : other;
  }

  /** "The base of the mug", "the mug's base". */
  #isPartAt(tokens: readonly Token[], index: number): boolean {
    if (!isOneOf(tokens, index, PARTS)) return false;
    const isNear = isOneOf(tokens, index - 1, NEAREST);
    const before = tokens[index - (isNear ? 2 : 1)]?.text ?? "";
    const to = isOneOf(tokens, index + 1, ["-"]) ? index + 2 : index + 1;
    const isPair =
      isOneOf(tokens, to, ["to"]) &&
      (isOneOf(tokens, to + 1, PARTS) || isOneOf(tokens, to + 2, PARTS));
    if (isPair || before === "its" || before === "their") return true;
    if (/'s?$/.test(before)) return this.#things.some(({ heads }) => heads.has(bare(before)));
    const hasDeterminer = DETERMINERS.has(before);
    if (!isOneOf(tokens, index + 1, ["of"])) {
      return isOneOf(tokens, index, OWN_PARTS) || (!hasDeterminer && PREPOSITIONS.has(before));
    }
    const at = isOneOf(tokens, index + 2, DETERMINERS) ? index + 3 : index + 2;
    return this.#nameAt(tokens, at) !== undefined;
  }

  #nameAt(tokens: readonly Token[], first: number): Name | undefined {
    const runs = this.#things
      .map((thing) => runAt(tokens, first, thing))
      .filter((run) => run !== undefined)
      .sort((a, b) => b.words - a.words);
    const [best, other] = runs;
    // "The mug", where both are mugs, is neither.
    return best && best.words > (other?.words ?? 0) ? best : undefined;
  }

  /** "Region [0]": a mark on the picture; the first is the subject, if the question names no marks. */
  #markAt(tokens: readonly Token[], index: number): Name | undefined {
    if (!isOneOf(tokens, index, ["region", "object", "mask"])) return undefined;
    const open = isOneOf(tokens, index + 1, ["[", "<", "#"]);
    const number = tokens[open ? index + 2 : index + 1];
    if (number?.type !== "number") return undefined;
    const close = open && isOneOf(tokens, index + 3, ["]", ">"]);
    const next = index + (open ? 3 : 2) + (close ? 1 : 0);
    const isMarked = this.#things.some(({ own }) => own.has(tokens[index]?.text ?? ""));
    const thing = isMarked
      ? this.#things.find(({ own }) => own.has(number.text))
      : this.#things[number.value];
    return { symbol: thing?.symbol ?? "T", next, possessive: false };
  }
}

/** After "of the robot arm", which tells the gripper from nothing. */
function afterRobot(tokens: readonly Token[], { next, possessive }: Name): number {
  if (
    possessive ||
    !HANDS.has(bare(tokens[next - 1]?.text ?? "")) ||
    !isOneOf(tokens, next, ["of"])
  )
    return next;
  let at = isOneOf(tokens, next + 1, DETERMINERS) ? next + 2 : next + 1;
  const first = at;
  while (ROBOTS.has(tokens[at]?.text ?? "")) at++;
  return at > first ? at : next;
}

/** A noun without its possessive and plural. */
function bare(word: string): string {
  return singular(word.replace(/'s?$/, ""));
}

function thingOf(symbol: "A" | "B", { phrase, name }: ObjectRef): Thing {
  const words = contentWords(phrase);
  const own = new Set([...words, ...contentWords(name.replaceAll("_", " "))]);
  const head = headOf(words);
  const same = SYNONYMS.filter((names) => names.has(head));
  const heads = new Set([head, ...same.flatMap((names) => [...names])]);
  return { symbol, own, heads, hasColor: words.some((word) => COLORS.has(word)) };
}

/** The words of a thing's name that begin at `first`, if its noun is among them. */
function runAt(
  tokens: readonly Token[],
  first: number,
  { symbol, own, heads, hasColor }: Thing,
): (Name & { readonly words: number }) | undefined {
  let found: Name | undefined;
  let words = 0;
  for (let at = first; at < first + LONGEST && !found?.possessive; at++) {
    const { type, text = "" } = tokens[at] ?? {};
    if (at > first && ((text === "-" && touches(tokens, at - 1)) || text === "a")) continue;
    const plain = bare(text);
    const isOwn = own.has(plain) || heads.has(plain);
    const isRobots = ROBOTS.has(plain) && [...heads].some((head) => HANDS.has(head));
    const isPlain = isRobots || PLAIN_ADJECTIVES.has(plain) || (!hasColor && COLORS.has(plain));
    if (type === undefined || type === "sign" || !(isOwn || (isPlain && !found))) break;
    // "The mug" beside a cup is the mug.
    if (isOwn) words += own.has(plain) ? 1 : SYNONYM_WEIGHT;
    if (heads.has(plain) || (isOwn && found)) {
      found = { symbol, next: at + 1, possessive: /'s?$/.test(text) };
    }
  }
  return found && { ...found, words };
}

/** What another name for a thing counts, beside a word of its own. */
const SYNONYM_WEIGHT = 0.5;

/** A noun of something else, or one with an adjective that no thing of the question has. */
function otherAt(
  tokens: readonly Token[],
  index: number,
  opens: boolean,
  determined: boolean,
): Name | undefined {
  const { type, text = "" } = tokens[index] ?? {};
  const plain = bare(text);
  if (type !== "word" || !THINGS.has(plain)) return undefined;
  // "Their surfaces" are no table.
  if (/^(?:edges|rims)$/.test(text)) return undefined;
  const isFace =
    plain === "surface" &&
    (!determined || text === "surfaces") &&
    !SURFACES.has(tokens[index - 1]?.text ?? "");
  if (isFace) return undefined;
  const symbol = VIEWERS.has(plain) ? "C" : SURFACES.has(plain) && opens ? "S" : "T";
  return { symbol, next: index + 1, possessive: /'s?$/.test(text) };
}
