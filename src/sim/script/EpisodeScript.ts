import { clamp, type Vec3 } from "../../base/index.js";
import { MAX_OPENING_M } from "../scene/constants.js";

/** Where the gripper should be. */
export interface GripperGoal {
  /** Of the gripper's centre, metres, world frame. */
  readonly position: Vec3;
  /** Gap between the fingers, metres. */
  readonly openingM: number;
}

interface Segment {
  readonly durationS: number;
  readonly goalAt: (share: number) => GripperGoal;
}

/** A plan for the gripper over time: smooth movements, one after the other. */
export class EpisodeScript {
  readonly #segments: Segment[] = [];
  #position: Vec3;
  #openingM: number;
  #durationS = 0;

  constructor(start: Vec3, openingM: number) {
    this.#position = start;
    this.#openingM = openingM;
  }

  get durationS(): number {
    return this.#durationS;
  }

  /** The goal at a time since the episode's start; before and after, the ends hold. */
  at(timeS: number): GripperGoal {
    let beginS = 0;
    for (const segment of this.#segments) {
      if (timeS < beginS + segment.durationS) {
        return segment.goalAt((timeS - beginS) / segment.durationS);
      }
      beginS += segment.durationS;
    }
    return { position: this.#position, openingM: this.#openingM };
  }

  /** Flies level first and comes down from above; opens on the way. */
  descendTo(target: Vec3, durationS: number): this {
    const start = this.#position;
    const levelZ = Math.max(start[2], target[2] + 0.2);
    const overTarget: Vec3 = [target[0], target[1], levelZ];
    return this.#move(durationS, target, MAX_OPENING_M, (s) =>
      bezier(start, overTarget, above(target, 0.2), target, s),
    );
  }

  /** Goes up, over, and down again, as with something in hand. */
  carryTo(target: Vec3, durationS: number, peakM = 0.13): this {
    const start = this.#position;
    // The middle of the curve is at 3/4 of the handles' height.
    const handle = (peakM * 4) / 3;
    return this.#move(durationS, target, this.#openingM, (s) =>
      bezier(start, above(start, handle), above(target, handle), target, s),
    );
  }

  /** Straight up, then away to a place in the air. */
  retreatTo(target: Vec3, durationS: number): this {
    const start = this.#position;
    const levelZ = Math.max(target[2], start[2] + 0.2);
    return this.#move(durationS, target, this.#openingM, (s) =>
      bezier(start, above(start, 0.2), [start[0], start[1], levelZ], target, s),
    );
  }

  /** A straight line. */
  moveTo(target: Vec3, durationS: number): this {
    const start = this.#position;
    return this.#move(durationS, target, this.#openingM, (s) =>
      bezier(start, start, target, target, s),
    );
  }

  /** The fingers alone. */
  setOpening(openingM: number, durationS: number): this {
    const position = this.#position;
    return this.#move(durationS, position, openingM, () => position);
  }

  #move(durationS: number, end: Vec3, endOpeningM: number, curve: (s: number) => Vec3): this {
    const startOpeningM = this.#openingM;
    const goalAt = (share: number): GripperGoal => ({
      position: curve(minimumJerk(share)),
      openingM: startOpeningM + (endOpeningM - startOpeningM) * minimumJerk(share),
    });
    this.#segments.push({ durationS, goalAt });
    this.#durationS += durationS;
    this.#position = end;
    this.#openingM = endOpeningM;
    return this;
  }
}

/**
 * Minimum-jerk progress of a movement from rest to rest (Flash and Hogan 1985):
 * 10τ³ - 15τ⁴ + 6τ⁵ of the elapsed share τ, clamped to 0..1.
 */
function minimumJerk(share: number): number {
  const t = clamp(share, 0, 1);
  return t * t * t * (10 + t * (6 * t - 15));
}

/** A cubic Bézier curve; starts along p0 → p1, ends along p2 → p3. `s` in 0..1. */
function bezier(p0: Vec3, p1: Vec3, p2: Vec3, p3: Vec3, s: number): Vec3 {
  const r = 1 - s;
  const [a, b, c, d] = [r * r * r, 3 * r * r * s, 3 * r * s * s, s * s * s];
  return [
    a * p0[0] + b * p1[0] + c * p2[0] + d * p3[0],
    a * p0[1] + b * p1[1] + c * p2[1] + d * p3[1],
    a * p0[2] + b * p1[2] + c * p2[2] + d * p3[2],
  ];
}

export function above([x, y, z]: Vec3, heightM: number): Vec3 {
  return [x, y, z + heightM];
}
