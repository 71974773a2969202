import type { CameraFrame, CameraInfo, PartView } from "./CameraFrame.js";
import type { CameraTopics } from "./CameraTopics.js";
import { isSameCameraInfo } from "./cameraInfoFromRos.js";
import { type FramePose, IDENTITY_POSE, type Pose } from "./Pose.js";
import type { SensorPoints, SourceImage } from "./SourceImage.js";
import type { TransformBuffer } from "./TransformBuffer.js";

/** An image of another camera, perhaps, with its optical frame. */
export interface Viewed<T> {
  readonly image: T;
  readonly frameId: string;
}

export type ViewedPart = "depth" | "labels";

/** From where the depth and label images of a colour camera are seen, where that is another place. */
export class PartViews {
  readonly #topics: CameraTopics;
  readonly #transforms: TransformBuffer | undefined;
  /** Intrinsics of the cameras of the parts, where they have a camera_info of their own. */
  readonly #infos = new Map<ViewedPart, CameraInfo>();
  /** Why there are none. */
  readonly #noInfos = new Map<ViewedPart, string>();
  /** Optical frames of the parts, where they are others than the colour camera's. */
  readonly #frames = new Map<ViewedPart, string>();
  #depthToColor: Pose | undefined;

  /** @param transforms where the optical frames are to each other; without it, only drivers tell */
  constructor(topics: CameraTopics, transforms: TransformBuffer | undefined) {
    this.#topics = topics;
    this.#transforms = transforms;
  }

  /** The optical frames of other cameras that parts have come from. */
  get frames(): Iterable<string> {
    return this.#frames.values();
  }

  setInfo(part: ViewedPart, info: CameraInfo): void {
    const known = this.#infos.get(part);
    if (known === undefined || !isSameCameraInfo(known, info)) this.#infos.set(part, info);
  }

  setNoInfo(part: ViewedPart, reason: string): void {
    this.#noInfos.set(part, reason);
  }

  setDepthToColor(pose: Pose): void {
    this.#depthToColor = pose;
  }

  /** The views of the parts of a colour image in a frame; undefined if they are all its own camera's. */
  of(
    frameId: string,
    stampNs: bigint,
    parts: {
      readonly depth: Viewed<SourceImage | SensorPoints> | undefined;
      readonly labels: Viewed<SourceImage> | undefined;
    },
  ): CameraFrame["views"] {
    const depth = parts.depth && this.#view("depth", frameId, stampNs, parts.depth);
    const labels = parts.labels && this.#view("labels", frameId, stampNs, parts.labels);
    return depth || labels ? { ...(depth && { depth }), ...(labels && { labels }) } : undefined;
  }

  /** Undefined for an image of the colour camera itself, or of one that does not say which. */
  #view(
    part: ViewedPart,
    colorFrameId: string,
    stampNs: bigint,
    { image, frameId }: Viewed<SourceImage | SensorPoints>,
  ): PartView | undefined {
    const topic = this.#topics[part] ?? part;
    const points = image.kind === "points" ? image : undefined;
    if (points && frameId === colorFrameId) {
      return { topic, frameId, points, pose: { ok: true, pose: IDENTITY_POSE } };
    }
    if (frameId === "" || colorFrameId === "" || frameId === colorFrameId) return undefined;
    this.#frames.set(part, frameId);
    const info = this.#infos.get(part) ?? this.#infoOfDepth(frameId);
    const noInfo = info ? undefined : this.#noInfos.get(part);
    const found = this.#transforms?.lookup(colorFrameId, frameId, stampNs);
    const isTold = part === "depth" || frameId === this.#frames.get("depth");
    const pose: FramePose | undefined =
      !found?.ok && isTold && this.#depthToColor ? { ok: true, pose: this.#depthToColor } : found;
    return {
      topic,
      frameId,
      ...(points && { points }),
      ...(info && { info }),
      ...(noInfo !== undefined && { noInfo }),
      ...(pose && { pose }),
    };
  }

  /** Label images that were made in the depth camera's view have its intrinsics. */
  #infoOfDepth(frameId: string): CameraInfo | undefined {
    return this.#frames.get("depth") === frameId ? this.#infos.get("depth") : undefined;
  }
}
