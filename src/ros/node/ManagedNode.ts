import { closestName, rosTimeOf } from "../../base/index.js";
import { type ParameterChanges, ParameterStore } from "../parameters/ParameterStore.js";
import type { ParameterAssignment } from "../parameters/parameterFile.js";
import { parameterMessage, serveParameters } from "../parameters/serveParameters.js";
import type {
  LifecycleHandlers,
  LifecycleState,
  LifecycleTransition,
  ParameterDecision,
  ParameterSpec,
  ParameterValue,
  RosActionHandler,
  RosEndpoint,
  RosHandle,
  RosLogLevel,
  RosMiddleware,
  RosNode,
  RosPublisher,
  RosQos,
  RosQueuedSubscription,
  RosSubscription,
  RosTopic,
} from "../RosNode.js";
import { Lifecycle } from "./Lifecycle.js";
import { RosClock } from "./RosClock.js";

const EVENTS_QOS: RosQos = { reliability: "reliable", durability: "volatile", depth: 1000 };

/**
 * A ROS 2 node on a middleware: adds parameters, ROS time and the managed life cycle, with the
 * services that the `ros2` command line expects of them.
 */
export class ManagedNode implements RosNode {
  readonly fullName: string;
  readonly #middleware: RosMiddleware;
  readonly #parameters: ParameterStore;
  readonly #parameterEvents: RosPublisher;
  readonly #clock: RosClock;
  #lifecycle: Lifecycle | undefined;

  /**
   * @param overrides parameters as given on the command line and in files, for whichever node
   * @throws ParameterError if `use_sim_time` is not true or false
   */
  constructor(middleware: RosMiddleware, overrides: readonly ParameterAssignment[]) {
    this.fullName = middleware.fullName;
    this.#middleware = middleware;
    this.#clock = new RosClock(middleware);
    this.#parameters = new ParameterStore(middleware.fullName, overrides);
    this.#parameterEvents = middleware.advertise(
      "/parameter_events",
      "rcl_interfaces/msg/ParameterEvent",
      EVENTS_QOS,
    );
    serveParameters(middleware, this.#parameters, (names) => this.#parametersSet(names));
    const useSimTime = this.declareParameter({
      name: "use_sim_time",
      defaultValue: false as boolean,
      description: "Take the time from /clock (a simulation, a bag played with --clock)",
    });
    this.#clock.useSimTime(useSimTime);
  }

  declareParameter<T extends ParameterValue>(parameter: ParameterSpec<T>): T {
    const value = this.#parameters.declare(parameter);
    this.#publishEvent("new_parameters", [parameter.name]);
    return value;
  }

  parameterOf<T extends ParameterValue>(parameter: ParameterSpec<T>): T {
    const declared = this.#parameters.get(parameter.name);
    return declared === undefined ? this.declareParameter(parameter) : (declared.value as T);
  }

  onParameterChange(decide: (changes: ParameterChanges) => ParameterDecision): void {
    this.#parameters.onChange(decide);
  }

  /** Logs what was given and no parameter took. Once all are declared: it would go unnoticed. */
  warnOfUnknownParameters(): void {
    for (const { name, node: key, origin } of this.#parameters.undeclaredOverrides()) {
      const near = closestName(name, this.#parameters.names());
      const hint = near === undefined ? "see ros2 param list" : `did you mean ${near}?`;
      // A file's `/**` speaks to all nodes; what this one does not know may be another's.
      const isForAll = key === "/**" && !origin.startsWith("-p ");
      const level = isForAll && near === undefined ? "info" : "warn";
      this.log(level, `${origin}: this node has no parameter ${name}; ${hint}`);
    }
  }

  subscribe(
    topic: string,
    type: string,
    qos: RosQos,
    onMessage: (message: unknown) => void,
  ): RosSubscription {
    return this.#middleware.subscribe(topic, type, qos, onMessage);
  }

  subscribeRaw(
    topic: string,
    type: string,
    qos: RosQos,
    onBytes: (cdr: Uint8Array) => void,
  ): RosSubscription {
    return this.#middleware.subscribeRaw(topic, type, qos, onBytes);
  }

  subscribeQueued(
    topic: string,
    type: string,
    qos: RosQos,
    onBytes: (cdr: Uint8Array) => void,
  ): RosQueuedSubscription {
    return this.#middleware.subscribeQueued(topic, type, qos, onBytes);
  }

  advertise(topic: string, type: string, qos: RosQos): RosPublisher {
    return this.#middleware.advertise(topic, type, qos);
  }

  serve(service: string, type: string, handler: (request: unknown) => Promise<unknown>): RosHandle {
    return this.#middleware.serve(service, type, handler);
  }

  serveAction(action: string, type: string, handler: RosActionHandler): RosHandle {
    return this.#middleware.serveAction(action, type, handler);
  }

  publishersOf(topic: string): readonly RosEndpoint[] {
    return this.#middleware.publishersOf(topic);
  }

  topics(): readonly RosTopic[] {
    return this.#middleware.topics();
  }

  resolveTopic(topic: string): string {
    return this.#middleware.resolveTopic(topic);
  }

  now(): bigint {
    return this.#clock.now();
  }

  get isSimTime(): boolean {
    return this.#clock.isSimTime;
  }

  onTimeJumpBack(handler: (fromNs: bigint, toNs: bigint) => void): void {
    this.#clock.onJumpBack(handler);
  }

  log(level: RosLogLevel, message: string): void {
    this.#middleware.log(level, message);
  }

  manage(handlers: LifecycleHandlers): void {
    if (this.#lifecycle !== undefined) throw new Error("the node is managed already");
    this.#lifecycle = new Lifecycle(this.#middleware, handlers, () => this.now());
  }

  async transition(transition: LifecycleTransition): Promise<boolean> {
    if (this.#lifecycle === undefined) throw new Error("manage() the node first");
    return this.#lifecycle.transition(transition);
  }

  get lifecycleState(): LifecycleState {
    return this.#lifecycle?.state ?? "unconfigured";
  }

  async close(): Promise<void> {
    this.#clock.close();
    await this.#middleware.close();
  }

  #parametersSet(names: readonly string[]): void {
    if (names.includes("use_sim_time")) {
      this.#clock.useSimTime(this.#parameters.get("use_sim_time")?.value === true);
    }
    this.#publishEvent("changed_parameters", names);
  }

  #publishEvent(field: "new_parameters" | "changed_parameters", names: readonly string[]): void {
    const nowNs = this.now();
    const stamp = rosTimeOf(nowNs);
    const parameters = names.map((name) => parameterMessage(this.#parameters, name));
    this.#parameterEvents.publish({ stamp, node: this.fullName, [field]: parameters });
  }
}
