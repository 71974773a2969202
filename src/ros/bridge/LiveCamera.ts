import {
  type CameraFrame,
  CameraReader,
  type CameraTopics,
  type FramePart,
  FrameRate,
  labelNamesFromRos,
} from "../../camera/index.js";
import type { LogLimit } from "../LogLimit.js";
import type { RosNode, RosQos, RosSubscription } from "../RosNode.js";
import type { LiveTransforms } from "./LiveTransforms.js";
import {
  type CameraPart,
  type LocatedCamera,
  locateCamera,
  type PartTopic,
} from "./locateCamera.js";
import { RecentValues } from "./RecentValues.js";
import type { WantedCamera } from "./wantedCameras.js";

export interface LiveCameraOptions {
  readonly node: RosNode;
  readonly log: LogLimit;
  readonly wanted: WantedCamera;
  /** No other camera is asked for. */
  readonly isOnly: boolean;
  readonly transport: string;
  readonly qos: RosQos;
  readonly transforms: LiveTransforms;
  /** TF frames that every frame shall carry. */
  readonly tfFrames: readonly string[];
  readonly rateHz: number;
  readonly nowMs: () => number;
  readonly onFrame: (frame: CameraFrame) => void;
  /** The stamps of the images have jumped back to this one. */
  readonly onJumpBack: (camera: LiveCamera, toNs: bigint) => void;
}

/** A part's subscription. */
export interface LivePart extends PartTopic {
  readonly subscription: RosSubscription;
}

/** By then, what belongs to an image has come, or will not. */
const LOOKAHEAD_NS = 500_000_000n;

/** One camera of the graph: subscribes its topics as they appear and joins them into frames. */
export class LiveCamera {
  readonly #options: LiveCameraOptions;
  readonly #received: RecentValues;
  /** What its frames wait for: those parts that someone publishes. */
  readonly #awaited = new Set<FramePart>();
  /** The last message of topics that hold for all images. */
  readonly #kept = new Map<CameraPart, unknown>();
  #located: LocatedCamera;
  #parts: readonly LivePart[] = [];
  #reader: CameraReader;
  #rateHz: number;
  #rate: FrameRate;
  #newest: CameraFrame | undefined;
  #lastImage: { readonly atMs: number; readonly rosNs: bigint } | undefined;
  #lastMessageNs: bigint | undefined;
  #infoFault: string | undefined;
  #activeSinceNs: bigint;
  readonly #activeSinceMs: number;

  constructor(options: LiveCameraOptions) {
    const { node, nowMs, rateHz } = options;
    this.#options = options;
    this.#received = new RecentValues(1000, nowMs);
    this.#rateHz = rateHz;
    this.#rate = rateOf(rateHz);
    this.#activeSinceNs = node.now();
    this.#activeSinceMs = nowMs();
    this.#located = this.#locate();
    this.#reader = this.#newReader();
    this.#subscribe();
  }

  get name(): string {
    return this.#located.topics.name;
  }

  get topics(): CameraTopics {
    return this.#located.topics;
  }

  /** What its topics are subscribed with. */
  get qos(): RosQos {
    return this.#options.qos;
  }

  get parts(): readonly LivePart[] {
    return this.#parts;
  }

  /** The frame that was joined last. */
  get newestFrame(): CameraFrame | undefined {
    return this.#newest;
  }

  get inputRateHz(): number {
    return this.#received.rateHz;
  }

  /** By the wall clock, s; -1 before the first image. */
  get silenceS(): number {
    return this.#lastImage === undefined
      ? -1
      : (this.#options.nowMs() - this.#lastImage.atMs) / 1000;
  }

  /** In ROS time, which stands still in a pause, s; since the subscription where none has come. */
  get rosSilenceS(): number {
    const nowNs = this.#options.node.now();
    // A simulation's clock may come after the subscription.
    if (this.#activeSinceNs === 0n || nowNs < this.#activeSinceNs) this.#activeSinceNs = nowNs;
    const sinceNs = this.#lastImage?.rosNs ?? this.#activeSinceNs;
    return Math.max(0, Number(nowNs - sinceNs) / 1e9);
  }

  /** Since the subscription, by the wall clock, s. */
  get activeS(): number {
    return (this.#options.nowMs() - this.#activeSinceMs) / 1000;
  }

  /** Why the intrinsics that come are of no use; undefined where they are. */
  get infoFault(): string | undefined {
    return this.#infoFault;
  }

  get hasInfo(): boolean {
    return this.#kept.has("info");
  }

  setRate(rateHz: number): void {
    this.#rateHz = rateHz;
    this.#rate = rateOf(rateHz);
  }

  /** Looks at the graph again: topics that have appeared are subscribed. Once a second. */
  scan(): void {
    const located = this.#locate();
    if (JSON.stringify(located) !== JSON.stringify(this.#located) && this.#isBetter(located)) {
      this.#located = located;
      this.#reader = this.#newReader();
      this.#subscribe();
    }
    this.#await();
    this.#flushIdle();
  }

  /** Forgets images of before a jump of time. */
  restart(): void {
    this.#reader = this.#newReader();
    this.#rate = rateOf(this.#rateHz);
    this.#lastMessageNs = undefined;
    if (this.#lastImage) this.#lastImage = { ...this.#lastImage, rosNs: this.#options.node.now() };
    for (const { part, topic, type } of this.#parts) {
      const message = this.#kept.get(part);
      if (message !== undefined) this.#read(part, topic, type, message);
    }
  }

  close(): void {
    for (const { subscription } of this.#parts) subscription.close();
    this.#parts = [];
  }

  #locate(): LocatedCamera {
    const { node, wanted, transport, isOnly } = this.#options;
    return locateCamera(node, wanted, transport, isOnly);
  }

  /** A topic that falls silent is kept: its publisher may come back. */
  #isBetter(located: LocatedCamera): boolean {
    return this.#located.parts.every(({ part, topic, type }) => {
      const found = located.parts.find((other) => other.part === part);
      if (found?.topic === topic && found.type === type) return true;
      return found !== undefined && this.#publishers(topic, type) === 0;
    });
  }

  #publishers(topic: string, type: string): number {
    return this.#options.node.publishersOf(topic).filter((it) => it.type === type).length;
  }

  #newReader(): CameraReader {
    const { transforms, tfFrames } = this.#options;
    const live = {
      get buffer() {
        return transforms.buffer;
      },
      frames: tfFrames,
    };
    return new CameraReader({
      camera: this.#located.topics,
      episode: "",
      parts: this.#awaited,
      lookaheadNs: LOOKAHEAD_NS,
      ownsBytes: true,
      ...(tfFrames.length > 0 && { transforms: live }),
      onUncalibrated: (reason) => {
        this.#infoFault = reason;
      },
    });
  }

  #subscribe(): void {
    const { node, qos } = this.#options;
    this.close();
    this.#kept.clear();
    this.#parts = this.#located.parts.map(({ part, topic, type }) => {
      const isLatched = part === "labelInfo";
      const wanted: RosQos = isLatched
        ? { reliability: "reliable", durability: "transient_local", depth: 1 }
        : qos;
      const subscription = node.subscribe(topic, type, wanted, (message) =>
        this.#take(part, topic, type, message),
      );
      return { part, topic, type, subscription };
    });
    this.#await();
  }

  #await(): void {
    const { transforms, tfFrames } = this.#options;
    this.#awaited.clear();
    for (const { part, subscription } of this.#parts) {
      if (part === "color" || part === "labelInfo") continue;
      if (subscription.publisherCount > 0) this.#awaited.add(part);
    }
    if (tfFrames.length > 0 && transforms.isPublished) this.#awaited.add("poses");
  }

  #take(part: CameraPart, topic: string, type: string, message: unknown): void {
    const { node, nowMs, onJumpBack } = this.#options;
    this.#lastMessageNs = node.now();
    if (part === "color") {
      this.#received.add();
      this.#lastImage = { atMs: nowMs(), rosNs: node.now() };
    }
    if (part === "info" || part === "labelInfo") this.#kept.set(part, message);
    const beforeNs = this.#reader.newestStampNs;
    this.#read(part, topic, type, message);
    if (this.#reader.newestStampNs < beforeNs) {
      const toNs = this.#reader.newestStampNs;
      onJumpBack(this, toNs);
      this.#read(part, topic, type, message);
    }
    this.#emit(this.#reader.take(this.#reader.newestStampNs));
  }

  #read(part: CameraPart, topic: string, type: string, message: unknown): void {
    if (part === "labelInfo") {
      try {
        this.#reader.setLabelNames(labelNamesFromRos(message));
      } catch (error) {
        this.#options.log.log(
          "warn",
          `${topic} unreadable`,
          `${topic}: ${(error as Error).message}`,
        );
      }
      return;
    }
    if (part === "info") this.#infoFault = undefined;
    const logNs = this.#options.node.now();
    this.#reader.add({ topic, type, logNs, decode: () => message }, true);
  }

  /** An image whose depth never comes must not wait for the next image for ever. */
  #flushIdle(): void {
    if (this.#lastMessageNs === undefined) return;
    if (this.#options.node.now() - this.#lastMessageNs < LOOKAHEAD_NS) return;
    this.#emit(this.#reader.flush());
  }

  #emit(frames: readonly CameraFrame[]): void {
    for (const frame of frames) {
      if (!this.#rate.keeps(frame.stampNs)) continue;
      this.#newest = frame;
      this.#options.onFrame(frame);
    }
  }
}

function rateOf(rateHz: number): FrameRate {
  return new FrameRate(rateHz > 0 ? rateHz : undefined);
}
