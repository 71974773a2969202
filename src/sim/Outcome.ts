/**
 * How an episode goes:
 * - `success`: the mug is picked, carried and put down on the tray;
 * - `failure`: the gripper misses the mug or drops it on the way;
 * - `idle`: the gripper hovers and touches nothing;
 * - `regress`: the mug is carried towards the tray, then back to where it stood;
 * - `distract`: another object is picked up instead.
 */
export const OUTCOMES = ["success", "failure", "idle", "regress", "distract"] as const;

export type Outcome = (typeof OUTCOMES)[number];
