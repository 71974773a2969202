import { nsOf } from "../base/index.js";
import {
  type CameraFrame,
  type CameraInfo,
  type CameraTopics,
  cameraInfoFromMatrix,
  colorSize,
  FrameError,
  KinematicHistory,
  type RawImage,
  type SourceImage,
  type StampedTransform,
  TransformBuffer,
  withFault,
} from "../camera/index.js";
import { FieldError } from "../http/index.js";
import { kinematicSelection, type Task, taskFrames } from "../task/index.js";
import { checkParents } from "./checkParents.js";
import type { Step } from "./Step.js";

export interface StepFramesOptions {
  readonly camera: CameraTopics;
  /** The camera's optical frame, by its name among the poses. */
  readonly opticalFrame: string;
  /** Steps a second, Hz, where a step tells no time. */
  readonly rateHz: number;
}

/** Different frames and joints of one episode; more are a mistake. */
const MOST_KNOWN = 4000;

interface ImageSize {
  readonly width: number;
  readonly height: number;
}

type ToldCamera = NonNullable<Step["camera"]>;

/**
 * Makes camera frames of the steps of one episode, as a recording gives them: what was told once
 * (camera matrix, names of labels, fixed transforms) holds, and transforms and joints are looked
 * up at the stamp of the image.
 */
export class StepFrames {
  readonly #options: StepFramesOptions;
  readonly #transforms = new TransformBuffer();
  readonly #history: KinematicHistory | undefined;
  readonly #tfFrames: readonly string[];
  #info: CameraInfo | undefined;
  /** The camera that was told last, and with the size of its image, as text. */
  #camera: ToldCamera | undefined;
  #told = "";
  #names: ReadonlyMap<number, string> | undefined;
  #hasPoses = false;
  #size: ImageSize | undefined;
  #lastNs: bigint | undefined;
  /** Frames and joints that this episode has told of. */
  #known: ReadonlySet<string> = new Set();
  #parents: ReadonlyMap<string, string> = new Map();

  constructor(task: Pick<Task, "objects" | "robot">, options: StepFramesOptions) {
    const kinematics = kinematicSelection(task);
    this.#options = options;
    this.#history = kinematics && new KinematicHistory(kinematics);
    this.#tfFrames = [...new Set([...taskFrames(task), ...(kinematics?.frames ?? [])])];
  }

  /**
   * The frame of the next step.
   *
   * @throws FieldError for a step that does not fit to those before it; it leaves no trace
   */
  async next(step: Step, episode: string): Promise<CameraFrame> {
    const stampNs = this.#stampOf(step);
    const image = imageOf(step.image);
    const size = await sizeOf(image);
    checkTold(step.image, size);
    this.#checkSize(size);
    const told = step.camera ?? this.#camera;
    const info = told && this.#infoOf(told, size ?? this.#size);
    const known = this.#knownWith(step);
    const parents = checkParents(this.#parents, step.poses ?? []);
    const { camera, opticalFrame } = this.#options;
    this.#known = known;
    this.#parents = parents;
    this.#lastNs = stampNs;
    this.#size ??= size;
    this.#camera = told;
    this.#info = info;
    if (step.labels?.names) this.#names = namesOf(step.labels.names);
    this.#addKinematics(step, stampNs);
    const { depthUnitM: unitM } = camera;
    const frame: CameraFrame = {
      ...{ camera: camera.name, stampNs, frameId: opticalFrame, episode, image },
      ...(step.depth && {
        depth: { ...rawOf(step.depth), depthOrigin: { ...(unitM !== undefined && { unitM }) } },
      }),
      ...(step.labels && { labels: rawOf(step.labels) }),
      ...(this.#names && { labelNames: this.#names }),
      ...(this.#info && { info: this.#info }),
      ...(this.#hasPoses && { poses: this.#posesAt(stampNs) }),
    };
    return withFault(this.#history?.carry(frame) ?? frame, [camera]);
  }

  #stampOf({ time_s, stamp_ns }: Step): bigint {
    const lastNs = this.#lastNs;
    if (stamp_ns === undefined && time_s === undefined) {
      return lastNs === undefined ? 0n : lastNs + nsOf(1 / this.#options.rateHz);
    }
    const stampNs = stamp_ns === undefined ? nsOf(time_s ?? 0) : BigInt(stamp_ns);
    if (lastNs === undefined || stampNs >= lastNs) return stampNs;
    const field = stamp_ns === undefined ? "time_s" : "stamp_ns";
    const [now, before] = [stampNs, lastNs].map((ns) => `${Number(ns) / 1e9} s`);
    throw new FieldError(
      `${field}: ${now} is before the last step's ${before}: call reset between episodes`,
    );
  }

  #checkSize(size: ImageSize | undefined): void {
    const before = this.#size;
    if (!size || !before) return;
    if (size.width === before.width && size.height === before.height) return;
    throw new FieldError(
      `image: it is ${size.width}x${size.height}, but this episode began with ` +
        `${before.width}x${before.height}: call reset before the camera changes`,
    );
  }

  /**
   * Undefined while the size of the image is unknown.
   *
   * @throws FieldError for a matrix that cannot be that of the image
   */
  #infoOf(told: ToldCamera, image: ImageSize | undefined): CameraInfo | undefined {
    const width = told.width ?? image?.width;
    const height = told.height ?? image?.height;
    if (width === undefined || height === undefined) return undefined;
    // What hangs on the object (the rays of its pixels) stays valid while nothing new is told.
    const text = JSON.stringify([told, image]);
    if (this.#info && text === this.#told) return this.#info;
    const result = cameraInfoFromMatrix({ ...told, width, height }, image);
    if (!result.ok) throw new FieldError(`camera.k: it cannot be right: ${result.reason}`);
    this.#told = text;
    return result.info;
  }

  /**
   * What is known of a frame stays until the episode ends: their number is limited.
   *
   * @throws FieldError
   */
  #knownWith({ poses = [], joints = {} }: Step): ReadonlySet<string> {
    const frames = poses.flatMap(({ frame, parent }) => [`frame ${frame}`, `frame ${parent}`]);
    const told = [...frames, ...Object.keys(joints).map((joint) => `joint ${joint}`)];
    const others = told.filter((name) => !this.#known.has(name));
    if (others.length === 0) return this.#known;
    const known = new Set([...this.#known, ...others]);
    if (known.size <= MOST_KNOWN) return known;
    throw new FieldError(
      `${poses.length > 0 ? "poses" : "joints"}: this episode has told of ${known.size} different ` +
        `frames and joints, and there may be ${MOST_KNOWN}: names have to stay from step to step`,
    );
  }

  #addKinematics({ poses = [], joints }: Step, stampNs: bigint): void {
    for (const isStatic of [true, false]) {
      const transforms = poses
        .filter((pose) => (pose.static ?? false) === isStatic)
        .map((pose): StampedTransform => {
          const { frame, parent, position, orientation } = pose;
          const placed = { position, rotation: orientation };
          return { parentFrame: parent, childFrame: frame, stampNs, pose: placed };
        });
      if (transforms.length === 0) continue;
      this.#hasPoses = true;
      this.#transforms.add(transforms, isStatic);
      this.#history?.addTransforms(transforms, isStatic);
    }
    if (joints) {
      this.#history?.addJoints({ stampNs, positions: new Map(Object.entries(joints)) });
    }
  }

  #posesAt(stampNs: bigint): NonNullable<CameraFrame["poses"]> {
    const { opticalFrame } = this.#options;
    return new Map(
      this.#tfFrames.map((frame) => [frame, this.#transforms.lookup(opticalFrame, frame, stampNs)]),
    );
  }
}

/** @throws FieldError for a picture of another size than the step says */
function checkTold({ width, height }: Step["image"], size: ImageSize | undefined): void {
  if (!size || ((width ?? size.width) === size.width && (height ?? size.height) === size.height)) {
    return;
  }
  const told = `${width ?? size.width}x${height ?? size.height}`;
  throw new FieldError(
    `image: it is ${size.width}x${size.height}, not ${told} as the step says: leave width and height out`,
  );
}

function imageOf(image: Step["image"]): SourceImage {
  return isPicture(image)
    ? { kind: "compressed", format: image.encoding, data: image.data }
    : rawOf(image);
}

function isPicture(
  image: Step["image"],
): image is Extract<Step["image"], { readonly encoding: "jpeg" | "png" | "webp" }> {
  return ["jpeg", "png", "webp"].includes(image.encoding);
}

function rawOf(image: {
  readonly data: Uint8Array;
  readonly encoding: string;
  readonly width: number;
  readonly height: number;
}): RawImage {
  const { data, encoding, width, height } = image;
  return {
    kind: "raw",
    width,
    height,
    encoding,
    step: data.length / height,
    isBigEndian: false,
    data,
  };
}

/** Undefined for what cannot be read: that is said of the frame. */
async function sizeOf(image: SourceImage) {
  try {
    // Of a raw image that is the image itself, pixels and all.
    const { width, height } = await colorSize(image);
    return { width, height };
  } catch (error) {
    if (error instanceof FrameError) return undefined;
    throw error;
  }
}

function namesOf(names: Readonly<Record<string, string>>): ReadonlyMap<number, string> {
  return new Map(Object.entries(names).map(([id, name]) => [Number(id), name]));
}
