import type { GripSpec } from "../task/index.js";

/** How a gripper's opening is read from the joints of a recording. */
export interface OpeningReader {
  /** The joints that are added up. */
  readonly joints: readonly string[];
  /** Whether openings are metres; else rad. */
  readonly isLength: boolean;
  readonly sign: 1 | -1;
  /** The opening, with its sign turned where the joints grow as the gripper closes. */
  read(joints: ReadonlyMap<string, number>): number | undefined;
}

const FINGER = /finger|gripper|knuckle|jaw|claw/i;
/** Joints that drive a whole gripper, of two-finger grippers with linkages: they close upwards. */
const DRIVER = /(^|[/_])(finger_joint|drive_joint)$|knuckle_joint$/i;
/** Finger joints that move further than this turn, rather than slide. */
const LONGEST_SLIDE_M = 0.2;

/**
 * Which joints determine the opening: those in the task, else topics that tell nothing else, else
 * those with finger-like names (of
 * turning ones a single driver joint, because mimic joints of both signs would cancel out).
 *
 * @param largest of each joint that was seen, its largest absolute position
 * @returns undefined with the reason if there is none
 */
export function openingReader(
  grip: GripSpec,
  largest: ReadonlyMap<string, number>,
): OpeningReader | { readonly reason: string } {
  const names = grip.joints.length > 0 ? grip.joints : fingersAmong(largest);
  const missing = names.filter((name) => !largest.has(name));
  const known = [...largest.keys()].sort();
  const list = known.length === 0 ? "none" : known.slice(0, 12).join(", ");
  if (names.length === 0 || missing.length > 0) {
    const what =
      names.length === 0
        ? "no joint has a finger-like name"
        : `the gripper's joint ${missing.join(", ")} was never published`;
    return { reason: `${what} on ${grip.topics.join(", ")}; joints there: ${list}` };
  }
  const isLength = names.every((name) => (largest.get(name) ?? 0) <= LONGEST_SLIDE_M);
  const closesUpwards =
    grip.closesUpwards ?? (!isLength && names.some((name) => DRIVER.test(name)));
  const sign = closesUpwards ? -1 : 1;
  return {
    joints: names,
    isLength,
    sign,
    read(joints) {
      let sum = 0;
      for (const name of names) {
        const position = joints.get(name);
        if (position === undefined) return undefined;
        sum += position;
      }
      return sign * sum;
    },
  };
}

function fingersAmong(largest: ReadonlyMap<string, number>): string[] {
  // An opening that is published by itself is named as its topic.
  const openings = [...largest.keys()].filter((name) => name.startsWith("/")).sort();
  if (openings.length > 0) return openings;
  const fingers = [...largest.keys()].filter((name) => FINGER.test(name)).sort();
  const turns = fingers.some((name) => (largest.get(name) ?? 0) > LONGEST_SLIDE_M);
  if (!turns) return fingers;
  const driver = fingers.find((name) => DRIVER.test(name)) ?? fingers[0];
  return driver === undefined ? [] : [driver];
}
