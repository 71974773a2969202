import type { CameraFrame, CameraInfo, Detection, FramePart, PartView } from "./CameraFrame.js";
import type { CameraTopics } from "./CameraTopics.js";
import { isSameCameraInfo } from "./cameraInfoFromRos.js";
import { PartMatcher, type Stamped, StampedQueue } from "./PartMatcher.js";
import { bareFrameId, type FramePose, IDENTITY_POSE, type Pose } from "./Pose.js";
import type { RawImage, SensorPoints, SourceImage } from "./SourceImage.js";
import type { TransformBuffer } from "./TransformBuffer.js";

export interface FrameJoinerOptions {
  readonly camera: CameraTopics;
  readonly episode: string;
  /** What to wait for, because the source has it. Other parts are taken if they are there. */
  readonly parts: ReadonlySet<FramePart>;
  /** Parts further than this from the colour image's stamp do not belong to it. Default 20 ms. */
  readonly toleranceNs?: bigint;
  /**
   * Live: what has not come for so long, or as often as it comes itself, is not waited for any
   * more, and a pose only where both frames have come and are received again. A frame then goes
   * without. Where absent, all `parts` are waited for.
   */
  readonly patienceNs?: bigint;
  /** How much source time a colour image waits for its parts. Default 500 ms. */
  readonly lookaheadNs?: bigint;
  /** The TF frames whose poses every camera frame shall carry. */
  readonly transforms?: { readonly buffer: TransformBuffer; readonly frames: readonly string[] };
}

/** An image of another camera, perhaps, with its optical frame. */
interface Viewed<T> {
  readonly image: T;
  readonly frameId: string;
}

type ViewedPart = "depth" | "labels";

interface ColorImage extends Stamped {
  readonly image: SourceImage;
  readonly frameId: string;
}

/** A stamp this much earlier than the newest is a new run of the source, not a late message. */
const RESTART_NS = 1_000_000_000n;

/** The wait for a part with its own rate (a detector) depends on that rate. */
const GAPS_WAITED = 4n;

/**
 * Joins the messages of one camera into CameraFrames by header stamp. A colour image and a depth
 * image (label image, list of detections) belong together when each is the other's nearest and
 * they are within the tolerance; with depth slower than colour, the frames between have no depth.
 *
 * The result depends only on the calls and their order: there is no clock inside. Memory is bounded
 * by the lookahead, if `take` is called. Images are kept as given, not copied: do not pass views
 * that their owner will overwrite.
 */
export class FrameJoiner {
  readonly #options: FrameJoinerOptions;
  readonly #lookaheadNs: bigint;
  readonly #restartNs: bigint;
  readonly #depth: PartMatcher<Viewed<SourceImage | SensorPoints>>;
  readonly #labels: PartMatcher<Viewed<RawImage>>;
  readonly #detections: PartMatcher<readonly Detection[]>;
  readonly #pending = new StampedQueue<ColorImage>();
  /** Stamps of the colour images of the last while, those already handed out included. */
  readonly #colors = new StampedQueue<Stamped>();
  /** Frames of before a restart of the source, not taken yet. */
  readonly #leftover: CameraFrame[] = [];
  #newestNs = 0n;
  /** Of the colour images since the last restart. */
  #firstNs: bigint | undefined;
  #info: CameraInfo | undefined;
  /** Intrinsics of the cameras of the parts, where they have a camera_info of their own. */
  readonly #partInfos = new Map<ViewedPart, CameraInfo>();
  /** Optical frames of the parts, where they are others than the colour camera's. */
  readonly #otherFrames = new Map<ViewedPart, string>();
  #depthToColor: Pose | undefined;
  #labelNames: ReadonlyMap<number, string> | undefined;

  constructor(options: FrameJoinerOptions) {
    const { toleranceNs = 20_000_000n, lookaheadNs = 500_000_000n } = options;
    this.#options = options;
    this.#lookaheadNs = lookaheadNs;
    this.#restartNs = lookaheadNs > RESTART_NS ? lookaheadNs : RESTART_NS;
    this.#depth = new PartMatcher(toleranceNs, this.#restartNs);
    this.#labels = new PartMatcher(toleranceNs, this.#restartNs);
    this.#detections = new PartMatcher(toleranceNs, this.#restartNs);
  }

  /** The newest header stamp of all images and detections: the source's own clock. */
  get newestStampNs(): bigint {
    return this.#newestNs;
  }

  /** Whether a colour image of that stamp comes from a new run of the source: time jumped back. */
  isRestart(stampNs: bigint): boolean {
    const newest = this.#colors.newest;
    return newest !== undefined && stampNs + this.#restartNs < newest.stampNs;
  }

  addColor(image: SourceImage, stampNs: bigint, frameId: string): void {
    this.#restartAfterJump(stampNs);
    this.#pending.add({ image, stampNs, frameId: bareFrameId(frameId) });
    this.#seeColor(stampNs);
  }

  /** A colour image that becomes no frame: parts that are nearest to it are still its own. */
  skipColor(stampNs: bigint): void {
    this.#restartAfterJump(stampNs);
    this.#seeColor(stampNs);
  }

  addDepth(image: SourceImage | SensorPoints, stampNs: bigint, frameId = ""): void {
    this.#depth.add({ image, frameId: bareFrameId(frameId) }, stampNs);
    this.#seeStamp(stampNs);
  }

  addLabels(image: RawImage, stampNs: bigint, frameId = ""): void {
    this.#labels.add({ image, frameId: bareFrameId(frameId) }, stampNs);
    this.#seeStamp(stampNs);
  }

  addDetections(detections: readonly Detection[], stampNs: bigint): void {
    this.#detections.add(detections, stampNs);
    this.#seeStamp(stampNs);
  }

  /** Intrinsics of the frames from now on. */
  setInfo(info: CameraInfo): void {
    // Cameras repeat their info with every image; what hangs on the object (pixelRays) stays valid.
    if (this.#info === undefined || !isSameCameraInfo(this.#info, info)) this.#info = info;
  }

  /** Intrinsics of the camera that takes the depth or label images. */
  setPartInfo(part: ViewedPart, info: CameraInfo): void {
    const known = this.#partInfos.get(part);
    if (known === undefined || !isSameCameraInfo(known, info)) this.#partInfos.set(part, info);
  }

  /** Where the depth camera's optical frame is in the colour camera's, as its driver tells. */
  setDepthToColor(pose: Pose): void {
    this.#depthToColor = pose;
  }

  setLabelNames(names: ReadonlyMap<number, string>): void {
    this.#labelNames = names;
  }

  /**
   * The frames that are complete, or older than the lookahead, in stamp order: a frame waits for
   * those before it.
   *
   * @param nowNs The time on the clock of the header stamps (not of a bag's log times, which may
   *   be another). Without it, the newest stamp that has come.
   */
  take(nowNs: bigint = this.#newestNs): CameraFrame[] {
    const frames = this.#leftover.splice(0);
    for (let oldest = this.#pending.oldest; oldest !== undefined; oldest = this.#pending.oldest) {
      const isExpired = oldest.stampNs + this.#lookaheadNs < nowNs;
      if (!isExpired && !this.#isComplete(oldest)) break;
      frames.push(this.#join(oldest));
      this.#pending.removeOldest();
    }
    return frames;
  }

  /** All frames that still wait, with what there is: at the end of the source. */
  flush(): CameraFrame[] {
    const frames = this.#leftover.splice(0);
    for (let oldest = this.#pending.oldest; oldest !== undefined; oldest = this.#pending.oldest) {
      frames.push(this.#join(oldest));
      this.#pending.removeOldest();
    }
    return frames;
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
    if (part.match(color, this.#colors).isSettled) return false;
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
    return this.#colors.newest?.stampNs ?? 0n;
  }

  #awaitsPoses({ frameId, stampNs }: ColorImage): boolean {
    const { transforms, patienceNs } = this.#options;
    if (transforms === undefined) return false;
    const { buffer } = transforms;
    const frames = [...transforms.frames, ...this.#otherFrames.values()];
    return patienceNs === undefined
      ? frames.some((frame) => !buffer.isSettled(frameId, frame, stampNs))
      : frames.some((frame) => buffer.isExpected(frameId, frame, stampNs, patienceNs));
  }

  #join(color: ColorImage): CameraFrame {
    const depth = this.#depth.take(color, this.#colors);
    const labels = this.#labels.take(color, this.#colors);
    const detections = this.#detections.take(color, this.#colors);
    const poses = this.#poses(color);
    return {
      camera: this.#options.camera.name,
      episode: this.#options.episode,
      stampNs: color.stampNs,
      frameId: color.frameId,
      image: color.image,
      ...(depth && depth.image.kind !== "points" && { depth: depth.image }),
      ...(labels && { labels: labels.image }),
      ...this.#views(color, depth, labels),
      ...(this.#labelNames && { labelNames: this.#labelNames }),
      ...(detections && { detections }),
      ...(this.#info && { info: this.#info }),
      ...(poses && { poses }),
    };
  }

  #views(
    color: ColorImage,
    depth: Viewed<SourceImage | SensorPoints> | undefined,
    labels: Viewed<RawImage> | undefined,
  ): Pick<CameraFrame, "views"> {
    const ofDepth = depth && this.#view("depth", color, depth);
    const ofLabels = labels && this.#view("labels", color, labels);
    if (!ofDepth && !ofLabels) return {};
    return { views: { ...(ofDepth && { depth: ofDepth }), ...(ofLabels && { labels: ofLabels }) } };
  }

  /** Undefined for an image of the colour camera itself, or of one that does not say which. */
  #view(
    part: ViewedPart,
    color: ColorImage,
    { image, frameId }: Viewed<SourceImage | SensorPoints>,
  ): PartView | undefined {
    const points = image.kind === "points" ? image : undefined;
    const isOwn = frameId === color.frameId;
    if (points && isOwn) {
      const pose = { ok: true, pose: IDENTITY_POSE } as const;
      return { topic: this.#options.camera.depth ?? part, frameId, points, pose };
    }
    if (frameId === "" || color.frameId === "" || frameId === color.frameId) return undefined;
    this.#otherFrames.set(part, frameId);
    const info = this.#partInfos.get(part) ?? this.#infoOfDepth(frameId);
    const { transforms, camera } = this.#options;
    const found = transforms?.buffer.lookup(color.frameId, frameId, color.stampNs);
    const told = part === "depth" || frameId === this.#otherFrames.get("depth");
    const pose: FramePose | undefined =
      !found?.ok && told && this.#depthToColor ? { ok: true, pose: this.#depthToColor } : found;
    const topic = camera[part] ?? part;
    return {
      topic,
      frameId,
      ...(points && { points }),
      ...(info && { info }),
      ...(pose && { pose }),
    };
  }

  /** Label images that were made in the depth camera's view have its intrinsics. */
  #infoOfDepth(frameId: string): CameraInfo | undefined {
    return this.#otherFrames.get("depth") === frameId ? this.#partInfos.get("depth") : undefined;
  }

  #poses(color: ColorImage): ReadonlyMap<string, FramePose> | undefined {
    const { transforms } = this.#options;
    if (transforms === undefined) return undefined;
    const { buffer, frames } = transforms;
    return new Map(frames.map((name) => [name, buffer.lookup(color.frameId, name, color.stampNs)]));
  }

  /** Restarts when the source's time jumps back. */
  #restartAfterJump(stampNs: bigint): void {
    if (!this.isRestart(stampNs)) return;
    this.#leftover.push(...this.flush());
    for (const queue of [this.#depth, this.#labels, this.#detections, this.#colors]) {
      queue.removeAfter(stampNs + this.#restartNs);
    }
    this.#newestNs = stampNs;
    this.#firstNs = stampNs;
  }

  #seeColor(stampNs: bigint): void {
    this.#firstNs ??= stampNs;
    this.#colors.add({ stampNs });
    this.#seeStamp(stampNs);
  }

  #seeStamp(stampNs: bigint): void {
    if (stampNs > this.#newestNs) this.#newestNs = stampNs;
    this.#forgetOldParts();
  }

  #forgetOldParts(): void {
    const horizonNs = this.#newestNs - this.#lookaheadNs;
    const oldest = this.#pending.oldest;
    const isOldestNeeded = oldest !== undefined && oldest.stampNs < horizonNs;
    for (const queue of [this.#depth, this.#labels, this.#detections, this.#colors]) {
      queue.removeBefore(isOldestNeeded ? oldest.stampNs : horizonNs);
    }
  }
}
