import type { CameraInfo } from "../../camera/index.js";
import type { Channel, SideChannel } from "./StateLayout.js";

/** A length that was said for an image. */
export interface SaidLength {
  readonly channel: Channel;
  readonly saidM: number;
  /** Of the wording, m. */
  readonly sigmaM: number;
  readonly wildShare: number;
}

/** An answer on which side an object is, with the probability that it is the first one. */
export interface SaidSide {
  readonly side: SideChannel;
  readonly first: number;
}

/** Where in the image a model saw an object. */
export interface SeenAt {
  readonly object: string;
  readonly pixel: readonly [u: number, v: number];
  readonly info: CameraInfo;
}

/** What was said of an image. */
export interface SaidOfImage {
  readonly lengths: readonly SaidLength[];
  readonly sides: readonly SaidSide[];
  readonly seen: readonly SeenAt[];
}
