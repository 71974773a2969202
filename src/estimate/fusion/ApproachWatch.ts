import { distanceBetween, dot, minus, unit, type Vec3 } from "../../base/index.js";

/** A straight way of a gripper: level, or down. */
export interface Approach {
  /** Where the grasp point is, in the fixed frame, m. */
  readonly point: Vec3;
  /** Unit vector. */
  readonly direction: Vec3;
  readonly phase: "level" | "down";
  /** It does not continue the way that was told before. */
  readonly isNew: boolean;
}

/** The last part of the way, m, and how straight it has to be: the chord's share of it. */
const TRAIL_M = 0.04;
const STRAIGHT = 0.97;
/** Ways shorter than this since the last that was told say nothing new, m. */
const STEP_M = 0.008;
/** The part of a direction that is vertical: at most of a level way, at least of one down. */
const LEVEL = 0.5;
const DOWN = 0.7;
/** A way that turns by more than this (cosine) is another one. */
const TURNED = -0.3;

/**
 * Tells from the gripper's path when it goes straight on, and in which direction. Ways that go up
 * or aslant lead to nothing that is grasped, or will turn.
 */
export class ApproachWatch {
  /** Newest last, each with the way to it. */
  #trail: { readonly point: Vec3; readonly stepM: number }[] = [];
  #sinceM = 0;
  #before: Pick<Approach, "direction" | "phase"> | undefined;

  /** @returns the way that the gripper is on, at most once for each 8 mm of it */
  watch(point: Vec3): Approach | undefined {
    const last = this.#trail.at(-1);
    const stepM = last ? distanceBetween(last.point, point) : 0;
    if (last && stepM < 1e-4) return undefined;
    this.#trail.push({ point, stepM });
    this.#sinceM += stepM;
    const pathM = this.#shorten();
    const first = this.#trail[0];
    if (!first || pathM < TRAIL_M || this.#sinceM < STEP_M) return undefined;
    const chord = minus(point, first.point);
    const direction = unit(chord);
    if (!direction || Math.hypot(...chord) < STRAIGHT * pathM) return undefined;
    const phase = phaseOf(direction);
    if (phase === undefined) return undefined;
    this.#sinceM = 0;
    const before = this.#before;
    const turns = before !== undefined && dot(before.direction, direction) < TURNED;
    this.#before = { direction, phase };
    return { point, direction, phase, isNew: turns || before?.phase !== phase };
  }

  /** The way so far leads nowhere any more. */
  restart(): void {
    this.#trail = [];
    this.#sinceM = 0;
    this.#before = undefined;
  }

  /** @returns how long the trail is then, m */
  #shorten(): number {
    let pathM = this.#trail.slice(1).reduce((sum, { stepM }) => sum + stepM, 0);
    for (;;) {
      const firstM = this.#trail[1]?.stepM;
      if (firstM === undefined || pathM - firstM < TRAIL_M) return pathM;
      pathM -= firstM;
      this.#trail.shift();
    }
  }
}

function phaseOf([, , z]: Vec3): Approach["phase"] | undefined {
  if (Math.abs(z) < LEVEL) return "level";
  return z < -DOWN ? "down" : undefined;
}
