import type { Vec3 } from "../base/index.js";
import type { PointCloud } from "./PointCloud.js";
import type { Symmetric3 } from "./symmetricEigen3.js";

/** What a camera saw of an object: its points, and what is known of how it saw them. */
export interface SeenObject {
  /** In the optical frame, without strays. */
  readonly points: PointCloud;
  /** Distance between the points of neighbouring pixels on a surface that faces the camera. */
  readonly pitchM: number;
  /** Noise of its depths (standard deviation), if the sensor's is known; 0 otherwise. */
  readonly noiseM: number;
  /**
   * Share of its mask, 0..1, that is no part of it though it has a depth: of the support, or nobody's.
   * A mask that is shifted or too large shows it.
   */
  readonly lostShare: number;
  /**
   * How far to the right and down in the image, metres, its middle moves if what of its mask has no depth, or is
   * seen beyond what hides it, is its own. Holes that are spread evenly do not move it.
   */
  readonly holesM: readonly [rightM: number, downM: number];
  /** How much farther its mask goes on without depth, metres: its two ends across the image together, and up and down. */
  readonly blindM: readonly [acrossM: number, downM: number];
  /** Share of its mask, 0..1, that lies between surfaces, as depths at edges that mix both sides do. */
  readonly tornShare: number;
  readonly outline: Outline;
}

/** Where the outline of what was seen is not the object's own, because something hides the rest. */
export interface Outline {
  /** Share of the outline, 0..1, where something nearer to the camera begins. */
  readonly hiddenShare: number;
  /** The same for its upper and its lower side in the image. */
  readonly hiddenAboveShare: number;
  readonly hiddenBelowShare: number;
  /** Share of its lower side in the image, 0..1, beyond which the next surface is farther away by 2 cm. */
  readonly droppingBelowShare: number;
  /** For each point: 1 if such an edge is near. */
  readonly nearHidden: Uint8Array;
  /** For each point: 1 if the image ends near it, and the object may go on there. */
  readonly nearCut: Uint8Array;
  /**
   * How far what hides it goes on beyond it, pixels, on each side of the image: the object is no larger, or it would
   * be seen there. 0 on a side where nothing hides it.
   */
  readonly reachPx: {
    readonly left: number;
    readonly right: number;
    readonly above: number;
    readonly below: number;
  };
  /** How the image's edges cut it off, for each that does. */
  readonly cuts: readonly Cut[];
}

/** How an edge of the image cuts an object off. */
export interface Cut {
  /** Whether it is the left or the right edge. */
  readonly isAside: boolean;
  /** Of the outline on that side, the share that is cut off, 0..1. */
  readonly share: number;
  /** How far the object goes on beyond it at most, if it is convex, pixels; Infinity if it does not narrow towards it. */
  readonly reachPx: number;
  /** How far from the edge it is seen, pixels. */
  readonly seenPx: number;
  /** How much wider it is at the edge than halfway through what is seen, as a share of the former; 0 if it is not. */
  readonly widening: number;
}

/** How an object's centre may be off, in the canonical frame. */
export interface CenterDoubt {
  /** What is its own, m². */
  readonly covariance: Symmetric3;
  /**
   * Where errors that all objects of a frame share move it, each by one standard deviation, metres,
   * in the same order for all: what moves two objects alike does not change their distance.
   */
  readonly shared: readonly Vec3[];
}

/** An object in space. Lengths in metres, points in the camera's optical frame. */
export interface SpatialObject {
  readonly center: Vec3;
  readonly centerSigmaM: number;
  /** In the canonical frame: x along the view, y left, z up. */
  readonly canonicalCenter: Vec3;
  /** Where the centre may be off, if not alike in all directions. */
  readonly doubt?: CenterDoubt;
  /** Highest and lowest point along up. */
  readonly topM: number;
  readonly bottomM: number;
  /**
   * Where the lowest point may be off beside what its size is (standard deviation), if it was not seen but
   * follows from the centre.
   */
  readonly bottomSigmaM?: number;
  /** Points seen on its surface; one point for a TF frame. */
  readonly points: PointCloud;
  readonly pitchM: number;
  /** How far it is supposed to go on behind these, along the plane; absent: not at all. */
  readonly behindM?: number;
  /** What is known of what is hidden of it, by something nearer or by itself. */
  readonly hidden?: HiddenParts;
  /** Absent for an object that is known by a point only. */
  readonly size?: ObjectSize;
}

/** Of each side of a box: at its ends along `angle` and against it, and left and right of that. */
export interface BoxSides {
  readonly front: number;
  readonly back: number;
  readonly left: number;
  readonly right: number;
}

export interface HiddenParts {
  /** How surely its box has corners, 0..1: some of them are not seen. */
  readonly corners: number;
  /** How much farther out each side of its box may be (standard deviation), metres. */
  readonly beyondM: BoxSides;
  /** How these may move its centre, each by one standard deviation, canonical. */
  readonly moves: readonly Vec3[];
  /** How surely it is round and goes on along its circle at its back and behind what hides a part of that, 0..1. */
  readonly rim: number;
  /** How far what it may have behind itself reaches, as a cup's handle does (standard deviation), canonical. */
  readonly behind: Vec3;
}

export interface ObjectSize {
  /** Along the optical x axis. */
  readonly widthM: number;
  /** Along up. */
  readonly heightM: number;
  /** Of its box. */
  readonly volumeM3: number;
  /** Standard deviation of one of these lengths. */
  readonly sigmaM: number;
  /**
   * Of where its outermost points are, beside what moves its centre (standard deviation), where that is known: of its own
   * outline as it was seen.
   */
  readonly edgeSigmaM?: number;
  /** Of each by itself, where that is known better. */
  readonly sigmas?: Partial<LengthSigmas>;
  readonly box: ObjectBox;
}

/** Standard deviations, metres. */
export interface LengthSigmas {
  readonly widthM: number;
  readonly heightM: number;
  /** Of the highest and the lowest point along up. */
  readonly topM: number;
  readonly bottomM: number;
}

/** A box with vertical sides around the object. */
export interface ObjectBox {
  readonly shape: "circle" | "rectangle" | "sphere";
  readonly lengthM: number;
  readonly widthM: number;
  readonly heightM: number;
  /** Direction of the length axis in the plane, against the canonical x axis. */
  readonly angle: number;
}
