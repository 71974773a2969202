import type { Random } from "../../base/index.js";
import type { QuestionKind } from "../../language/index.js";
import type { MultiStepKind, MultiStepQuestion } from "../../reason/index.js";
import type { NamedObject } from "../nameObjects.js";
import type { VqaScene } from "../VqaScene.js";
import type { ReasoningTruth } from "./ReasoningScene.js";
import { marginOf, roundLength, sayLength } from "./thresholds.js";

/** A question that could be asked, with its exact answer. */
export interface Proposal {
  readonly question: MultiStepQuestion;
  readonly truth: ReasoningTruth;
}

/** Exact measures of a scene's things, metres. */
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
  /** 0..1: which of the possible answers is wanted, drawn before the things are. */
  readonly wanted: number;
}

type Propose = (
  measures: Measures,
  things: readonly NamedObject[],
  draw: Draw,
) => Proposal | undefined;

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
      const [thing, left, right] = things;
      const spareM = gap(left!, right!) - width(thing!);
      return below("fits_through", things, spareM, draw, { isBelowYes: false });
    },
  },
  nearest: {
    things: [4, 5],
    propose: ({ distance }, [from, ...things]) => {
      const byDistance = things
        .map((thing) => ({ thing, distanceM: distance(from!, thing) }))
        .sort((a, b) => a.distanceM - b.distanceM);
      const [first, second] = byDistance;
      if (second!.distanceM - first!.distanceM < 2 * marginOf(second!.distanceM)) return undefined;
      const among = phrasesOf(things);
      return {
        question: { kind: "nearest", things: among, from: from!.phrase },
        truth: { shape: "name", name: first!.thing.phrase, among, choices: among.length },
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
        (thing, i) => i === 0 || height(thing) - height(order[i - 1]!) >= HIGHER_M,
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
      const lengths = things.map((thing) => distance(from!, thing)).sort((a, b) => a - b);
      const value = oneOf([...things.keys(), things.length], wanted);
      const xM = roundLength(random, lengths.slice(0, value), lengths.slice(value));
      if (xM === undefined) return undefined;
      const within = sayLength(xM);
      return {
        question: { kind: "reach_count", things: phrasesOf(things), from: from!.phrase, within },
        truth: { shape: "number", value, choices: things.length + 1 },
      };
    },
  },
  reach_path: {
    things: [3],
    propose: ({ distance }, [from, ...things], draw) => {
      const [first, second] = things;
      const wayM = distance(from!, first!) + distance(first!, second!);
      return below("reach_path", things, wayM, draw, { from: from!.phrase });
    },
  },
};

/** Draws for one wanted answer, and answers that are tried. */
const DRAWS = 30;
const ANSWERS = 4;

/** A random question of a kind about some of a scene's things, whose answer is beyond doubt. */
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
      const chosen = random.shuffle(named).slice(0, count);
      const proposal = propose(measures, chosen, { random, wanted });
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

function oneOf<T>(values: readonly T[], share: number): T {
  return values[Math.floor(share * values.length)]!;
}

interface Triangle {
  /** Least and largest difference of two sides. */
  readonly twoM: number;
  readonly allM: number;
  /** Over its longest side. */
  readonly heightM: number;
}

function triangleOf(distance: Measures["distance"], [a, b, c]: readonly NamedObject[]): Triangle {
  const [short, middle, long] = [distance(a!, b!), distance(b!, c!), distance(a!, c!)].sort(
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
