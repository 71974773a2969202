import { interval, Subject, Subscription } from "rxjs";
import { RESTART_NS } from "../../base/index.js";
import { type StampedTransform, TransformBuffer, transformsFromCdr } from "../../camera/index.js";
import { rawFromTopic } from "../fromTopic.js";
import type { LogLimit } from "../LogLimit.js";
import { DEFAULT_QOS } from "../qos.js";
import type { RosNode, RosQos, RosQueuedSubscription } from "../RosNode.js";

const TF = "/tf";
const TF_STATIC = "/tf_static";
const TYPE = "tf2_msgs/msg/TFMessage";
/** As tf2's listener subscribes. */
const TF_QOS: RosQos = { ...DEFAULT_QOS, depth: 100 };
const STATIC_QOS: RosQos = { ...TF_QOS, durability: "transient_local" };

/** What waits for a transform does so for this much longer at most, ms. */
const TAKE_MS = 10;

/** As many as come in a second or more. */
const RECENT = 2000;

/** Transforms that have come in one message. */
export interface ArrivedTransforms {
  readonly transforms: readonly StampedTransform[];
  readonly isStatic: boolean;
}

/** What /tf and /tf_static say. They are subscribed while a frame is wanted, and only then. */
export class LiveTransforms {
  /** Emits transforms when they have come and are in the buffer. */
  readonly arrivals$ = new Subject<ArrivedTransforms>();
  readonly #node: RosNode;
  readonly #log: LogLimit;
  /** By child: they hold for every time, and are published only once. */
  readonly #static = new Map<string, StampedTransform>();
  /** In the order in which they came, at most RECENT. */
  readonly #recent: StampedTransform[] = [];
  #listening: Subscription | undefined;
  #queue: RosQueuedSubscription | undefined;
  #wanted: readonly string[] = [];
  #isFollowed = false;
  #buffer = new TransformBuffer();

  constructor(node: RosNode, log: LogLimit) {
    this.#node = node;
    this.#log = log;
  }

  get buffer(): TransformBuffer {
    return this.#buffer;
  }

  /** The frames whose poses every image shall carry. */
  get wanted(): readonly string[] {
    return this.#wanted;
  }

  /** Wanted frames of which nothing has come. */
  get missing(): readonly string[] {
    return this.#wanted.filter((frame) => !this.#buffer.knows(frame));
  }

  want(frames: readonly string[]): void {
    this.#wanted = frames;
    if (frames.length === 0 && !this.#isFollowed) this.close();
    else this.#listening ??= this.#listen();
  }

  /** From now on they are subscribed in any case: a camera is to be placed beside another. */
  follow(): void {
    this.#isFollowed = true;
    this.#listening ??= this.#listen();
  }

  /** Takes what has come by now. It is taken by itself, but only every few milliseconds. */
  take(): void {
    this.#queue?.take();
  }

  /**
   * Forgets what came before time jumped back to a stamp. A lagging publisher is not such a jump:
   * this node's clock and its cameras decide.
   */
  restartAt(stampNs: bigint): void {
    // What still waits may be of before.
    this.take();
    const lastOfOldRun = this.#recent.findLastIndex((it) => it.stampNs > stampNs + RESTART_NS);
    if (lastOfOldRun < 0) return;
    this.#recent.splice(0, lastOfOldRun + 1);
    this.#buffer = new TransformBuffer();
    for (const { transforms, isStatic } of this.known()) this.#buffer.add(transforms, isStatic);
  }

  /** What has come and still holds, in an order in which it could have come. */
  known(): readonly ArrivedTransforms[] {
    return [
      { transforms: [...this.#static.values()], isStatic: true },
      { transforms: [...this.#recent], isStatic: false },
    ];
  }

  close(): void {
    this.#listening?.unsubscribe();
    this.#listening = undefined;
    this.#static.clear();
    this.#recent.length = 0;
    this.#buffer = new TransformBuffer();
  }

  #listen(): Subscription {
    const take = (topic: string, isStatic: boolean) => (cdr: Uint8Array) => {
      try {
        this.#add(transformsFromCdr(cdr), isStatic);
      } catch (error) {
        this.#log.log("warn", `${topic} unreadable`, `${topic}: ${(error as Error).message}`);
      }
    };
    const queue = this.#node.subscribeQueued(TF, TYPE, TF_QOS, take(TF, false));
    this.#queue = queue;
    const listening = new Subscription(() => {
      this.#queue = undefined;
      queue.close();
    });
    listening.add(interval(TAKE_MS).subscribe(() => queue.take()));
    listening.add(
      rawFromTopic(this.#node, TF_STATIC, TYPE, STATIC_QOS).subscribe(take(TF_STATIC, true)),
    );
    return listening;
  }

  #add(transforms: readonly StampedTransform[], isStatic: boolean): void {
    if (isStatic) {
      for (const transform of transforms) this.#static.set(transform.childFrame, transform);
    } else {
      this.#recent.push(...transforms);
      // Twice as many may wait, so that the oldest are not moved out with each message.
      if (this.#recent.length > 2 * RECENT) this.#recent.splice(0, this.#recent.length - RECENT);
    }
    this.#buffer.add(transforms, isStatic);
    this.arrivals$.next({ transforms, isStatic });
  }
}
