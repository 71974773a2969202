import { interval, map, type Observable, Subject } from "rxjs";
import type { Annotation } from "../../annotate/index.js";
import { UserError } from "../../base/index.js";
import { loadCalibrationSync } from "../../calibrate/index.js";
import type { SpatialFact } from "../../language/index.js";
import { checkVlmSpec } from "../../models/specs.js";
import type { RewardSample } from "../../reward/index.js";
import { loadTaskSync, type Task } from "../../task/index.js";
import { LogLimit } from "../LogLimit.js";
import { Bond } from "../node/Bond.js";
import type { RosNode } from "../RosNode.js";
import { AnnotationOutputs } from "./AnnotationOutputs.js";
import { BridgeError } from "./BridgeError.js";
import { type BridgeParameter, type BridgeParameters, PARAMETERS } from "./BridgeParameters.js";
import { diagnosticsMessage } from "./diagnosticsMessage.js";
import { liveModels } from "./liveModels.js";
import type { CreateModel } from "./ModelSlot.js";
import { NodeFaults } from "./NodeFaults.js";
import { Outputs } from "./Outputs.js";
import { Recording } from "./Recording.js";
import { Session } from "./Session.js";
import { Settings } from "./Settings.js";
import { BridgeServices } from "./services/BridgeServices.js";
import { checkLlm, ReasonAction } from "./services/ReasonAction.js";
import { type BridgeStatus, statusMessage } from "./statusMessage.js";
import { wantedCameras } from "./wantedCameras.js";

/** Parameters that change how rewards are estimated: they begin a new episode. */
const ESTIMATION = ["calibration", "fusedRateHz", "corrections"] as const;

export interface BridgeOptions {
  /** How models are made; in a worker thread where absent. */
  readonly createModel?: CreateModel;
  /** The beat of status, diagnostics and looks at the graph: once a second where absent. */
  readonly beat$?: Observable<unknown>;
  /** A clock that never jumps, ms. */
  readonly nowMs?: () => number;
}

/** A live bridge on a node. Its streams are hot; they complete when it is closed. */
export interface Bridge {
  readonly annotations$: Observable<Annotation>;
  readonly rewards$: Observable<RewardSample>;
  /** All facts of each image. */
  readonly facts$: Observable<readonly SpatialFact[]>;
  /** Once a second, and when the life cycle moves. */
  readonly status$: Observable<BridgeStatus>;
  /** Aborts what is in flight and completes the outputs. The node stays open. */
  close(): Promise<void>;
}

/**
 * Makes a node the bridge: cameras in, rewards and spatial facts out, driven by its parameters and
 * the managed life cycle (`autostart` configures and activates it at once). What goes wrong later
 * is logged and published as status; the node lives on.
 *
 * @throws ParameterError if a parameter was given a value that it cannot have
 * @example
 * const bridge = startBridge(await openRosNode({ name: "spatial_reward" }));
 * bridge.rewards$.subscribe(({ stampNs, reward }) => console.log(stampNs, reward));
 */
export function startBridge(node: RosNode, options: BridgeOptions = {}): Bridge {
  return new BridgeNode(node, options);
}

class BridgeNode implements Bridge {
  readonly annotations$ = new Subject<Annotation>();
  readonly rewards$ = this.annotations$.pipe(map(({ reward }) => reward));
  readonly facts$ = this.annotations$.pipe(map(({ facts }) => facts));
  readonly status$ = new Subject<BridgeStatus>();
  readonly #node: RosNode;
  readonly #options: BridgeOptions;
  readonly #nowMs: () => number;
  readonly #log: LogLimit;
  readonly #settings: Settings;
  readonly #outputs: Outputs;
  readonly #annotationOutputs: AnnotationOutputs;
  readonly #services: BridgeServices;
  readonly #reason: ReasonAction;
  readonly #faults: NodeFaults;
  readonly #beat: { unsubscribe(): void };
  /** With the lifecycle manager that drives the node. */
  readonly #bond: Bond | undefined;
  #session: Session | undefined;
  #recording: Recording | undefined;
  #diagnosedAtMs = Number.NEGATIVE_INFINITY;
  #closing: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(node: RosNode, options: BridgeOptions) {
    const { nowMs = () => performance.now(), beat$ = interval(1000) } = options;
    this.#node = node;
    this.#options = options;
    this.#nowMs = nowMs;
    this.#log = new LogLimit(node, nowMs);
    this.#settings = new Settings(node, (next, changed) => this.#change(next, changed));
    this.#outputs = new Outputs(node);
    const parameters = () => this.#settings.values;
    this.#annotationOutputs = new AnnotationOutputs(node, this.#outputs, this.#log, parameters);
    this.#faults = new NodeFaults(node, this.#log, nowMs);
    this.#services = new BridgeServices({
      node,
      session: () => this.#session,
      setTask: (task) => this.#session?.setTask(this.#timed(task, this.#settings.values)),
    });
    this.#reason = new ReasonAction({ node, services: this.#services });
    this.#adoptLlm(this.#settings.values.llm);
    node.onTimeJumpBack((_fromNs, toNs) => this.#session?.run?.clockJumped(toNs));
    node.manage({
      configure: () => this.#transition(() => this.#configure()),
      activate: () =>
        this.#transition(() => {
          this.#configured().activate();
          this.#bond?.begin();
        }),
      deactivate: () => this.#transition(() => this.#deactivate()),
      cleanup: () => this.#transition(() => this.#cleanup()),
      shutdown: () => this.#transition(() => this.#cleanup()),
    });
    this.#beat = beat$.subscribe(() => this.#tick());
    this.#bond = this.#settings.values.autostart ? undefined : new Bond(node);
    if (this.#settings.values.autostart) void this.#autostart();
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#beat.unsubscribe();
    this.#reason.close();
    this.#services.close();
    this.#cleanup();
    this.#bond?.close();
    await this.#closing;
    this.#outputs.close();
    this.annotations$.complete();
    this.status$.complete();
  }

  /** An invalid value at start-up is reported; the node continues without it. */
  #adoptLlm(llm: string): void {
    try {
      this.#reason.setLlm(llm);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.#node.log("error", `llm: ${error.message}; the action ~/reason is not available`);
    }
  }

  async #autostart(): Promise<void> {
    if (await this.#node.transition("configure")) await this.#node.transition("activate");
    else {
      const how = `ros2 lifecycle set ${this.#node.fullName} configure, then activate`;
      this.#node.log("error", `not started; after fixing this, run: ${how}`);
    }
  }

  /** What a user did wrong is a failed transition; anything else is an error of ours. */
  #transition(work: () => void): boolean {
    try {
      work();
      return true;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.#node.log("error", error.message);
      return false;
    }
  }

  #configure(): void {
    const values = this.#settings.values;
    if (values.task === "") throw new BridgeError("no task is set: set the parameter task");
    const task = this.#timed(loadTaskSync(values.task), values);
    this.#checkModel(values.vlm);
    this.#session = new Session({
      ...{ node: this.#node, log: this.#log, task, nowMs: this.#nowMs },
      parameters: () => this.#settings.values,
      createModel: this.#options.createModel ?? liveModels(this.#node, this.#log),
      onAnnotation: (annotation) => this.#take(annotation),
    });
    if (values.record !== "") {
      this.#recording = new Recording(values.record, this.#log);
      this.#outputs.recording = this.#recording;
    }
  }

  #configured(): Session {
    if (this.#session === undefined) throw new BridgeError("the node is unconfigured");
    return this.#session;
  }

  #deactivate(): void {
    this.#bond?.end();
    this.#configured().deactivate();
  }

  #cleanup(): void {
    this.#bond?.end();
    const session = this.#session;
    if (!session) return;
    this.#session = undefined;
    this.#outputs.recording = undefined;
    const recording = this.#recording;
    this.#recording = undefined;
    const metadata = new Map([
      ["task", session.task.source],
      ["model", session.model.name],
      ["node", this.#node.fullName],
    ]);
    this.#closing = Promise.all([this.#closing, session.close(), recording?.close(metadata)]);
    this.#closing.catch(() => undefined);
  }

  #checkModel(spec: string): void {
    if (!this.#options.createModel) checkVlmSpec(spec);
  }

  /** Says why parameters cannot be so, or how they are taken over. */
  #change(next: BridgeParameters, changed: ReadonlySet<BridgeParameter>): string | (() => void) {
    try {
      const session = this.#session;
      const loads = changed.has("task") && (session !== undefined || next.task !== "");
      const task = loads ? this.#timed(loadTaskSync(next.task), next) : undefined;
      if (changed.has("vlm")) this.#checkModel(next.vlm);
      if (changed.has("llm")) checkLlm(next.llm);
      const { vlm } = changed.has("vlm") ? {} : (session?.model ?? {});
      // Of a model that is not loaded yet, it is checked when that is ready.
      if (changed.has("calibration") && next.calibration !== "" && vlm) {
        loadCalibrationSync(next.calibration, vlm);
      }
      if (session) wantedCameras(next, task ?? session.task);
      // All is checked: what still fails then (a message type that is not installed) is logged.
      return () =>
        void this.#transition(() => {
          if (changed.has("llm")) this.#reason.setLlm(next.llm);
          if (session && task) session.setTask(task);
          if (session && changed.has("vlm")) session.setModel(next.vlm);
          if (ESTIMATION.some((name) => changed.has(name))) session?.setEstimation();
          if (changed.has("rateHz")) {
            for (const camera of session?.run?.cameras ?? []) camera.setRate(next.rateHz);
          }
        });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const name = changed.size === 1 ? PARAMETERS[[...changed][0]!].name : "parameters";
      return `${name}: ${error.message}`;
    }
  }

  #timed(task: Task, { episodeTimeoutS }: BridgeParameters): Task {
    return episodeTimeoutS > 0 ? { ...task, timeoutS: episodeTimeoutS } : task;
  }

  #take(annotation: Annotation): void {
    const session = this.#session;
    if (!session) return;
    this.#annotationOutputs.publish(annotation, session.task);
    if (annotation.isCorrection) return;
    if (annotation.outcome !== "predicted") this.#faults.note(annotation, session.task);
    this.annotations$.next(annotation);
  }

  #tick(): void {
    const session = this.#session;
    session?.tick();
    const values = this.#settings.values;
    const faults = this.#faults.look(session, values);
    const status = statusMessage(this.#node, session, faults);
    this.#outputs.publish("status", status);
    this.status$.next(status);
    const nowMs = this.#nowMs();
    // A beat may come a little early.
    if (nowMs - this.#diagnosedAtMs < values.diagnosticsPeriodS * 1000 - 100) return;
    this.#diagnosedAtMs = nowMs;
    const nodeName = this.#node.fullName.slice(1);
    const rewardAgeMs = session?.rewardAgeMs;
    const { unusable } = faults;
    const message = diagnosticsMessage(status, { nodeName, rewardAgeMs, unusable });
    this.#outputs.publish("diagnostics", message);
  }
}
