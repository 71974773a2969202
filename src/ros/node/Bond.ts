import { randomUUID } from "node:crypto";
import { rosTimeOf } from "../../base/index.js";
import { DEFAULT_QOS } from "../qos.js";
import { RosError } from "../RosError.js";
import type { RosNode, RosPublisher } from "../RosNode.js";

/** As nav2's own nodes send them, s. */
const PERIOD_S = 0.1;
const TIMEOUT_S = 4;

/**
 * The heartbeats of a bond (bond_core) by which nav2's lifecycle_manager notices that a node has
 * died. The manager's own are not watched: without it a node goes on, as nav2's do.
 */
export class Bond {
  readonly #node: Pick<RosNode, "fullName" | "now">;
  readonly #publisher: RosPublisher | undefined;
  /** Another one after a restart: the manager begins a new bond with it. */
  readonly #instance = randomUUID();
  #beating: NodeJS.Timeout | undefined;

  /** Without the package bond there is none, which is logged: then no nav2 is installed either. */
  constructor(node: RosNode) {
    this.#node = node;
    try {
      this.#publisher = node.advertise("bond", "bond/msg/Status", DEFAULT_QOS);
    } catch (error) {
      if (!(error instanceof RosError)) throw error;
      node.log("info", `no bond with a lifecycle manager: ${error.message}`);
    }
  }

  /** The node is active. */
  begin(): void {
    this.#beating ??= setInterval(() => this.#publish(true), PERIOD_S * 1000);
    this.#publish(true);
  }

  /** It is not any more, and has not died. */
  end(): void {
    if (this.#beating === undefined) return;
    clearInterval(this.#beating);
    this.#beating = undefined;
    this.#publish(false);
  }

  close(): void {
    this.end();
    this.#publisher?.close();
  }

  #publish(active: boolean): void {
    const { fullName } = this.#node;
    this.#publisher?.publish({
      header: { stamp: rosTimeOf(this.#node.now()), frame_id: "" },
      // The manager lies in the node's namespace and knows its bare name.
      id: fullName.slice(fullName.lastIndexOf("/") + 1),
      instance_id: this.#instance,
      active,
      heartbeat_timeout: TIMEOUT_S,
      heartbeat_period: PERIOD_S,
    });
  }
}
