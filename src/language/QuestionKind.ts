import { itemAt, valueAt } from "../base/index.js";

/**
 * The 43 kinds of spatial questions (SpatialVLM, arXiv 2401.12168, appendix), with A the subject
 * and B the object of the question.
 *
 * Directions are the camera's: left and right along the optical frame's x axis, behind and front
 * by the distance from the camera, width as the extent along the optical x axis. Kinds that speak
 * of up (`needsUp`) need the support plane: z is its normal, 0 on the plane.
 *
 * | quantity (metres) | value |
 * |---|---|
 * | distance | between the centres of A and B |
 * | gap | between the nearest points of A and B; 0 when they touch |
 * | height | extent of A along up |
 * | width | extent of A along the optical x axis |
 * | elevation | lowest point of A above the support plane |
 * | vertical_distance | \|z(A) − z(B)\| of the centres |
 * | horizontal_distance | between the centres, projected on the support plane |
 * | above_difference | top of A − top of B, signed |
 * | below_difference | bottom of B − bottom of A, signed |
 * | behind_difference | range of A − range of B, signed |
 * | front_difference | range of B − range of A, signed |
 * | left_difference | x(B) − x(A) of the centres, signed |
 * | right_difference | x(A) − x(B) of the centres, signed |
 *
 * `<relation>_predicate` asks "is A more <relation> than B?" (yes/no), `<relation>_choice` asks
 * which of A and B is more so, and the classify kinds ask which of two opposite relations holds of
 * A with respect to B. above/below compare centres along up, tall/short heights, wide/thin widths,
 * big/small the volumes of the boxes.
 */
export const RELATIONS = [
  "left",
  "right",
  "above",
  "below",
  "behind",
  "front",
  "tall",
  "short",
  "wide",
  "thin",
  "big",
  "small",
] as const;
export type Relation = (typeof RELATIONS)[number];

const OPPOSITES: Readonly<Record<Relation, Relation>> = {
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
  return OPPOSITES[relation];
}

export const CLASSIFY_KINDS = [
  "left_right",
  "above_below",
  "behind_front",
  "tall_short",
  "wide_thin",
  "big_small",
] as const;
export type ClassifyKind = (typeof CLASSIFY_KINDS)[number];

export const QUANTITY_KINDS = [
  "distance",
  "gap",
  "height",
  "width",
  "elevation",
  "vertical_distance",
  "horizontal_distance",
  "above_difference",
  "below_difference",
  "behind_difference",
  "front_difference",
  "left_difference",
  "right_difference",
] as const;
export type QuantityKind = (typeof QUANTITY_KINDS)[number];

export type PredicateKind = `${Relation}_predicate`;
export type ChoiceKind = `${Relation}_choice`;
/** The 43 kinds of questions of SpatialVLM (arXiv 2401.12168, appendix A.2). */
export type QuestionKind = PredicateKind | ChoiceKind | ClassifyKind | QuantityKind;

/** What the answer to a kind looks like. */
export type AnswerShape = "quantity" | "yes_no" | "choice" | "class";

export interface KindInfo {
  readonly kind: QuestionKind;
  readonly shape: AnswerShape;
  /** The relation of a predicate or choice; both, strongest first, of a classify kind. */
  readonly relations: readonly Relation[];
  /** 1: asks about A alone; 2: about A and B. */
  readonly arity: 1 | 2;
  /** Needs the support plane (marked * in the paper). */
  readonly needsUp: boolean;
  /** A quantity that can be negative. */
  readonly signed: boolean;
}

const UP_RELATIONS: ReadonlySet<Relation> = new Set([
  "above",
  "below",
  "tall",
  "short",
  "big",
  "small",
]);
const UP_QUANTITIES: ReadonlySet<QuantityKind> = new Set([
  "height",
  "elevation",
  "vertical_distance",
  "horizontal_distance",
  "above_difference",
  "below_difference",
]);
const ONE_OBJECT: ReadonlySet<QuantityKind> = new Set(["height", "width", "elevation"]);

function relationKind(relation: Relation, shape: "yes_no" | "choice"): KindInfo {
  const kind: QuestionKind = `${relation}_${shape === "yes_no" ? "predicate" : "choice"}`;
  const needsUp = UP_RELATIONS.has(relation);
  return { kind, shape, relations: [relation], arity: 2, needsUp, signed: false };
}

function classifyKind(kind: ClassifyKind): KindInfo {
  const relations = kind.split("_") as Relation[];
  const needsUp = relations.some((relation) => UP_RELATIONS.has(relation));
  return { kind, shape: "class", relations, arity: 2, needsUp, signed: false };
}

function quantityKind(kind: QuantityKind): KindInfo {
  return {
    kind,
    shape: "quantity",
    relations: [],
    arity: ONE_OBJECT.has(kind) ? 1 : 2,
    needsUp: UP_QUANTITIES.has(kind),
    signed: kind.endsWith("_difference"),
  };
}

/** All 43 kinds with what one needs to know of each. */
export const KINDS: ReadonlyMap<QuestionKind, KindInfo> = new Map(
  [
    ...RELATIONS.map((relation) => relationKind(relation, "yes_no")),
    ...RELATIONS.map((relation) => relationKind(relation, "choice")),
    ...CLASSIFY_KINDS.map(classifyKind),
    ...QUANTITY_KINDS.map(quantityKind),
  ].map((info) => [info.kind, info]),
);

export function isQuestionKind(text: string): text is QuestionKind {
  return KINDS.has(text as QuestionKind);
}

export function kindInfo(kind: QuestionKind): KindInfo {
  return valueAt(KINDS, kind);
}

/** The relation that a kind speaks of; of two, the stronger. @throws RangeError for quantities */
export function relationOf(kind: QuestionKind): Relation {
  return itemAt(kindInfo(kind).relations, 0);
}
