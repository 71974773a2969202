import {
  type CameraFrame,
  CameraReader,
  type CameraTopics,
  type FramePart,
  IMAGE,
} from "../../camera/index.js";
import type { LogLimit } from "../LogLimit.js";
import type { RosNode } from "../RosNode.js";
import { isRepeated, type LiveMessage } from "./LiveMessage.js";
import type { LiveTransforms } from "./LiveTransforms.js";
import { type CameraPart, isLatched, type PartTopic } from "./locateCamera.js";

export interface LiveReaderOptions {
  readonly node: RosNode;
  readonly log: LogLimit;
  readonly transforms: LiveTransforms;
  readonly toleranceNs: bigint;
  /** How long an image waits for its parts, by the stamps. */
  readonly waitNs: bigint;
}

/** What has not come for so long is not waited for. */
const PATIENCE_NS = 1_500_000_000n;

/**
 * Joins the messages of a live camera's parts into frames. Messages that hold for all images are
 * kept over what it forgets.
 */
export class LiveReader {
  readonly #options: LiveReaderOptions;
  /** What its frames wait for: those parts that someone publishes. */
  readonly #awaited = new Set<FramePart>();
  /** The last message of topics that hold for all images. */
  readonly #kept = new Map<CameraPart, LiveMessage>();
  #reader: CameraReader;
  #infoFault: string | undefined;

  constructor(camera: CameraTopics, options: LiveReaderOptions) {
    this.#options = options;
    this.#reader = this.#newReader(camera);
  }

  /** Why the intrinsics that come are of no use; undefined if they are. */
  get infoFault(): string | undefined {
    return this.#infoFault;
  }

  get hasInfo(): boolean {
    return this.#kept.has("info");
  }

  /** Forgets the images so far, and reads these topics. */
  begin(camera: CameraTopics): void {
    this.#reader = this.#newReader(camera);
  }

  /** Reads once more what is kept. */
  readKept(parts: readonly PartTopic[]): void {
    for (const part of parts) {
      const message = this.#kept.get(part.part);
      if (message !== undefined) this.#add(part, message);
    }
  }

  /** What is kept of a part is of another topic. */
  forget(part: CameraPart): void {
    this.#kept.delete(part);
  }

  /** Frames wait for these parts, and for poses. */
  await(parts: Iterable<FramePart>): void {
    this.#awaited.clear();
    this.#awaited.add("poses");
    for (const part of parts) this.#awaited.add(part);
  }

  /** The stamp that an image gets whose header says `toldNs`. */
  stampOf(toldNs: bigint): bigint {
    return this.#reader.colorStampNs(toldNs, this.#options.node.now());
  }

  /** The images' stamps have jumped back. */
  isRestart(stampNs: bigint): boolean {
    return this.#reader.isRestart(stampNs);
  }

  /** Leaves an image out. */
  skip(stampNs: bigint): void {
    this.#reader.skipColor(stampNs, this.#options.node.now());
  }

  read(part: PartTopic, message: LiveMessage): void {
    if (part.part === "info" || isLatched(part.part)) {
      // Cameras repeat their intrinsics with every image.
      if (isRepeated(this.#kept.get(part.part), message)) return;
      this.#kept.set(part.part, message);
    }
    this.#add(part, message);
  }

  /** A picture of a video: `decode` gives it as an image message. */
  readPicture({ topic }: PartTopic, decode: () => unknown): void {
    this.#reader.add({ topic, type: IMAGE, logNs: this.#options.node.now(), decode }, true);
  }

  /** Frames that have all they wait for by now. @param newestNs when the last message came */
  complete(newestNs: bigint): readonly CameraFrame[] {
    return this.#reader.take(newestNs);
  }

  /** All frames that wait. */
  flush(): readonly CameraFrame[] {
    return this.#reader.flush();
  }

  #newReader(camera: CameraTopics): CameraReader {
    const { transforms, toleranceNs, waitNs } = this.#options;
    const live = {
      get buffer() {
        return transforms.buffer;
      },
      get frames() {
        return transforms.wanted;
      },
    };
    return new CameraReader({
      ...{ camera, episode: "", parts: this.#awaited, lookaheadNs: waitNs, toleranceNs },
      ...{ ownsBytes: true, patienceNs: PATIENCE_NS, transforms: live },
      onUncalibrated: (reason) => {
        this.#infoFault = reason;
      },
    });
  }

  #add({ part, topic, type }: PartTopic, { decode }: LiveMessage): void {
    const { node, log } = this.#options;
    if (part === "labelInfo" || part === "depthToColor") {
      try {
        if (part === "labelInfo") this.#reader.addLabelNames({ type, decode });
        else this.#reader.setDepthToColor(decode());
      } catch (error) {
        log.log("warn", `${topic} unreadable`, `${topic}: ${(error as Error).message}`);
      }
      return;
    }
    if (part === "info") this.#infoFault = undefined;
    this.#reader.add({ topic, type, logNs: node.now(), decode }, true);
  }
}
