import { nsOf, RESTART_NS } from "../base/index.js";
import type { CameraFrame, CameraInfo, Detection, FramePart } from "./CameraFrame.js";
import type { CameraTopics } from "./CameraTopics.js";
import { isSameCameraInfo } from "./cameraInfoFromRos.js";
import { LabelNameHistory, type LabelNames } from "./labelNames.js";
import { type ColorArrival, type PairingOptions, PartMatcher } from "./PartMatcher.js";
import { PartViews, type Viewed, type ViewedPart } from "./PartViews.js";
import { bareFrameId, type FramePose, type Pose } from "./Pose.js";
import { placeMasks } from "./placeMasks.js";
import { RecentStamps } from "./RecentStamps.js";
import type { SensorPoints, SourceImage } from "./SourceImage.js";
import type { TransformBuffer } from "./TransformBuffer.js";

export interface FrameJoinerOptions {
  readonly camera: CameraTopics;
  readonly episode: string;
  /** What to wait for, because the source has it. Other parts are taken if they are there. */
  readonly parts: ReadonlySet<FramePart>;
  /**
   * Parts further than this from the colour image's stamp do not belong to it. Where absent: half
   * the period of the slower stream, at least 20 ms. The task's `tolerance` comes first.
   */
  readonly toleranceNs?: bigint;
  /** How much later than its followers a message may come. Default 0: as late as any has come. */
  readonly reorderNs?: bigint;
  /**
   * Live: what has not come for so long, or as often as it comes itself, is not waited for any
   * more, and a pose only where both frames have come and are received again. A frame then goes
   * without. Where absent, all `parts` are waited for.
   */
  readonly patienceNs?: bigint;
  /** How long, in log time, a colour image waits for its parts. Default 500 ms. */
  readonly lookaheadNs?: bigint;
  /** The TF frames whose poses every camera frame shall carry. */
  readonly transforms?: { readonly buffer: TransformBuffer; readonly frames: readonly string[] };
}

interface ColorImage {
  readonly arrival: ColorArrival;
  readonly image: SourceImage;
  readonly frameId: string;
  /** Looked up where the transforms of its run are forgotten before it is complete. */
  poses?: ReadonlyMap<string, FramePose> | undefined;
}

type MatchedPart = "depth" | "labels" | "detections";

const NOUNS: Readonly<Record<MatchedPart, string>> = {
  depth: "depth image",
  labels: "label image",
  detections: "detections",
};

export const DEFAULT_LOOKAHEAD_NS = 500_000_000n;

/** The wait for a part with its own rate (a detector) depends on that rate. */
const GAPS_WAITED = 4n;

/**
 * Log times that stand still must not let images pile up: so many lookaheads of stamps are enough,
 * where a recorder may have written in bursts.
 */
const MOST_LOOKAHEADS = 4n;

/**
 * Joins the messages of one camera into CameraFrames by header stamp. A colour image and a depth
 * image (label image, list of detections) belong together when each is the other's nearest and
 * they are within the tolerance; with depth slower than colour, the frames between have no depth.
 * Images of one stamp share what belongs to it. Where the sender's clock steps back, images and
 * parts of before and after it are told apart by when they arrived.
 *
 * The result depends only on the calls and their order: there is no clock inside. Memory is bounded
 * by the lookahead, if `take` is called. Images are kept as given, not copied: do not pass views
 * that their owner will overwrite.
 */
export class FrameJoiner {
  readonly #options: FrameJoinerOptions;
  readonly #lookaheadNs: bigint;
  readonly #restartNs: bigint;
  readonly #reorderNs: bigint;
  readonly #depth: PartMatcher<Viewed<SourceImage | SensorPoints>>;
  readonly #labels: PartMatcher<Viewed<SourceImage>>;
  readonly #detections: PartMatcher<readonly Detection[]>;
  /** By run and stamp; equal ones in order of arrival. */
  readonly #pending: ColorImage[] = [];
  /** The colour images of the last while, those already handed out included. */
  readonly #colors = new RecentStamps<ColorArrival>();
  #newestNs = 0n;
  #newestLogNs: bigint | undefined;
  #run = 0;
  /** Of the colour images since the last restart. */
  #firstNs: bigint | undefined;
  #info: CameraInfo | undefined;
  readonly #views: PartViews;
  #noInfo: string | undefined;
  readonly #labelNames = new LabelNameHistory();

  constructor(options: FrameJoinerOptions) {
    const { lookaheadNs = DEFAULT_LOOKAHEAD_NS, reorderNs = 0n, camera } = options;
    this.#options = options;
    this.#lookaheadNs = lookaheadNs;
    this.#reorderNs = reorderNs;
    this.#restartNs = lookaheadNs > RESTART_NS ? lookaheadNs : RESTART_NS;
    const { toleranceS, offsetS } = camera.pairing ?? {};
    const pairing: PairingOptions = {
      toleranceNs: toleranceS === undefined ? options.toleranceNs : nsOf(toleranceS),
      offsetNs: offsetS === undefined ? undefined : nsOf(offsetS),
      reorderNs,
    };
    this.#views = new PartViews(camera, options.transforms?.buffer);
    this.#depth = new PartMatcher(this.#colors, pairing);
    this.#labels = new PartMatcher(this.#colors, pairing);
    this.#detections = new PartMatcher(this.#colors, pairing);
  }

  /** The newest header stamp of all images and detections: the source's own clock. */
  get newestStampNs(): bigint {
    return this.#newestNs;
  }

  /** Whether a colour image of that stamp comes from a new run of the source: time jumped back. */
  isRestart(stampNs: bigint): boolean {
    const newestNs = this.#colors.newestNs;
    return newestNs !== undefined && stampNs + this.#restartNs < newestNs;
  }

  /** @param logNs when the message arrived; as in the other `add` methods, never earlier than before */
  addColor(image: SourceImage, stampNs: bigint, logNs: bigint, frameId: string): void {
    const arrival = this.#seeColor(stampNs, logNs);
    this.#enqueue({ arrival, image, frameId: bareFrameId(frameId) });
    this.#see(stampNs, logNs);
  }

  /** A colour image that becomes no frame: parts that are nearest to it are still its own. */
  skipColor(stampNs: bigint, logNs: bigint): void {
    this.#seeColor(stampNs, logNs);
    this.#see(stampNs, logNs);
  }

  addDepth(image: SourceImage | SensorPoints, stampNs: bigint, logNs: bigint, frameId = ""): void {
    this.#depth.add({ image, frameId: bareFrameId(frameId) }, stampNs, logNs);
    this.#see(stampNs, logNs);
  }

  addLabels(image: SourceImage, stampNs: bigint, logNs: bigint, frameId = ""): void {
    this.#labels.add({ image, frameId: bareFrameId(frameId) }, stampNs, logNs);
    this.#see(stampNs, logNs);
  }

  addDetections(detections: readonly Detection[], stampNs: bigint, logNs: bigint): void {
    this.#detections.add(detections, stampNs, logNs);
    this.#see(stampNs, logNs);
  }

  /** Intrinsics of the frames from now on. */
  setInfo(info: CameraInfo): void {
    // Cameras repeat their info with every image; what hangs on the object (pixelRays) stays valid.
    if (this.#info === undefined || !isSameCameraInfo(this.#info, info)) this.#info = info;
  }

  /** Intrinsics of the camera that takes the depth or label images. */
  setPartInfo(part: ViewedPart, info: CameraInfo): void {
    this.#views.setInfo(part, info);
  }

  /** Why such intrinsics are of no use; said of frames as long as none of use come. */
  setNoPartInfo(part: ViewedPart, reason: string): void {
    this.#views.setNoInfo(part, reason);
  }

  /** Where the depth camera's optical frame is in the colour camera's, as its driver tells. */
  setDepthToColor(pose: Pose): void {
    this.#views.setDepthToColor(pose);
  }

  /** Why the camera's info has no intrinsics; said of frames as long as none comes. */
  setNoInfo(reason: string): void {
    this.#noInfo = reason;
  }

  addLabelNames(names: LabelNames): void {
    this.#labelNames.add(names);
  }

  /**
   * The frames that are complete, or older than the lookahead, in stamp order: a frame waits for
   * those before it.
   *
   * @param nowNs The time on the clock of the log times. Without it, that of the last message.
   */
  take(nowNs: bigint = this.#newestLogNs ?? 0n): CameraFrame[] {
    const frames: CameraFrame[] = [];
    for (let next = this.#pending[0]; next !== undefined; next = this.#pending[0]) {
      const isReady = !this.#mayBePreceded(next, nowNs) && this.#isComplete(next);
      if (!isReady && !this.#isExpired(next, nowNs)) break;
      frames.push(this.#join(next));
      this.#pending.shift();
    }
    return frames;
  }

  /** All frames that still wait, with what there is: at the end of the source. */
  flush(): CameraFrame[] {
    return this.#pending.splice(0).map((color) => this.#join(color));
  }

  #enqueue(color: ColorImage): void {
    const { run, stampNs } = color.arrival;
    const isAfter = ({ arrival: other }: ColorImage) =>
      other.run > run || (other.run === run && other.stampNs > stampNs);
    const at = this.#pending.findIndex(isAfter);
    this.#pending.splice(at < 0 ? this.#pending.length : at, 0, color);
  }

  #isExpired({ arrival: { logNs, stampNs, run } }: ColorImage, nowNs: bigint): boolean {
    if (logNs + this.#lookaheadNs < nowNs) return true;
    const isLive = this.#options.patienceNs !== undefined;
    const mostNs = (isLive ? 1n : MOST_LOOKAHEADS) * this.#lookaheadNs;
    return run === this.#run && stampNs + mostNs < this.#newestColorNs;
  }

  /** Whether an image with an earlier stamp may still come. */
  #mayBePreceded({ arrival: { stampNs, logNs, run } }: ColorImage, nowNs: bigint): boolean {
    if (this.#reorderNs === 0n || run !== this.#run) return false;
    const isPassed = this.#newestColorNs >= stampNs + this.#reorderNs;
    return !isPassed && logNs + this.#reorderNs >= nowNs;
  }

  #isComplete(color: ColorImage): boolean {
    const { parts } = this.#options;
    if (parts.has("info") && this.#info === undefined && this.#isFirstWhile()) return false;
    if (parts.has("depth") && this.#isAwaited(this.#depth, color)) return false;
    if (parts.has("labels") && this.#isAwaited(this.#labels, color)) return false;
    if (parts.has("detections") && this.#isAwaited(this.#detections, color)) return false;
    return !parts.has("poses") || !this.#awaitsPoses(color);
  }

  #isAwaited(part: PartMatcher<unknown>, color: ColorImage): boolean {
    const { patienceNs } = this.#options;
    if (part.match(color.arrival).isSettled) return false;
    if (patienceNs === undefined) return true;
    const { newestNs, gapNs } = part;
    if (newestNs === undefined) return this.#isFirstWhile();
    const waitNs = GAPS_WAITED * gapNs;
    return this.#newestColorNs - newestNs <= (waitNs > patienceNs ? waitNs : patienceNs);
  }

  /** Whether what has never come may still come for the first time. */
  #isFirstWhile(): boolean {
    const { patienceNs } = this.#options;
    const newestNs = this.#newestColorNs;
    return patienceNs === undefined || newestNs - (this.#firstNs ?? newestNs) <= patienceNs;
  }

  get #newestColorNs(): bigint {
    return this.#colors.newestNs ?? 0n;
  }

  #awaitsPoses({ frameId, arrival: { stampNs } }: ColorImage): boolean {
    const { transforms, patienceNs } = this.#options;
    if (transforms === undefined) return false;
    const { buffer } = transforms;
    const frames = [...transforms.frames, ...this.#views.frames];
    return patienceNs === undefined
      ? frames.some((frame) => !buffer.isSettled(frameId, frame, stampNs))
      : frames.some((frame) => buffer.isExpected(frameId, frame, stampNs, patienceNs));
  }

  #join(color: ColorImage): CameraFrame {
    const depth = this.#depth.take(color.arrival);
    const labels = this.#labels.take(color.arrival);
    const detections = this.#detections.take(color.arrival);
    const poses = color.poses ?? this.#poses(color);
    const views = this.#views.of(color.frameId, color.arrival.stampNs, { depth, labels });
    const labelNames = this.#labelNames.at(color.arrival.stampNs);
    const placed = placeMasks(detections, this.#info ?? color.image);
    const absent = this.#absent(color.arrival, { depth, labels, detections }, placed.why);
    return {
      camera: this.#options.camera.name,
      episode: this.#options.episode,
      stampNs: color.arrival.stampNs,
      logNs: color.arrival.logNs,
      frameId: color.frameId,
      image: color.image,
      ...(depth && depth.image.kind !== "points" && { depth: depth.image }),
      ...(labels?.image.kind === "raw" && { labels: labels.image }),
      ...(labels?.image.kind === "compressed" && { packedLabels: labels.image }),
      ...(views && { views }),
      ...(labelNames && { labelNames }),
      ...(placed.detections && { detections: placed.detections }),
      ...(this.#info && { info: this.#info }),
      ...(poses && { poses }),
      ...(absent && { absent }),
    };
  }

  /** Why parts that the camera has topics for are not there. */
  #absent(
    color: ColorArrival,
    found: Readonly<Record<MatchedPart, unknown>>,
    unplaced: string | undefined,
  ): ReadonlyMap<FramePart, string> | undefined {
    const { camera } = this.#options;
    const reasons = new Map<FramePart, string>();
    const matchers = { depth: this.#depth, labels: this.#labels, detections: this.#detections };
    for (const part of ["depth", "labels", "detections"] as const) {
      const topic = camera[part];
      if (topic === undefined || found[part] !== undefined) continue;
      const why = matchers[part].whyNone(color, topic);
      reasons.set(part, `the frame has no ${NOUNS[part]}: ${why}`);
    }
    if (unplaced !== undefined) reasons.set("detections", `${camera.detections}: ${unplaced}`);
    if (this.#info === undefined && this.#noInfo !== undefined) reasons.set("info", this.#noInfo);
    return reasons.size > 0 ? reasons : undefined;
  }

  #poses(color: ColorImage): ReadonlyMap<string, FramePose> | undefined {
    const { transforms } = this.#options;
    if (transforms === undefined) return undefined;
    const { buffer, frames } = transforms;
    return new Map(
      frames.map((name) => [name, buffer.lookup(color.frameId, name, color.arrival.stampNs)]),
    );
  }

  #seeColor(stampNs: bigint, logNs: bigint): ColorArrival {
    if (this.isRestart(stampNs)) this.#restartAt(stampNs);
    if (this.#colors.isStepBack(stampNs)) {
      this.#run += 1;
      this.#newestNs = stampNs;
    }
    const before = this.#colors.last;
    const group = before?.stampNs === stampNs ? before.group : {};
    const arrival = { stampNs, logNs, run: this.#run, group };
    this.#firstNs ??= stampNs;
    this.#colors.add(arrival);
    return arrival;
  }

  /** What is still remembered of the run before says nothing of this one, though it has the same stamps. */
  #restartAt(stampNs: bigint): void {
    this.#firstNs = stampNs;
    for (const color of this.#pending) color.poses ??= this.#poses(color);
    this.#options.transforms?.buffer.restartAt(stampNs);
  }

  #see(stampNs: bigint, logNs: bigint): void {
    if (stampNs > this.#newestNs) this.#newestNs = stampNs;
    if (logNs > (this.#newestLogNs ?? logNs - 1n)) this.#newestLogNs = logNs;
    const neededNs = this.#pending.reduce(
      (least, { arrival }) => (arrival.logNs < least ? arrival.logNs : least),
      logNs,
    );
    const horizonNs = neededNs - this.#lookaheadNs;
    for (const part of [this.#depth, this.#labels, this.#detections]) part.forgetBefore(horizonNs);
    // Longer than parts, so that each part's own image is known as long as it is.
    this.#colors.forgetBefore(horizonNs - this.#lookaheadNs);
  }
}
