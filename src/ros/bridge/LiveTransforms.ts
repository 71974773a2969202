import { Subscription } from "rxjs";
import { type StampedTransform, TransformBuffer, transformsFromRos } from "../../camera/index.js";
import { fromTopic } from "../fromTopic.js";
import type { LogLimit } from "../LogLimit.js";
import { DEFAULT_QOS } from "../qos.js";
import type { RosNode, RosQos } from "../RosNode.js";

const TF = "/tf";
const TF_STATIC = "/tf_static";
const TYPE = "tf2_msgs/msg/TFMessage";
/** As tf2's listener subscribes. */
const TF_QOS: RosQos = { ...DEFAULT_QOS, depth: 100 };
const STATIC_QOS: RosQos = { ...TF_QOS, durability: "transient_local" };

/** A stamp this much earlier than the newest is another run of the clock, not a late message. */
const RESTART_NS = 1_000_000_000n;
/** As many as come in a second or more. */
const RECENT = 2000;

/** What /tf and /tf_static say, from the subscription on. */
export class LiveTransforms {
  readonly #node: Pick<RosNode, "publishersOf" | "resolveTopic">;
  readonly #listening = new Subscription();
  /** By child: they hold for every time, and are published only once. */
  readonly #static = new Map<string, StampedTransform>();
  /** In the order in which they came, at most RECENT. */
  readonly #recent: StampedTransform[] = [];
  #buffer = new TransformBuffer();

  constructor(node: RosNode, log: LogLimit) {
    this.#node = node;
    const listen = (topic: string, qos: RosQos, isStatic: boolean): void => {
      const take = (message: unknown): void => {
        try {
          this.#add(transformsFromRos(message), isStatic);
        } catch (error) {
          log.log("warn", `${topic} unreadable`, `${topic}: ${(error as Error).message}`);
        }
      };
      this.#listening.add(fromTopic(node, topic, TYPE, qos).subscribe(take));
    };
    listen(TF, TF_QOS, false);
    listen(TF_STATIC, STATIC_QOS, true);
  }

  get buffer(): TransformBuffer {
    return this.#buffer;
  }

  /** Whether transforms that are missing may still come. */
  get isPublished(): boolean {
    return this.#node.publishersOf(this.#node.resolveTopic(TF)).length > 0;
  }

  /**
   * Forgets what came before time jumped back to a stamp. A publisher that lags is no such jump:
   * this node's clock and its cameras tell.
   */
  restartAt(stampNs: bigint): void {
    const lastOfOldRun = this.#recent.findLastIndex((it) => it.stampNs > stampNs + RESTART_NS);
    if (lastOfOldRun < 0) return;
    this.#recent.splice(0, lastOfOldRun + 1);
    this.#buffer = new TransformBuffer();
    this.#buffer.add([...this.#static.values()], true);
    this.#buffer.add(this.#recent, false);
  }

  close(): void {
    this.#listening.unsubscribe();
  }

  #add(transforms: readonly StampedTransform[], isStatic: boolean): void {
    if (isStatic) {
      for (const transform of transforms) this.#static.set(transform.childFrame, transform);
    } else {
      this.#recent.push(...transforms);
      this.#recent.splice(0, this.#recent.length - RECENT);
    }
    this.#buffer.add(transforms, isStatic);
  }
}
