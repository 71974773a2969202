import { RESTART_NS } from "../base/index.js";
import { AttachmentWatch } from "./AttachmentWatch.js";
import type { CameraFrame, KinematicSample, KinematicSelection } from "./CameraFrame.js";
import type { StampedJoints } from "./messagesFromRos.js";
import { bareFrameId, type Pose, type StampedTransform } from "./Pose.js";
import { TransformBuffer } from "./TransformBuffer.js";

/** As far back as transforms are remembered. */
const KEEP_NS = 10_000_000_000n;
/** Transforms of one chain that come closer together than this make one sample. */
const LEAST_STEP_NS = 4_000_000n;
/** Among so many of the newest stamps one is searched at which all is known. */
const NEWEST = 8;
/** A joint that has not been told for longer is not known any more. */
const JOINT_LIFE_NS = 2_000_000_000n;
interface Told {
  readonly stampNs: bigint;
  readonly value: number;
}

/**
 * Gathers a source's data on the robot's own kinematics, and gives each camera frame the samples
 * since that camera's previous one: one for each stamp at which a transform of the chain between
 * the fixed frame and the robot's frames came, and one at the image's own stamp.
 *
 * Only the frames of the selection and the optical frames of the cameras are looked up, so that the
 * pose of an object cannot get in. What is missing is listed in the sample, by frame name; nothing
 * throws. The result depends on the calls and their order alone.
 */
export class KinematicHistory {
  readonly #selection: KinematicSelection;
  readonly #buffer = new TransformBuffer({ keepNs: KEEP_NS });
  readonly #attachments = new AttachmentWatch(this.#buffer);
  readonly #parents = new Map<string, string>();
  readonly #opticalFrames = new Set<string>();
  /** Frames that move the selected ones in the fixed frame. */
  #chain = new Set<string>();
  /** Stamps of the chain's transforms, in order, each once. */
  #stampsNs: bigint[] = [];
  readonly #joints = new Map<string, Told[]>();
  /** By camera: how far its frames have been given samples. */
  readonly #givenNs = new Map<string, bigint>();

  constructor(selection: KinematicSelection) {
    this.#selection = {
      ...selection,
      frames: selection.frames.map(bareFrameId),
      ...(selection.attachable && { attachable: selection.attachable.map(bareFrameId) }),
      ...(selection.fixedFrame !== undefined && { fixedFrame: bareFrameId(selection.fixedFrame) }),
    };
  }

  /** Adds the transforms of one /tf (`isStatic` false) or /tf_static (`isStatic` true) message. */
  addTransforms(transforms: readonly StampedTransform[], isStatic: boolean): void {
    this.#buffer.add(transforms, isStatic);
    let isNewTree = false;
    for (const { childFrame, parentFrame } of transforms) {
      const [child, parent] = [bareFrameId(childFrame), bareFrameId(parentFrame)];
      isNewTree ||= this.#parents.get(child) !== parent;
      this.#parents.set(child, parent);
    }
    if (isNewTree) this.#chain = this.#findChain();
    if (isStatic) return;
    for (const { childFrame, stampNs } of transforms) {
      if (this.#chain.has(bareFrameId(childFrame))) this.#addStamp(stampNs);
    }
  }

  /** The newest stamp of the chain's transforms; undefined before the first. */
  get newestStampNs(): bigint | undefined {
    return this.#stampsNs.at(-1);
  }

  /**
   * The sample at the newest stamp at which the first of the selected frames, the gripper's, is
   * known: the transforms of a chain that several nodes publish come one after the other. Undefined
   * if there is none among the last few stamps.
   */
  newest(): KinematicSample | undefined {
    for (const stampNs of this.#stampsNs.slice(-NEWEST).reverse()) {
      const sample = this.#sampleAt(stampNs, ...this.#opticalFrames);
      if (sample.poses.has(this.#selection.frames[0] ?? "")) return sample;
    }
    return undefined;
  }

  addJoints({ stampNs, positions }: StampedJoints): void {
    for (const [joint, value] of positions) {
      const told = this.#joints.get(joint) ?? [];
      this.#joints.set(joint, told);
      const newestNs = told.at(-1)?.stampNs;
      if (newestNs !== undefined && stampNs + RESTART_NS < newestNs) told.length = 0;
      insertSorted(told, { stampNs, value });
      if (told.length > 16 && stampNs - (told[told.length >> 1]?.stampNs ?? stampNs) > KEEP_NS) {
        told.splice(0, told.length >> 1);
      }
    }
  }

  /** The frame with its samples; frames of a camera come in the order of their stamps. */
  carry(frame: CameraFrame): CameraFrame {
    return { ...frame, kinematics: this.take(frame) };
  }

  /** The samples of a camera's next image. */
  take({
    camera,
    frameId,
    stampNs,
  }: Pick<CameraFrame, "camera" | "frameId" | "stampNs">): KinematicSample[] {
    if (frameId !== "" && !this.#opticalFrames.has(frameId)) {
      this.#opticalFrames.add(frameId);
      this.#chain = this.#findChain();
    }
    const givenNs = this.#givenNs.get(camera);
    const fromNs = givenNs === undefined || givenNs > stampNs ? stampNs - KEEP_NS : givenNs;
    this.#givenNs.set(camera, stampNs);
    const samples: KinematicSample[] = [];
    let lastNs = fromNs;
    for (const atNs of this.#stampsNs) {
      if (atNs <= fromNs || atNs - lastNs < LEAST_STEP_NS) continue;
      if (atNs + LEAST_STEP_NS > stampNs) break;
      lastNs = atNs;
      const sample = this.#sampleAt(atNs, frameId);
      if (sample.poses.size > 0) samples.push(sample);
    }
    samples.push(this.#sampleAt(stampNs, frameId));
    return samples;
  }

  #sampleAt(stampNs: bigint, ...opticalFrames: readonly string[]): KinematicSample {
    const { frames } = this.#selection;
    const fixed = this.#fixedFrame();
    const poses = new Map<string, Pose>();
    const missing = new Map<string, string>();
    for (const frame of new Set([...frames, ...opticalFrames])) {
      if (frame === "") continue;
      const found = this.#isRoot(fixed)
        ? ({ ok: false, reason: rootReason(fixed) } as const)
        : this.#buffer.lookup(fixed, frame, stampNs);
      if (found.ok) poses.set(frame, found.pose);
      else missing.set(frame, found.reason);
    }
    const joints = this.#jointsAt(stampNs);
    const attached = this.#attachedAt(stampNs, fixed);
    return {
      stampNs,
      poses,
      joints,
      ...(attached && { attached }),
      ...(missing.size > 0 && { missing }),
    };
  }

  #attachedAt(stampNs: bigint, fixed: string): ReadonlyMap<string, boolean> | undefined {
    const { attachable, frames } = this.#selection;
    const gripper = frames[0];
    if (attachable === undefined || gripper === undefined) return undefined;
    return new Map(
      attachable.flatMap((frame) => {
        const is = this.#attachments.isAttached(frame, gripper, fixed, stampNs);
        return is === undefined ? [] : [[frame, is] as const];
      }),
    );
  }

  #jointsAt(stampNs: bigint): ReadonlyMap<string, number> {
    const joints = new Map<string, number>();
    for (const [joint, told] of this.#joints) {
      const newest = told[countUntil(told, stampNs) - 1];
      if (newest && stampNs - newest.stampNs <= JOINT_LIFE_NS) joints.set(joint, newest.value);
    }
    return joints;
  }

  /** Nothing moves in a gripper's own frame: where it is the root, its way is not known. */
  #isRoot(fixed: string): boolean {
    return this.#selection.frames[0] === fixed;
  }

  #fixedFrame(): string {
    const { fixedFrame, frames } = this.#selection;
    return fixedFrame ?? this.#ancestors(frames[0] ?? "").at(-1) ?? "";
  }

  #findChain(): Set<string> {
    const frames = [...this.#selection.frames, ...this.#opticalFrames];
    const { fixedFrame } = this.#selection;
    const ends = fixedFrame === undefined ? frames : [...frames, fixedFrame];
    return new Set(ends.flatMap((frame) => this.#ancestors(frame)));
  }

  /** The frame itself, its parent and so on up to the root. */
  #ancestors(frame: string): string[] {
    const found = [frame];
    for (let at = this.#parents.get(frame); at !== undefined; at = this.#parents.get(at)) {
      if (found.includes(at)) break;
      found.push(at);
    }
    return found;
  }

  #addStamp(stampNs: bigint): void {
    const stamps = this.#stampsNs;
    const newestNs = stamps.at(-1);
    if (newestNs === undefined || stampNs > newestNs) stamps.push(stampNs);
    else if (stampNs + RESTART_NS < newestNs) this.#stampsNs = [stampNs];
    else {
      let index = stamps.length;
      while (index > 0 && (stamps[index - 1] ?? 0n) > stampNs) index--;
      if (stamps[index - 1] !== stampNs) stamps.splice(index, 0, stampNs);
    }
    // Cut only when half is old, so that the cost of a stamp stays constant.
    const middleNs = stamps[stamps.length >> 1];
    if (middleNs !== undefined && stampNs - middleNs > KEEP_NS) {
      this.#stampsNs.splice(0, stamps.length >> 1);
    }
  }
}

function rootReason(frame: string): string {
  return `no transform has ${frame} as its child: it has not been received, or is the root of its tree`;
}

function insertSorted(told: Told[], item: Told): void {
  told.splice(countUntil(told, item.stampNs), 0, item);
}

/** How many of them, from the oldest, are not after the stamp. */
function countUntil(told: readonly Told[], stampNs: bigint): number {
  let low = 0;
  let high = told.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((told[middle]?.stampNs ?? stampNs) <= stampNs) low = middle + 1;
    else high = middle;
  }
  return low;
}
