import { addScaled, distanceBetween, minus, type Vec3 } from "../../base/index.js";
import type { CameraFrame } from "../../camera/index.js";
import {
  type CanonicalFrame,
  type CenterDoubt,
  extentAlong,
  fromCanonical,
  type PointCloud,
  type SpatialObject,
  scaledCovariance,
  toCanonical,
  type UprightBody,
  withOtherCenter,
  worstSigma,
} from "../../geometry/index.js";
import { isRobot, type ObjectRef, type Refusal } from "../../language/index.js";
import { type CameraError, cameraErrorsAt } from "../rgbd/cameraError.js";
import { type FoundObject, type Located, LocatedScene, locateByFrame } from "../rgbd/located.js";
import type { BoxView } from "./BoxView.js";
import { STANDS } from "./onOrBehind.js";
import type { StandingBody, StandingThings } from "./StandingThings.js";

export interface PlaneSceneOptions {
  /** Of the support over its TF frame, or under the camera, metres. */
  readonly heightSigmaM: number;
  readonly cameraError: CameraError;
  readonly poseSigmaM: number;
  /** Why an object has no box, by name. */
  readonly missing: ReadonlyMap<string, Refusal>;
  /** Why an object does not stand on the plane, by name: other views tell. */
  readonly apart: ReadonlyMap<string, Refusal>;
}

/** What stands on the plane with nothing near it. */
export interface PerhapsStanding extends FoundObject {
  /** The picture shows something that may carry or hold it. */
  readonly isDoubted: boolean;
}

/** Things are no cylinders: by this factor the variances of a cylinder's place and size are too small for them. */
const FORM_DOUBT = 1.3;

/** More images of one view do not tell a length better than this: what they err by alike. */
const SIZE_SHARE = 0.06;

/** Points of a body's surface: so many on each rim, on so many levels. */
const RIM_POINTS = 24;
const LEVELS = 5;

/** One image's objects: those with a box on the plane, the robot by TF. */
export class PlaneScene extends LocatedScene {
  readonly canonical: CanonicalFrame;
  /** Always there: without a plane there is no such scene. */
  readonly noPlane = undefined;
  readonly #frame: CameraFrame;
  readonly #view: BoxView;
  readonly #things: StandingThings;
  readonly #options: PlaneSceneOptions;

  readonly #free: PerhapsStanding[] = [];

  constructor(
    frame: CameraFrame,
    view: BoxView,
    things: StandingThings,
    options: PlaneSceneOptions,
  ) {
    super();
    this.canonical = view.canonical;
    this.#frame = frame;
    this.#view = view;
    this.#things = things;
    this.#options = options;
  }

  /** What stands on the plane by itself, as far as its box tells. */
  get free(): readonly PerhapsStanding[] {
    return this.#free;
  }

  protected override find(ref: ObjectRef): Located {
    const boxPx = this.#view.boxes.get(ref.name);
    if (boxPx && isRobot(ref))
      return {
        refusal: {
          reason: "unsupported_question",
          detail: `${ref.phrase} does not stand on the support, so its box does not tell where it is: give ${ref.name} its TF frame`,
        },
      };
    const stood = this.#things.find(ref, this.#view);
    if (stood?.perhaps)
      this.#free.push({ ref, object: this.#objectOf(stood.perhaps), isDoubted: true });
    if (stood?.refusal) return { refusal: stood.refusal };
    if (stood && boxPx) {
      const object = this.#objectOf(stood.body);
      if (stood.body.isFree) this.#free.push({ ref, object, isDoubted: false });
      const refusal = this.#options.apart.get(ref.name);
      if (refusal) return { refusal };
      return { found: { ref, object, boxPx } };
    }
    if (ref.frame !== undefined) {
      const { poseSigmaM } = this.#options;
      return locateByFrame(ref, ref.frame, this.#frame, this.canonical, poseSigmaM, (at) =>
        errorsOfFramesAt(this.#options.cameraError, at),
      );
    }
    const refusal = this.#options.missing.get(ref.name);
    return { refusal: refusal ?? { reason: "no_object", detail: howToFind(ref, this.#frame) } };
  }

  #objectOf(body: StandingBody): SpatialObject {
    const { center, widthM, depthM, heightM, covariance, orLying } = body;
    const own: CenterDoubt = {
      covariance: scaledCovariance(covariance, FORM_DOUBT),
      shared: this.#shared(center),
    };
    // By the root of its share: so much another place adds to the variance.
    const root = Math.sqrt(orLying?.share ?? 0);
    const lying = orLying?.body ?? body;
    const [toX, toY, toZ] = minus(lying.center, center);
    const apart: readonly Vec3[] = [
      body.toOtherCenter ?? [0, 0, 0],
      [root * toX, root * toY, root * toZ],
    ];
    const doubt = apart.reduce(withOtherCenter, own);
    // What is farther away than thought is larger by the same share.
    const rangeM = distanceBetween(center, this.#eye());
    const planeSigmaM = Math.hypot(...own.shared.map((by) => Math.hypot(...by)));
    const { x, y, z } = this.canonical;
    const right: Vec3 = [x[0], y[0], z[0]];
    const [width, lyingWidth] = [extentAlong(body, right), extentAlong(lying, right)];
    const orWidthM = Math.hypot(lyingWidth.valueM - width.valueM, lyingWidth.sigmaM);
    const sigmaOf = (ownM: number, longM: number) =>
      Math.hypot(Math.sqrt(FORM_DOUBT) * ownM, SIZE_SHARE * longM, (planeSigmaM / rangeM) * longM);
    return {
      center: fromCanonical(this.canonical, center),
      centerSigmaM: worstSigma(doubt),
      doubt,
      canonicalCenter: center,
      topM: center[2] + heightM / 2,
      bottomM: center[2] - heightM / 2,
      bottomSigmaM: this.#bottomSigma(body, own.shared),
      points: surfaceOf(body, this.canonical),
      pitchM: 0,
      size: {
        widthM: width.valueM,
        heightM,
        volumeM3: widthM * depthM * heightM,
        sigmaM: sigmaOf(
          Math.hypot(body.sizeSigmaM, root * (lying.heightM - heightM)),
          Math.max(widthM, heightM),
        ),
        sigmas: {
          widthM: sigmaOf(Math.hypot(width.sigmaM, root * orWidthM), width.valueM),
        },
        box: {
          shape: "circle",
          lengthM: widthM,
          widthM: depthM,
          heightM,
          angle: Math.atan2(center[1], center[0]) + Math.PI / 2,
        },
      },
    };
  }

  /** The plane's own error moves what does not stand on it, as does where else a thing may be. */
  #bottomSigma({ bottom, toOtherCenter }: StandingBody, shared: readonly Vec3[]): number {
    const isStanding = bottom.sigma < 2 * STANDS.sigma;
    const ups = isStanding ? [] : shared.map(([, , up]) => up);
    return Math.hypot(bottom.sigma, toOtherCenter?.[2] ?? 0, ...ups);
  }

  #eye(): Vec3 {
    return toCanonical(this.canonical, [0, 0, 0]);
  }

  /**
   * Where one standard deviation of the support's height, and of each value of the camera's pose, moves what
   * stands on the plane: along its ray from the camera, in all by a share of its distance. A plane that is
   * lower than told by a length at a place, under a camera at height H, is farther by that length / H.
   */
  #shared(center: Vec3): readonly Vec3[] {
    const { heightSigmaM, cameraError } = this.#options;
    const eye = this.#eye();
    const [x, y, z] = minus(center, eye);
    const ups = cameraErrorsAt(cameraError, [x, y, -eye[2]]).map(([, , up]) => up);
    const shares = [heightSigmaM, ...ups.map((up) => -up)].map((by) => by / eye[2]);
    return shares.map((share): Vec3 => [share * x, share * y, share * z]);
  }
}

/** The same for what TF tells: it moves and turns with the camera. */
export function errorsOfFramesAt(error: CameraError, fromCamera: Vec3): readonly Vec3[] {
  return [[0, 0, 0], ...cameraErrorsAt(error, fromCamera)];
}

function surfaceOf(
  { center, widthM, depthM, heightM }: UprightBody,
  canonical: CanonicalFrame,
): PointCloud {
  const away = Math.hypot(center[0], center[1]) || 1;
  const along: Vec3 = [center[0] / away, center[1] / away, 0];
  const across: Vec3 = [-along[1], along[0], 0];
  const points: number[] = [];
  for (let level = 0; level < LEVELS; level++) {
    const up = (level / (LEVELS - 1) - 0.5) * heightM;
    for (let i = 0; i < RIM_POINTS; i++) {
      const angle = (2 * Math.PI * i) / RIM_POINTS;
      const onAxis: Vec3 = [center[0], center[1], center[2] + up];
      const deep = addScaled(onAxis, along, (depthM / 2) * Math.cos(angle));
      const point = addScaled(deep, across, (widthM / 2) * Math.sin(angle));
      points.push(...fromCanonical(canonical, point));
    }
  }
  return { count: points.length / 3, xyz: Float32Array.from(points) };
}

function howToFind(ref: ObjectRef, { absent }: CameraFrame): string {
  const known = [
    ref.labels?.length && (absent?.get("labels") ?? "the frame has no label image for its labels"),
    ref.classIds?.length &&
      (absent?.get("detections") ?? "the frame has no detections for its class_ids"),
  ].filter((it) => typeof it === "string");
  const ways = `give ${ref.name} a detector's class (class_ids: [cup]) or labels in the task, or the model boxes=`;
  return `${ref.phrase} has no box: ${[...known, ways].join("; ")}`;
}
