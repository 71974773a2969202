/**
 * The few calls of rclnodejs 2 that this project makes, typed as they are at run time; its own
 * types are complete only where it was installed beside a ROS 2, and call properties methods.
 */
export interface Rclnodejs {
  init(context: RclContext, argv: readonly string[]): Promise<void>;
  removeSignalHandlers(): void;
  readonly Context: new () => RclContext;
  readonly QoS: new (
    history: number,
    depth: number,
    reliability: number,
    durability: number,
  ) => RclQos;
  readonly ActionServer: new (
    node: RclNode,
    type: string,
    action: string,
    execute: (goal: RclGoal) => Promise<unknown>,
    acceptGoal: () => number,
    onAccepted: (goal: RclGoal) => void,
    acceptCancel: (goal: RclGoal) => number,
  ) => RclActionServer;
  createNode(
    name: string,
    namespace: string,
    context: RclContext,
    options: { readonly startParameterServices: boolean; readonly enableRosout: boolean },
  ): RclNode;
}

/**
 * The few calls of the native part of rclnodejs, which it does not publish. What is subscribed here is in
 * no executor's wait set: it wakes nobody, and is taken when it is wanted. What it publishes takes half as
 * much again: for /tf at 500 Hz x 10 transforms, 67 µs of CPU a message with `isRaw` subscriptions (3.3 %
 * of a core), 68 µs with a node of its own and `spinOnce(0)` every 10 ms, and 43 µs (2.1 %) so
 * (rclnodejs 2.2.0, Cyclone DDS, none decoded, on busy cores).
 */
export interface RclNative {
  createSubscription(
    node: RclHandle,
    packageName: string,
    folder: string,
    typeName: string,
    topic: string,
    options: { readonly qos: RclQos },
  ): RclHandle;
  /** The next message, as it was sent; undefined if none waits. */
  rclTakeRaw(subscription: RclHandle): Buffer | undefined;
  getSubscriptionTopic(subscription: RclHandle): string;
  getPublisherCount(subscription: RclHandle): number;
}

export interface RclHandle {
  /** Destroys what it stands for; the node's own does so with all of the node's. */
  release(): void;
}

export interface RclContext {
  shutdown(): void;
}

export type RclQos = { readonly depth: number };

export interface RclNode {
  readonly handle: RclHandle;
  spin(timeoutMs?: number): void;
  createSubscription(
    type: string,
    topic: string,
    options: { readonly qos: RclQos; readonly isRaw?: boolean },
    callback: (message: unknown) => void,
  ): RclSubscription;
  destroySubscription(subscription: RclSubscription): void;
  createPublisher(type: string, topic: string, options: { readonly qos: RclQos }): RclPublisher;
  destroyPublisher(publisher: RclPublisher): void;
  createService(
    type: string,
    service: string,
    callback: (request: unknown, response: RclResponse) => void,
  ): RclService;
  destroyService(service: RclService): void;
  getPublishersInfoByTopic(topic: string, noDemangle: boolean): readonly unknown[];
  getTopicNamesAndTypes(
    noDemangle: boolean,
  ): readonly { readonly name: string; readonly types: readonly string[] }[];
  getNodeNamesAndNamespaces(): readonly { readonly name: string; readonly namespace: string }[];
  resolveTopicName(topic: string): string;
  getFullyQualifiedName(): string;
  getLogger(): Readonly<Record<"debug" | "info" | "warn" | "error", (message: string) => void>>;
}

export interface RclSubscription {
  readonly topic: string;
  readonly publisherCount: number;
}

export interface RclPublisher {
  readonly topic: string;
  readonly subscriptionCount: number;
  publish(message: unknown): void;
}

/** A goal of an action server: rclnodejs' ServerGoalHandle. */
export interface RclGoal {
  readonly request: { toPlainObject(typedArrays: boolean): unknown };
  /** `{ uuid }` */
  readonly goalId: { readonly uuid: ArrayLike<number> };
  readonly isActive: boolean;
  execute(): void;
  publishFeedback(feedback: unknown): void;
  succeed(): void;
  abort(): void;
  canceled(): void;
}

export interface RclActionServer {
  destroy(): void;
}

export type RclService = { readonly serviceName: string };

export interface RclResponse {
  send(response: unknown): void;
}
