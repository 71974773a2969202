import type { Vec3 } from "../../base/index.js";
import { type ColorWord, colorNamed, shareNamed } from "../../language/index.js";
import { LEAST_IMAGES, MOST_OF } from "../bars.js";
import { type BoxLook, type BoxTask, isFollowed } from "./BoxLook.js";
import { type GraspHeight, graspHeight } from "./graspHeight.js";
import { type BoxPlacement, boxPlacements } from "./placements.js";

/** What boxes contradict. */
export type BoxFinding =
  /** The colours of the picture, TF or the plane, unless they are put elsewhere. */
  | { readonly kind: "placed"; readonly placement: BoxPlacement; readonly images: number }
  /** Their middles lie outside of the picture. */
  | { readonly kind: "outside"; readonly images: number }
  /** The box of one shows the colour of the other, and that one's does not. */
  | { readonly kind: "colors"; readonly names: readonly [string, string]; readonly images: number }
  /** A thing is grasped elsewhere than where it stands by its box and the plane. */
  | ({ readonly kind: "height" } & GraspHeight);

/** What is certainly wrong with boxes, the first cause first; undefined where nothing is. */
export function judgeBoxes(looks: readonly BoxLook[], task: BoxTask): BoxFinding | undefined {
  if (looks.length < LEAST_IMAGES) return undefined;
  return judgeColors(looks, task) ?? judgePlacement(looks) ?? judgeOutside(looks);
}

/** Less often than for other things: exchanged boxes of a thing that stands on the other show both. */
const MOST_OF_COLORS = 0.4;

function judgeColors(looks: readonly BoxLook[], { objects }: BoxTask): BoxFinding | undefined {
  const colored = looks.flatMap(({ colors }) => colors ?? []);
  const counts = new Map<string, number>();
  for (const { shares } of colored) {
    const seen = [...shares].map(([name, own]) => ({
      ...{ name, shares: own, color: colorNamed(objects.get(name)?.phrase ?? "") },
    }));
    const pairs = new Set([...wornNames(seen)].map((pair) => pair.toSorted().join(" ")));
    for (const pair of pairs) counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
  for (const [pair, images] of counts) {
    if (images < Math.max(LEAST_IMAGES, MOST_OF_COLORS * colored.length)) continue;
    const [a = "", b = ""] = pair.split(" ");
    return { kind: "colors", names: [a, b], images };
  }
  return undefined;
}

/** Shares of a box that have the colour of its own phrase at the most, and of another's at least. */
const MOST_OWN = 0.1;
const LEAST_OTHER = 0.5;

/** Objects whose boxes have not their colour, with one whose box has it, and not its own either. */
function wornNames(
  seen: readonly {
    readonly name: string;
    readonly color: ColorWord | undefined;
    readonly shares: ReadonlyMap<ColorWord, number>;
  }[],
): ReadonlyMap<string, string> {
  const hasOwn = ({ color, shares }: (typeof seen)[number]) =>
    color !== undefined && shareNamed(shares, color) > MOST_OWN;
  const worn = new Map<string, string>();
  for (const one of seen) {
    const { name, color } = one;
    if (color === undefined || hasOwn(one)) continue;
    const other = seen.find(
      (it) => it !== one && !hasOwn(it) && shareNamed(it.shares, color) > LEAST_OTHER,
    );
    if (other) worn.set(name, other.name);
  }
  return worn;
}

/** How well boxes have to fit elsewhere, and by how much better: by colours that are named, and by others. */
const LEAST_FIT = 0.4;
const LEAST_GAIN = 0.2;
const LEAST_GAIN_UNNAMED = 0.25;
/** In an image that counts. */
const GAIN = 0.05;

function judgePlacement(looks: readonly BoxLook[]): BoxFinding | undefined {
  const colored = looks.flatMap(({ colors }) => colors ?? []);
  const [first] = looks;
  const isNamed = colored.some((it) => it.isNamed);
  const known = colored.filter((it) => it.isNamed === isNamed);
  if (!first || known.length < LEAST_IMAGES) return undefined;
  const means = new Float64Array(known[0]?.fits.length ?? 0);
  for (const { fits } of known) {
    fits.forEach((fit, i) => {
      means[i] = (means[i] ?? 0) + fit / known.length;
    });
  }
  const most = Math.max(...means);
  const gain = most - (means[0] ?? 0);
  if (most < LEAST_FIT || gain < (isNamed ? LEAST_GAIN : LEAST_GAIN_UNNAMED)) return undefined;
  const best = means.indexOf(most);
  const agreeing = known.filter(({ fits }) => (fits[best] ?? 0) > (fits[0] ?? 0) + GAIN);
  const placement = boxPlacements(first.info)[best];
  if (!placement || agreeing.length < MOST_OF * known.length) return undefined;
  return { kind: "placed", placement, images: agreeing.length };
}

function judgeOutside(looks: readonly BoxLook[]): BoxFinding | undefined {
  const outside = looks.filter(({ boxes, info: { width, height } }) =>
    [...boxes.values()].some(([left, top, right, bottom]) => {
      const [x, y] = [(left + right) / 2, (top + bottom) / 2];
      return x < 0 || y < 0 || x > width || y > height;
    }),
  );
  if (outside.length < Math.max(LEAST_IMAGES, MOST_OF * looks.length)) return undefined;
  return { kind: "outside", images: outside.length };
}

const ORIGIN: Vec3 = [0, 0, 0];

/** The grasp in the newest episode in which one is seen. */
export function newestGrasp(
  looks: readonly BoxLook[],
  { objects, support, robot }: BoxTask,
): GraspHeight | undefined {
  const things = [...objects.values()].filter((it) => !isFollowed(it) && it.name !== support?.name);
  for (const episode of new Set(looks.map((look) => look.episode).toReversed())) {
    const own = looks.filter((look) => look.episode === episode);
    for (const { name } of things) {
      const grasp = graspHeight(name, own, robot?.graspPointM ?? ORIGIN);
      if (grasp) return grasp;
    }
  }
  return undefined;
}
