import { type QuestionKind, RELATIONS, type Relation } from "../QuestionKind.js";
import type { Composed } from "./compose.js";
import type { Thing } from "./findThings.js";
import { wordSet } from "./words.js";

const isLetter = (token: string): boolean => /^[A-E]$/.test(token);

const CUE_OF: Readonly<Record<string, Relation>> = {
  LEFT: "left",
  RIGHT: "right",
  ABOVE: "above",
  BELOW: "below",
  BEHIND: "behind",
  FRONT: "front",
  TALLER: "tall",
  SHORTER: "short",
  WIDER: "wide",
  THINNER: "thin",
  BIGGER: "big",
  SMALLER: "small",
};
const OPPOSITES: readonly (readonly [Relation, Relation, QuestionKind])[] = [
  ["left", "right", "left_right"],
  ["above", "below", "above_below"],
  ["behind", "front", "behind_front"],
  ["tall", "short", "tall_short"],
  ["wide", "thin", "wide_thin"],
  ["big", "small", "big_small"],
];
const MEASURED: Readonly<Partial<Record<Relation, string>>> = {
  tall: "HEIGHT VERT",
  short: "HEIGHT VERT",
  wide: "WIDTH",
  thin: "WIDTH",
  above: "VERT CAM POS UP",
  below: "VERT CAM POS DOWN",
  behind: "AXIS CAM POS",
  front: "AXIS CAM POS",
  left: "AXIS CAM POS",
  right: "AXIS CAM POS",
};

/** The kind that a row of cues asks for, of which things in which order; undefined for none. */
export function decided(
  row: readonly string[],
  things: readonly Thing[],
  isAsked: boolean,
): Composed | undefined {
  const cues = new Set(row.filter((it) => !/^(?:[A-E]|,)$/.test(it)));
  // "The width in the image" is not that of the thing.
  if (cues.has("IMG")) {
    const isLate = row.indexOf("IMG") > row.indexOf("A");
    const pictured = [
      "WIDTH",
      "WIDE",
      "HEIGHT",
      "TALL",
      "HORIZ",
      "VERT",
      "TALLER",
      "SHORTER",
      "WIDER",
      "THINNER",
      "BIGGER",
      "SMALLER",
    ];
    if (isLate && pictured.some((it) => cues.has(it)) && !cues.has("METRIC")) return undefined;
  }
  const isSeen = cues.has("VIEW") || cues.has("CAM");
  if (cues.delete("REMOTE")) {
    if (!isSeen && !(cues.has("FRONT") && cues.has("OR"))) return undefined;
    cues.add("BEHIND");
  }
  if (cues.delete("CLOSE")) {
    if (!isSeen && !(cues.has("BEHIND") && cues.has("OR"))) return undefined;
    cues.add("FRONT");
  }
  for (const it of ["METRIC", "VIEW", "IMG"]) cues.delete(it);
  const isCompared = !["MUCH", "FAR", "DIST", "OFFSET"].some((it) => cues.has(it));
  for (const [more, less, measure] of [
    ["WIDER", "THINNER", "WIDTH"],
    ["TALLER", "SHORTER", "HEIGHT"],
  ] as const) {
    if (!isCompared || !cues.has(measure)) continue;
    if (cues.delete("BIGGER")) cues.add(more);
    if (cues.delete("SMALLER")) cues.add(less);
  }
  const only = (allowed: string) => {
    const set = wordSet(allowed);
    return [...cues].every((it) => set.has(it));
  };
  const any = (some: string) => some.split(" ").some((it) => cues.has(it));
  const [a, b] = things;
  if (a === undefined || things.length > 2) return undefined;
  if (b === undefined) {
    const kind = ofOne(only, any);
    return kind && { kind, things: [a] };
  }
  const relations = RELATIONS.filter((it) => [...cues].some((cue) => CUE_OF[cue] === it));
  const [first, second] = relations;
  if (first === undefined) {
    // "From A and from A"
    if (row.indexOf("FROM") !== row.lastIndexOf("FROM")) return undefined;
    const kind = ofTwo(only, any);
    return kind && { kind, things: [a, b] };
  }
  const own = [...cues].filter((it) => CUE_OF[it] !== undefined).join(" ");
  const measured = MEASURED[first] ?? "";
  if (second !== undefined) {
    const kind = OPPOSITES.find(
      ([x, y]) => relations.length === 2 && relations.includes(x) && relations.includes(y),
    )?.[2];
    if (!kind || !any("OR WHICH") || !only(`${own} ${measured} OR WHICH > ASK FROM AND`))
      return undefined;
    const ordered = ordering(row, things);
    return ordered && { kind, things: ordered };
  }
  if (any("MUCH FAR DIST OFFSET")) {
    if (!/^(?:left|right|above|below|behind|front)$/.test(first)) return undefined;
    if (!only(`${own} ${measured} MUCH FAR DIST OFFSET > FROM`)) return undefined;
    const ordered = ordering(row, things);
    return ordered && { kind: `${first}_difference` as QuestionKind, things: ordered };
  }
  const isChoice = any("WHICH") || any("OR");
  if (isChoice) {
    const isBoth = row.filter((it) => it === "A" || it === "B").length === 2;
    if (
      !isBoth ||
      row.includes(">") ||
      !any("OR AND WHICH") ||
      !only(`${own} ${measured} WHICH OR AND ASK`)
    )
      return undefined;
    return { kind: `${first}_choice` as QuestionKind, things };
  }
  if (!(any("ASK YES") || isAsked) || !only(`${own} ${measured} ASK YES >`)) return undefined;
  const ordered = ordering(row, things);
  return ordered && { kind: `${first}_predicate` as QuestionKind, things: ordered };
}

/** The thing that the other is compared with last. */
function ordering(row: readonly string[], [a, b]: readonly Thing[]): readonly Thing[] | undefined {
  if (a === undefined || b === undefined) return undefined;
  const after = (lead: string) =>
    new Set(row.filter((it, at) => isLetter(it) && row[at - 1] === lead));
  let led = after(">");
  if (led.size === 0) led = after("FROM");
  else if (row.includes("FROM")) return undefined;
  if (led.size !== 1) return undefined;
  // "How far is A from B to the left?" does not say which is to the left.
  const at = row.findIndex((it, index) => led.has(it) && row[index - 1] === "FROM");
  if (at >= 0 && CUE_OF[row[at + 1] ?? ""] !== undefined) return undefined;
  return led.has("B") ? [a, b] : [b, a];
}

type Test = (cues: string) => boolean;

function ofOne(only: Test, any: Test): QuestionKind | undefined {
  const found: QuestionKind[] = [];
  if (any("TALL HEIGHT BOTTOMTOP") && only("TALL HEIGHT BOTTOMTOP HIGH MUCH FAR DIST VERT"))
    found.push("height");
  if (any("WIDE WIDTH LEFTRIGHT") && only("WIDE WIDTH LEFTRIGHT MUCH FAR DIST AXIS"))
    found.push("width");
  const isHigh = any("HIGH FAR DIST MUCH GAP ELEV LIFT HEIGHT") && any("TABLE");
  if (
    (isHigh || any("ELEV")) &&
    only("HIGH FAR DIST MUCH GAP ELEV LIFT TABLE BOTTOM VERT ABOVE HEIGHT FROM BELOW > UP DOWN") &&
    (!any("HEIGHT") || any("BOTTOM LIFT"))
  )
    found.push("elevation");
  return found.length === 1 ? found[0] : undefined;
}

function ofTwo(only: Test, any: Test): QuestionKind | undefined {
  const ends = "FROM AND";
  const length = any("FAR DIST MUCH");
  if (
    (any("FAR DIST") || (any("CENTRE") && any("MUCH FROM"))) &&
    only(`FAR DIST MUCH CENTRE EUCLID ${ends}`)
  )
    return "distance";
  if (
    (any("GAP") || (any("NEAREST") && length)) &&
    only(`GAP NEAREST POINT FAR DIST MUCH EUCLID ${ends}`)
  )
    return "gap";
  if (
    any("VERT") &&
    (length || any("OFFSET")) &&
    only(`VERT FAR DIST MUCH OFFSET CENTRE UNSIGNED ${ends}`)
  )
    return "vertical_distance";
  if (
    any("HEIGHT") &&
    any("OFFSET") &&
    any("CENTRE") &&
    only(`HEIGHT OFFSET MUCH CENTRE UNSIGNED ${ends}`)
  )
    return "vertical_distance";
  if (
    any("HORIZ") &&
    (length || any("OFFSET")) &&
    only(`HORIZ FAR DIST MUCH OFFSET CENTRE UNSIGNED EUCLID ${ends}`)
  )
    return "horizontal_distance";
  return undefined;
}
