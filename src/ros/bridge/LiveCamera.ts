import { Observable, type Subscriber } from "rxjs";
import { nsOf, secondsOf } from "../../base/index.js";
import type { CameraFrame, CameraTopics, FramePart, ImageVerdict } from "../../camera/index.js";
import type { RosQos } from "../RosNode.js";
import { Arrivals } from "./Arrivals.js";
import { ColorImages } from "./ColorImages.js";
import type { ImageFlow } from "./ImageFlow.js";
import type { LiveMessage } from "./LiveMessage.js";
import { LiveReader } from "./LiveReader.js";
import type { LiveTransforms } from "./LiveTransforms.js";
import { isLatched, type PartTopic } from "./locateCamera.js";
import { PartSubscriptions } from "./PartSubscriptions.js";
import { PartTopics, type PartTopicsOptions } from "./PartTopics.js";

export interface LiveCameraOptions extends PartTopicsOptions {
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
  readonly #options: LiveCameraOptions;
  readonly #place: PartTopics;
  readonly #subscriptions: PartSubscriptions;
  readonly #reader: LiveReader;
  readonly #color: ColorImages;
  readonly #waitNs: bigint;
  #subscriber: Subscriber<CameraEvent> | undefined;
  #newest: CameraFrame | undefined;
  #wayS = 0;

  constructor(options: LiveCameraOptions) {
    const { node, log, transforms, nowMs, rateHz, joinToleranceS, joinWaitS } = options;
    this.#options = options;
    this.arrivals = new Arrivals(node, nowMs);
    this.#place = new PartTopics(options);
    this.#subscriptions = new PartSubscriptions(node, log, (part, message) =>
      this.#take(part, message),
    );
    this.#waitNs = nsOf(this.#parameter("join_wait", joinWaitS, 10));
    const toleranceNs = nsOf(this.#parameter("join_tolerance", joinToleranceS, 1));
    const joining = { node, log, transforms, toleranceNs, waitNs: this.#waitNs };
    this.#reader = new LiveReader(this.topics, joining);
    this.#color = new ColorImages({
      ...{ reader: this.#reader, rateHz, nowMs },
      onReset: (toNs) => this.#reset(toNs),
      onPicture: (part, decode) => this.#takePicture(part, decode),
    });
    this.events$ = new Observable((subscriber) => {
      this.#subscriber = subscriber;
      this.#listen();
      return () => {
        this.#subscriptions.close();
        this.#subscriber = undefined;
        this.#color.endVideo();
      };
    });
  }

  get name(): string {
    return this.topics.name;
  }

  get topics(): CameraTopics {
    return this.#place.topics;
  }

  get parts(): readonly PartTopic[] {
    return this.#place.parts;
  }

  /** What stamps and bytes of the images show about their way here. */
  get flow(): ImageFlow {
    return this.#color.flow;
  }

  /** The frame that was joined last. */
  get newestFrame(): CameraFrame | undefined {
    return this.#newest;
  }

  /** By how much the newest frame was stamped before it was complete, s; 0 after a jump of time. */
  get wayS(): number {
    return this.#wayS;
  }

  /** What the images of its colour topic are; undefined before the first. */
  get colorVerdict(): ImageVerdict | undefined {
    const { color } = this.topics;
    const { topics } = this.#options;
    return topics.isKnown(color) ? topics.verdictOn(color) : undefined;
  }

  /** Why the intrinsics that come are of no use; undefined if they are. */
  get infoFault(): string | undefined {
    return this.#reader.infoFault;
  }

  get hasInfo(): boolean {
    return this.#reader.hasInfo;
  }

  /** What a part's topic is subscribed with. */
  qosOf(part: PartTopic): RosQos {
    return this.#place.qosOf(part);
  }

  setRate(rateHz: number): void {
    this.#color.setRate(rateHz);
  }

  /** Looks at the graph again: topics that have appeared are subscribed. Once a second. */
  scan(): void {
    this.relocate();
    this.#await();
    this.#flushIdle();
  }

  /** Takes over what is known of the graph's topics by now. */
  relocate(): void {
    if (this.#subscriber === undefined) return;
    const located = this.#place.look();
    if (located === undefined) return;
    // What waits for a part that is none, or is another one, goes without it.
    this.#emit(this.#reader.flush());
    this.#place.take(located);
    this.#reader.begin(this.topics);
    this.#listen();
    this.#reader.readKept(this.parts);
  }

  /** Emits the frames that have all they wait for by now. */
  takeComplete(): void {
    this.#emit(this.#reader.complete(this.arrivals.lastMessageNs ?? 0n));
  }

  /** Forgets images of before a jump of time. */
  restart(): void {
    this.#reader.begin(this.topics);
    this.#wayS = 0;
    this.#color.restart();
    this.arrivals.restart();
    this.#reader.readKept(this.parts);
  }

  #listen(): void {
    this.#subscriptions.listen(
      this.parts,
      (part) => this.qosOf(part),
      ({ part }) => {
        this.#reader.forget(part);
        if (part === "color") this.#color.endVideo();
      },
    );
    this.#await();
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

  /** Nothing is waited for that nobody publishes. */
  #await(): void {
    const published = this.parts.flatMap((part): FramePart[] => {
      if (part.part === "color" || isLatched(part.part)) return [];
      return this.#place.publishers(part) > 0 ? [part.part] : [];
    });
    this.#reader.await(published);
  }

  #take(part: PartTopic, received: LiveMessage): void {
    const { topics } = this.#options;
    if (received.cdr) topics.learn(part.topic, part.type, received.cdr);
    // Its first message has shown that it is none of this camera's.
    if (!this.#subscriptions.has(part)) return;
    this.arrivals.add(part.part);
    const message = part.part === "color" ? this.#color.take(part, received) : received;
    if (message !== undefined) {
      this.#reader.read(part, message);
      this.#options.transforms.take();
    }
    this.takeComplete();
  }

  #takePicture(part: PartTopic, decode: (() => unknown) | undefined): void {
    if (!this.#subscriptions.has(part)) return;
    if (decode !== undefined) this.#reader.readPicture(part, decode);
    this.#options.transforms.take();
    this.takeComplete();
  }

  #reset(stampNs: bigint): void {
    this.restart();
    const why = `the stamps of ${this.topics.color} jumped back`;
    this.#subscriber?.next({ kind: "reset", toNs: stampNs, why });
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
      this.#wayS = secondsOf(this.#options.node.now() - frame.stampNs);
      if (isUnplaced(frame)) this.#options.transforms.follow();
      this.#subscriber?.next({ kind: "frame", frame });
    }
  }
}

/** Whether a part is of another camera, and it is not known where that is. */
function isUnplaced({ views }: CameraFrame): boolean {
  return [views?.depth, views?.labels].some((view) => view !== undefined && !view.pose?.ok);
}
