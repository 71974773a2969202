import { messageOf } from "../../base/index.js";
import { LogLimit } from "../LogLimit.js";
import { RosError } from "../RosError.js";
import type {
  RosActionHandler,
  RosEndpoint,
  RosHandle,
  RosLogLevel,
  RosMiddleware,
  RosPublisher,
  RosQos,
  RosQueuedSubscription,
  RosSubscription,
  RosTopic,
} from "../RosNode.js";
import { encoderOf, ownBytes } from "./encodeMessage.js";
import { ACCEPT_GOAL, RclGoals } from "./RclGoals.js";
import type { RclContext, RclNative, RclNode, Rclnodejs } from "./Rclnodejs.js";
import { toEndpoint, toRclQos } from "./rclQos.js";

export interface RclMiddlewareParts {
  readonly rclnodejs: Rclnodejs;
  readonly native: RclNative;
  readonly context: RclContext;
  readonly node: RclNode;
}

/** A node of rclnodejs as the project's middleware. */
export class RclMiddleware implements RosMiddleware {
  readonly fullName: string;
  readonly #rclnodejs: Rclnodejs;
  readonly #native: RclNative;
  readonly #context: RclContext;
  readonly #node: RclNode;
  readonly #faults = new LogLimit(this);
  /** Once it is, live calls would throw or crash in the native part. */
  #isClosed = false;

  constructor({ rclnodejs, native, context, node }: RclMiddlewareParts) {
    this.#rclnodejs = rclnodejs;
    this.#native = native;
    this.#context = context;
    this.#node = node;
    this.fullName = node.getFullyQualifiedName();
  }

  subscribe(
    topic: string,
    type: string,
    qos: RosQos,
    onMessage: (message: unknown) => void,
  ): RosSubscription {
    return this.#subscribe(topic, type, this.#options(qos), onMessage);
  }

  subscribeRaw(
    topic: string,
    type: string,
    qos: RosQos,
    onBytes: (cdr: Uint8Array) => void,
  ): RosSubscription {
    // Each has a Buffer with its own memory.
    const onMessage = (message: unknown): void => onBytes(message as Buffer);
    return this.#subscribe(topic, type, { ...this.#options(qos), isRaw: true }, onMessage);
  }

  subscribeQueued(
    topic: string,
    type: string,
    qos: RosQos,
    onBytes: (cdr: Uint8Array) => void,
  ): RosQueuedSubscription {
    const native = this.#native;
    const [packageName = "", folder = "", name = ""] = type.split("/");
    const subscription = this.#made(`subscribe ${topic}`, type, () =>
      native.createSubscription(
        this.#node.handle,
        ...([packageName, folder, name, topic, this.#options(qos)] as const),
      ),
    );
    const entity = this.#entity(() => subscription.release());
    const next = () => (entity.isOpen() ? native.rclTakeRaw(subscription) : undefined);
    return {
      topic: native.getSubscriptionTopic(subscription),
      get publisherCount() {
        return entity.isOpen() ? native.getPublisherCount(subscription) : 0;
      },
      take: () => {
        for (let message = next(); message !== undefined; message = next()) {
          const bytes = message;
          this.#guarded(`a message on ${topic}`, () => onBytes(bytes));
        }
      },
      close: entity.close,
    };
  }

  advertise(topic: string, type: string, qos: RosQos): RosPublisher {
    const publisher = this.#made(`advertise ${topic}`, type, () =>
      this.#node.createPublisher(type, topic, this.#options(qos)),
    );
    const entity = this.#entity(() => this.#node.destroyPublisher(publisher));
    const encode = encoderOf(type);
    const isKept = qos.durability === "transient_local";
    return {
      topic: publisher.topic,
      get subscriberCount() {
        return entity.isOpen() ? publisher.subscriptionCount : 0;
      },
      publish(message) {
        if (!entity.isOpen()) return;
        // Nobody would get it, and to make it is most of the work.
        if (isKept || publisher.subscriptionCount > 0) publisher.publish(encode(message));
      },
      close: entity.close,
    };
  }

  serve(service: string, type: string, handler: (request: unknown) => Promise<unknown>): RosHandle {
    const rclService = this.#made(`serve ${service}`, type, () =>
      this.#node.createService(type, service, (request, response) => {
        const send = (answer: unknown): void => {
          if (!this.#isClosed) response.send(ownBytes(answer));
        };
        // Within a promise: what a handler throws must not reach the executor.
        Promise.resolve(request)
          .then(handler)
          .then(send)
          .catch((error: unknown) => {
            this.#tell(`service ${service}`, error);
            send({});
          })
          .catch((error: unknown) => this.#tell(`service ${service}`, error));
      }),
    );
    return this.#entity(() => this.#node.destroyService(rclService));
  }

  serveAction(action: string, type: string, handler: RosActionHandler): RosHandle {
    const tell = (error: unknown) => this.#tell(`action ${action}`, error);
    const goals = new RclGoals({ handler, tell, isOpen: () => !this.#isClosed });
    const { ActionServer } = this.#rclnodejs;
    const server = this.#made(
      `serve the action ${action}`,
      type,
      () =>
        new ActionServer(
          this.#node,
          type,
          action,
          (goal) => goals.execute(goal),
          () => ACCEPT_GOAL,
          (goal) => goal.execute(),
          (goal) => goals.cancel(goal),
        ),
    );
    const entity = this.#entity(() => server.destroy());
    return {
      close: () => {
        goals.close();
        entity.close();
      },
    };
  }

  publishersOf(topic: string): readonly RosEndpoint[] {
    if (this.#isClosed) return [];
    return this.#node.getPublishersInfoByTopic(topic, false).map(toEndpoint);
  }

  topics(): readonly RosTopic[] {
    return this.#isClosed ? [] : this.#node.getTopicNamesAndTypes(false);
  }

  resolveTopic(topic: string): string {
    return this.#node.resolveTopicName(topic);
  }

  /** How many nodes of this one's full name are on the graph, itself included. */
  namesakes(): number {
    if (this.#isClosed) return 0;
    const nodes = this.#node.getNodeNamesAndNamespaces();
    return nodes.filter(
      ({ name, namespace }) => `${namespace.replace(/\/$/, "")}/${name}` === this.fullName,
    ).length;
  }

  log(level: RosLogLevel, message: string): void {
    if (this.#isClosed) process.stderr.write(`[${level.toUpperCase()}]: ${message}\n`);
    else this.#node.getLogger()[level](message);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#context.shutdown();
  }

  #subscribe(
    topic: string,
    type: string,
    options: Parameters<RclNode["createSubscription"]>[2],
    onMessage: (message: unknown) => void,
  ): RosSubscription {
    const subscription = this.#made(`subscribe ${topic}`, type, () =>
      this.#node.createSubscription(type, topic, options, (message) => {
        // An exception would leave the executor waiting forever.
        this.#guarded(`a message on ${topic}`, () => onMessage(message));
      }),
    );
    const entity = this.#entity(() => this.#node.destroySubscription(subscription));
    return {
      topic: subscription.topic,
      get publisherCount() {
        return entity.isOpen() ? subscription.publisherCount : 0;
      },
      close: entity.close,
    };
  }

  #options(qos: RosQos) {
    return { qos: toRclQos(this.#rclnodejs, qos) };
  }

  #made<T>(what: string, type: string, make: () => T): T {
    try {
      return make();
    } catch (error) {
      const reason = messageOf(error);
      throw new RosError(
        reason.includes("does not exist")
          ? `cannot ${what}: ROS 2 does not find the type ${type}; install its package, or source the ` +
              "workspace where it was built (its install/setup.bash)"
          : `cannot ${what} (${type}): ${reason}`,
        { cause: error },
      );
    }
  }

  /** A part of the node is used until it is closed or the node is. */
  #entity(destroy: () => void): { isOpen: () => boolean; close: () => void } {
    let isOpen = true;
    return {
      isOpen: () => isOpen && !this.#isClosed,
      close: () => {
        if (isOpen && !this.#isClosed) destroy();
        isOpen = false;
      },
    };
  }

  #guarded(what: string, work: () => void): void {
    if (this.#isClosed) return;
    try {
      work();
    } catch (error) {
      this.#tell(what, error);
    }
  }

  #tell(what: string, error: unknown): void {
    this.#faults.log("error", what, `${what}: ${messageOf(error)}`);
  }
}
