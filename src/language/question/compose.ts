import {
  CLASSIFY_KINDS,
  type QuantityKind,
  type QuestionKind,
  RELATIONS,
  type Relation,
} from "../QuestionKind.js";
import type { Item, Thing } from "./findThings.js";

/** The kind that a row of items asks, and of what. */
export interface Composed {
  readonly kind: QuestionKind;
  readonly things: readonly Thing[];
}

/**
 * What is asked where no two things are compared: of how many things, symbols of which at least one is
 * needed of each set, and what else may be said.
 */
interface Quantity {
  readonly kind: QuantityKind;
  readonly needs: readonly string[];
  readonly may: string;
}

const ASKED = "what how amount how-many aux of unit-asked";
const ENDS = "from to between and or-none with compare";
const FAR = "dist sep far near apart separate";

const OF_TWO: readonly Quantity[] = [
  {
    kind: "distance",
    needs: ["dist sep far near apart separate how-many"],
    may: `${FAR} centre euclid line position ${ENDS}`,
  },
  {
    kind: "gap",
    needs: ["gap"],
    may: `${FAR} gap space near1 edges how-size size width how-wide come ${ENDS}`,
  },
  {
    kind: "gap",
    needs: ["near1 edges", "dist sep far near apart separate how-many space amount"],
    may: `${FAR} near1 edges space come how-size ${ENDS}`,
  },
  {
    kind: "gap",
    needs: ["space", "between from separate"],
    may: `space separate how-size how-wide size near1 ${ENDS}`,
  },
  { kind: "gap", needs: ["near", "come"], may: `near come near1 ${ENDS}` },
  {
    kind: "gap",
    needs: ["touch", "far space amount dist near"],
    may: `touch far space dist near gap ${ENDS}`,
  },
  {
    kind: "vertical_distance",
    needs: ["vertical in-height", "dist sep far apart near separate offset differ how-many amount"],
    may: `${FAR} vertical in-height offset differ centre position line ${ENDS}`,
  },
  {
    kind: "vertical_distance",
    needs: ["height", "separate"],
    may: `height separate centre ${ENDS}`,
  },
  {
    kind: "vertical_distance",
    needs: ["height in-height", "differ", "centre"],
    may: `height in-height differ centre position ${ENDS}`,
  },
  {
    kind: "horizontal_distance",
    needs: ["horizontal", "dist sep far apart near separate offset differ how-many amount"],
    may: `${FAR} horizontal offset differ centre position line ${ENDS}`,
  },
];

const OF_ONE: readonly Quantity[] = [
  { kind: "height", needs: ["how-tall"], may: "how-tall vertical bottom-top" },
  { kind: "height", needs: ["height"], may: "height vertical bottom-top size" },
  { kind: "height", needs: ["high"], may: "high bottom-top" },
  { kind: "height", needs: ["tall-adj", "amount how-many how"], may: "tall-adj" },
  { kind: "height", needs: ["in-height", "amount how-many how"], may: "in-height" },
  { kind: "height", needs: ["bottom-top"], may: "bottom-top far dist how-tall" },
  {
    kind: "height",
    needs: ["bottom", "top"],
    may: "bottom top far dist from to between and high vertical how-tall",
  },
  { kind: "height", needs: ["vertical", "size"], may: "vertical size" },
  { kind: "width", needs: ["how-wide"], may: "how-wide horizontal left-right across edges" },
  { kind: "width", needs: ["width"], may: "width left-right size edges" },
  { kind: "width", needs: ["wide-adj", "amount how-many how"], may: "wide-adj left-right" },
  { kind: "width", needs: ["left-right edges"], may: "left-right edges far dist how-wide" },
  { kind: "width", needs: ["across", "far amount how-many"], may: "across far" },
  { kind: "elevation", needs: ["elevation"], may: "elevation above1 surface from of height" },
  {
    kind: "elevation",
    needs: [
      "above1",
      "far high height amount how-many dist gap space vertical lift bottom apart elevation",
    ],
    may: "above1 far high height dist gap space vertical lift bottom up apart elevation to from elevation been",
  },
  {
    kind: "elevation",
    needs: ["lift", "far high height amount how-many dist elevation"],
    may: "lift far high height dist elevation been up surface from bottom vertical",
  },
  { kind: "elevation", needs: ["up", "high"], may: "high up surface from lift been" },
  { kind: "elevation", needs: ["below", "gap space"], may: "below > gap space how-size" },
  {
    kind: "elevation",
    needs: ["bottom", "surface", "dist far gap height vertical high amount how-many space sep"],
    may: "bottom surface dist far gap height vertical high space sep apart from to between and",
  },
  {
    kind: "elevation",
    needs: ["surface", "gap vertical high height lift space"],
    may: "surface gap dist sep space vertical high height lift up been apart far from to between and",
  },
];

const SIGNED = new Set<Relation>(["left", "right", "above", "below", "behind", "front"]);
const COMPARED = new Set(
  "what which aux or and between of > < with compare other first boost cam height in-height width wide-adj size".split(
    " ",
  ),
);

/** The question that a row of items asks; undefined where they make none, or more than one. */
export function compose(items: readonly Item[]): Composed | undefined {
  const things = items.filter((item): item is Thing => typeof item !== "string");
  const said = symbolsOf(items);
  if (said === undefined || !isWellFormed(items)) return undefined;
  if (things.length === 1) return quantity(OF_ONE, said, items, things);
  if (things.length !== 2) return undefined;
  const relations = RELATIONS.filter((relation) => said.has(relation));
  const [first, second] = relations;
  if (first === undefined) return quantity(OF_TWO, said, items, things);
  if (relations.length > 2) return undefined;
  if (second !== undefined) return classified([first, second], said, items, things);
  const isMeasured = ["amount", "how-many", "far", "dist"].some((symbol) => said.has(symbol));
  if (isMeasured) return difference(first, said, items, things);
  const isChosen =
    ["which", "or"].some((symbol) => said.has(symbol)) || (said.has("what") && said.has("and"));
  return isChosen ? chosen(first, said, things) : predicate(first, said, items, things);
}

/** The symbols that are said, the comparing ones as the relation that they come to. */
function symbolsOf(items: readonly Item[]): ReadonlySet<string> | undefined {
  const said = new Set(items.filter((item): item is string => typeof item === "string"));
  const measure =
    said.has("height") || said.has("in-height")
      ? "tall"
      : said.has("width") || said.has("wide-adj")
        ? "wide"
        : said.has("size")
          ? "big"
          : undefined;
  const more = said.has("more") || (measure !== undefined && said.has("bigger"));
  const less = said.has("less") || (measure !== undefined && said.has("smaller"));
  if (more && less) return undefined;
  const take = (...symbols: readonly string[]) => {
    for (const symbol of symbols) said.delete(symbol);
  };
  if (said.has("dist") && said.has("cam") && (more || less)) {
    take("dist", "more", "less", "bigger", "smaller");
    said.add(more ? "behind" : "front");
  } else if (measure !== undefined && (more || less)) {
    take("more", "less", "bigger", "smaller");
    const [much, little]: readonly [Relation, Relation] =
      measure === "tall"
        ? ["tall", "short"]
        : measure === "wide"
          ? ["wide", "thin"]
          : ["big", "small"];
    said.add(more ? much : little);
  }
  for (const [symbol, relation] of COMPARATIVES) {
    if (!said.has(symbol)) continue;
    take(symbol);
    said.add(relation);
  }
  // "farther left", "farther behind"
  const isPlaced = [...SIGNED].some((relation) => said.has(relation));
  if (said.has("farther") || said.has("nearer")) {
    if (said.has("farther") && isPlaced) take("farther");
    else if (said.has("to") || said.has("from")) return undefined;
    if (said.has("farther")) said.add("behind");
    if (said.has("nearer")) said.add("front");
    take("farther", "nearer");
    if (said.has("cam")) take("cam");
    if (said.has("behind") && said.has("front")) take("toit");
  }
  if (said.has("more") && isPlaced) take("more");
  if (said.has("<")) take("to", "on");
  if (said.has("above") || said.has("below")) take("lift");
  if (said.has("behind") || said.has("front")) take("cam");
  return said;
}
const COMPARATIVES: ReadonlyMap<string, Relation> = new Map([
  ["taller", "tall"],
  ["shorter", "short"],
  ["wider", "wide"],
  ["thinner", "thin"],
  ["bigger", "big"],
  ["smaller", "small"],
]);

const LEADING = new Set(["from", "to", "between", "with", ">"]);
/** What may stand between a word that leads to a thing and the thing. */
const BESIDE = new Set(["of", "centre", "near1", "top", "bottom", "position", "compare", "edges"]);

/** Words like "from" are followed by a thing, and "'s" by a measure of it. */
function isWellFormed(items: readonly Item[]): boolean {
  const isTwofold = items.includes("or");
  return items.every((item, index) => {
    if (typeof item !== "string") return true;
    const following = items[index + 1];
    if (item === "'s") return following === undefined || MEASURES.has(String(following));
    if (item === "amount" && following === "of") return false;
    if (!LEADING.has(item) || (item === ">" && isTwofold)) return true;
    const next = items.slice(index + 1).find((it) => typeof it !== "string" || !BESIDE.has(it));
    if (item === ">" && next === undefined)
      return items.includes("other") || items.includes("which");
    return next !== undefined && (typeof next !== "string" || next === "surface");
  });
}
const MEASURES = new Set(
  "height width size elevation centre top bottom surface dist gap position vertical".split(" "),
);

function quantity(
  rows: readonly Quantity[],
  said: ReadonlySet<string>,
  items: readonly Item[],
  things: readonly Thing[],
): Composed | undefined {
  const isAsked = [
    "what",
    "how",
    "far",
    "near",
    "how-tall",
    "high",
    "how-wide",
    "amount",
    "how-many",
    "how-size",
  ].some((it) => said.has(it));
  if (items[0] === "aux" && !isAsked) return undefined;
  const kinds = new Set(rows.filter((row) => fits(row, said)).map(({ kind }) => kind));
  const [kind, other] = kinds;
  if (kind === undefined || other !== undefined) return undefined;
  if ((kind === "height" || kind === "width") && isPictured(items)) return undefined;
  return { kind, things };
}

function fits({ needs, may }: Quantity, said: ReadonlySet<string>): boolean {
  const allowed = new Set(`${ASKED} 's img ${may}`.split(" "));
  return (
    needs.every((some) => some.split(" ").some((symbol) => said.has(symbol))) &&
    [...said].every(
      (symbol) => allowed.has(symbol) || needs.some((some) => some.split(" ").includes(symbol)),
    )
  );
}

/** "The width of the mug in the picture" is not that of the mug. */
function isPictured(items: readonly Item[]): boolean {
  return items.indexOf("img") > items.findIndex((item) => typeof item !== "string");
}

function difference(
  relation: Relation,
  said: ReadonlySet<string>,
  items: readonly Item[],
  things: readonly Thing[],
): Composed | undefined {
  if (!SIGNED.has(relation)) return undefined;
  const allowed = new Set(
    `${relation} ${ASKED} far dist apart > < boost from cam img ${ALONG[relation] ?? ""}`.split(
      " ",
    ),
  );
  if (![...said].every((symbol) => allowed.has(symbol))) return undefined;
  if (said.has("cam") && relation !== "left" && relation !== "right") return undefined;
  const directed = subjectFirst(items, things, relation);
  return directed && { kind: `${relation}_difference` as QuestionKind, things: directed };
}
const ALONG: Readonly<Partial<Record<Relation, string>>> = {
  above: "vertical top",
  below: "vertical bottom",
  left: "horizontal centre",
  right: "horizontal centre",
};

function predicate(
  relation: Relation,
  said: ReadonlySet<string>,
  items: readonly Item[],
  things: readonly Thing[],
): Composed | undefined {
  const allowed = new Set([...COMPARED, relation, "from", "img", "'s", "position", "in-height"]);
  for (const symbol of ["what", "which", "or", "and", "between"]) allowed.delete(symbol);
  if (![...said].every((symbol) => allowed.has(symbol))) return undefined;
  if (!isCompared(relation, said, items)) return undefined;
  const directed = subjectFirst(items, things, relation);
  return directed && { kind: `${relation}_predicate`, things: directed };
}

function chosen(
  relation: Relation,
  said: ReadonlySet<string>,
  things: readonly Thing[],
): Composed | undefined {
  const allowed = new Set([...COMPARED, relation, "img", "'s", "position", "compare"]);
  if (![...said].every((symbol) => allowed.has(symbol))) return undefined;
  if (said.has("img") && !SIGNED.has(relation)) return undefined;
  return isMeasuredAs(relation, said) ? { kind: `${relation}_choice`, things } : undefined;
}

function classified(
  pair: readonly [Relation, Relation],
  said: ReadonlySet<string>,
  items: readonly Item[],
  things: readonly Thing[],
): Composed | undefined {
  const kind = CLASSIFY_KINDS.find((it) =>
    pair.every((relation) => it.split("_").includes(relation)),
  );
  const allowed = new Set([
    ...COMPARED,
    ...pair,
    "where",
    "side",
    "position",
    "img",
    "toit",
    "how",
  ]);
  if (kind === undefined || ![...said].every((symbol) => allowed.has(symbol))) return undefined;
  if (!said.has("or") && !said.has("side")) return undefined;
  if (!isCompared(pair[0], said, items)) return undefined;
  const directed = subjectFirst(items, things);
  return directed && { kind, things: directed };
}

/** A measure in a comparison is that of the relation: "taller in height", not "wider in height". */
function isMeasuredAs(relation: Relation, said: ReadonlySet<string>): boolean {
  const tall = said.has("height") || said.has("in-height");
  if (tall && !["tall", "short"].includes(relation)) return false;
  const wide = said.has("width") || said.has("wide-adj");
  if (wide && !["wide", "thin"].includes(relation)) return false;
  return !said.has("size") || ["big", "small"].includes(relation);
}

function isCompared(
  relation: Relation,
  said: ReadonlySet<string>,
  items: readonly Item[],
): boolean {
  if (!SIGNED.has(relation) && isPictured(items)) return false;
  return isMeasuredAs(relation, said);
}

/** The two things, the one that the other is compared with last; undefined where that is not said. */
function subjectFirst(
  items: readonly Item[],
  things: readonly Thing[],
  relation?: Relation,
): readonly Thing[] | undefined {
  const [a, b] = things;
  if (a === undefined || b === undefined) return undefined;
  const isAfter = (leading: string) => (thing: Thing) => {
    let at = items.indexOf(thing) - 1;
    while (["of", "top", "bottom", "centre", "'s"].includes(String(items[at]))) at--;
    return items[at] === leading;
  };
  const isOwner = (thing: Thing) =>
    items[items.indexOf(thing) + 2] === "<" || items[items.indexOf(thing) + 1] === "<";
  const compared = things.filter((thing) => isAfter(">")(thing) || isOwner(thing));
  const [only, other] = compared;
  if (other !== undefined) return undefined;
  if (only !== undefined) return only === b ? [a, b] : [b, a];
  // "How far left is the mug from the tray?", but not "… from the tray to the left".
  const at = relation === undefined ? -1 : items.indexOf(relation);
  const from = things.find(isAfter("from"));
  if (from !== undefined && at >= 0 && at < items.indexOf(from))
    return from === b ? [a, b] : [b, a];
  return items.includes("first") ? [a, b] : undefined;
}
