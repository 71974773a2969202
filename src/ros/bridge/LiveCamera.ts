import { map, Observable, type Subscriber, type Subscription } from "rxjs";
import { nsOf } from "../../base/index.js";
import {
  type CameraFrame,
  CameraReader,
  type CameraTopics,
  type FramePart,
  FrameRate,
  IMAGE,
  type ImageVerdict,
} from "../../camera/index.js";
import { fromTopic, rawFromTopic } from "../fromTopic.js";
import type { LogLimit } from "../LogLimit.js";
import { matchedCount } from "../qos.js";
import { overriddenQos } from "../qosOverrides.js";
import type { RosNode, RosQos } from "../RosNode.js";
import { Arrivals } from "./Arrivals.js";
import { decoderOf } from "./cdrMessages.js";
import type { GraphTopics } from "./GraphTopics.js";
import { ImageFlow } from "./ImageFlow.js";
import {
  decoded,
  decodedPicture,
  isRepeated,
  type LiveMessage,
  packetIn,
  release,
  undecoded,
  unreadable,
} from "./LiveMessage.js";
import type { LiveTransforms } from "./LiveTransforms.js";
import { type LivePicture, LiveVideo } from "./LiveVideo.js";
import {
  type CameraPart,
  isLatched,
  keyOf,
  type LocatedCamera,
  locateCamera,
  type PartTopic,
} from "./locateCamera.js";
import type { WantedCamera } from "./wantedCameras.js";

export interface LiveCameraOptions {
  readonly node: RosNode;
  readonly log: LogLimit;
  readonly topics: GraphTopics;
  readonly wanted: WantedCamera;
  /** No other camera is asked for. */
  readonly isOnly: boolean;
  readonly transport: string;
  readonly qos: RosQos;
  /** Unless a parameter says otherwise of this camera. */
  readonly joinToleranceS: number;
  readonly joinWaitS: number;
  readonly transforms: LiveTransforms;
  readonly rateHz: number;
  readonly nowMs: () => number;
}

/** What comes from a camera: its frames, and before the first one of a new run of time, a reset. */
export type CameraEvent =
  | { readonly kind: "frame"; readonly frame: CameraFrame }
  | {
      readonly kind: "reset";
      /** The stamp of the next frame. */
      readonly toNs: bigint;
      readonly why: string;
    };

/** What has not come for so long is not waited for. */
const PATIENCE_NS = 1_500_000_000n;
const LABEL_INFO = "vision_msgs/msg/LabelInfo";
const LATCHED: RosQos = { reliability: "reliable", durability: "transient_local", depth: 1 };

/** One camera of the graph: subscribes its topics as they appear and joins them into frames. */
export class LiveCamera {
  /**
   * Emits each frame as it is complete, and a reset before the first one after a jump back of the
   * images' stamps. Subscribe it once: the camera's topics are subscribed from then until the
   * teardown. Neither completes nor fails: a topic that cannot be subscribed is reported in the
   * log.
   */
  readonly events$: Observable<CameraEvent>;
  /** When its messages came. */
  readonly arrivals: Arrivals;
  /** What stamps and bytes of the images show about their way here. */
  readonly flow: ImageFlow;
  readonly #options: LiveCameraOptions;
  /** What its frames wait for: those parts that someone publishes. */
  readonly #awaited = new Set<FramePart>();
  /** The last message of topics that hold for all images. */
  readonly #kept = new Map<CameraPart, LiveMessage>();
  /** By what `keyOf` says of their parts. */
  readonly #listening = new Map<string, Subscription>();
  #located: LocatedCamera;
  #subscriber: Subscriber<CameraEvent> | undefined;
  #video: LiveVideo | undefined;
  #reader: CameraReader;
  #rateHz: number;
  #rate: FrameRate;
  #newest: CameraFrame | undefined;
  #infoFault: string | undefined;

  constructor(options: LiveCameraOptions) {
    const { node, nowMs, rateHz } = options;
    this.#options = options;
    this.arrivals = new Arrivals(node, nowMs);
    this.flow = new ImageFlow(nowMs);
    this.#rateHz = rateHz;
    this.#rate = rateOf(rateHz);
    this.#located = this.#locate();
    this.#reader = this.#newReader();
    this.events$ = new Observable((subscriber) => {
      this.#subscriber = subscriber;
      this.#listen();
      return () => {
        for (const key of [...this.#listening.keys()]) this.#unlisten(key);
        this.#subscriber = undefined;
        this.#endVideo();
      };
    });
  }

  get name(): string {
    return this.#located.topics.name;
  }

  get topics(): CameraTopics {
    return this.#located.topics;
  }

  get parts(): readonly PartTopic[] {
    return this.#located.parts;
  }

  /** The frame that was joined last. */
  get newestFrame(): CameraFrame | undefined {
    return this.#newest;
  }

  /** What the images of its colour topic are; undefined before the first. */
  get colorVerdict(): ImageVerdict | undefined {
    const { color } = this.topics;
    const { topics } = this.#options;
    return topics.isKnown(color) ? topics.verdictOn(color) : undefined;
  }

  /** Why the intrinsics that come are of no use; undefined if they are. */
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
    this.relocate();
    this.#await();
    this.#flushIdle();
  }

  /** Takes over what is known of the graph's topics by now. */
  relocate(): void {
    const located = this.#locate();
    if (JSON.stringify(located) === JSON.stringify(this.#located)) return;
    if (this.#subscriber === undefined || !this.#isBetter(located)) return;
    this.#tellChanges(located);
    // What waits for a part that is none, or is another one, goes without it.
    this.#emit(this.#reader.flush());
    this.#located = located;
    this.#reader = this.#newReader();
    this.#listen();
    this.#readKept();
  }

  /** Emits the frames that have all they wait for by now. */
  takeComplete(): void {
    this.#emit(this.#reader.take(this.arrivals.lastMessageNs ?? 0n));
  }

  /** Forgets images of before a jump of time. */
  restart(): void {
    this.#reader = this.#newReader();
    this.#rate = rateOf(this.#rateHz);
    this.arrivals.restart();
    this.flow.restart();
    this.#readKept();
  }

  #readKept(): void {
    for (const part of this.#located.parts) {
      const message = this.#kept.get(part.part);
      if (message !== undefined) this.#read(part, message);
    }
  }

  #locate(): LocatedCamera {
    const { node, topics, wanted, transport, isOnly } = this.#options;
    return locateCamera(node, topics.published(), wanted, transport, isOnly);
  }

  /**
   * A topic that falls silent is kept: its publisher may come back. One that is published is left
   * for what first messages say, of it or of a better one; what belongs to it goes with it.
   */
  #isBetter(located: LocatedCamera): boolean {
    return this.#located.parts.every((part) => {
      const found = located.parts.find((other) => other.part === part.part);
      if (found && keyOf(found) === keyOf(part)) return true;
      if (this.#publishers(part) === 0) return found !== undefined;
      const isCompanion = part.part === "info" || isLatched(part.part);
      return isCompanion || this.#options.topics.isKnown((found ?? part).topic);
    });
  }

  #tellChanges({ topics }: LocatedCamera): void {
    const { color } = this.topics;
    const inWords = (topic: string): string => {
      const verdict = this.#options.topics.verdictOn(topic);
      return verdict ? `${topic} (${verdict.role}: ${verdict.why})` : topic;
    };
    for (const part of ["depth", "labels"] as const) {
      const [before, now] = [this.topics[part], topics[part]];
      if (before === undefined || before === now) continue;
      const instead = now === undefined ? "" : ` is read from ${inWords(now)},`;
      const text = `${part} of ${color}${instead} is no longer read from ${inWords(before)}`;
      this.#options.log.log("info", `${color} ${part}`, text);
    }
  }

  #newReader(): CameraReader {
    const { transforms, joinToleranceS } = this.#options;
    const live = {
      get buffer() {
        return transforms.buffer;
      },
      get frames() {
        return transforms.wanted;
      },
    };
    return new CameraReader({
      camera: this.#located.topics,
      episode: "",
      parts: this.#awaited,
      lookaheadNs: this.#waitNs,
      toleranceNs: nsOf(this.#parameter("join_tolerance", joinToleranceS, 1)),
      ownsBytes: true,
      patienceNs: PATIENCE_NS,
      transforms: live,
      onUncalibrated: (reason) => {
        this.#infoFault = reason;
      },
    });
  }

  #endVideo(): void {
    this.#video?.close();
    this.#video = undefined;
  }

  /** Subscribes its topics, and no others. */
  #listen(): void {
    const { node, log } = this.#options;
    const wanted = new Set(this.#located.parts.map(keyOf));
    for (const key of [...this.#listening.keys()]) if (!wanted.has(key)) this.#unlisten(key);
    for (const part of this.#located.parts) {
      if (this.#listening.has(keyOf(part))) continue;
      const { topic, type } = part;
      // Of another topic.
      this.#kept.delete(part.part);
      if (part.part === "color") this.#endVideo();
      const decode = decoderOf(type);
      const qos = this.qosOf(part);
      const messages$ =
        decode === undefined
          ? fromTopic(node, topic, type, qos).pipe(map(decoded))
          : rawFromTopic(node, topic, type, qos).pipe(map((cdr) => undecoded(cdr, decode)));
      const listening = messages$.subscribe({
        next: (message) => this.#take(part, message),
        error: (error: Error) => log.log("error", `${topic} not subscribed`, error.message),
      });
      this.#listening.set(keyOf(part), listening);
    }
    this.#await();
  }

  #unlisten(key: string): void {
    this.#listening.get(key)?.unsubscribe();
    this.#listening.delete(key);
  }

  /** What a part's topic is subscribed with. */
  qosOf({ part, topic, type }: PartTopic): RosQos {
    const { node, qos } = this.#options;
    const isPublishedOnce = type === LABEL_INFO || part === "depthToColor";
    return isPublishedOnce ? LATCHED : overriddenQos(node, topic, qos);
  }

  get #waitNs(): bigint {
    return nsOf(this.#parameter("join_wait", this.#options.joinWaitS, 10));
  }

  /** Of this camera where one is given, else of all. */
  #parameter(name: string, ofAll: number, most: number): number {
    const value = this.#options.node.parameterOf<number>({
      name: `${name}.${this.name}`,
      defaultValue: -1,
      description: `${name} of the camera ${this.name}, s. -1: as ${name}`,
      range: [-1, most],
      readOnly: true,
    });
    return value < 0 ? ofAll : value;
  }

  #publishers(part: PartTopic): number {
    const publishers = this.#options.node.publishersOf(part.topic);
    return matchedCount(publishers, part.type, this.qosOf(part));
  }

  #await(): void {
    this.#awaited.clear();
    this.#awaited.add("poses");
    for (const part of this.#located.parts) {
      if (part.part === "color" || isLatched(part.part)) continue;
      if (this.#publishers(part) > 0) this.#awaited.add(part.part);
    }
  }

  #take(part: PartTopic, received: LiveMessage): void {
    const { node, topics } = this.#options;
    if (received.cdr) topics.learn(part.topic, part.type, received.cdr);
    // Its first message has shown that it is none of this camera's.
    if (!this.#listening.has(keyOf(part))) return;
    let message = received;
    this.arrivals.add(part.part);
    if (part.part === "color") {
      const packet = packetIn(part.type, message);
      if (packet instanceof Error) message = unreadable(packet);
      else if (packet !== undefined) {
        this.#videoOf(part).add(packet);
        return;
      }
      const stampNs =
        message.stampNs === undefined
          ? undefined
          : this.#reader.colorStampNs(message.stampNs, node.now());
      this.#follow(message, stampNs);
      if (stampNs !== undefined && !this.#rate.keeps(stampNs)) {
        this.#reader.skipColor(stampNs, node.now());
        release(message);
        this.takeComplete();
        return;
      }
    }
    if (part.part === "info" || isLatched(part.part)) {
      // Cameras repeat their intrinsics with every image.
      if (isRepeated(this.#kept.get(part.part), message)) return;
      this.#kept.set(part.part, message);
    }
    this.#read(part, message);
    this.#options.transforms.take();
    this.takeComplete();
  }

  #videoOf(part: PartTopic): LiveVideo {
    this.#video ??= new LiveVideo((picture) => this.#takePicture(part, picture));
    return this.#video;
  }

  async #takePicture(part: PartTopic, picture: LivePicture): Promise<void> {
    const { node } = this.#options;
    const stampNs = this.#reader.colorStampNs(picture.stampNs, node.now());
    if (this.#reader.isRestart(stampNs)) this.#reset(stampNs);
    this.flow.add(picture.stampNs, undefined);
    if (this.#rate.keeps(stampNs)) {
      const decode = await decodedPicture(picture);
      if (!this.#listening.has(keyOf(part))) return;
      this.#reader.add({ ...part, type: IMAGE, logNs: node.now(), decode }, true);
    } else this.#reader.skipColor(stampNs, node.now());
    this.#options.transforms.take();
    this.takeComplete();
  }

  /** @param stampNs the one that the image gets, where its header was read */
  #follow({ stampNs: toldNs, cdr }: LiveMessage, stampNs: bigint | undefined): void {
    if (stampNs === undefined || toldNs === undefined) return;
    if (this.#reader.isRestart(stampNs)) this.#reset(stampNs);
    if (cdr !== undefined) this.flow.add(toldNs, cdr);
  }

  #reset(stampNs: bigint): void {
    this.restart();
    const why = `the stamps of ${this.topics.color} jumped back`;
    this.#subscriber?.next({ kind: "reset", toNs: stampNs, why });
  }

  #read({ part, topic, type }: PartTopic, { decode }: LiveMessage): void {
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

  /** An image whose depth never comes must not wait for the next image forever. */
  #flushIdle(): void {
    const { lastMessageNs } = this.arrivals;
    if (lastMessageNs === undefined) return;
    if (this.#options.node.now() - lastMessageNs < this.#waitNs) return;
    this.#emit(this.#reader.flush());
  }

  #emit(frames: readonly CameraFrame[]): void {
    for (const frame of frames) {
      this.#newest = frame;
      if (isUnplaced(frame)) this.#options.transforms.follow();
      this.#subscriber?.next({ kind: "frame", frame });
    }
  }
}

/** Whether a part is of another camera, and it is not known where that is. */
function isUnplaced({ views }: CameraFrame): boolean {
  return [views?.depth, views?.labels].some((view) => view !== undefined && !view.pose?.ok);
}

function rateOf(rateHz: number): FrameRate {
  return new FrameRate(rateHz > 0 ? rateHz : undefined);
}
