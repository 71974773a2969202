import { addScaled, dot } from "../../base/index.js";
import type { CameraFrame, CameraInfo } from "../../camera/index.js";
import type { Plane } from "../../geometry/index.js";
import type { ObjectRef } from "../../language/index.js";
import { type CameraError, cameraErrorsAt } from "../rgbd/cameraError.js";
import { depthGridOf } from "../rgbd/clusters/DepthGrid.js";
import { findTable } from "../rgbd/clusters/findTable.js";
import { isUpsideDown } from "../rgbd/clusters/isUpsideDown.js";
import { openDepth } from "../rgbd/DepthView.js";
import { type KnownSupport, toldPlane } from "../toldPlane.js";

export interface SupportOptions {
  /** Of its height over its TF frame, or under the camera (standard deviation), metres. */
  readonly heightSigmaM: number;
  readonly cameraError: CameraError;
  /** A camera without roll, so high above the support (metres), that looks down by an angle. */
  readonly camera?: { readonly heightM: number; readonly tiltRad: number } | undefined;
  /** The camera does not move: a plane that was seen once is good for later images. */
  readonly isFixed: boolean;
  readonly seed: number;
}

/** Where depth and TF say that the support is, they may differ by so many sigmas. */
const AGREE_SIGMAS = 4;

/**
 * The plane that things stand on, in the optical frame: by the TF frame of the support, else by the
 * frame's depth, by that of an earlier image of a fixed camera, or by where the camera is said to be.
 */
export class SupportPlane {
  readonly #options: SupportOptions;
  readonly #sameInfo: (info: CameraInfo) => CameraInfo;
  #seen: Plane | undefined;
  /** That TF has the plane elsewhere than the newest depth: it stays wrong in images without depth. */
  #contradiction: KnownSupport | undefined;

  constructor(options: SupportOptions, sameInfo: (info: CameraInfo) => CameraInfo) {
    this.#options = options;
    this.#sameInfo = sameInfo;
  }

  async of(frame: CameraFrame, support: ObjectRef | undefined): Promise<KnownSupport> {
    const { isFixed } = this.#options;
    const byTf = toldPlane(frame, support);
    // Without that transform, the other ways are left.
    if (byTf?.refusal && byTf.refusal.reason !== "no_transform") return byTf;
    const told = byTf?.plane;
    const set = this.#setPlane();
    const seen = await this.#seenPlane(frame, told ?? set);
    if (seen) this.#seen = seen;
    if (told && seen) {
      const apart = disagreement(told, seen, this.#options);
      this.#contradiction = apart === undefined ? undefined : contradiction(support, apart);
    }
    if (told && this.#contradiction) return this.#contradiction;
    const known = told ?? seen ?? (isFixed ? this.#seen : undefined);
    if (known && set) {
      const apart = disagreement(set, known, this.#options);
      if (apart !== undefined) return cameraContradiction(known, apart, told ? "TF" : "depth");
    }
    const plane = known ?? set;
    return plane ? { plane } : (byTf ?? noPlane(support, isFixed));
  }

  /** By the camera's place in the settings. */
  #setPlane(): Plane | undefined {
    const { camera } = this.#options;
    if (!camera) return undefined;
    const { heightM, tiltRad } = camera;
    const normal = [0, -Math.cos(tiltRad), -Math.sin(tiltRad)] as const;
    return { normal, offsetM: heightM, residualM: 0, inliers: 0 };
  }

  async #seenPlane(frame: CameraFrame, told: Plane | undefined): Promise<Plane | undefined> {
    if (!frame.depth || !frame.info) return undefined;
    const { view } = await openDepth(frame, this.#sameInfo);
    const known = this.#seen;
    const isTurned = isUpsideDown(frame, told);
    return (
      view && findTable(depthGridOf(view), { seed: this.#options.seed, known, isTurned })?.plane
    );
  }
}

/** How far apart two planes are where the camera looks, metres; undefined where they agree. */
function disagreement(
  told: Plane,
  seen: Plane,
  { heightSigmaM, cameraError }: SupportOptions,
): number | undefined {
  // The point of the seen plane that the camera looks at.
  const view = seen.normal[2] < -0.05 ? -seen.offsetM / seen.normal[2] : 1;
  const at = addScaled([0, 0, view], seen.normal, -(seen.normal[2] * view + seen.offsetM));
  const apartM = Math.abs(dot(told.normal, at) + told.offsetM);
  const byCamera = cameraErrorsAt(cameraError, [view, 0, 0]).map(([, , up]) => up);
  const sigmaM = Math.hypot(heightSigmaM, ...byCamera, seen.residualM);
  return apartM > AGREE_SIGMAS * sigmaM ? apartM : undefined;
}

function contradiction(support: ObjectRef | undefined, apartM: number): KnownSupport {
  const detail =
    `${support?.phrase ?? "the support"} is ${(100 * apartM).toFixed(1)} cm from where the depth ` +
    `image shows it: is \`height\` of ${support?.name} right, and the camera's place in TF?`;
  return { refusal: { reason: "contradiction", detail } };
}

function cameraContradiction(known: Plane, apartM: number, by: "TF" | "depth"): KnownSupport {
  const tiltDeg = (Math.asin(Math.min(1, Math.max(-1, -known.normal[2]))) * 180) / Math.PI;
  const detail =
    `by camera_height and tilt the support is ${(100 * apartM).toFixed(1)} cm from where ${by} has it: ` +
    `by that the camera is ${known.offsetM.toFixed(2)} m over it and looks down by ${tiltDeg.toFixed(0)} degrees`;
  return { refusal: { reason: "contradiction", detail } };
}

function noPlane(support: ObjectRef | undefined, isFixed: boolean): KnownSupport {
  const name = support ? support.name : "the support";
  const detail =
    `nothing says where the support's plane is: give ${name} in the task a \`frame\` whose z axis ` +
    "points up and a `height` (its surface over that frame's origin), or give the model " +
    `camera_height and tilt, or depth${isFixed ? " in an earlier image" : " (once, with camera=fixed)"}`;
  return { refusal: { reason: "no_plane", detail } };
}
