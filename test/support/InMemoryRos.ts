import { ManagedNode } from "../../src/ros/node/ManagedNode.js";
import type { ParameterAssignment } from "../../src/ros/parameters/parameterFile.js";
import { qosMismatch } from "../../src/ros/qos.js";
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
} from "../../src/ros/RosNode.js";
import { cdrWriter, knownDefinition } from "../../src/sources/cdr.js";

export interface LogLine {
  readonly node: string;
  readonly level: RosLogLevel;
  readonly message: string;
}

interface Writer extends RosEndpoint {
  readonly topic: string;
  /** For subscriptions that come late, where it is transient local. */
  readonly kept: unknown[];
}

interface Reader extends RosEndpoint {
  readonly topic: string;
  readonly queue: unknown[];
  readonly onMessage: (message: unknown) => void;
}

interface Server {
  readonly type: string;
  readonly handler: (request: unknown) => Promise<unknown>;
}

/**
 * A ROS 2 graph in one process: topics with QoS matching and bounded queues, services, logs. As on
 * a real one, a message arrives later than it was sent, and is a copy of its receiver's own.
 */
export class InMemoryRos {
  readonly logs: LogLine[] = [];
  readonly #writers = new Set<Writer>();
  readonly #readers = new Set<Reader>();
  readonly #servers = new Map<string, Server>();
  readonly #actions = new Map<string, RosActionHandler>();

  /** A node with parameters, life cycle and clock: the one under test. */
  node(
    fullName: string,
    overrides: readonly ParameterAssignment[] = [],
    remap: Readonly<Record<string, string>> = {},
  ): ManagedNode {
    return new ManagedNode(this.join(fullName, remap), overrides);
  }

  /** A bare participant: the camera, the bag player, the other side of a test. */
  join(fullName: string, remap: Readonly<Record<string, string>> = {}): InMemoryMiddleware {
    return new InMemoryMiddleware(this, fullName, remap);
  }

  /** Calls a service like `ros2 service call`. */
  async call(service: string, request: unknown): Promise<unknown> {
    const server = this.#servers.get(service);
    if (server === undefined) {
      throw new Error(`no service ${service}; there are ${[...this.#servers.keys()].join(", ")}`);
    }
    return structuredClone(await server.handler(structuredClone(request)));
  }

  /** Sends a goal like `ros2 action send_goal --feedback`; the signal cancels it. */
  async sendGoal(
    action: string,
    goal: unknown,
    onFeedback: (feedback: unknown) => void,
    signal = new AbortController().signal,
  ): Promise<{ status: "succeeded" | "aborted" | "canceled"; result: unknown }> {
    const handler = this.#actions.get(action);
    if (handler === undefined) {
      throw new Error(`no action ${action}; there are ${[...this.#actions.keys()].join(", ")}`);
    }
    const { status, result } = await handler(
      structuredClone(goal),
      (feedback) => onFeedback(structuredClone(feedback)),
      signal,
    );
    return { status: signal.aborted ? "canceled" : status, result: structuredClone(result) };
  }

  get actions(): string[] {
    return [...this.#actions.keys()];
  }

  /** Resolves when every message sent so far has arrived, and those sent in answer to them. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
  }

  logsAt(level: RosLogLevel): string[] {
    return this.logs.filter((line) => line.level === level).map(({ message }) => message);
  }

  /** Full names of the topics that someone subscribes. */
  get subscribedTopics(): string[] {
    return [...new Set([...this.#readers].map(({ topic }) => topic))].sort();
  }

  publishersOf(topic: string): RosEndpoint[] {
    return [...this.#writers].filter((writer) => writer.topic === topic);
  }

  topics(): RosTopic[] {
    const types = new Map<string, Set<string>>();
    for (const { topic, type } of [...this.#writers, ...this.#readers]) {
      types.set(topic, (types.get(topic) ?? new Set()).add(type));
    }
    return [...types].map(([name, all]) => ({ name, types: [...all] }));
  }

  addReader(reader: Reader): () => void {
    this.#readers.add(reader);
    if (reader.qos.durability === "transient_local") {
      for (const writer of this.#writersFor(reader)) {
        for (const message of writer.kept) this.#send(reader, message);
      }
    }
    return () => this.#readers.delete(reader);
  }

  addWriter(writer: Writer): () => void {
    this.#writers.add(writer);
    return () => this.#writers.delete(writer);
  }

  addServer(service: string, server: Server): () => void {
    this.#servers.set(service, server);
    return () => this.#servers.delete(service);
  }

  addAction(action: string, handler: RosActionHandler): () => void {
    this.#actions.set(action, handler);
    return () => this.#actions.delete(action);
  }

  publish(writer: Writer, message: unknown): void {
    if (!this.#writers.has(writer)) return;
    if (writer.qos.durability === "transient_local") pushBounded(writer.kept, message, writer.qos);
    for (const reader of this.readersFor(writer)) this.#send(reader, message);
  }

  readersFor(writer: Writer): Reader[] {
    return [...this.#readers].filter((reader) => isConnected(writer, reader));
  }

  writerCount(reader: Reader): number {
    return this.#writersFor(reader).length;
  }

  #writersFor(reader: Reader): Writer[] {
    return [...this.#writers].filter((writer) => isConnected(writer, reader));
  }

  #send(reader: Reader, message: unknown): void {
    pushBounded(reader.queue, structuredClone(message), reader.qos);
    setImmediate(() => {
      if (reader.queue.length === 0 || !this.#readers.has(reader)) return;
      try {
        reader.onMessage(reader.queue.shift());
      } catch (error) {
        const message = `a message on ${reader.topic}: ${(error as Error).message}`;
        this.logs.push({ node: reader.node, level: "error", message });
      }
    });
  }
}

/** One participant of the graph. */
export class InMemoryMiddleware implements RosMiddleware {
  readonly fullName: string;
  readonly #graph: InMemoryRos;
  readonly #remap: Readonly<Record<string, string>>;
  readonly #handles = new Set<RosHandle>();

  constructor(graph: InMemoryRos, fullName: string, remap: Readonly<Record<string, string>>) {
    this.#graph = graph;
    this.fullName = fullName;
    this.#remap = remap;
  }

  subscribe(
    topic: string,
    type: string,
    qos: RosQos,
    onMessage: (message: unknown) => void,
  ): RosSubscription {
    const name = this.resolveTopic(topic);
    const reader: Reader = { node: this.fullName, topic: name, type, qos, queue: [], onMessage };
    const graph = this.#graph;
    return {
      topic: name,
      get publisherCount() {
        return graph.writerCount(reader);
      },
      ...this.#handle(graph.addReader(reader)),
    };
  }

  /** Messages are encoded as on a real graph; bytes that are published as such pass as they are. */
  subscribeRaw(
    topic: string,
    type: string,
    qos: RosQos,
    onBytes: (cdr: Uint8Array) => void,
  ): RosSubscription {
    const text = knownDefinition(type);
    if (text === undefined) throw new Error(`no definition of ${type}`);
    const toCdr = cdrWriter(type, text);
    return this.subscribe(topic, type, qos, (message) =>
      onBytes(message instanceof Uint8Array ? message : toCdr(message)),
    );
  }

  /** Nothing waits here: what is sent has come. */
  subscribeQueued(
    topic: string,
    type: string,
    qos: RosQos,
    onBytes: (cdr: Uint8Array) => void,
  ): RosQueuedSubscription {
    return Object.assign(this.subscribeRaw(topic, type, qos, onBytes), { take: () => undefined });
  }

  advertise(topic: string, type: string, qos: RosQos): RosPublisher {
    const name = this.resolveTopic(topic);
    const writer: Writer = { node: this.fullName, topic: name, type, qos, kept: [] };
    const graph = this.#graph;
    return {
      topic: name,
      get subscriberCount() {
        return graph.readersFor(writer).length;
      },
      publish: (message) => graph.publish(writer, message),
      ...this.#handle(graph.addWriter(writer)),
    };
  }

  serve(service: string, type: string, handler: (request: unknown) => Promise<unknown>): RosHandle {
    const guarded = (request: unknown): Promise<unknown> =>
      handler(request).catch((error: unknown) => {
        this.log("error", `service ${service}: ${(error as Error).message}`);
        return {};
      });
    return this.#handle(
      this.#graph.addServer(this.resolveTopic(service), { type, handler: guarded }),
    );
  }

  serveAction(action: string, _type: string, handler: RosActionHandler): RosHandle {
    return this.#handle(this.#graph.addAction(this.resolveTopic(action), handler));
  }

  publishersOf(topic: string): readonly RosEndpoint[] {
    return this.#graph.publishersOf(topic);
  }

  topics(): readonly RosTopic[] {
    return this.#graph.topics();
  }

  resolveTopic(topic: string): string {
    const namespace = this.fullName.slice(0, this.fullName.lastIndexOf("/"));
    const absolute = topic.startsWith("/")
      ? topic
      : topic.startsWith("~")
        ? this.fullName + topic.slice(1)
        : `${namespace}/${topic}`;
    return this.#remap[topic] ?? this.#remap[absolute] ?? absolute;
  }

  log(level: RosLogLevel, message: string): void {
    this.#graph.logs.push({ node: this.fullName, level, message });
  }

  async close(): Promise<void> {
    for (const handle of this.#handles) handle.close();
  }

  #handle(remove: () => void): RosHandle {
    const handle = { close: remove };
    this.#handles.add(handle);
    return handle;
  }
}

function isConnected(writer: Writer, reader: Reader): boolean {
  return (
    writer.topic === reader.topic &&
    writer.type === reader.type &&
    qosMismatch(writer.qos, reader.qos) === undefined
  );
}

function pushBounded(queue: unknown[], message: unknown, { depth }: RosQos): void {
  queue.push(message);
  if (queue.length > depth) queue.shift();
}
