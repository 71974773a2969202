/**
 * The few functions that this project needs from a ROS 2 node: a port with two implementations, one
 * over rclnodejs (the only module that loads it) and one in memory for tests without ROS 2.
 */
export interface RosNode {
  /** `/robot1/spatial_reward` */
  readonly fullName: string;
  /**
   * Declares a parameter and returns its value: the override from YAML, launch or command line
   * where there is one (also under a namespaced node name), else the default.
   * @throws ParameterError naming parameter, wanted type and range, and the value that was given.
   */
  declareParameter<T extends ParameterValue>(parameter: ParameterSpec<T>): T;
  /** Declares it with the first call; later ones return its present value. */
  parameterOf<T extends ParameterValue>(parameter: ParameterSpec<T>): T;
  /** Called before parameters change at run time: nothing may be changed within the call itself. */
  onParameterChange(
    decide: (changes: ReadonlyMap<string, ParameterValue>) => ParameterDecision,
  ): void;
  /** Messages in rclnodejs' shape; a big `uint8[]` is a Uint8Array that is the receiver's own. */
  subscribe(
    topic: string,
    type: string,
    qos: RosQos,
    onMessage: (message: unknown) => void,
  ): RosSubscription;
  /**
   * Messages as they were sent: CDR with its header, the receiver's own bytes. For what comes often
   * or is large; a message that is not looked at is not decoded.
   */
  subscribeRaw(
    topic: string,
    type: string,
    qos: RosQos,
    onBytes: (cdr: Uint8Array) => void,
  ): RosSubscription;
  /**
   * As `subscribeRaw`, for what comes far oftener than it is looked at: messages wait in the queue (of
   * `qos.depth`) until they are taken. To be woken for each of them costs most of what they cost.
   */
  subscribeQueued(
    topic: string,
    type: string,
    qos: RosQos,
    onBytes: (cdr: Uint8Array) => void,
  ): RosQueuedSubscription;
  advertise(topic: string, type: string, qos: RosQos): RosPublisher;
  /**
   * An answer may take its time. Where the handler rejects, that is logged and the client gets an
   * empty response (`success: false`, no texts), so that it does not wait forever.
   */
  serve(service: string, type: string, handler: (request: unknown) => Promise<unknown>): RosHandle;
  /**
   * Serves an action; every goal is accepted, and several may run at a time. Where the handler
   * rejects, that is logged and the goal is aborted with an empty result.
   */
  serveAction(action: string, type: string, handler: RosActionHandler): RosHandle;
  /** Who publishes on a topic (its resolved name) at present. */
  publishersOf(topic: string): readonly RosEndpoint[];
  /** The topics of the graph at present, with the types that are spoken on each. */
  topics(): readonly RosTopic[];
  /** The topic's full name after namespace and remapping. */
  resolveTopic(topic: string): string;
  /** ROS time in ns: the simulation's where `use_sim_time` is set, 0 until its first `/clock`. */
  now(): bigint;
  /** Whether `now` is the simulation's time. */
  readonly isSimTime: boolean;
  /** The simulation's time jumped back (a loop, a reset) from one stamp to another. */
  onTimeJumpBack(handler: (fromNs: bigint, toNs: bigint) => void): void;
  log(level: RosLogLevel, message: string): void;
  /** Drives the managed life cycle; the node offers the standard lifecycle services. */
  manage(handlers: LifecycleHandlers): void;
  /** Makes a transition itself (auto-start). Resolves with whether it succeeded. */
  transition(transition: LifecycleTransition): Promise<boolean>;
  readonly lifecycleState: LifecycleState;
  close(): Promise<void>;
}

export type ParameterValue = boolean | number | string | readonly string[];

/**
 * A text refuses all of the changes and is the reason; a function carries them out, and is called
 * once everybody has agreed.
 */
export type ParameterDecision = string | (() => void) | undefined;

export interface ParameterSpec<T extends ParameterValue> {
  readonly name: string;
  readonly defaultValue: T;
  /** With unit: shown by `ros2 param describe`. */
  readonly description: string;
  /** `integer` where a number has to be whole; `5` is taken where `5.0` is meant. */
  readonly integer?: boolean;
  /** Inclusive. */
  readonly range?: readonly [least: number, most: number];
  /** The values that a text may have. */
  readonly choices?: readonly string[];
  /** Cannot change at run time. */
  readonly readOnly?: boolean;
}

export interface RosQos {
  readonly reliability: "reliable" | "best_effort";
  readonly durability: "volatile" | "transient_local";
  readonly depth: number;
}

/**
 * Carries out a goal of an action.
 *
 * @param signal Aborts when a client cancels the goal, or the action is no longer served; the outcome
 *   is then taken for `canceled`.
 */
export type RosActionHandler = (
  goal: unknown,
  publishFeedback: (feedback: unknown) => void,
  signal: AbortSignal,
) => Promise<RosActionOutcome>;

export interface RosActionOutcome {
  readonly status: "succeeded" | "aborted";
  readonly result: unknown;
}

export interface RosHandle {
  close(): void;
}

export interface RosSubscription extends RosHandle {
  /** After namespace and remapping. */
  readonly topic: string;
  readonly publisherCount: number;
}

export interface RosQueuedSubscription extends RosSubscription {
  /** Calls back with each message that waits, the oldest first. */
  take(): void;
}

export interface RosPublisher extends RosHandle {
  readonly topic: string;
  readonly subscriberCount: number;
  publish(message: unknown): void;
}

export interface RosTopic {
  /** Full name. */
  readonly name: string;
  readonly types: readonly string[];
}

export interface RosEndpoint {
  /** Full name of the node. */
  readonly node: string;
  readonly type: string;
  readonly qos: RosQos;
}

export type RosLogLevel = "debug" | "info" | "warn" | "error";

export type LifecycleState = "unconfigured" | "inactive" | "active" | "finalized";
export type LifecycleTransition = "configure" | "activate" | "deactivate" | "cleanup" | "shutdown";

/** Each returns at once, with whether the transition succeeds. */
export interface LifecycleHandlers {
  configure(): boolean;
  activate(): boolean;
  deactivate(): boolean;
  cleanup(): boolean;
  shutdown(): boolean;
}

/**
 * What a middleware gives to a node: a name on the graph, topics, services, a log. Parameters, life
 * cycle and ROS time are built on it once, for every middleware: see `ManagedNode`.
 */
export type RosMiddleware = Pick<
  RosNode,
  | "fullName"
  | "subscribe"
  | "subscribeRaw"
  | "subscribeQueued"
  | "advertise"
  | "serve"
  | "serveAction"
  | "publishersOf"
  | "topics"
  | "resolveTopic"
  | "log"
  | "close"
>;
