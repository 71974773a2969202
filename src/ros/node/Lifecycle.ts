import * as z from "zod";
import { messageOf } from "../../base/index.js";
import { DEFAULT_QOS } from "../qos.js";
import type {
  LifecycleHandlers,
  LifecycleState,
  LifecycleTransition,
  RosMiddleware,
  RosPublisher,
} from "../RosNode.js";
import {
  allStates,
  describeOutcomes,
  describeStep,
  ERROR_HANDLED,
  type LifecycleStep,
  STATES,
  STEPS,
  type TransitionDescription,
  transitionGraph,
} from "./lifecycleGraph.js";

const changeRequest = z.object({ transition: z.object({ id: z.number(), label: z.string() }) });

/**
 * A managed node's life: its state, the transitions between states, and the services and the topic
 * by which `ros2 lifecycle` and lifecycle managers see and drive it.
 */
export class Lifecycle {
  readonly #middleware: RosMiddleware;
  readonly #handlers: LifecycleHandlers;
  readonly #now: () => bigint;
  readonly #events: RosPublisher;
  #state: LifecycleState = "unconfigured";
  /** A handler that asks for a transition itself has to wait for its own to end. */
  #isChanging = false;

  constructor(middleware: RosMiddleware, handlers: LifecycleHandlers, now: () => bigint) {
    this.#middleware = middleware;
    this.#handlers = handlers;
    this.#now = now;
    this.#events = middleware.advertise(
      "~/transition_event",
      "lifecycle_msgs/msg/TransitionEvent",
      DEFAULT_QOS,
    );
    this.#serve();
  }

  get state(): LifecycleState {
    return this.#state;
  }

  /** Whether it succeeded; false too where the state has no such transition. */
  transition(name: LifecycleTransition): boolean {
    const step = this.#available().find((available) => available.name === name);
    if (step === undefined) return this.#refuse(name);
    return this.#run(step);
  }

  #run(step: LifecycleStep): boolean {
    this.#publish(describeStep(step));
    const [success, failure, error] = describeOutcomes(step);
    this.#isChanging = true;
    try {
      const succeeded = this.#handlers[step.name]();
      this.#state = succeeded ? step.onSuccess : step.onFailure;
      this.#publish(succeeded ? success : failure);
      return succeeded;
    } catch (fault) {
      this.#middleware.log("error", `${step.name} failed: ${messageOf(fault)}`);
      this.#publish(error);
      this.#recover();
      return false;
    } finally {
      this.#isChanging = false;
    }
  }

  /** After an error nothing may be left half done: the node is cleaned up and starts again. */
  #recover(): void {
    try {
      this.#handlers.cleanup();
    } catch (fault) {
      this.#middleware.log("error", `cleanup after the error also failed: ${messageOf(fault)}`);
    }
    this.#state = "unconfigured";
    this.#publish(ERROR_HANDLED);
  }

  #available(): LifecycleStep[] {
    return this.#isChanging ? [] : STEPS.filter(({ from }) => from === this.#state);
  }

  #refuse(what: string): false {
    const names = this.#available().map(({ name }) => name);
    this.#middleware.log(
      "warn",
      `cannot ${what}: the node is ${this.#state}` +
        (names.length === 0 ? "" : `, which allows ${names.join(", ")}`),
    );
    return false;
  }

  #change(request: unknown): boolean {
    const { id, label } = changeRequest.parse(request).transition;
    const step = this.#available().find(({ transition }) =>
      label === "" ? transition.id === id : transition.label === label,
    );
    return step === undefined ? this.#refuse(label || `make transition ${id}`) : this.#run(step);
  }

  #publish(description: TransitionDescription): void {
    this.#events.publish({ timestamp: this.#now(), ...description });
  }

  #serve(): void {
    const services: Readonly<Record<string, (request: unknown) => unknown>> = {
      "change_state ChangeState": (request) => ({ success: this.#change(request) }),
      "get_state GetState": () => ({ current_state: STATES[this.#state] }),
      "get_available_states GetAvailableStates": () => ({ available_states: allStates() }),
      "get_available_transitions GetAvailableTransitions": () => ({
        available_transitions: this.#available().map(describeStep),
      }),
      "get_transition_graph GetAvailableTransitions": () => ({
        available_transitions: transitionGraph(),
      }),
    };
    for (const [key, answer] of Object.entries(services)) {
      const [name, type] = key.split(" ");
      this.#middleware.serve(`~/${name}`, `lifecycle_msgs/srv/${type}`, async (request) =>
        answer(request),
      );
    }
  }
}
