import { RESTART_NS } from "../base/index.js";
import {
  bareFrameId,
  composePoses,
  type FramePose,
  IDENTITY_POSE,
  invertPose,
  type Pose,
  type StampedTransform,
} from "./Pose.js";
import { type MissingLink, TransformHistory } from "./TransformHistory.js";

export interface TransformBufferOptions {
  /** How much of /tf is remembered, in ns. Default 10 s, as tf2 does. /tf_static never expires. */
  readonly keepNs?: bigint;
  /**
   * Between transforms of a frame that are further apart, and differ, its pose is unknown, in ns. Default
   * none: poses are interpolated over any gap, as tf2 does.
   */
  readonly mostGapNs?: bigint;
}

/** A frame's way up its tree: the pose of the start in each ancestor, and why it ended there. */
interface Climb {
  readonly ancestors: ReadonlyMap<string, Pose>;
  readonly end:
    | { readonly state: "root"; readonly frame: string }
    | { readonly state: "loop"; readonly frame: string }
    | { readonly state: "broken"; readonly frame: string; readonly link: MissingLink };
}

type Found =
  | { readonly ok: true; readonly pose: Pose }
  | {
      readonly ok: false;
      readonly isFinal: boolean;
      /** How far the oldest link that has to go on lags behind the stamp; 0 if none lags. */
      readonly behindNs: bigint;
      readonly reason: () => string;
    };

/**
 * Holds /tf and /tf_static and answers where one frame was in another. Between two transforms it
 * interpolates (position linearly, rotation by slerp); it never extrapolates.
 */
export class TransformBuffer {
  readonly #keepNs: bigint;
  readonly #mostGapNs: bigint | undefined;
  readonly #histories = new Map<string, TransformHistory>();
  readonly #frames = new Set<string>();

  constructor({ keepNs = 10_000_000_000n, mostGapNs }: TransformBufferOptions = {}) {
    this.#keepNs = keepNs;
    this.#mostGapNs = mostGapNs;
  }

  /** Adds the transforms of one /tf (`isStatic` false) or /tf_static (`isStatic` true) message. */
  add(transforms: readonly StampedTransform[], isStatic: boolean): void {
    for (const given of transforms) {
      const transform = bareTransform(given);
      const { parentFrame, childFrame } = transform;
      if (!isStatic && this.#isOfOtherRun(childFrame, transform.stampNs)) {
        this.restartAt(transform.stampNs);
      }
      const history = this.#histories.get(childFrame);
      if (history !== undefined && this.#frames.has(parentFrame)) {
        history.add(transform, isStatic);
        continue;
      }
      this.#frames.add(parentFrame).add(childFrame);
      if (history !== undefined) history.add(transform, isStatic);
      else {
        const made = new TransformHistory(transform, isStatic, this.#keepNs, this.#mostGapNs);
        this.#histories.set(childFrame, made);
      }
    }
  }

  /** Forgets the /tf of before time jumped back to a stamp. */
  restartAt(stampNs: bigint): void {
    for (const frame of [...this.#histories.keys()]) {
      if (this.#isOfOtherRun(frame, stampNs)) this.#histories.delete(frame);
    }
  }

  /** Whether a frame's transforms go so far beyond the stamp that they are of the run before it. */
  #isOfOtherRun(frame: string, stampNs: bigint): boolean {
    const newestNs = this.#histories.get(frame)?.newestNs;
    return newestNs !== undefined && stampNs + RESTART_NS < newestNs;
  }

  /** Whether a transform to or from the frame has come. */
  knows(frame: string): boolean {
    return this.#frames.has(bareFrameId(frame));
  }

  /** The frames that have come, for messages: `a, b, c, … (40 in all)`; `nothing` before the first. */
  get framesInWords(): string {
    const known = [...this.#frames].sort();
    if (known.length === 0) return "nothing";
    return (
      known.slice(0, 12).join(", ") + (known.length > 12 ? `, … (${known.length} in all)` : "")
    );
  }

  /**
   * The pose of `sourceFrame` in `targetFrame` at the stamp: `p_target = pose · p_source`.
   * Where it is unknown, the reason names the frames, how far the stamps are apart, and what to
   * check.
   */
  lookup(targetFrame: string, sourceFrame: string, stampNs: bigint): FramePose {
    const found = this.#find(bareFrameId(targetFrame), bareFrameId(sourceFrame), stampNs);
    return found.ok ? found : { ok: false, reason: found.reason() };
  }

  /** Whether the second frame was a parent of the first, or a parent's parent, at the stamp or last before. */
  hangsOn(frame: string, ancestor: string, stampNs: bigint): boolean {
    const seen = new Set<string>();
    let at = bareFrameId(frame);
    while (!seen.has(at)) {
      seen.add(at);
      const link = this.#histories.get(at)?.at(stampNs);
      if (link === undefined || link.state === "early") return false;
      at = link.parentFrame;
      if (at === bareFrameId(ancestor)) return true;
    }
    return false;
  }

  /**
   * Whether waiting for more transforms is pointless: `lookup` has a pose already, or the stamp
   * is older than all that is remembered.
   */
  isSettled(targetFrame: string, sourceFrame: string, stampNs: bigint): boolean {
    const found = this.#find(bareFrameId(targetFrame), bareFrameId(sourceFrame), stampNs);
    return found.ok || found.isFinal;
  }

  /**
   * Whether the pose is worth waiting for: both frames have come, and no transform between them is
   * further behind the stamp than that. A publisher that has died, or uses another clock, is not
   * waited for.
   */
  isExpected(
    targetFrame: string,
    sourceFrame: string,
    stampNs: bigint,
    patienceNs: bigint,
  ): boolean {
    if (!this.knows(targetFrame) || !this.knows(sourceFrame)) return false;
    const found = this.#find(bareFrameId(targetFrame), bareFrameId(sourceFrame), stampNs);
    return !found.ok && !found.isFinal && found.behindNs > 0n && found.behindNs <= patienceNs;
  }

  #find(target: string, source: string, stampNs: bigint): Found {
    if (target === source) return { ok: true, pose: IDENTITY_POSE };
    const fromSource = this.#climb(source, stampNs);
    const fromTarget = this.#climb(target, stampNs);
    for (const [ancestor, sourceInAncestor] of fromSource.ancestors) {
      const targetInAncestor = fromTarget.ancestors.get(ancestor);
      if (targetInAncestor === undefined) continue;
      return { ok: true, pose: composePoses(invertPose(targetInAncestor), sourceInAncestor) };
    }
    const ends = [fromSource.end, fromTarget.end];
    const isFinal = ends.some((end) => end.state === "broken" && end.link.state === "early");
    const behindNs = ends.reduce((most, end) => {
      const gapNs = end.state === "broken" && end.link.state === "late" ? end.link.gapNs : 0n;
      return gapNs > most ? gapNs : most;
    }, 0n);
    const reason = () => this.#whyNot(target, source, fromTarget, fromSource);
    return { ok: false, isFinal, behindNs, reason };
  }

  #climb(start: string, stampNs: bigint): Climb {
    const ancestors = new Map<string, Pose>();
    let frame = start;
    let pose = IDENTITY_POSE;
    for (;;) {
      if (ancestors.has(frame)) return { ancestors, end: { state: "loop", frame } };
      ancestors.set(frame, pose);
      const link = this.#histories.get(frame)?.at(stampNs);
      if (link === undefined) return { ancestors, end: { state: "root", frame } };
      if (link.state !== "known") return { ancestors, end: { state: "broken", frame, link } };
      pose = composePoses(link.pose, pose);
      frame = link.parentFrame;
    }
  }

  #whyNot(target: string, source: string, fromTarget: Climb, fromSource: Climb): string {
    for (const frame of [source, target]) {
      if (this.#frames.has(frame)) continue;
      return `${frame} has not been received; /tf has: ${this.framesInWords}`;
    }
    for (const { ancestors, end } of [fromSource, fromTarget]) {
      if (end.state === "loop") {
        const way = [...ancestors.keys(), end.frame].join(" → ");
        return `the TF tree has a loop: ${way}. Two nodes publish contradictory parents`;
      }
      if (end.state === "broken") return whyBroken(end.frame, end.link);
    }
    return (
      `"${source}" and "${target}" are not connected: the tree of the first has the root ` +
      `"${fromSource.end.frame}", that of the second "${fromTarget.end.frame}". ` +
      "A transform between the two roots is missing"
    );
  }
}

function bareTransform(given: StampedTransform): StampedTransform {
  const { parentFrame, childFrame } = given;
  if (!parentFrame.startsWith("/") && !childFrame.startsWith("/")) return given;
  return { ...given, parentFrame: bareFrameId(parentFrame), childFrame: bareFrameId(childFrame) };
}

function whyBroken(frame: string, link: MissingLink): string {
  const gap = `${(Number(link.gapNs) / 1e6).toFixed(1)} ms`;
  const name = `${link.parentFrame} → ${frame}`;
  return link.state === "late"
    ? `the newest transform ${name} is ${gap} older than the image, and poses are not ` +
        "extrapolated: check that its publisher is running, its rate, and that both use the same clock"
    : `the oldest transform ${name} in memory is ${gap} newer than the image: the recording ` +
        "begins without it, or the image arrived too late";
}
