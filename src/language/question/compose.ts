import { CLASSIFY_KINDS, type QuestionKind, RELATIONS, type Relation } from "../QuestionKind.js";
import type { Item, Thing } from "./findThings.js";
import { quantityOf } from "./quantities.js";

/** The kind that is asked, and of what. */
export interface Composed {
  readonly kind: QuestionKind;
  /** The subject first. */
  readonly things: readonly Thing[];
}

type Said = ReadonlySet<string>;

/** What is asked: by which symbols, in which row, about which things. */
interface Asked {
  readonly said: Said;
  readonly items: readonly Item[];
  readonly things: readonly Thing[];
}

/** Relations whose difference is a length. */
const PLACED = new Set<Relation>(["left", "right", "above", "below", "behind", "front"]);
const DIFFERENCES = "amount how-many far dist high deep offset";

/** The question that a row of items asks; undefined where they make none, or more than one. */
export function compose(row: readonly Item[]): Composed | undefined {
  const isFromBoth = row.includes("which") && row.includes("and") && !row.includes("to");
  const items = isFromBoth ? row.filter((item) => item !== "from") : row;
  const said = symbolsOf(items);
  if (said === undefined || !isWellFormed(items)) return undefined;
  if (isUpOrDown(said, items)) said.add(said.has("up") ? "above" : "below");
  const relations = RELATIONS.filter((relation) => said.has(relation));
  const things = thingsOf(items, relations.length === 2);
  const asked = { said, items, things };
  const [first, second] = relations;
  if (things.length === 1) return quantity(asked);
  if (things.length !== 2 || relations.length > 2) return undefined;
  if (first === undefined) {
    return said.has("side") ? classified(["left", "right"], asked) : quantity(asked);
  }
  if (second !== undefined) return classified([first, second], asked);
  if (hasAny(said, DIFFERENCES)) return difference(first, asked);
  return isChoice(asked) ? chosen(first, asked) : predicate(first, asked);
}

/** "Starting at the mug, how far up is the gripper?", "compared to the mug, it is up by how much?" */
function isUpOrDown(said: Said, items: readonly Item[]): boolean {
  const isFromThing = items.some(
    (item, at) => typeof item !== "string" && /^(?:from|>)$/.test(String(items[at - 1])),
  );
  return isFromThing && hasAny(said, "up down") && hasAny(said, "far amount how-many dist offset");
}

function hasAny(said: Said, symbols: string): boolean {
  return symbols.split(" ").some((symbol) => said.has(symbol));
}

function isOnly(said: Said, ...symbols: readonly string[]): boolean {
  const allowed = new Set(symbols.join(" ").split(" "));
  return [...said].every((symbol) => allowed.has(symbol));
}

/** The things that are named; those that two opposite statements name, once. */
function thingsOf(items: readonly Item[], isTwofold: boolean): readonly Thing[] {
  const all = items.filter((item): item is Thing => typeof item !== "string");
  if (!isTwofold) return all;
  return all.filter(({ phrase }, at) => all.findIndex((it) => it.phrase === phrase) === at);
}

/** What is measured where something is more or less. */
const MEASURED: readonly (readonly [symbols: string, more: Relation, less: Relation])[] = [
  ["height in-height bottom-top", "tall", "short"],
  ["width wide-adj left-right", "wide", "thin"],
  ["size", "big", "small"],
  ["depth", "behind", "front"],
  ["vertical-position", "above", "below"],
];
const COMPARATIVES: readonly (readonly [string, Relation])[] = [
  ["taller", "tall"],
  ["shorter", "short"],
  ["wider", "wide"],
  ["thinner", "thin"],
  ["bigger", "big"],
  ["smaller", "small"],
];

/** "A greater or a smaller height" */
/** What says where a thing is only if it is said along which axis. */
const BY_SIGHT: readonly (readonly [string, Relation])[] = [
  ["before", "front"],
  ["deeper", "behind"],
];
const ALTERNATIVES = [
  ["taller", "shorter"],
  ["wider", "thinner"],
  ["bigger", "smaller"],
] as const;

/** Which way the axis of a coordinate points: what is measured along it, and where more and less are. */
interface Axis {
  readonly name: string;
  readonly coordinate: string;
  readonly along: string;
  readonly more: Relation;
  readonly less: Relation;
}
const AXES: readonly Axis[] = [
  { name: "z-up", coordinate: "zcoord", along: "vertical", more: "above", less: "below" },
  { name: "z-away", coordinate: "zcoord", along: "axis", more: "behind", less: "front" },
  { name: "x-right", coordinate: "xcoord", along: "horizontal", more: "right", less: "left" },
  { name: "x-left", coordinate: "xcoord", along: "horizontal", more: "left", less: "right" },
];

/** The symbols that are said, the comparing ones as the relation that they come to. */
function symbolsOf(items: readonly Item[]): Set<string> | undefined {
  const said = new Set(items.filter((item): item is string => typeof item === "string"));
  const take = (symbols: string) => {
    for (const symbol of symbols.split(" ")) said.delete(symbol);
  };
  if (said.has("bottom-top") && said.has("extent")) said.delete("zcoord");
  const axis = axisOf(said);
  if (axis === "unknown" || (said.has("minus") && !subtract(said, axis))) return undefined;
  const ofAxis = axis && said.has(axis.coordinate) && (["", axis.more, axis.less] as const);
  const measured = ofAxis || MEASURED.find(([symbols]) => hasAny(said, symbols));
  // "The least distance to the camera" is no gap.
  if (said.has("cam") && said.has("dist") && said.delete("gap")) said.add("less");
  const fromCamera = ["", "behind", "front"] as const;
  const [, more, less] = measured ?? (said.has("dist") && said.has("cam") ? fromCamera : []);
  if (more && less && hasAny(said, "more less bigger smaller")) {
    if (hasAny(said, "more bigger")) said.add(more);
    if (hasAny(said, "less smaller")) said.add(less);
    take("more less bigger smaller bottom-top left-right space zcoord xcoord vertical-position");
    if (more === "behind") take("dist depth");
  }
  for (const [most, least] of ALTERNATIVES) {
    if (!said.has("or")) break;
    if (said.has(least) && said.delete("more")) said.add(most);
    if (said.has(most) && said.delete("less")) said.add(least);
  }
  for (const [symbol, relation] of COMPARATIVES) if (said.delete(symbol)) said.add(relation);
  // "farther left", "more above"
  const isPlaced = [...PLACED].some((relation) => said.has(relation));
  if (isPlaced) take("farther more");
  if (hasAny(said, "nearer farther")) {
    // "Closer to the tray" is no place in front of anything, "closer to the camera" is.
    if (hasAny(said, "to from")) return undefined;
    if (said.delete("farther")) said.add("behind");
    if (said.delete("nearer")) said.add("front");
  }
  // "Before" is not always in front, and what is deeper may be a bowl, but along the line of sight.
  for (const [symbol, relation] of BY_SIGHT) {
    if (!said.delete(symbol)) continue;
    if (!hasAny(said, "depth axis cam")) return undefined;
    said.add(relation);
  }
  if (hasAny(said, "behind front")) take("cam axis depth");
  if (said.has("behind") && said.has("front")) take("toit");
  if (hasAny(said, "above below")) take("hover");
  if (said.has("<")) take("to on");
  return said;
}

/** Along which axis a coordinate is; undefined where none is said. */
function axisOf(said: Set<string>): Axis | "unknown" | undefined {
  const [axis, other] = AXES.filter(({ name }) => said.delete(name));
  const isCoordinate = hasAny(said, "zcoord xcoord");
  if (axis === undefined) return isCoordinate ? "unknown" : undefined;
  // Which way an axis points changes nothing in what is measured along another one.
  if (!isCoordinate && hasAny(said, "vertical horizontal")) return undefined;
  // A coordinate is one of a known place only if it is said which way its axis points.
  if (other !== undefined || !said.has(axis.coordinate)) return "unknown";
  const isDistance = axis.name === "z-up" && hasAny(said, "differ dist offset sep");
  const isMeasured = hasAny(said, "extent size") || isDistance;
  if (isMeasured && said.delete(axis.coordinate)) said.add(axis.along);
  return axis;
}

/** "x(A) - x(B)" is how much more the one has than the other; false where that is no kind. */
function subtract(said: Set<string>, axis: Axis | undefined): boolean {
  said.delete("minus");
  const isUnsigned = said.delete("unsigned");
  if (axis?.name === "z-up") {
    // Of centres: their vertical distance is a kind, by how much one is higher is none.
    for (const symbol of ["zcoord", ">"]) said.delete(symbol);
    for (const symbol of ["vertical", "dist"]) said.add(symbol);
    return isUnsigned;
  }
  for (const symbol of ["more", "amount"]) said.add(symbol);
  return !isUnsigned && (axis !== undefined || said.has("depth"));
}

const LEADING = new Set(["from", "to", "between", ">"]);
/** What may stand between a word that leads to a thing and the thing. */
const BESIDE = new Set(
  "of euclid zcoord xcoord centre near1 top bottom position compare edges height width size depth dist elevation 's".split(
    " ",
  ),
);
/** What of a thing may be spoken of. */
const OWNED = new Set(
  "height width size depth elevation centre top bottom surface dist gap position vertical offset extent".split(
    " ",
  ),
);

/** Words like "from" are followed by a thing, and "'s" by what is measured of it. */
function isWellFormed(items: readonly Item[]): boolean {
  const isTwofold = items.includes("or");
  return items.every((item, index) => {
    const following = items[index + 1];
    if (item === "'s") return following === undefined || OWNED.has(String(following));
    if (item === "amount" || item === "how-many") {
      return following !== "of" || typeof items[index + 2] === "string";
    }
    if (typeof item !== "string" || !LEADING.has(item)) return true;
    if (item === ">" && isTwofold) return true;
    const next = items.slice(index + 1).find((it) => typeof it !== "string" || !BESIDE.has(it));
    if (typeof next === "object" || next === "surface") return true;
    if (item === ">") return isLed(items) || items.includes("other") || items.includes("which");
    return next === undefined && (following === "top" || following === "bottom");
  });
}

/** A thing is compared with directly: "left of the mug". */
function isLed(items: readonly Item[]): boolean {
  return items.some((item, at) => typeof item !== "string" && items[at - 1] === ">");
}

/** Kinds along an axis that a picture has as well: "vertically in the image". */
const PICTURED: ReadonlySet<QuestionKind> = new Set<QuestionKind>([
  "height",
  "width",
  "vertical_distance",
  "horizontal_distance",
  "above_difference",
  "below_difference",
]);
/** Relations that hold of things as they do of their pictures; what is higher up in one may be behind. */
const SIDEWAYS: ReadonlySet<Relation> = new Set<Relation>(["left", "right", "behind", "front"]);
/** "The width of the mug in the picture" is not that of the mug. */
function isPictured(items: readonly Item[]): boolean {
  return items.indexOf("img") > 0 && !items.includes("metric");
}

const INTERROGATIVE = "what how far near how-tall high how-wide amount how-many how-size deep";

function quantity({ said, items, things }: Asked): Composed | undefined {
  if (items[0] === "aux" && !hasAny(said, INTERROGATIVE)) return undefined;
  if (isOfTwoLengths(items)) return undefined;
  const kind = quantityOf(things.length === 1 ? "one" : "two", said);
  if (kind === undefined) return undefined;
  return PICTURED.has(kind) && isPictured(items) ? undefined : { kind, things };
}

const BETWEEN_CENTRES = ["dist", "sep"];
const BETWEEN_SURFACES = ["gap", "space"];

/** "The distance and the gap between A and B", "the distance between A and B and the gap" */
function isOfTwoLengths(items: readonly Item[]): boolean {
  const isOneOf = (names: readonly string[]) => (item: Item | undefined) =>
    typeof item === "string" && names.includes(item);
  if (![BETWEEN_CENTRES, BETWEEN_SURFACES].every((names) => items.some(isOneOf(names)))) {
    return false;
  }
  const isLength = isOneOf([...BETWEEN_CENTRES, ...BETWEEN_SURFACES]);
  return items.some(
    (item, at) => item === "and" && (isLength(items[at - 1]) || isLength(items[at + 1])),
  );
}

/** Along which axis a difference is, and at which of its ends things are compared, may be said as well. */
const ALONG: Readonly<Partial<Record<Relation, string>>> = {
  above: "vertical in-height position top high up extends",
  below: "vertical in-height position bottom deep down extends to",
  behind: "depth axis",
  front: "depth axis",
  left: "horizontal centre sideways cam",
  right: "horizontal centre sideways cam",
};

function difference(relation: Relation, asked: Asked): Composed | undefined {
  // "How far do I reach over it?" asks about an arm.
  const isReach = asked.said.has("come") && asked.said.has("far");
  if (!PLACED.has(relation) || isReach || isOfSide(relation, asked.items)) return undefined;
  const also = "what which aux of apart differ put > < 's boost from to come img signed";
  if (
    !isOnly(asked.said, relation, `amount how-many far dist offset ${ALONG[relation] ?? ""}`, also)
  )
    return undefined;
  const kind = `${relation}_difference` as QuestionKind;
  if (PICTURED.has(kind) && isPictured(asked.items)) return undefined;
  const things = subjectFirst(asked, [relation]);
  return things && { kind, things };
}

/** "How far is the left side of A from B?", "… is A's left side from B?": from a part of A. */
function isOfSide(relation: Relation, items: readonly Item[]): boolean {
  const [, joint, thing] = items.slice(items.indexOf(relation));
  const isOwned = joint === "<" || ((joint === ">" || joint === "of") && typeof thing === "object");
  return isOwned && items.includes("from");
}

const COMPARED =
  "aux of > < with compare other first boost cam height in-height width wide-adj bottom-top left-right size 's position vs img across metric";
const BESIDES: Readonly<Partial<Record<Relation, string>>> = {
  above: "vertical extends above1",
  below: "vertical extends above1",
  left: "horizontal sideways",
  right: "horizontal sideways",
};

function predicate(relation: Relation, asked: Asked): Composed | undefined {
  const { said, items } = asked;
  const isSaid = isOnly(said, relation, COMPARED, BESIDES[relation] ?? "", "from yes-no");
  if (!isSaid || !isCompared(relation, said, items)) return undefined;
  const things = subjectFirst(asked, [relation]);
  return things && { kind: `${relation}_predicate`, things };
}

/** One of two is asked for. */
function isChoice({ said, items }: Asked): boolean {
  if (hasAny(said, "which or")) return true;
  if (items[0] === "aux" || said.has("yes-no")) return false;
  if (said.has("vs") || (said.has("compare") && said.has("and") && !said.has(">"))) return true;
  // "What is the height of the smaller of A and B?" asks for no choice.
  return said.has("and") && hasAny(said, "what of between") && !hasAny(said, "height width depth");
}

function chosen(relation: Relation, { said, items, things }: Asked): Composed | undefined {
  const also = "which what or and between differ across";
  // "Which object is left of the mug and the can?" asks for a third.
  const isOfThird = said.has("and") && isLed(items);
  const isSaid = !isOfThird && isOnly(said, relation, COMPARED, BESIDES[relation] ?? "", also);
  return isSaid && isCompared(relation, said, items)
    ? { kind: `${relation}_choice`, things }
    : undefined;
}

function classified(pair: readonly [Relation, Relation], asked: Asked): Composed | undefined {
  const { said, items } = asked;
  const [first] = pair;
  const kind = CLASSIFY_KINDS.find((it) => pair.every((one) => it.split("_").includes(one)));
  const also = "which what or beside as where side on toit how from to direction elevation";
  const isSaid = isOnly(said, ...pair, COMPARED, BESIDES[first] ?? "", also);
  if (kind === undefined || !isSaid || !hasAny(said, "or side which")) return undefined;
  if (!isCompared(first, said, items)) return undefined;
  const things = subjectFirst(asked, pair);
  return things && { kind, things };
}

/** A measure in a comparison is that of the relation: "taller in height", not "wider in height". */
function isCompared(relation: Relation, said: Said, items: readonly Item[]): boolean {
  const isOf = (symbols: string, ...all: readonly Relation[]) =>
    !hasAny(said, symbols) || all.includes(relation);
  return (
    (SIDEWAYS.has(relation) || !isPictured(items)) &&
    isOf("height in-height bottom-top", "tall", "short") &&
    isOf("width wide-adj across left-right", "wide", "thin") &&
    isOf("size", "big", "small")
  );
}

/** The two things, the one that the other is compared with last; undefined where that is not said. */
function subjectFirst(
  { said, items, things }: Asked,
  relations: readonly Relation[],
): readonly Thing[] | undefined {
  const [a, b] = things;
  if (a === undefined || b === undefined) return undefined;
  const leading = new Set([
    ">",
    ...(items[0] === "beside" ? ["beside"] : []),
    ...(said.has("vs") ? ["vs"] : []),
  ]);
  const isAfter = (words: ReadonlySet<string>, at: number) => {
    let before = at - 1;
    while (before > 0 && BESIDE.has(String(items[before]))) before--;
    return words.has(String(items[before]));
  };
  const placesOf = ({ phrase }: Thing) =>
    items.flatMap((item, at) => (typeof item !== "string" && item.phrase === phrase ? [at] : []));
  const [only, other] = things.filter((thing) =>
    placesOf(thing).some((at) => isAfter(leading, at) || items[at + 2] === "<"),
  );
  if (other !== undefined) return undefined;
  if (only !== undefined) return only === b ? [a, b] : [b, a];
  // "How far left is the mug from the tray?", but not "… from the tray to the left".
  const from = things.find((thing) => placesOf(thing).some((at) => isAfter(new Set(["from"]), at)));
  const isOfBoth = relations.length > 1;
  if (from && (isOfBoth || relations.every((it) => items[items.indexOf(from) + 1] !== it))) {
    return from === b ? [a, b] : [b, a];
  }
  return items.includes("first") ? [a, b] : undefined;
}
