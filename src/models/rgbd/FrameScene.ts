import {
  bestDetection,
  type CameraFrame,
  type Detection,
  detectionPixels,
  type RawImage,
} from "../../camera/index.js";
import {
  type CanonicalFrame,
  cameraFrame,
  canonicalFrame,
  doubted,
  doubtedSize,
  type Plane,
  ransacPlane,
  type SpatialObject,
} from "../../geometry/index.js";
import { labelIdsOf, type ObjectRef, type Refusal } from "../../language/index.js";
import { scoreInWords } from "../believed.js";
import { rivalOf } from "../rivalOf.js";
import type { KnownSupport } from "../toldPlane.js";
import { alignedLabels } from "./alignedLabels.js";
import { aboveMask } from "./bodyInMask.js";
import { boxPixels } from "./boxPixels.js";
import {
  type CameraError,
  cameraErrorOf,
  cameraErrorsAt,
  USUAL_CAMERA_ERROR,
} from "./cameraError.js";
import type { Clustered } from "./clusters/Clustered.js";
import type { LabelledPixels } from "./clusters/labelImage.js";
import type { DepthView } from "./DepthView.js";
import { growMask } from "./growMask.js";
import { howToFind } from "./howToFind.js";
import { LabelIndex } from "./LabelIndex.js";
import { liftSample } from "./liftPixels.js";
import { type Located, LocatedScene, locateByFrame, notFound } from "./located.js";
import { type MeasuredPixels, measurePixels } from "./measurePixels.js";
import { otherUnit } from "./otherUnit.js";
import { ownParts } from "./ownParts.js";
import type { Sought } from "./Sources.js";

export interface SceneOptions {
  readonly support?: ObjectRef | undefined;
  readonly minPixels: number;
  /** What the frame's detections have at least. */
  readonly minScore: number;
  /** Of an object that is known by its TF frame, beside the camera's pose, metres. */
  readonly poseSigmaM: number;
  readonly cameraError?: CameraError;
  readonly seed: number;
  /** Noise of the depth at 1 m, metres; it grows with the distance squared. 0: not known. */
  readonly depthNoise: number;
  /** Objects that are known by the boxes of their phrases. */
  readonly sought?: Sought | undefined;
  /** Objects that are known by clusters of the depth, by their names. */
  readonly clustered?: {
    readonly names: ReadonlySet<string>;
    readonly by: Clustered;
  };
}

/** How far the centre may be off, as a share of the distance of the mask's from the corrected mask's. */
const ENDED_HARM = 0.5;
/** Of a mask that is a part of something large: besides, in all directions. */
const OPEN_ALL_WAYS = 0.6;

/** Of what may be larger or smaller than it is measured: its middle is off by half of that at most. */
const OTHER_SIZE = 0.5;

/** Clusters are found on every second pixel, and without the pixels of their edges that are torn. */
const CLUSTER_GAP_PX = 4;

/** Points of the support that RANSAC works on. */
const SUPPORT_POINTS = 3000;

/**
 * One frame, lifted into space piece by piece as it is asked about: label image, support plane
 * and objects are each worked out once, when first needed.
 */
export class FrameScene extends LocatedScene {
  readonly #frame: CameraFrame;
  readonly #view: DepthView;
  readonly #options: SceneOptions;
  /** The label image as it is, and moved to where the depth image has its edges. */
  #given: LabelIndex | undefined;
  #labels: LabelIndex | undefined;
  /** Whether the masks end where things do. */
  #isSure = true;
  #clusters: LabelledPixels | undefined;
  #support: KnownSupport | undefined;
  #canonical: CanonicalFrame | undefined;

  constructor(frame: CameraFrame, view: DepthView, options: SceneOptions) {
    super();
    this.#frame = frame;
    this.#view = view;
    this.#options = options;
  }

  /** On the support plane, or along the camera's axes if there is none. */
  get canonical(): CanonicalFrame {
    const plane = this.supportPlane;
    this.#canonical ??= plane ? canonicalFrame(plane) : cameraFrame();
    return this.#canonical;
  }

  /** Why there is no support plane; undefined if there is one. */
  get noPlane(): Refusal | undefined {
    this.#support ??= this.#findSupport();
    return this.#support.refusal;
  }

  /** In the optical frame, the normal up; undefined if there is none. */
  get supportPlane(): Plane | undefined {
    this.#support ??= this.#findSupport();
    return this.#support.plane;
  }

  protected override find(ref: ObjectRef): Located {
    const { labels, labelNames, detections } = this.#frame;
    const ids = labelIdsOf(ref, labelNames);
    if (labels && ids.length) {
      if (!ref.labels?.length && ids.length > 1)
        return notFound(
          `labels ${ids.join(", ")} are all named ${ref.phrase}: ` +
            `choose in the task which one is ${ref.name} (labels: [${ids[0]}])`,
        );
      return this.#lift(
        ref,
        this.#pixelsOf(labels, ids),
        `label ${ids.join(", ")} (${ref.phrase})`,
        ids,
      );
    }
    const { sought, clustered, minScore } = this.#options;
    if (clustered?.names.has(ref.name)) {
      const id = clustered.by.find(ref);
      if (typeof id !== "number") return { refusal: id };
      const what = `the thing that is ${ref.phrase}`;
      const located = this.#lift(ref, this.#clusterPixels(id), what, [id]);
      if (!located.found) return located;
      const object = likeItself(located.found.object, id, clustered.by);
      const boxPx = clustered.by.boxOf(id);
      return { found: { ...located.found, object, ...(boxPx && { boxPx }) } };
    }
    if (sought?.phrases.has(ref.phrase)) {
      // Such a detector has many boxes of one thing, of which the surest is taken.
      const best = bestDetection(detections ?? [], [ref.phrase]);
      if (!best) return notFound(`${sought.by.name} ${seesNone(ref, sought)}`);
      return this.#liftBox(ref, best, `the box of ${ref.phrase} (${sought.by.name})`);
    }
    if (detections && ref.classIds?.length) {
      const what = `class ${ref.classIds.join(", ")} (${ref.phrase})`;
      const best = bestDetection(detections, ref.classIds);
      if (!best) return notFound(`no detection of ${what} ${scoreInWords(minScore)}`);
      const rival = rivalOf(best, detections, ref.phrase, ref.classIds);
      return rival ? { refusal: rival } : this.#liftBox(ref, best, `the box of ${what}`);
    }
    if (ref.frame !== undefined) {
      const { poseSigmaM, cameraError = cameraErrorOf(USUAL_CAMERA_ERROR) } = this.#options;
      return locateByFrame(ref, ref.frame, this.#frame, this.canonical, poseSigmaM, (at) =>
        cameraErrorsAt(cameraError, at),
      );
    }
    return notFound(howToFind(ref, this.#frame, this.#indexOf, minScore));
  }

  #liftBox(ref: ObjectRef, detection: Detection, what: string): Located {
    return this.#lift(ref, boxPixels(this.#view, detection, this.supportPlane), what);
  }

  #pixelsInBox(detection: Detection | undefined): Uint32Array | undefined {
    const { width, height, info } = this.#view;
    return detection && detectionPixels(detection, { width, height }, info);
  }

  #lift(ref: ObjectRef, pixels: Uint32Array, what: string, ids?: readonly number[]): Located {
    // Depth in another unit is wrong for whatever is measured in it.
    const { noPlane } = this;
    if (noPlane?.reason === "contradiction") return { refusal: noPlane };
    const { minPixels } = this.#options;
    if (pixels.length === 0 && ids)
      return notFound(`${what} is not in the label image, which has ${this.#idsThere()}`);
    if (pixels.length < minPixels)
      return notFound(`${what} covers ${pixels.length} px, but at least ${minPixels} are needed`);
    const known = new Set([...(ids ?? []), ...this.#supportIds()]);
    const isOther = (pixel: number) => this.#isOther(pixel, known);
    const own = ids && !this.#isSure ? ownParts(this.#view, pixels, isOther) : pixels;
    const seen = this.#see(own, own, what, ids && isOther);
    const asSeen: Located = "refusal" in seen ? seen : { found: { ref, ...seen } };
    const plane = this.supportPlane;
    if (!ids || !plane) return asSeen;
    const grown = growMask(this.#view, own, plane, isOther);
    if (!grown) return asSeen;
    const whole = this.#see(grown.pixels, own, what, isOther);
    if ("refusal" in whole) return asSeen;
    if ("refusal" in seen) return { found: { ref, ...whole } };
    const object = grown.isEnded
      ? doubted(
          whole.object,
          seen.object,
          ENDED_HARM,
          0,
          ENDED_HARM * aboveMask(this.#view, whole, seen),
        )
      : doubted(seen.object, whole.object, 1, OPEN_ALL_WAYS);
    return { found: { ref, ...(grown.isEnded ? whole : seen), object } };
  }

  /**
   * What is measured of some pixels, which are those of a mask or its correction.
   *
   * @param isOther of a mask: which pixels are other things'
   */
  #see(
    pixels: Uint32Array,
    mask: Uint32Array,
    what: string,
    isOther: ((pixel: number) => boolean) | undefined,
  ): MeasuredPixels {
    const { minPixels, depthNoise, clustered } = this.#options;
    return measurePixels(pixels, what, {
      ...{ view: this.#view, plane: this.supportPlane, canonical: this.canonical },
      ...{ minPixels, depthNoise, gapPx: clustered ? CLUSTER_GAP_PX : 1 },
      ...(isOther && { ofMask: { mask, isOther, isLoose: !this.#isSure } }),
    });
  }

  #findSupport(): KnownSupport {
    const none = (detail: string) => ({ refusal: { reason: "no_plane" as const, detail } });
    const { support, seed, sought, minScore } = this.#options;
    if (!support)
      return none("the task has no support: add `support:` with the table top's or floor's label");
    const { labels, labelNames, detections } = this.#frame;
    const ids = labelIdsOf(support, labelNames);
    const { clustered } = this.#options;
    if (clustered && !(labels && ids.length)) {
      const { table } = clustered.by;
      if (typeof table !== "number") return { refusal: table };
      const cells = liftSample(this.#view, this.#clusterPixels(table), SUPPORT_POINTS);
      const plane = ransacPlane(cells.points, { seed });
      return plane ? this.#checked(plane, support) : none("the table top is not flat");
    }
    const seeker = sought?.phrases.has(support.phrase) ? sought : undefined;
    const classIds = seeker ? [support.phrase] : (support.classIds ?? []);
    const pixels =
      labels && ids.length
        ? this.#pixelsOf(labels, ids)
        : this.#pixelsInBox(bestDetection(detections ?? [], classIds));
    if (!pixels) {
      const why = seeker
        ? `${seeker.by.name} ${seesNone(support, seeker)}`
        : howToFind(support, this.#frame, this.#indexOf, minScore, true);
      return none(`the support is not seen: ${why}`);
    }
    if (labels && ids.length && pixels.length === 0)
      return none(
        `the support is not seen: label ${ids.join(", ")} (${support.phrase}) is not in the label image, which has ${this.#idsThere()}`,
      );
    const lifted = liftSample(this.#view, pixels, SUPPORT_POINTS);
    const plane = ransacPlane(lifted.points, { seed });
    if (plane) return this.#checked(plane, support);
    return none(
      `no plane in the ${lifted.points.count} points of the support (${support.phrase}; ` +
        `${ids.length ? `label ${ids.join(", ")}` : "detection box"})`,
    );
  }

  /** Unless TF tells of another unit of depth. */
  #checked(plane: Plane, support: ObjectRef): KnownSupport {
    const refusal = otherUnit(this.#frame, plane, support);
    return refusal ? { refusal } : { plane };
  }

  readonly #indexOf = (labels: RawImage): LabelIndex => {
    const { width, height } = this.#view;
    this.#given ??= LabelIndex.of(labels, width, height);
    return this.#given;
  };

  #pixelsOf(labels: RawImage, ids: readonly number[]): Uint32Array {
    this.#labels ??= this.#aligned(this.#indexOf(labels));
    const index = this.#labels;
    const [id, ...others] = ids;
    if (id !== undefined && others.length === 0) return index.pixelsOf(id);
    return Uint32Array.from(ids.flatMap((id) => [...index.pixelsOf(id)])).sort();
  }

  /** Moved to where the depth image has its edges, if it is not there. */
  #aligned(given: LabelIndex): LabelIndex {
    const support = new Set(this.#supportIds());
    const { labels, isSure } = alignedLabels(given, this.#view, (id) => !support.has(id));
    this.#isSure = isSure;
    return labels;
  }

  #clusterPixels(id: number): Uint32Array {
    this.#clusters = this.#options.clustered?.by.labels;
    return this.#clusters?.pixelsOf(id) ?? new Uint32Array();
  }

  #idsThere(): string {
    return this.#labels?.idsInWords() ?? "only 0";
  }

  /** Whether the label image gives a pixel to a thing: then a mask ends where that begins. */
  #isOther(pixel: number, own: ReadonlySet<number>): boolean {
    const id = this.#labels?.idAt(pixel) ?? this.#clusters?.idAt(pixel) ?? 0;
    return id !== 0 && !own.has(id);
  }

  #supportIds(): readonly number[] {
    const { support } = this.#options;
    return support ? labelIdsOf(support, this.#frame.labelNames) : [];
  }
}

/** With doubt where a thing has another size than in the images before: it is seen in part, or with another one. */
function likeItself(object: SpatialObject, id: number, by: Clustered): SpatialObject {
  if (!object.size) return object;
  const { acrossM, upM } = by.apart(id, object.size.box);
  return acrossM === 0 && upM === 0
    ? object
    : doubtedSize(object, OTHER_SIZE * acrossM, OTHER_SIZE * upM);
}

function seesNone({ phrase }: ObjectRef, { by }: Sought): string {
  return `found no box of ${phrase} ${scoreInWords(by.minScore)}`;
}
