import { itemAt, type Random } from "../../base/index.js";
import type { QuestionKind } from "../../language/index.js";
import type { MultiStepKind, MultiStepQuestion } from "../../reason/index.js";
import type { NamedObject } from "../nameObjects.js";
import type { VqaScene } from "../VqaScene.js";

/** The exact answer to a multi-step question; `choices` is how many answers one could guess from. */
export type ReasoningTruth = { readonly choices: number } & (
  | { readonly shape: "yes_no"; readonly yes: boolean }
  /** One of `among`, by its phrase. */
  | { readonly shape: "name"; readonly name: string; readonly among: readonly string[] }
  | { readonly shape: "word"; readonly word: string; readonly among: readonly string[] }
  | { readonly shape: "number"; readonly value: number }
  /** Phrases in order. */
  | { readonly shape: "order"; readonly names: readonly string[] }
);

/** A question that could be asked, with its exact answer. */
export interface Proposal {
  readonly question: MultiStepQuestion;
  readonly truth: ReasoningTruth;
}

/** Exact measures of a scene's objects, metres. */
interface Measures {
  readonly distance: (a: NamedObject, b: NamedObject) => number;
  readonly gap: (a: NamedObject, b: NamedObject) => number;
  readonly width: (a: NamedObject) => number;
  /** Of its centre above the table. */
  readonly height: (a: NamedObject) => number;
}

/** What a proposal is drawn by. */
interface Draw {
  readonly random: Random;
  /** 0..1: which of the possible answers is wanted, drawn before the objects are. */
  readonly wanted: number;
}

/** As many as the kind asks for. */
type Things = readonly [NamedObject, ...NamedObject[]];

type Propose = (measures: Measures, things: Things, draw: Draw) => Proposal | undefined;

const TRIANGLES = ["equilateral", "isosceles", "scalene"] as const;
/** Nobody calls sides equal, or a row straight, with more tolerance than this. */
const WIDEST_TOLERANCE_M = 0.15;
/** Heights that follow each other in an order differ by this at least. */
const HIGHER_M = 0.015;

const PROPOSALS: Readonly<
  Record<MultiStepKind, { readonly things: readonly number[]; readonly propose: Propose }>
> = {
  isosceles: {
    things: [3],
    propose: ({ distance }, things, draw) => {
      const { twoM } = triangleOf(distance, things);
      return below("isosceles", things, twoM, draw, { mostM: WIDEST_TOLERANCE_M });
    },
  },
  triangle_kind: {
    things: [3],
    propose: ({ distance }, things, { random, wanted }) => {
      const { twoM, allM } = triangleOf(distance, things);
      const word = oneOf(TRIANGLES, wanted);
      const xM =
        word === "equilateral"
          ? roundLength(random, [twoM, allM], [])
          : word === "isosceles"
            ? roundLength(random, [twoM], [allM])
            : roundLength(random, [], [twoM, allM]);
      if (xM === undefined || xM > WIDEST_TOLERANCE_M) return undefined;
      return {
        question: { kind: "triangle_kind", things: phrasesOf(things), within: sayLength(xM) },
        truth: { shape: "word", word, among: TRIANGLES, choices: TRIANGLES.length },
      };
    },
  },
  fits_through: {
    things: [3],
    propose: ({ gap, width }, things, draw) => {
      const [thing, left, right] = three(things);
      const spareM = gap(left, right) - width(thing);
      return below("fits_through", things, spareM, draw, { isBelowYes: false });
    },
  },
  nearest: {
    things: [4, 5],
    propose: ({ distance }, [from, ...things]) => {
      const byDistance = things
        .map((thing) => ({ thing, distanceM: distance(from, thing) }))
        .sort((a, b) => a.distanceM - b.distanceM);
      const [first, second] = byDistance;
      if (!first || !second) return undefined;
      if (second.distanceM - first.distanceM < 2 * marginOf(second.distanceM)) return undefined;
      const among = phrasesOf(things);
      return {
        question: { kind: "nearest", things: among, from: from.phrase },
        truth: { shape: "name", name: first.thing.phrase, among, choices: among.length },
      };
    },
  },
  alignment: {
    things: [3],
    propose: ({ distance }, things, draw) => {
      const { heightM } = triangleOf(distance, things);
      return below("alignment", things, heightM, draw, { mostM: WIDEST_TOLERANCE_M });
    },
  },
  stacking_order: {
    things: [3],
    propose: ({ height }, things) => {
      const order = [...things].sort((a, b) => height(a) - height(b));
      const isClear = order.every(
        (thing, i) => i === 0 || height(thing) - height(itemAt(order, i - 1)) >= HIGHER_M,
      );
      if (!isClear) return undefined;
      return {
        question: { kind: "stacking_order", things: phrasesOf(things) },
        truth: { shape: "order", names: phrasesOf(order), choices: 6 },
      };
    },
  },
  reach_count: {
    things: [4, 5],
    propose: ({ distance }, [from, ...things], { random, wanted }) => {
      const lengths = things.map((thing) => distance(from, thing)).sort((a, b) => a - b);
      const value = oneOf([...things.keys(), things.length], wanted);
      const xM = roundLength(random, lengths.slice(0, value), lengths.slice(value));
      if (xM === undefined) return undefined;
      const within = sayLength(xM);
      return {
        question: { kind: "reach_count", things: phrasesOf(things), from: from.phrase, within },
        truth: { shape: "number", value, choices: things.length + 1 },
      };
    },
  },
  reach_path: {
    things: [3],
    propose: ({ distance }, things, draw) => {
      const [from, first, second] = three(things);
      const wayM = distance(from, first) + distance(first, second);
      return below("reach_path", [first, second], wayM, draw, { from: from.phrase });
    },
  },
};

/** Draws for one wanted answer, and answers that are tried. */
const DRAWS = 30;
const ANSWERS = 4;

/** A random question of a kind about some of a scene's objects, whose answer is certain. */
export function propose(
  scene: VqaScene,
  named: readonly NamedObject[],
  kind: MultiStepKind,
  random: Random,
): Proposal | undefined {
  const { things, propose } = PROPOSALS[kind];
  const measures = measuresOf(scene);
  for (let answer = 0; answer < ANSWERS; answer++) {
    const wanted = random.next();
    for (let draw = 0; draw < DRAWS; draw++) {
      const count = random.pick(things);
      if (named.length < count) continue;
      const [first, ...others] = random.shuffle(named).slice(0, count);
      const proposal = first && propose(measures, [first, ...others], { random, wanted });
      if (proposal) return proposal;
    }
  }
  return undefined;
}

interface BelowOptions {
  readonly isBelowYes?: boolean;
  readonly from?: string;
  /** Of the round length. */
  readonly mostM?: number;
}

/** Whether a length is below a round one. */
function below(
  kind: MultiStepKind,
  things: readonly NamedObject[],
  lengthM: number,
  { random, wanted }: Draw,
  { isBelowYes = true, from, mostM = Infinity }: BelowOptions = {},
): Proposal | undefined {
  const isBelow = wanted < 0.5;
  const xM = isBelow ? roundLength(random, [lengthM], []) : roundLength(random, [], [lengthM]);
  if (xM === undefined || xM > mostM) return undefined;
  return {
    question: {
      kind,
      things: phrasesOf(things),
      within: sayLength(xM),
      ...(from !== undefined && { from }),
    },
    truth: { shape: "yes_no", yes: isBelow === isBelowYes, choices: 2 },
  };
}

function three([first, ...others]: Things): [NamedObject, NamedObject, NamedObject] {
  return [first, itemAt(others, 0), itemAt(others, 1)];
}

function oneOf<T>(values: readonly T[], share: number): T {
  return itemAt(values, Math.floor(share * values.length));
}

interface Triangle {
  /** Least and largest difference of two sides. */
  readonly twoM: number;
  readonly allM: number;
  /** Over its longest side. */
  readonly heightM: number;
}

function triangleOf(distance: Measures["distance"], things: Things): Triangle {
  const [a, b, c] = three(things);
  const [short, middle, long] = [distance(a, b), distance(b, c), distance(a, c)].sort(
    (x, y) => x - y,
  ) as [number, number, number];
  const half = (short + middle + long) / 2;
  const area = Math.sqrt(Math.max(0, half * (half - short) * (half - middle) * (half - long)));
  return {
    twoM: Math.min(middle - short, long - middle),
    allM: long - short,
    heightM: (2 * area) / long,
  };
}

function measuresOf(scene: VqaScene): Measures {
  const length = (kind: QuestionKind, a: NamedObject, b?: NamedObject): number => {
    const value = scene.answer(kind, a.object, b?.object);
    if (value?.shape !== "quantity") throw new Error(`${scene.id} does not know the ${kind}`);
    return value.valueM;
  };
  return {
    distance: (a, b) => length("distance", a, b),
    gap: (a, b) => length("gap", a, b),
    width: (a) => length("width", a),
    height: ({ object }) => object.body.canonicalCenter[2],
  };
}

function phrasesOf(things: readonly NamedObject[]): string[] {
  return things.map(({ phrase }) => phrase);
}

/** The lengths that questions speak of, centimetres. */
const ROUND_CM = [
  1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 35, 40, 50, 60, 70, 80, 100, 120, 150, 200,
];
/** Of the lengths that fit, one of the so many nearest to the truth is taken: no giveaways. */
const NEAREST = 3;
/** Nothing is asked that hangs on less than this: metres, and as a part of the length. */
const MARGIN_M = 0.01;
const MARGIN_SHARE = 0.03;

/** How far from a threshold a length has to be for its side to be clear. */
function marginOf(lengthM: number): number {
  return Math.max(MARGIN_M, MARGIN_SHARE * Math.abs(lengthM));
}

/** A round length that is clearly above (or below) some lengths, and not far from the nearest. */
function roundLength(
  random: Random,
  aboveM: readonly number[],
  belowM: readonly number[],
): number | undefined {
  const fitting = ROUND_CM.map((cm) => cm / 100).filter(
    (x) =>
      aboveM.every((length) => x >= length + marginOf(length)) &&
      belowM.every((length) => x <= length - marginOf(length)),
  );
  const offset = (x: number) =>
    Math.min(...[...aboveM, ...belowM].map((length) => Math.abs(x - length)));
  const nearest = fitting.sort((a, b) => offset(a) - offset(b)).slice(0, NEAREST);
  return nearest.length === 0 ? undefined : random.pick(nearest);
}

/** "12 cm", "1.5 m" */
function sayLength(lengthM: number): string {
  const cm = Math.round(lengthM * 100);
  return cm < 100 ? `${cm} cm` : `${cm / 100} m`;
}
