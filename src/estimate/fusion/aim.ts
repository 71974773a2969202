import {
  addScaled,
  cross,
  distanceBetween,
  dot,
  minus,
  unit,
  type Vec3,
  vec3At,
} from "../../base/index.js";
import type { Approach } from "./ApproachWatch.js";
import { meet } from "./evidence.js";
import { copyOf, type Hypothesis } from "./Hypothesis.js";

/**
 * A robot moves on purpose: a gripper that goes straight towards an object of its task often goes
 * for it. Without this, every place beside the way is as likely as the one at its end, and since
 * there are more of them, an object seems further away than it is until the fingers close. The
 * approach tells the direction alone. That the gripper arrives is never assumed.
 */

/** Of straight ways towards an object that a task measures from the gripper, those that go for it. */
const SHARE = 0.7;
/** An object further ahead on a way is none that the gripper goes for yet, m. */
const AHEAD_M = { level: 0.5, down: 0.25 } as const;
/** A way leads towards an object if that is no further aside, as a share of the way left. */
const CONE = 0.6;
/** It is asked about if it is there with this probability. */
const LEAST = 0.01;
/** How far aside such a way ends, m, and how much this grows with the way that is left. */
const END_M = 0.02;
const PER_M = 0.4;
/** Ways that go for other things end anywhere in a square of this size, m. */
const REGION_M = 0.5;
const ROOT_2_PI = Math.sqrt(2 * Math.PI);
/** Less than this change of sigma is not worth an update. */
const WORTH = 0.98;

/**
 * Continues each hypothesis as two, once for each approach: it is directed at the object, or it is
 * not.
 *
 * @returns the new ones, directed at the object; the others are changed in place
 */
export function splitByAim(
  hypotheses: readonly Hypothesis[],
  weights: readonly number[],
  approach: Approach,
  name: string,
  slot: number,
): Hypothesis[] {
  if (hypotheses.some(({ aim }) => aim?.asked.includes(name))) return [];
  const rests = ({ modes }: Hypothesis) => modes.get(name)?.kind === "rest";
  const likely = hypotheses.reduce((sum, hypothesis, i) => {
    const isThere = rests(hypothesis) && leadsTo(approach, vec3At(hypothesis.belief.mean, slot));
    return isThere ? sum + (weights[i] ?? 0) : sum;
  }, 0);
  if (likely < LEAST) return [];
  return hypotheses.flatMap((hypothesis) => {
    const { aim } = hypothesis;
    const asked = [...(aim?.asked ?? []), name];
    hypothesis.aim = { object: undefined, sigmaM: 0, ...aim, asked };
    if (!rests(hypothesis) || aim?.object !== undefined) return [];
    const part = copyOf(hypothesis);
    part.aim = { object: name, sigmaM: REGION_M / ROOT_2_PI, asked };
    part.logWeight += Math.log(SHARE);
    hypothesis.logWeight += Math.log(1 - SHARE);
    return [part];
  });
}

function leadsTo({ point, direction, phase }: Approach, place: Vec3): boolean {
  const offset = minus(place, point);
  const aheadM = dot(offset, direction);
  const [x, y, z] = addScaled(offset, direction, -aheadM);
  // A level way to an object on the support ends above it.
  const asideM = phase === "level" ? Math.hypot(x, y) : Math.hypot(x, y, z);
  return aheadM > 0 && aheadM < AHEAD_M[phase] && asideM < END_M + CONE * aheadM;
}

/**
 * What an approach tells of the place of the object at which it is directed: it is not aside of the
 * way, the less so the nearer it is. Only what earlier parts of the way have not told counts.
 */
export function aimAt(
  hypothesis: Hypothesis,
  { point, direction, phase }: Approach,
  slots: ReadonlyMap<string, number>,
): void {
  const { aim, belief } = hypothesis;
  const slot = slots.get(aim?.object ?? "");
  if (!aim || slot === undefined) return;
  const sigmaM = END_M + PER_M * distanceBetween(vec3At(belief.mean, slot), point);
  if (sigmaM > WORTH * aim.sigmaM) return;
  const noiseM = 1 / Math.sqrt(1 / sigmaM ** 2 - 1 / aim.sigmaM ** 2);
  const regionM = (ROOT_2_PI * aim.sigmaM * noiseM) / sigmaM;
  const level: Vec3 = unit([-direction[1], direction[0], 0]) ?? [1, 0, 0];
  const across = phase === "level" ? [level] : [level, cross(direction, level)];
  for (const axis of across) {
    const offset = minus(vec3At(belief.mean, slot), point);
    const form = { indices: [slot, slot + 1, slot + 2], values: axis };
    meet(hypothesis, form, -dot(offset, axis), noiseM, regionM);
  }
  hypothesis.aim = { ...aim, sigmaM };
}
