import { map, type Subscription } from "rxjs";
import { fromTopic, rawFromTopic } from "../fromTopic.js";
import type { LogLimit } from "../LogLimit.js";
import type { RosNode, RosQos } from "../RosNode.js";
import { decoderOf } from "./cdrMessages.js";
import { decoded, type LiveMessage, undecoded } from "./LiveMessage.js";
import { keyOf, type PartTopic } from "./locateCamera.js";

/** The subscriptions of a camera's parts. */
export class PartSubscriptions {
  readonly #node: RosNode;
  readonly #log: LogLimit;
  readonly #onMessage: (part: PartTopic, message: LiveMessage) => void;
  /** By what `keyOf` says of their parts. */
  readonly #listening = new Map<string, Subscription>();

  constructor(
    node: RosNode,
    log: LogLimit,
    onMessage: (part: PartTopic, message: LiveMessage) => void,
  ) {
    this.#node = node;
    this.#log = log;
    this.#onMessage = onMessage;
  }

  has(part: PartTopic): boolean {
    return this.#listening.has(keyOf(part));
  }

  /**
   * Subscribes these parts, and no others. One that cannot be subscribed is reported in the log.
   *
   * @param onNew told of each part before it is subscribed, if it was not
   */
  listen(
    parts: readonly PartTopic[],
    qosOf: (part: PartTopic) => RosQos,
    onNew: (part: PartTopic) => void,
  ): void {
    const wanted = new Set(parts.map(keyOf));
    for (const key of [...this.#listening.keys()]) if (!wanted.has(key)) this.#end(key);
    for (const part of parts) {
      if (this.has(part)) continue;
      onNew(part);
      const { topic } = part;
      const listening = this.#messages(part, qosOf(part)).subscribe({
        next: (message) => this.#onMessage(part, message),
        error: (error: Error) => this.#log.log("error", `${topic} not subscribed`, error.message),
      });
      this.#listening.set(keyOf(part), listening);
    }
  }

  close(): void {
    for (const key of [...this.#listening.keys()]) this.#end(key);
  }

  #messages({ topic, type }: PartTopic, qos: RosQos) {
    const decode = decoderOf(type);
    return decode === undefined
      ? fromTopic(this.#node, topic, type, qos).pipe(map(decoded))
      : rawFromTopic(this.#node, topic, type, qos).pipe(map((cdr) => undecoded(cdr, decode)));
  }

  #end(key: string): void {
    this.#listening.get(key)?.unsubscribe();
    this.#listening.delete(key);
  }
}
