import { distanceBetween, oddStride, secondsOf, type Vec3 } from "../base/index.js";
import { type CameraFrame, type Pose, projectPoint, type SourceImage } from "../camera/index.js";
import { cameraMotionM } from "./cameraMotionM.js";

/** What a frame has, and should change when a gripper moves in view, or the camera. */
const PARTS = ["depth", "labels", "image"] as const;
export type Part = (typeof PARTS)[number];

/** A part that is the same to the last bit while the gripper's frame moves in view, or the camera moves. */
export interface Still {
  readonly part: Part;
  readonly by: "gripper" | "camera";
  readonly movedM: number;
  readonly images: number;
  /** Of the first of them. */
  readonly sinceNs: bigint;
  /** Each pixel of the depth image has the value of all others. */
  readonly isOfOneValue: boolean;
}

/** Images that come sooner are not compared, ns: the cost does not grow with their rate. */
const LEAST_APART_NS = 190_000_000n;
/** As many images in a row, of so long: one slow message may belong to several. */
const LEAST_SAME = 3;
/** An image of one value shows no scene, whatever moves. */
const LEAST_OF_ONE_VALUE = 2;
const LEAST_SAME_S: Readonly<Record<Part, number>> = { depth: 0.95, labels: 1.9, image: 0.95 };
/** A gripper that moves so far changes it, m. Masks have no noise, and a detector is slow. */
const LEAST_MOVED_M: Readonly<Record<Part, number>> = { depth: 0.02, labels: 0.1, image: 0.03 };
/** After so many images that differ it goes on. */
const LEAST_CHANGES = 8;
/** Bytes that are compared: what moves changes more than a few. */
const MOST_BYTES = 16_384;

interface Run {
  readonly sum: number;
  /** Of the newest one that was compared. */
  readonly newestNs: bigint;
  readonly firstNs: bigint;
  readonly images: number;
  /** Where the gripper's frame was first, and how far it went from there in view, m. */
  readonly start?: Vec3 | undefined;
  readonly movedM: number;
  /** The same of the camera, by the support's frame. */
  readonly startRest?: Pose | undefined;
  readonly cameraM: number;
  /** Images that differ from the one before, since it was still. */
  readonly changes: number;
  readonly still?: Still | undefined;
}

/** Sees at hardly any cost, some times a second, what has stopped to change. */
export class StillWatch {
  readonly #runs = new Map<Part, Run>();

  /** What is still, or was until a moment ago; the first part of several. */
  get still(): Still | undefined {
    return PARTS.flatMap((part) => this.#runs.get(part)?.still ?? [])[0];
  }

  /** Whether that is still in the newest image. */
  get isGoingOn(): boolean {
    const { still } = this;
    return still !== undefined && this.#runs.get(still.part)?.changes === 0;
  }

  /**
   * @param position of the gripper's frame in the optical frame
   * @param rest the support's frame in the optical frame
   */
  see(frame: CameraFrame, position: Vec3 | undefined, rest?: Pose): void {
    const place = position && isInView(frame, position) ? position : undefined;
    for (const part of PARTS) {
      const image = frame[part];
      if (!image || image.data.length === 0) continue;
      const before = this.#runs.get(part);
      const sinceNs = before ? frame.stampNs - before.newestNs : LEAST_APART_NS;
      if (sinceNs >= 0n && sinceNs < LEAST_APART_NS) continue;
      const run = next(before, sumOf(image), frame.stampNs, { place, rest });
      const { images, cameraM } = run;
      const leastM = LEAST_MOVED_M[part];
      const by = run.movedM >= leastM ? "gripper" : "camera";
      // What a camera carries along has the same masks all the time.
      const movedM = by === "gripper" || part === "labels" ? run.movedM : cameraM;
      const isLong = secondsOf(frame.stampNs - run.firstNs) >= LEAST_SAME_S[part];
      const isSame = isLong && images >= LEAST_SAME && movedM >= leastM;
      // Whoever has no colour image sends one of a single colour.
      const isFlat = part !== "labels" && images >= LEAST_OF_ONE_VALUE && hasOneValue(image);
      const isOfOneValue = isFlat && part === "depth" && isDepth(image);
      const isStill = isOfOneValue || (isSame && !isFlat);
      const found = { part, by, movedM, images, sinceNs: run.firstNs, isOfOneValue } as const;
      const still = isStill && !run.still ? found : run.still;
      this.#runs.set(part, { ...run, still });
    }
  }

  /** Another episode may begin anywhere: the images in a row end. */
  forget(): void {
    this.#runs.clear();
  }
}

interface Told {
  readonly place: Vec3 | undefined;
  readonly rest: Pose | undefined;
}

function next(before: Run | undefined, sum: number, stampNs: bigint, { place, rest }: Told): Run {
  if (before?.sum === sum && stampNs >= before.firstNs) {
    const start = before.start ?? place;
    const goneM = start && place ? distanceBetween(start, place) : 0;
    const movedM = Math.max(before.movedM, goneM);
    const startRest = before.startRest ?? rest;
    const wayM = startRest && rest ? cameraMotionM(startRest, rest) : 0;
    const cameraM = Math.max(before.cameraM, wayM);
    const images = before.images + 1;
    const moved = { start, movedM, startRest, cameraM };
    return { ...before, ...moved, images, newestNs: stampNs, changes: 0 };
  }
  const changes = (before?.changes ?? 0) + 1;
  const still = changes < LEAST_CHANGES ? before?.still : undefined;
  const starts = { start: place, movedM: 0, startRest: rest, cameraM: 0 };
  return { sum, firstNs: stampNs, newestNs: stampNs, images: 1, ...starts, changes, still };
}

function isInView({ info }: CameraFrame, position: Vec3): boolean {
  if (!info || !(position[2] > 0)) return false;
  const [u, v] = projectPoint(info, position);
  return u >= 0 && u < info.width && v >= 0 && v < info.height;
}

/** By FNV-1a. */
function sumOf({ data }: SourceImage): number {
  const stride = oddStride(data, MOST_BYTES);
  let sum = 0x811c9dc5 ^ data.length;
  for (let i = 0; i < data.length; i += stride) sum = Math.imul(sum ^ (data[i] ?? 0), 0x01000193);
  return sum;
}

/** Of the same bytes in each pixel, as far as they are compared; unknown of a compressed one. */
function hasOneValue(image: SourceImage): boolean {
  if (image.kind !== "raw") return false;
  const { data, step, width } = image;
  const bytes = Math.floor(step / width);
  const stride = oddStride(data, MOST_BYTES);
  for (let i = 0; i < data.length; i += stride) {
    if (i % step < bytes * width && data[i] !== data[(i % step) % bytes]) return false;
  }
  return true;
}

/** Beyond the range, in words or floats. */
const NO_DEPTH = 0xffff;

/** Whether the first pixel has depth. */
function isDepth(image: SourceImage): boolean {
  if (image.kind !== "raw" || image.data.length < 4) return false;
  const { data, encoding, isBigEndian } = image;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const isFloat = encoding === "32FC1";
  const value = isFloat ? view.getFloat32(0, !isBigEndian) : view.getUint16(0, !isBigEndian);
  return value > 0 && value < NO_DEPTH;
}
