import type { CameraFrame, CameraTopics, KinematicSelection } from "../camera/index.js";
import type { LeRobotDataset } from "./lerobot/readEpisodes.js";
import type { Bag } from "./rosbag/Bag.js";

/** What is known of a source without reading its images. */
export interface SourceInfo {
  /** As it was named: a file, a folder, or a spec such as `sim?seed=7`. */
  readonly path: string;
  /** Name for outputs and episodes: a file's stem, a folder's name. */
  readonly name: string;
  /** Differs where the source's frames differ: what a resumed run compares. */
  readonly identity: string;
  /** The time of the first and the last image or message, ns; `from` and `to` count from the first. */
  readonly startNs: bigint;
  readonly endNs: bigint;
  /** One line for each part that could not be read; reading may add some. */
  readonly damage: readonly string[];
  /** What a user should know besides, one line each; reading may add some. */
  readonly notes?: readonly string[];
}

/** Which frames of a source, and what they shall carry. */
export interface FrameSelection {
  /** From the source's own `cameras`. */
  readonly cameras: readonly CameraTopics[];
  /** TF frames whose poses every camera frame shall carry, where the source knows them. */
  readonly tfFrames?: readonly string[];
  /** What of the robot's own kinematics the frames shall carry; nothing where absent. */
  readonly kinematics?: KinematicSelection;
  /**
   * Depth is held against what the robot's transforms (`kinematics`) say of its gripper, before the
   * first frame; where its unit cannot be right, it is refused when it is decoded.
   */
  readonly checksDepth?: boolean;
  /** At most so many frames a second of each camera, Hz; all where absent. */
  readonly rateHz?: number;
  /**
   * Only those around so many times, which are spread over the range: a long recording is not read
   * as a whole. Several of each time, some without all of their parts. Other sources than recordings
   * give all.
   */
  readonly places?: number;
  /** Times of the first and the last image, ns, inclusive. */
  readonly startNs?: bigint;
  readonly endNs?: bigint;
}

/** A recording, a simulator or a folder of images: the port through which frames come in. */
export interface FrameSource extends AsyncDisposable {
  readonly info: SourceInfo;
  /** The recording with its other messages, where the source is one. */
  readonly recording?: Bag;
  /** The data set, where the source is one. */
  readonly dataset?: LeRobotDataset;
  /**
   * The cameras that a task's wishes come to; where it names none, the only one.
   * @throws CameraChoiceError if one is not there, or it is not clear which is meant
   */
  cameras(wanted: readonly CameraTopics[]): CameraTopics[];
  /** How many images a selection will give, as far as known before reading. */
  expectedFrames(selection: FrameSelection): number | undefined;
  /**
   * The frames in the order of their stamps, cameras interleaved; each once, as long as the source
   * is open. A frame that cannot be used comes with its `fault`. The result depends on the source
   * and the selection alone.
   */
  frames(selection: FrameSelection, signal?: AbortSignal): AsyncIterable<CameraFrame>;
  close(): Promise<void>;
}

/** A sort of source: what it looks like, and how it is opened. */
export interface SourceKind {
  /** What its specs look like: `sim[?seed=N]`. */
  readonly usage: string;
  /** One sentence. */
  readonly summary: string;
  /** Whether a file, folder or spec is one of this sort. Looks, and changes nothing. */
  claims(spec: string): Promise<boolean>;
  /** The name that outputs of the source get, without opening it. */
  nameOf(spec: string): string;
  /** @throws UserError if it cannot be opened: what is wrong and what to do */
  open(spec: string): Promise<FrameSource>;
}
