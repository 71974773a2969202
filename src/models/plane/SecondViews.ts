import { group } from "d3-array";
import { distanceBetween, dot, minus, type Vec3 } from "../../base/index.js";
import { invertPose, type Pose, rotate, transformPoint } from "../../camera/index.js";
import { type CanonicalFrame, toCanonical } from "../../geometry/index.js";
import type { Refusal } from "../../language/index.js";
import type { CameraError } from "../rgbd/cameraError.js";
import { errorsOfFramesAt, type PerhapsStanding } from "./PlaneScene.js";

/** Views from places nearer than this to each other are one, metres. */
const APART_M = 0.1;
/** Nothing that stands free is moved meanwhile. */
const WITHIN_NS = 500_000_000n;
/** Of two views of one place in a plane 1 in 400 is worse. */
const WORST_CHI2 = 12;
/** Comparisons that are looked back at, and how many tell something. */
const MOST_COMPARED = 24;
const LEAST_COMPARED = 3;
const BAD_SHARE = 0.6;
/** The same of one thing. */
const LEAST_OF_ONE = 2;

/** Where one view saw a thing stand, in the support's TF frame. */
interface Place {
  readonly stampNs: bigint;
  readonly eye: Vec3;
  readonly at: Vec3;
  readonly isDoubted: boolean;
  /** xx, xy, yy, m². */
  readonly covariance: readonly [number, number, number];
}

/**
 * Where several cameras, or one that moves, see the same things stand. A plane that is too high or
 * a camera that is not where TF has it moves a thing along its ray, which is another direction for
 * each view: then they do not see it in one place.
 */
export class SecondViews {
  readonly #cameraError: CameraError;
  readonly #places = new Map<string, Place[]>();
  readonly #compared: {
    readonly stampNs: bigint;
    readonly isBad: boolean;
    /** That it stands is not sure by one of both views: it tells nothing of the plane. */
    readonly isDoubted: boolean;
    readonly apartM: number;
    readonly name: string;
    readonly phrase: string;
  }[] = [];

  readonly #arms = new Map<string, bigint[]>();

  constructor(cameraError: CameraError) {
    this.#cameraError = cameraError;
  }

  /** Compares a thing that stands free with what was seen of it from elsewhere. */
  add(thing: PerhapsStanding, canonical: CanonicalFrame, support: Pose, stampNs: bigint): void {
    const { name, phrase } = thing.ref;
    const place = placeOf(thing, canonical, support, stampNs, this.#cameraError);
    if (!place) return;
    const before = (this.#places.get(name) ?? []).filter(
      (it) => stampNs - it.stampNs <= WITHIN_NS && it.stampNs - stampNs <= WITHIN_NS,
    );
    const isKnown = (it: Place) =>
      it.stampNs === stampNs && distanceBetween(it.eye, place.eye) < APART_M;
    if (before.some(isKnown)) return;
    const other = before.findLast((it) => distanceBetween(it.eye, place.eye) > APART_M);
    if (other) {
      const isBad = chi2(place, other) > WORST_CHI2;
      const apartM = Math.hypot(place.at[0] - other.at[0], place.at[1] - other.at[1]);
      const isDoubted = place.isDoubted || other.isDoubted;
      this.#compared.push({ stampNs, isBad, isDoubted, apartM, name, phrase });
      if (this.#compared.length > MOST_COMPARED) this.#compared.shift();
    }
    this.#places.set(name, [...before, place]);
  }

  /** An image shows an arm at a thing. */
  addArm(name: string, stampNs: bigint): void {
    const known = (this.#arms.get(name) ?? []).filter((it) => stampNs - it <= WITHIN_NS);
    if (!known.includes(stampNs)) this.#arms.set(name, [...known, stampNs]);
  }

  /** Whether an image shortly before one, of any camera, shows an arm at a thing. */
  hasArmBefore(name: string, stampNs: bigint): boolean {
    return (this.#arms.get(name) ?? []).some((it) => it < stampNs && stampNs - it <= WITHIN_NS);
  }

  /**
   * Why the plane or a camera is not where it is said to be, by the images before one: asked about
   * twice, that gives the same answers. Undefined where the views agree.
   */
  contradictionBefore(stampNs: bigint): Refusal | undefined {
    const compared = this.#compared.filter((it) => it.stampNs < stampNs && !it.isDoubted);
    const bad = compared.filter(({ isBad }) => isBad);
    const last = bad.at(-1);
    if (!last || bad.length < LEAST_COMPARED || bad.length < BAD_SHARE * compared.length)
      return undefined;
    return {
      reason: "contradiction",
      detail:
        `two views show ${last.phrase} ${(100 * last.apartM).toFixed(0)} cm apart on the support: is the ` +
        "support's `height` right, and the place of each camera in TF?",
    };
  }

  /**
   * The things that the images before one show in different places, by name. Where others are seen in one place, it
   * is not the plane that is wrong, but the thing does not stand on it.
   */
  apartBefore(stampNs: bigint): ReadonlyMap<string, Refusal> {
    const compared = this.#compared.filter((it) => it.stampNs < stampNs);
    const refused = [...group(compared, ({ name }) => name)].flatMap(
      ([name, all]): [string, Refusal][] => {
        const bad = all.filter(({ isBad }) => isBad);
        const last = bad.at(-1);
        if (!last || bad.length < LEAST_OF_ONE || bad.length < BAD_SHARE * all.length) return [];
        const isAlone = compared.some((it) => it.name !== name && !it.isBad);
        const why = isAlone
          ? ", and other things in one place: it may be held, or stand on something"
          : ": it may be held, or stand on something, or the support's `height` or a camera's place in TF is not right";
        const apartCm = (100 * last.apartM).toFixed(0);
        const detail = `two views show ${last.phrase} ${apartCm} cm apart on the support${why}`;
        return [[name, { reason: "ambiguous", detail }]];
      },
    );
    return new Map(refused);
  }
}

function placeOf(
  { object: { center, canonicalCenter, doubt }, isDoubted }: PerhapsStanding,
  canonical: CanonicalFrame,
  support: Pose,
  stampNs: bigint,
  cameraError: CameraError,
): Place | undefined {
  if (!doubt) return undefined;
  const toSupport = invertPose(support);
  const [x, y] = [canonical.x, canonical.y].map((axis) => rotate(toSupport.rotation, axis)) as [
    Vec3,
    Vec3,
  ];
  // The support's frame moves too where the camera's pose is wrong.
  const fromCamera = minus(canonicalCenter, toCanonical(canonical, [0, 0, 0]));
  const frames = errorsOfFramesAt(cameraError, fromCamera);
  const vectors = doubt.shared.map(([u, v], k) => {
    const [frameU, frameV] = frames[k] ?? [0, 0];
    return [u - frameU, v - frameV] as const;
  });
  const [uu, uv, , vv] = doubt.covariance;
  const sum = (own: number, of: (it: readonly [number, number]) => number) =>
    vectors.reduce((all, it) => all + of(it), own);
  const [a, b, c] = [
    sum(uu, ([u]) => u * u),
    sum(uv, ([u, v]) => u * v),
    sum(vv, ([, v]) => v * v),
  ];
  const turned = (i: 0 | 1, j: 0 | 1) =>
    dot([x[i] * a + y[i] * b, x[i] * b + y[i] * c, 0], [x[j], y[j], 0]);
  return {
    stampNs,
    isDoubted,
    eye: toSupport.position,
    at: transformPoint(toSupport, center),
    covariance: [turned(0, 0), turned(0, 1), turned(1, 1)],
  };
}

/** Squared distance of two places by their covariance, along the support. */
function chi2(a: Place, b: Place): number {
  const [x, y] = [a.at[0] - b.at[0], a.at[1] - b.at[1]];
  const xx = a.covariance[0] + b.covariance[0];
  const xy = a.covariance[1] + b.covariance[1];
  const yy = a.covariance[2] + b.covariance[2];
  return (yy * x * x - 2 * xy * x * y + xx * y * y) / Math.max(1e-12, xx * yy - xy * xy);
}
