import type { CameraTopics } from "../../camera/index.js";
import type { LogLimit } from "../LogLimit.js";
import { matchedCount } from "../qos.js";
import { overriddenQos } from "../qosOverrides.js";
import type { RosNode, RosQos } from "../RosNode.js";
import type { GraphTopics } from "./GraphTopics.js";
import {
  isLatched,
  keyOf,
  type LocatedCamera,
  locateCamera,
  type PartTopic,
} from "./locateCamera.js";
import type { WantedCamera } from "./wantedCameras.js";

export interface PartTopicsOptions {
  readonly node: RosNode;
  readonly log: LogLimit;
  readonly topics: GraphTopics;
  readonly wanted: WantedCamera;
  /** No other camera is asked for. */
  readonly isOnly: boolean;
  readonly transport: string;
  readonly qos: RosQos;
}

const LABEL_INFO = "vision_msgs/msg/LabelInfo";
const LATCHED: RosQos = { reliability: "reliable", durability: "transient_local", depth: 1 };

/** Which topics of the graph carry the parts of a camera, and how they are subscribed. */
export class PartTopics {
  readonly #options: PartTopicsOptions;
  #located: LocatedCamera;

  constructor(options: PartTopicsOptions) {
    this.#options = options;
    this.#located = this.#locate();
  }

  get topics(): CameraTopics {
    return this.#located.topics;
  }

  get parts(): readonly PartTopic[] {
    return this.#located.parts;
  }

  /** What the graph shows by now, where it is another place and worth the change. */
  look(): LocatedCamera | undefined {
    const located = this.#locate();
    if (JSON.stringify(located) === JSON.stringify(this.#located)) return undefined;
    return this.#isBetter(located) ? located : undefined;
  }

  take(located: LocatedCamera): void {
    this.#tellChanges(located);
    this.#located = located;
  }

  /** What a part's topic is subscribed with. */
  qosOf({ part, topic, type }: PartTopic): RosQos {
    const { node, qos } = this.#options;
    const isPublishedOnce = type === LABEL_INFO || part === "depthToColor";
    return isPublishedOnce ? LATCHED : overriddenQos(node, topic, qos);
  }

  /** Publishers from which its messages come. */
  publishers(part: PartTopic): number {
    const publishers = this.#options.node.publishersOf(part.topic);
    return matchedCount(publishers, part.type, this.qosOf(part));
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
    return this.parts.every((part) => {
      const found = located.parts.find((other) => other.part === part.part);
      if (found && keyOf(found) === keyOf(part)) return true;
      if (this.publishers(part) === 0) return found !== undefined;
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
}
