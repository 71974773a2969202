import { secondsOf } from "../../base/index.js";
import type { RosNode } from "../RosNode.js";
import type { CameraPart } from "./locateCamera.js";
import { RecentValues } from "./RecentValues.js";

/** When messages of a camera came last, and how long it has been silent since. */
export class Arrivals {
  readonly #node: RosNode;
  readonly #nowMs: () => number;
  readonly #images: RecentValues;
  readonly #heardAtMs = new Map<CameraPart, number>();
  readonly #activeSinceMs: number;
  #activeSinceNs: bigint;
  #lastImageNs: bigint | undefined;
  #lastMessageNs: bigint | undefined;

  /** @param nowMs the wall clock */
  constructor(node: RosNode, nowMs: () => number) {
    this.#node = node;
    this.#nowMs = nowMs;
    this.#images = new RecentValues(1000, nowMs);
    this.#activeSinceNs = node.now();
    this.#activeSinceMs = nowMs();
  }

  add(part: CameraPart): void {
    this.#lastMessageNs = this.#node.now();
    this.#heardAtMs.set(part, this.#nowMs());
    if (part !== "color") return;
    this.#images.add();
    this.#lastImageNs = this.#lastMessageNs;
  }

  /** ROS time has jumped. */
  restart(): void {
    this.#lastMessageNs = undefined;
    if (this.#lastImageNs !== undefined) this.#lastImageNs = this.#node.now();
  }

  /** ROS time of the last message of any part; undefined before the first since a jump of time. */
  get lastMessageNs(): bigint | undefined {
    return this.#lastMessageNs;
  }

  get imageRateHz(): number {
    return this.#images.rateHz;
  }

  /** Without images, by the wall clock, s; -1 before the first one. */
  get silenceS(): number {
    return this.#heardAtMs.has("color") ? this.silenceOfS("color") : -1;
  }

  /** Without images, in ROS time, which stands still in a pause, s; since the start where none came. */
  get rosSilenceS(): number {
    const nowNs = this.#node.now();
    // A simulation's clock may come after the subscription.
    if (this.#activeSinceNs === 0n || nowNs < this.#activeSinceNs) this.#activeSinceNs = nowNs;
    const sinceNs = this.#lastImageNs ?? this.#activeSinceNs;
    return Math.max(0, secondsOf(nowNs - sinceNs));
  }

  /** Without images, by the wall clock, s; since the start where none came. */
  get wallSilenceS(): number {
    return this.silenceOfS("color");
  }

  /** Without messages of a part, by the wall clock, s; since the start where none came. */
  silenceOfS(part: CameraPart): number {
    return (this.#nowMs() - (this.#heardAtMs.get(part) ?? this.#activeSinceMs)) / 1000;
  }
}
