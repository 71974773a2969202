import * as z from "zod";
import { RESTART_NS, secondsOf, stampOf } from "../../base/index.js";
import { LogLimit } from "../LogLimit.js";
import type { RosMiddleware, RosQos, RosSubscription } from "../RosNode.js";

/** What `ros2 bag play --clock` and Gazebo both fit: either offers at least this. */
const CLOCK_QOS: RosQos = { reliability: "best_effort", durability: "volatile", depth: 1 };

const clockSchema = z.object({
  clock: z.object({ sec: z.number().int(), nanosec: z.number().int() }),
});

type JumpHandler = (fromNs: bigint, toNs: bigint) => void;

/** ROS time: the system's, or the simulation's from `/clock`. */
export class RosClock {
  readonly #middleware: RosMiddleware;
  readonly #log: LogLimit;
  readonly #onJumpBack: JumpHandler[] = [];
  #subscription: RosSubscription | undefined;
  #simNs = 0n;
  #hasWarned = false;

  constructor(middleware: RosMiddleware) {
    this.#middleware = middleware;
    this.#log = new LogLimit(middleware);
  }

  /** In ns; 0 if the simulation's first `/clock` has not come. */
  now(): bigint {
    return this.#subscription === undefined ? BigInt(Date.now()) * 1_000_000n : this.#simNs;
  }

  get isSimTime(): boolean {
    return this.#subscription !== undefined;
  }

  onJumpBack(handler: JumpHandler): void {
    this.#onJumpBack.push(handler);
  }

  /** `use_sim_time` */
  useSimTime(isWanted: boolean): void {
    if (isWanted === (this.#subscription !== undefined)) return;
    if (!isWanted) {
      this.close();
      return;
    }
    this.#simNs = 0n;
    this.#subscription = this.#middleware.subscribe(
      "/clock",
      "rosgraph_msgs/msg/Clock",
      CLOCK_QOS,
      (message) => this.#take(message),
    );
  }

  close(): void {
    this.#subscription?.close();
    this.#subscription = undefined;
  }

  #take(message: unknown): void {
    const { clock } = clockSchema.parse(message);
    const fromNs = this.#simNs;
    const toNs = stampOf(clock);
    this.#simNs = toNs;
    if (toNs >= fromNs) return;
    this.#warnOfSeveral();
    // Less is jitter, of a network or of two clocks that nearly agree.
    if (fromNs - toNs <= RESTART_NS) return;
    this.#log.log("info", "jump", `ROS time jumped back by ${secondsOf(fromNs - toNs)} s`);
    for (const handler of this.#onJumpBack) handler(fromNs, toNs);
  }

  /** Once: a player of a recorded /clock that also publishes its own does so all the time. */
  #warnOfSeveral(): void {
    if (this.#hasWarned) return;
    const publishers = this.#middleware.publishersOf("/clock").map(({ node }) => node);
    if (publishers.length < 2) return;
    this.#hasWarned = true;
    this.#middleware.log(
      "warn",
      `/clock has several publishers, ${publishers.join(", ")}: ROS time jumps between them`,
    );
  }
}
