import type { CameraFrame, FramePart } from "./CameraFrame.js";
import { type CameraTopics, COMPRESSED_IMAGE, isDisparity, isRectified } from "./CameraTopics.js";
import { cameraInfoFromRos } from "./cameraInfoFromRos.js";
import { detectionsFromRos } from "./detectionsFromRos.js";
import {
  DISPARITY_IMAGE,
  depthFromDisparityImage,
  depthOfDisparity,
  noBaseline,
  type StereoGeometry,
} from "./disparity.js";
import { DEFAULT_LOOKAHEAD_NS, FrameJoiner, type FrameJoinerOptions } from "./FrameJoiner.js";
import { labelNamesFromRos } from "./labelNames.js";
import {
  compressedImageFromRos,
  extrinsicsFromRos,
  type Headed,
  imageFromRos,
} from "./messagesFromRos.js";
import type { ViewedPart } from "./PartViews.js";
import { POINT_CLOUD, pointsFromRos } from "./pointCloud.js";
import { type DepthDoubt, NO_IMAGE, type SensorPoints, type SourceImage } from "./SourceImage.js";
import { LostPictureError } from "./videoFromRos.js";

type Part = Exclude<FramePart, "poses">;

interface PartFault {
  readonly part: Part;
  readonly stampNs: bigint;
  readonly fault: string;
}

/** A log time up to which a stamp of 0 may be meant, s after the start of simulated time. */
const UNSET_NS = 10_000_000_000n;
/** A frame without a part, this near to a message of it that is broken, is without it for that. */
const NEAR_NS = 50_000_000n;

/** A message of a recording, or of a live topic. */
export interface CameraMessage {
  readonly topic: string;
  readonly type: string;
  /** Log (receive) time. */
  readonly logNs: bigint;
  /** Byte arrays of the result may be views that are valid only until the next message. */
  decode(): unknown;
}

export interface CameraReaderOptions extends FrameJoinerOptions {
  /** The messages' bytes are the reader's own: they are kept as they come, not copied. */
  readonly ownsBytes?: boolean;
  /** Topics whose header stamps are of no use: their log times are taken for them. */
  readonly unstamped?: ReadonlySet<string>;
  /** Why the depth images cannot be in their unit. */
  readonly depthDoubt?: DepthDoubt | undefined;
  /** Called for a camera_info that has no intrinsics, with the reason. */
  readonly onUncalibrated?: (reason: string) => void;
}

/** Turns the messages of one camera's topics into its frames. */
export class CameraReader {
  readonly camera: CameraTopics;
  readonly topics: readonly string[];
  readonly #joiner: FrameJoiner;
  readonly #options: CameraReaderOptions;
  /** Frames whose colour message could not be decoded. */
  #undecoded: CameraFrame[] = [];
  /** Messages of parts that could not be decoded. */
  #partFaults: PartFault[] = [];
  /** By then, a frame has been taken. */
  readonly #lookaheadNs: bigint;
  /** What a header's stamp is after the log time: the clocks may differ (simulated time). */
  #stampAfterLogNs = 0n;
  /** Of the cameras of a disparity image. */
  #stereo: StereoGeometry | undefined;
  #hasStereoInfo = false;
  /** Disparity images that came before the camera_info. */
  readonly #unconverted: { readonly message: CameraMessage; readonly add: () => void }[] = [];
  /** Whether an image with a stamp other than 0 has come. */
  #hasStamps = false;

  constructor(options: CameraReaderOptions) {
    const { color, depth, labels, detections, info, depthInfo, labelsInfo } = options.camera;
    this.camera = options.camera;
    const topics = [color, depth, labels, detections, info, depthInfo, labelsInfo];
    this.topics = topics.filter((topic) => topic !== undefined);
    this.#options = options;
    this.#lookaheadNs = options.lookaheadNs ?? DEFAULT_LOOKAHEAD_NS;
    this.#joiner = new FrameJoiner(options);
  }

  /** The newest header stamp of images and detections; 0 before the first. */
  get newestStampNs(): bigint {
    return this.#joiner.newestStampNs;
  }

  /** Whether a colour image of that stamp comes from a new run of the source: time jumped back. */
  isRestart(stampNs: bigint): boolean {
    return this.#joiner.isRestart(stampNs);
  }

  /** @throws MessageError */
  addLabelNames(message: Pick<CameraMessage, "type" | "decode">): void {
    this.#joiner.addLabelNames(labelNamesFromRos(message.decode(), message.type));
  }

  /** @throws MessageError */
  setDepthToColor(message: unknown): void {
    this.#joiner.setDepthToColor(extrinsicsFromRos(message));
  }

  /** A colour image that is not wanted: its stamp alone is of use, for the other parts. */
  skipColor(stampNs: bigint, logNs: bigint): void {
    this.#joiner.skipColor(stampNs, logNs);
  }

  /** The stamp that a colour image gets: the one of its header, or its log time if that is unset. */
  colorStampNs(toldNs: bigint, logNs: bigint): bigint {
    return this.#stampOf({ topic: this.camera.color, logNs }, toldNs);
  }

  /** @param takesColor Whether a colour image becomes a frame, or lies outside of the range. */
  add(message: CameraMessage, takesColor: boolean): void {
    const { color, depth, labels, detections, info, depthInfo, labelsInfo } = this.camera;
    const { topic } = message;
    if (topic === color && takesColor) this.#addColor(message);
    // A topic may be named for several parts: the camera_info of a depth image for its labels too.
    if (topic === depth) this.#addPart("depth", message, () => this.#addDepth(message));
    if (topic === labels) this.#addPart("labels", message, () => this.#addLabels(message));
    if (topic === detections) {
      this.#addPart("detections", message, () => this.#addDetections(message));
    }
    if (topic === info) this.#addPart("info", message, () => this.#addInfo(message));
    if (topic === depthInfo) {
      this.#addPart("info", message, () => this.#addPartInfo("depth", message));
    }
    if (topic === labelsInfo) {
      this.#addPart("info", message, () => this.#addPartInfo("labels", message));
    }
  }

  /** @param nowNs log time of the message that came last, of whatever topic */
  take(nowNs: bigint): CameraFrame[] {
    const frames = this.#joiner.take(nowNs);
    return this.#withFaults(frames, nowNs - this.#lookaheadNs);
  }

  flush(): CameraFrame[] {
    this.#convert();
    return this.#withFaults(this.#joiner.flush(), undefined);
  }

  #addColor(message: CameraMessage): void {
    try {
      const { image, stampNs: told, frameId } = this.#readImage(message);
      const stampNs = this.#stampOf(message, told);
      this.#stampAfterLogNs = stampNs - message.logNs;
      this.#hasStamps ||= told !== 0n;
      this.#joiner.addColor(image, stampNs, message.logNs, frameId);
    } catch (error) {
      const known = error instanceof LostPictureError ? error : undefined;
      this.#undecoded.push({
        camera: this.camera.name,
        episode: this.#options.episode,
        stampNs: known?.stampNs ?? this.#likelyStampNs(message),
        logNs: message.logNs,
        frameId: known?.frameId ?? "",
        image: NO_IMAGE,
        fault: faultOf(message, error),
      });
    }
  }

  #addLabels(message: CameraMessage): void {
    const { image, stampNs, frameId } = this.#readImage(message);
    this.#joiner.addLabels(image, this.#stampOf(message, stampNs), message.logNs, frameId);
  }

  #addDetections(message: CameraMessage): void {
    const { detections, stampNs } = detectionsFromRos(message.decode(), message.type);
    this.#joiner.addDetections(detections, this.#stampOf(message, stampNs), message.logNs);
  }

  #addInfo(message: CameraMessage): void {
    const options = { topic: message.topic, isRectified: isRectified(this.camera.color) };
    const result = cameraInfoFromRos(message.decode(), options);
    if (result.ok) {
      this.#joiner.setInfo(result.info);
      if (this.camera.depthInfo === undefined) this.#setStereo(result.stereo);
    } else {
      this.#joiner.setNoInfo(result.reason);
      this.#options.onUncalibrated?.(result.reason);
    }
  }

  /** Of the camera that takes the depth or label images. */
  #addPartInfo(part: ViewedPart, message: CameraMessage): void {
    const options = {
      topic: message.topic,
      isRectified: isRectified(this.camera[part] ?? ""),
    };
    const result = cameraInfoFromRos(message.decode(), options);
    if (!result.ok) {
      this.#joiner.setNoPartInfo(part, result.reason);
      return;
    }
    this.#joiner.setPartInfo(part, result.info);
    if (part === "depth") this.#setStereo(result.stereo);
  }

  /** Adds a part, or remembers what is wrong with its message. */
  #addPart(part: Part, message: CameraMessage, add: () => void): void {
    try {
      add();
    } catch (error) {
      const stampNs = this.#likelyStampNs(message);
      const recent = this.#partFaults.filter(
        (old) => old.stampNs > stampNs - 2n * this.#lookaheadNs,
      );
      this.#partFaults = [...recent, { part, stampNs, fault: faultOf(message, error) }];
    }
  }

  /** Where the header says nothing, the log time on the images' clock. */
  #stampOf(message: Pick<CameraMessage, "topic" | "logNs">, stampNs: bigint): bigint {
    return this.#isUnstamped(message, stampNs) ? this.#likelyStampNs(message) : stampNs;
  }

  /**
   * A stamp of 0 far from 0 in log time was never set; but the first stamps of a simulation are 0,
   * so that in recordings `unstamped` says whether it was before others came.
   */
  #isUnstamped({ topic, logNs }: Pick<CameraMessage, "topic" | "logNs">, stampNs: bigint): boolean {
    const { unstamped } = this.#options;
    if (unstamped?.has(topic)) return true;
    return stampNs === 0n && logNs > UNSET_NS && (unstamped === undefined || this.#hasStamps);
  }

  /** Of a message whose header cannot be read. */
  #likelyStampNs(message: Pick<CameraMessage, "logNs">): bigint {
    return message.logNs + this.#stampAfterLogNs;
  }

  /** @param doneNs Log time up to which all frames are taken; all at all where undefined. */
  #withFaults(frames: CameraFrame[], doneNs: bigint | undefined): CameraFrame[] {
    if (this.#undecoded.length === 0 && this.#partFaults.length === 0) return frames;
    const marked = frames.map((frame) => this.#marked(frame));
    const last = frames[frames.length - 1]?.stampNs;
    const isDue = ({ stampNs, logNs = stampNs }: CameraFrame) =>
      doneNs === undefined || logNs <= doneNs || (last !== undefined && stampNs <= last);
    const due = this.#undecoded.filter(isDue);
    this.#undecoded = this.#undecoded.filter((frame) => !isDue(frame));
    if (due.length === 0) return marked;
    return [...marked, ...due].sort((a, b) => Number(a.stampNs - b.stampNs));
  }

  #marked(frame: CameraFrame): CameraFrame {
    const found = this.#partFaults.find(({ part, stampNs }) => {
      const isNear = frame.stampNs - stampNs < NEAR_NS && stampNs - frame.stampNs < NEAR_NS;
      return isNear && frame[part] === undefined;
    });
    return found ? { ...frame, fault: found.fault } : frame;
  }

  #addDepth(message: CameraMessage): void {
    const { logNs } = message;
    const { image, stampNs: told, frameId } = this.#readDepth(message);
    const stampNs = this.#stampOf(message, told);
    if (image.kind !== "raw" || !isDisparityImage(message)) {
      this.#joiner.addDepth(this.#ofUnit(image, message), stampNs, logNs, frameId);
      return;
    }
    const add = (): void => {
      const infoTopic = this.camera.depthInfo ?? this.camera.info;
      if (!this.#stereo) throw noBaseline(infoTopic);
      this.#joiner.addDepth(depthOfDisparity(image, this.#stereo), stampNs, logNs, frameId);
    };
    if (this.#mayGetStereo()) this.#unconverted.push({ message, add });
    else add();
  }

  #ofUnit(image: SourceImage | SensorPoints, { topic, type }: CameraMessage) {
    if (image.kind === "points" || type === DISPARITY_IMAGE) return image;
    const { depthUnitM: unitM } = this.camera;
    const { depthDoubt: doubt } = this.#options;
    const known = { ...(unitM !== undefined && { unitM }), ...(doubt && { doubt }) };
    return { ...image, depthOrigin: { topic, ...known } };
  }

  /** Whether the camera_info that tells the baseline may still come. */
  #mayGetStereo(): boolean {
    const { depthInfo, info } = this.camera;
    return !this.#hasStereoInfo && (depthInfo ?? info) !== undefined;
  }

  #setStereo(stereo: StereoGeometry | undefined): void {
    this.#stereo = stereo;
    this.#hasStereoInfo = true;
    this.#convert();
  }

  #convert(): void {
    const unconverted = this.#unconverted.splice(0);
    for (const { message, add } of unconverted) this.#addPart("depth", message, add);
  }

  #readDepth(message: CameraMessage): Headed<SourceImage | SensorPoints> {
    if (message.type === POINT_CLOUD) return this.#own(pointsFromRos(message.decode()));
    if (message.type === DISPARITY_IMAGE) return depthFromDisparityImage(message.decode());
    return this.#readImage(message);
  }

  #readImage(message: CameraMessage): Headed<SourceImage> {
    const content = message.decode();
    if (message.type === COMPRESSED_IMAGE) return this.#own(compressedImageFromRos(content));
    return this.#own(imageFromRos(content));
  }

  /** With its own bytes: a view would keep the whole chunk in memory while the frame waits. */
  #own<T extends SourceImage | SensorPoints>(headed: Headed<T>): Headed<T> {
    if (this.#options.ownsBytes) return headed;
    return { ...headed, image: { ...headed.image, data: new Uint8Array(headed.image.data) } };
  }
}

function isDisparityImage({ topic, type }: CameraMessage): boolean {
  return type !== DISPARITY_IMAGE && type !== POINT_CLOUD && isDisparity(topic);
}

function faultOf(message: CameraMessage, error: unknown): string {
  const reason = (error as Error).message;
  return reason.startsWith(message.topic) ? reason : `${message.topic}: ${reason}`;
}
