import { itemAt } from "../../base/index.js";
import { kindInfo } from "../QuestionKind.js";
import { contentWords, singular } from "../question/matchObject.js";
import type { TypedQuestion } from "../SpatialQuestion.js";
import type { Statement } from "./statements.js";
import { endsClause, endsSentence, isOneOf, type Stretch, type Token, wordSet } from "./tokens.js";

/** Sizes of single things. */
const SIZE_NOUNS = wordSet(
  "height width diameter radius thickness depth length size circumference opening stroke reach aperture",
);
const OWN_NOUNS: Readonly<Record<string, ReadonlySet<string>>> = {
  height: wordSet("height size"),
  width: wordSet("width diameter size"),
};
/** What a hand can do, and how far. */
const ABILITIES = wordSet(
  "open opens opened opening extend extends grip grips grasp grasps spread",
);
const CHANGES = wordSet(
  "approached shrunk shrank shrinks grown grew grows increased decreased reduced changed moved shifted dropped fell " +
    "rose risen raised lowered widened narrowed advanced retracted closed",
);
/** "I would put it at 30 cm." */
const JUDGES = wordSet("put estimate estimated place gauge judge peg guess assess distance gap");
const MOVES = wordSet("move moves shift lower raise lift turn translate advance retract");
const HEDGES = wordSet(
  "about around approximately roughly nearly almost exactly just only ~ ≈ some",
);
const TARGETS = wordSet("from away apart of to off between");
const CENTERS = wordSet("center centers centre centres");
const WIDE = wordSet("wide width broad across diameter");
const TALL = wordSet("tall high height");
const LEVEL = wordSet("horizontally sideways laterally");
const UPRIGHT = wordSet("vertically");
/** Words of a label that name no thing. */
const LABEL_WORDS = wordSet(
  "distance gap separation clearance height width elevation vertical horizontal straight line direct total " +
    "estimated estimate estimation approximate approx answer final result between from to and the a an of in " +
    "metres meters centimetres centimeters cm m mm inches feet difference offset overall closest minimum " +
    "center centre surface edge my so therefore thus distance value length spacing best reading measured " +
    "measurement object objects them two both step conclusion summary",
);

/**
 * Whether the words next to a length say that it is another measure than the one asked for: a
 * position, a size of one thing, what a hand can do, by how much something changed, a length
 * between other things in a list.
 *
 * @param words those of the whole answer: one is not looked for again for each of its lengths
 */
export function isOtherMeasure(
  tokens: readonly Token[],
  { length }: Statement,
  question: TypedQuestion,
  words: ReadonlySet<string>,
): boolean {
  const { kind } = question;
  const isPair = kindInfo(kind).arity === 2;
  let before = length.start - 1;
  while (isOneOf(tokens, before, HEDGES)) before--;
  const clause = clauseBefore(tokens, length.start);
  const said = tokens.slice(clause.start, clause.next).map(({ text }) => text);
  const isJudged = said.some((word) => JUDGES.has(word));
  if (isPair && !isJudged && isPosition(tokens, before, length)) return true;
  if (isSizeOf(tokens, before, OWN_NOUNS[kind])) return true;
  if (!isPair && isOfOtherThing(tokens, before, question)) return true;
  if (isYardstick(tokens, before) || words.has("otherwise")) return true;
  if (said.some((word) => GOALS.has(word)) || isFuture(said)) return true;
  if (
    isOneOf(tokens, before, ["(", ","]) &&
    sentenceBefore(tokens, length.start).includes("coordinates")
  )
    return true;
  if (isScale(tokens, before) || isOneOf(tokens, length.next, ["each", "apiece"])) return true;
  if (kind === "elevation" && isUpperPart(said)) return true;
  if (WHOLE_PAIR.has(kind) && isOneOf(tokens, length.next, COMPARATIVES)) return true;
  if (isPair && isEllipsis(tokens, before, question)) return true;
  if (isPair && isOneThings(tokens, before, length, said, question)) return true;
  if (kind === "distance" && isOfSurfaces(words, said)) return true;
  const isPlain = ["distance", "gap", "height", "width"].includes(kind);
  if (isPlain && isOneOf(tokens, before, ["by"]) && said.some((word) => CHANGES.has(word)))
    return true;
  if (isPair && MOVES.has(firstOfSentence(tokens, length.start)) && !said.includes("to"))
    return true;
  if (isPair && said.some((word) => ABILITIES.has(word)) && !isToTarget(tokens, length))
    return true;
  if (kind === "gap" && CENTERS.has(nearestOf(said, CENTERS) ?? "") && !said.includes("closest"))
    return true;
  if (isPair && isOfOtherAxis(tokens, length, kind)) return true;
  if (goesOnAboutOther(tokens, before, kind)) return true;
  return isPair && isOfOtherPair(tokens, length.start, question);
}

/** "The gripper is at 1.1 m": where it is, unless it goes on "from the mug". */
function isPosition(tokens: readonly Token[], before: number, { next }: Stretch): boolean {
  return isOneOf(tokens, before, ["at"]) && !isOneOf(tokens, next, TARGETS);
}

/** "Its height, 10 cm", "the height of 10 cm", "(height 10 cm)". */
function isSizeOf(
  tokens: readonly Token[],
  before: number,
  own: ReadonlySet<string> | undefined,
): boolean {
  const at = isOneOf(tokens, before, ["of", ",", "(", "is"]) ? before - 1 : before;
  if (!isOneOf(tokens, at, SIZE_NOUNS)) return false;
  const possessive = (tokens[at - 1]?.text ?? "").endsWith("'s");
  if (own === undefined && possessive && itemAt(tokens, at).text === "height") return true;
  if (own?.has(itemAt(tokens, at).text)) return false;
  // "Vertical height" and the like are for those that read kinds.
  return !isOneOf(tokens, before, ["is"]) || isOneOf(tokens, at, ["opening", "stroke", "reach"]);
}

/** Kinds of which "10 cm closer" is only a change or a comparison. */
const WHOLE_PAIR: ReadonlySet<string> = wordSet(
  "distance gap vertical_distance horizontal_distance",
);
const COMPARATIVES = wordSet("closer nearer farther further");

/** "The gripper is 55 cm from the edge, the mug 20 cm": from the edge, too. */
function isEllipsis(
  tokens: readonly Token[],
  before: number,
  { subject, object }: TypedQuestion,
): boolean {
  const asked = new Set(contentWords(`${subject.phrase} ${object?.phrase ?? ""}`));
  let at = before;
  while (at > before - 4 && asked.has(singular(tokens[at]?.text ?? ""))) at--;
  return at < before && isOneOf(tokens, at, ["the"]) && isOneOf(tokens, at - 1, [",", ";"]);
}

/** "1 px = 1.8 mm": how large a part of the picture is. */
function isScale(tokens: readonly Token[], before: number): boolean {
  const one = tokens[before - 2];
  return (
    isOneOf(tokens, before, ["=", "≈", "is", "equals", "~"]) &&
    isOneOf(tokens, before - 1, ["px", "pixel", "pixels"]) &&
    (one === undefined || one.type !== "number" || one.value <= 1)
  );
}

/** "The top of the mug is 10 cm above the table": its lowest point is lower. */
function isUpperPart(said: readonly string[]): boolean {
  return said.some((word, i) => UPPER_PARTS.has(word) && said[i - 1] !== "table");
}
const UPPER_PARTS = wordSet("top rim lid lip opening");

/** "Six squares of 5 cm", "3 mugs of 9 cm each". */
function isYardstick(tokens: readonly Token[], before: number): boolean {
  if (!isOneOf(tokens, before, ["of"])) return false;
  const counted = tokens[before - 1];
  return (
    counted?.type === "word" &&
    counted.text.endsWith("s") &&
    (tokens[before - 2]?.type === "number" || isOneOf(tokens, before - 2, COUNTS))
  );
}
const COUNTS = wordSet("two three four five six seven eight nine ten several few many");

/** What is wanted, and not what is. */
const GOALS = wordSet(
  "previous goal target threshold limit desired required tolerance error uncertainty safe keep maintain previously " +
    "formerly coordinates",
);

/** "It will be 5 cm", "the gripper should approach to within 5 cm". */
function isFuture(said: readonly string[]): boolean {
  const will = said.findIndex((word) => word === "will" || word === "it'll");
  if (will >= 0) return true;
  const should = said.indexOf("should");
  return should >= 0 && said.slice(should).some((word) => APPROACHES.has(word));
}
const APPROACHES = wordSet("approach move stop come go descend stay remain");

const TRAVELS = wordSet(
  "moved travelled traveled shifted advanced retracted descended ascended climbed",
);
const INSTRUMENTS = wordSet("ruler scene workspace screen");
const HAND_PARTS = wordSet("jaws fingers pads fingertips prongs");
const SIZED = wordSet("is are measures was");

/** "The mug is 10 cm, …", "the jaws are 6 cm apart", "the scene spans 1 m": of one thing. */
function isOneThings(
  tokens: readonly Token[],
  before: number,
  { next }: Stretch,
  said: readonly string[],
  { subject, object }: TypedQuestion,
): boolean {
  if (isOneOf(tokens, before, TRAVELS)) return true;
  if (said.some((word) => INSTRUMENTS.has(word))) return true;
  const isOther = object !== undefined && mentions(said, object.phrase);
  if (said.some((word) => HAND_PARTS.has(word)) && !isOther && isOneOf(tokens, next, ["apart"]))
    return true;
  const between = said.lastIndexOf("between");
  if (between >= 0 && !isOther && said.slice(between).some((word) => HAND_PARTS.has(word)))
    return true;
  if (!isOneOf(tokens, before, SIZED)) return false;
  const noun = tokens[before - 1]?.text ?? "";
  const isNamed = [subject, object].some((one) => one && mentions([noun], one.phrase));
  const ends = tokens[next] === undefined || endsClause(itemAt(tokens, next));
  return isNamed && ends && said.length < 8 && !said.some((word) => PAIR_CUES.has(word));
}
const PAIR_CUES = wordSet("distance between from apart separation gap away clearance");

function mentions(words: readonly string[], phrase: string): boolean {
  const asked = new Set(contentWords(phrase));
  return words.some((word) => asked.has(singular(word)));
}

/** "The surfaces are 22 cm apart", where the answer gives the centres', too. */
function isOfSurfaces(words: ReadonlySet<string>, said: readonly string[]): boolean {
  const isSurface = said.some((word) => SURFACES.has(word));
  return isSurface && [...CENTERS].some((word) => words.has(word));
}

const SURFACES = wordSet("surfaces edges surface-to-surface edge-to-edge edge surface");

function isToTarget(tokens: readonly Token[], { next }: Stretch): boolean {
  return isOneOf(tokens, next, ["from", "away", "apart"]);
}

function nearestOf(words: readonly string[], wanted: ReadonlySet<string>): string | undefined {
  return words.findLast((word) => wanted.has(word));
}

/** "30 cm apart horizontally" of a vertical distance. */
function isOfOtherAxis(
  tokens: readonly Token[],
  { next }: Stretch,
  kind: TypedQuestion["kind"],
): boolean {
  const at = isOneOf(tokens, next, ["apart", "away", "off"]) ? next + 1 : next;
  if (kind === "vertical_distance") return isOneOf(tokens, at, LEVEL);
  if (kind === "horizontal_distance") return isOneOf(tokens, at, UPRIGHT);
  return (
    (kind === "distance" || kind === "gap") &&
    (isOneOf(tokens, at, LEVEL) || isOneOf(tokens, at, UPRIGHT))
  );
}

/** "It is taller than it is wide, which is 8 cm." */
function goesOnAboutOther(
  tokens: readonly Token[],
  before: number,
  kind: TypedQuestion["kind"],
): boolean {
  if (!isOneOf(tokens, before, ["is"]) || !isOneOf(tokens, before - 1, ["which", "that"]))
    return false;
  const at = isOneOf(tokens, before - 2, [","]) ? before - 3 : before - 2;
  if (kind === "height") return isOneOf(tokens, at, WIDE);
  return kind === "width" && isOneOf(tokens, at, TALL);
}

/** "Mug–tray: 20 cm": a label of a list that names a thing which the question does not. */
function isOfOtherPair(tokens: readonly Token[], start: number, question: TypedQuestion): boolean {
  let colon = start - 1;
  while (isOneOf(tokens, colon, HEDGES) || isOneOf(tokens, colon, ["*", "|", "`"])) colon--;
  if (!isOneOf(tokens, colon, [":", "=", "|", "→"])) return false;
  let first = colon;
  while (first > Math.max(0, colon - 8) && !endsLabel(itemAt(tokens, first - 1))) first--;
  const label = tokens.slice(first, colon);
  const words = label.filter(({ type }) => type === "word").map(({ text }) => singular(text));
  if (words.length < 2 || words.length > 8) return false;
  const { subject, object, text } = question;
  const asked = new Set(
    contentWords(
      `${text} ${subject.phrase} ${subject.name} ${object?.phrase ?? ""} ${object?.name ?? ""}`,
    ),
  );
  const isJoined = label.some(({ text: it }) => /^(?:[-–—/&→↔]|to|and|from)$/.test(it));
  return (
    isJoined &&
    words.some((word) => asked.has(word)) &&
    words.some((word) => !asked.has(word) && !LABEL_WORDS.has(word) && word.length > 2)
  );
}

/** "Tray height: 2.5 cm" of the mug: a label whose noun has another thing's name before it. */
function isOfOtherThing(
  tokens: readonly Token[],
  before: number,
  { subject, text }: TypedQuestion,
): boolean {
  if (!isOneOf(tokens, before, [":", "=", "≈"])) return false;
  if (!isOneOf(tokens, before - 1, SIZE_NOUNS)) return false;
  const asked = new Set(contentWords(`${text} ${subject.phrase} ${subject.name}`));
  for (let at = before - 2; at > before - 6; at--) {
    const noun = tokens[at];
    if (noun?.type !== "word") return false;
    const word = singular(noun.text.replace(/'s$/, ""));
    if (asked.has(word)) return false;
    if (!LABEL_WORDS.has(word) && !MANNERS.has(word)) return true;
  }
  return false;
}
const MANNERS = wordSet(
  "its it total full real actual true maximum max outer inner standard typical visible apparent physical likely " +
    "rough calculated computed object's object",
);

function endsLabel(token: Token): boolean {
  return token.text === ";" || endsSentence(token);
}

function firstOfSentence(tokens: readonly Token[], start: number): string {
  return sentenceBefore(tokens, start)[0] ?? itemAt(tokens, start).text;
}

/** The words of a length's sentence that stand before it. */
function sentenceBefore(tokens: readonly Token[], start: number): readonly string[] {
  let first = start;
  while (first > Math.max(0, start - 40) && !endsSentence(itemAt(tokens, first - 1))) first--;
  return tokens.slice(first, start).map(({ text }) => text);
}

function clauseBefore(tokens: readonly Token[], start: number): Stretch {
  let first = start;
  while (first > Math.max(0, start - 25) && !endsClause(itemAt(tokens, first - 1))) first--;
  return { start: first, next: start };
}
