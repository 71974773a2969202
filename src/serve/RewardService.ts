import type { Calibration } from "../estimate/index.js";
import { ClosingError, FieldError, type Problem, problemOf } from "../http/index.js";
import type { SpatialVlm } from "../models/index.js";
import { chosenCameras, type Task } from "../task/index.js";
import { Metrics } from "./Metrics.js";
import { type DenseReward, Session, type SessionOptions } from "./Session.js";
import { type SessionLimits, Sessions } from "./Sessions.js";
import type { Step } from "./Step.js";
import { TaskShelf } from "./TaskShelf.js";
import { Turns } from "./Turns.js";

export interface RewardServiceOptions {
  readonly vlm: SpatialVlm;
  /** Of the model. */
  readonly calibration?: Calibration | undefined;
  /** The task of sessions that name none. */
  readonly task?: Task | undefined;
  /** Where tasks are found by name. */
  readonly taskFolder?: string | undefined;
  readonly limits: SessionLimits & { /** Steps that wait at one time. */ readonly waiting: number };
  readonly onDefect: (error: unknown) => void;
}

/** What a client says of a session that it begins. */
export interface BeginSession extends CameraChoice {
  readonly task?: string | undefined;
  readonly taskText?: string | undefined;
}

interface CameraChoice {
  readonly camera?: string | undefined;
  readonly opticalFrame?: string | undefined;
  /** Steps a second, Hz. */
  readonly rateHz?: number | undefined;
}

const DEFAULT_CAMERA = "camera";
const DEFAULT_RATE_HZ = 10;
/** Between two looks for idle sessions, ms. */
const SWEEP_MS = 1000;

/** Rewards for many environments: what the server does, in whatever tongue it is asked. */
export class RewardService {
  readonly tasks: TaskShelf;
  readonly sessions: Sessions;
  readonly turns: Turns;
  readonly metrics: Metrics;
  /** Asked in turn with the steps of all sessions. */
  readonly vlm: SpatialVlm;
  readonly #options: RewardServiceOptions;
  readonly #closing = new AbortController();
  readonly #sweeping: NodeJS.Timeout;

  constructor(options: RewardServiceOptions) {
    const { vlm, task, taskFolder, limits } = options;
    this.#options = options;
    this.tasks = new TaskShelf(task, taskFolder);
    this.sessions = new Sessions(limits);
    this.turns = new Turns(limits.waiting, vlm.concurrency);
    this.vlm = this.turns.gate(vlm);
    this.metrics = new Metrics(() => ({
      sessions: this.sessions.size,
      waiting: this.turns.admitted,
    }));
    this.#sweeping = setInterval(() => this.sessions.sweep(), SWEEP_MS).unref();
  }

  /** Of sessions that name none. */
  get task(): Task | undefined {
    return this.#options.task;
  }

  /** Of the model, where there is one. */
  get calibration(): Calibration | undefined {
    return this.#options.calibration;
  }

  /** Aborts when the service is closed. */
  get signal(): AbortSignal {
    return this.#closing.signal;
  }

  /** @throws FieldError, TaskError, BusyError */
  async begin({ task, taskText, ...told }: BeginSession): Promise<Session> {
    const found = await this.tasks.find(task, taskText);
    this.#checkCamera(found, told.camera);
    this.#checkOpen();
    return this.sessions.begin(this.#optionsOf(found, told));
  }

  /** A session for one request, which nobody else can ask for. */
  unlisted({ task, rateHz }: { readonly task: Task; readonly rateHz: number }): Session {
    return new Session({ ...this.#optionsOf(task, { rateHz }), id: "" });
  }

  /** @throws SessionUnknownError, SessionBusyError, BusyError, FieldError; what the model throws */
  step(id: string, step: Step): Promise<DenseReward> {
    return this.turns.admit(1, () => this.stepAdmitted(id, step));
  }

  /** `step` for work that `turns` has admitted. */
  async stepAdmitted(id: string, step: Step): Promise<DenseReward> {
    const session = this.sessions.get(id);
    const startMs = performance.now();
    // A step that has begun is done, though its client may be gone: the episode has one history.
    const reward = await session.alone(() => this.#unlessClosing(session.step(step, this.signal)));
    this.metrics.countStep(reward, (performance.now() - startMs) / 1000);
    return reward;
  }

  /** @returns the number of the episode that begins */
  async reset(id: string): Promise<number> {
    const session = this.sessions.get(id);
    return session.alone(() => session.reset());
  }

  end(id: string): Promise<void> {
    return this.sessions.end(id);
  }

  /** An error for a client; a defect is told to the log as well. */
  problem(error: unknown): Problem {
    const problem = problemOf(error);
    this.metrics.countError(problem.code);
    if (problem.code === "internal") this.#options.onDefect(error);
    return problem;
  }

  /** Ends all sessions; the model is its owner's to close. */
  close(): void {
    clearInterval(this.#sweeping);
    this.#closing.abort(new ClosingError("the server is closing"));
    this.sessions.close();
  }

  #optionsOf(task: Task, told: CameraChoice): Omit<SessionOptions, "id"> {
    const [first] = chosenCameras(task.cameras, told.camera);
    const camera = first ?? { name: DEFAULT_CAMERA, color: DEFAULT_CAMERA };
    const { calibration } = this.#options;
    return {
      ...{ task, camera, calibration, vlm: this.vlm },
      opticalFrame: told.opticalFrame ?? camera.name,
      rateHz: told.rateHz ?? DEFAULT_RATE_HZ,
    };
  }

  /** A session sees what one camera sees: of several, the client has to say which. */
  #checkCamera({ cameras }: Task, chosen: string | undefined): void {
    if (cameras.length < 2) return;
    if (cameras.some(({ name, color }) => name === chosen || color === chosen)) return;
    const names = cameras.map(({ name }) => name).join(", ");
    throw new FieldError(
      `camera: ${chosen === undefined ? "none is named" : `the task has no ${JSON.stringify(chosen)}`}, ` +
        `and the task has ${names}. A session is that of one camera: name one, and begin another ` +
        "session for each other camera",
    );
  }

  #checkOpen(): void {
    this.signal.throwIfAborted();
  }

  async #unlessClosing<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      this.#checkOpen();
      throw error;
    }
  }
}
