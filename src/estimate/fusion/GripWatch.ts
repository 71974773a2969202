import type { KinematicSample } from "../../camera/index.js";
import { type OpeningReader, openingReader } from "../../kinematics/index.js";
import type { RobotSpec } from "../../task/index.js";

/** What the gripper did between two samples of its joints. */
export type GripEvent =
  | { readonly kind: "closed"; readonly suits: (object: string) => boolean | undefined }
  | { readonly kind: "opened" };

/** A gripper that was this much wider open shortly before has been closing. */
const CLOSING = 0.15;
/** Of the span of openings seen: a smaller change than this within `STALL_S` counts as none. */
const STILL = 0.03;
const STALL_S = 0.12;
const CLOSING_LASTS_S = 1.5;
/** A held object gives way by less than this share of the span. */
const RELEASED = 0.08;
const LEAST_SPAN = 0.01;

interface Told {
  readonly stampNs: bigint;
  readonly opening: number;
}

/**
 * Tells from the joints, sample by sample, when the gripper has closed on something (it was
 * closing and stopped before it was shut) and when it lets go. It knows the past alone.
 */
export class GripWatch {
  readonly #robot: RobotSpec;
  #recent: Told[] = [];
  #low = Number.POSITIVE_INFINITY;
  #high = Number.NEGATIVE_INFINITY;
  #heldAt: number | undefined;
  /** The object whose frame is attached to the gripper. */
  #attached: string | undefined;
  readonly #largest = new Map<string, number>();
  #reader: OpeningReader | undefined;

  constructor(robot: RobotSpec) {
    this.#robot = robot;
  }

  watch(sample: KinematicSample): GripEvent | undefined {
    const { attachable } = this.#robot.grip;
    return attachable ? this.#watchFrames(attachable, sample) : this.#watchFingers(sample);
  }

  /** What hangs on the gripper or moves with it is held, until transforms tell otherwise. */
  #watchFrames(
    attachable: ReadonlyMap<string, string>,
    { attached }: KinematicSample,
  ): GripEvent | undefined {
    const holds = (name: string) => attached?.get(attachable.get(name) ?? "");
    if (this.#attached !== undefined) {
      if (holds(this.#attached) !== false) return undefined;
      this.#attached = undefined;
      return { kind: "opened" };
    }
    const held = [...attachable.keys()].find((name) => holds(name) === true);
    if (held === undefined) return undefined;
    this.#attached = held;
    return { kind: "closed", suits: (object) => object === held };
  }

  #watchFingers({ stampNs, joints }: KinematicSample): GripEvent | undefined {
    const opening = this.#openingOf(joints);
    if (opening === undefined) return undefined;
    this.#recent.push({ stampNs, opening });
    const oldestNs = stampNs - BigInt(CLOSING_LASTS_S * 1e9);
    while ((this.#recent[0]?.stampNs ?? stampNs) < oldestNs) this.#recent.shift();
    this.#low = Math.min(this.#low, opening);
    this.#high = Math.max(this.#high, opening);
    const span = Math.max(this.#high - Math.min(this.#low, this.#shut()), LEAST_SPAN);
    if (this.#heldAt !== undefined) {
      const isOpened = opening > this.#heldAt + RELEASED * span;
      if (!isOpened && !this.#isShut(opening, span)) return undefined;
      this.#heldAt = undefined;
      return { kind: "opened" };
    }
    if (!this.#stalls(stampNs, opening, span) || this.#isShut(opening, span)) return undefined;
    const { openAbove = Number.POSITIVE_INFINITY } = this.#robot.grip;
    if (opening >= openAbove) return undefined;
    this.#heldAt = opening;
    return { kind: "closed", suits: (object) => this.#suits(object, opening) };
  }

  #openingOf(joints: ReadonlyMap<string, number>): number | undefined {
    let isNew = false;
    for (const [name, position] of joints) {
      const largest = this.#largest.get(name);
      isNew ||= largest === undefined || Math.abs(position) > largest;
      this.#largest.set(name, Math.max(largest ?? 0, Math.abs(position)));
    }
    // Which joints determine the opening may only be visible when they move.
    if (isNew || !this.#reader) {
      const reader = openingReader(this.#robot.grip, this.#largest);
      this.#reader = "read" in reader ? reader : undefined;
    }
    return this.#reader?.read(joints);
  }

  #stalls(stampNs: bigint, opening: number, span: number): boolean {
    const widest = Math.max(...this.#recent.map((told) => told.opening));
    if (widest - opening < CLOSING * span) return false;
    const stallNs = stampNs - BigInt(STALL_S * 1e9);
    const since = this.#recent.filter((told) => told.stampNs >= stallNs);
    const isLongEnough = (this.#recent[0]?.stampNs ?? stampNs) < stallNs;
    return isLongEnough && since.every((told) => Math.abs(told.opening - opening) < STILL * span);
  }

  #isShut(opening: number, span: number): boolean {
    return opening <= (this.#robot.grip.closedBelow ?? this.#shut() + 2 * STILL * span);
  }

  /** The opening of the shut gripper: told, or 0, or below where it has been. */
  #shut(): number {
    return this.#robot.grip.closedBelow ?? Math.min(0, this.#low);
  }

  #suits(object: string, opening: number): boolean | undefined {
    const range = this.#robot.heldAt.get(object);
    return range && opening >= range[0] && opening <= range[1];
  }
}
