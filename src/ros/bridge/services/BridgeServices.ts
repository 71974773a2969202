import * as z from "zod";
import { messageOf, rosTimeOf, UserError } from "../../../base/index.js";
import type { CameraFrame } from "../../../camera/index.js";
import { factOf, onSupport } from "../../../language/index.js";
import type { SpatialVlm } from "../../../models/index.js";
import { denseRewardMessage, spatialFactMessage } from "../../../sinks/index.js";
import { loadTaskSync, parseTask, type Task } from "../../../task/index.js";
import type { RosHandle, RosNode } from "../../RosNode.js";
import { BridgeError } from "../BridgeError.js";
import { guardedVlm } from "../guardedVlm.js";
import type { LiveCamera } from "../LiveCamera.js";
import type { LiveRun } from "../LiveRun.js";
import type { Session } from "../Session.js";
import { questionOf } from "./questionOf.js";
import { hasColor, parseImages, requestFrame } from "./requestFrame.js";

export interface BridgeServicesOptions {
  readonly node: RosNode;
  /** Undefined while the node is unconfigured. */
  readonly session: () => Session | undefined;
  /** Gives the session another task. @throws UserError if it cannot be used */
  readonly setTask: (task: Task) => void;
}

const text = z.string().default("");
const askRequest = z.object({
  ...{ question: text, kind: text, subject: text, object: text },
  images: z.unknown().optional(),
  timeout: z.number().default(0),
});
const evaluateRequest = z.object({
  episode: text,
  images: z.array(z.unknown()).default([]),
  timeout: z.number().default(0),
});
const taskRequest = z.object({ path: text, yaml: text });
const resetRequest = z.object({ episode: text });

/** Everything that a question needs. */
export interface Ready {
  readonly session: Session;
  readonly run: LiveRun;
  readonly vlm: SpatialVlm;
}

/** The node's services: `~/ask_spatial`, `~/evaluate_reward`, `~/set_task`, `~/reset_episode`. */
export class BridgeServices {
  readonly #options: BridgeServicesOptions;
  readonly #handles: readonly RosHandle[];

  constructor(options: BridgeServicesOptions) {
    this.#options = options;
    this.#handles = [
      this.#serve("ask_spatial", "AskSpatial", (request) => this.#ask(request)),
      this.#serve("evaluate_reward", "EvaluateReward", (request) => this.#evaluate(request)),
      this.#serve("set_task", "SetTask", async (request) => this.#setTask(request)),
      this.#serve("reset_episode", "ResetEpisode", async (request) => this.#reset(request)),
    ];
  }

  close(): void {
    for (const handle of this.#handles) handle.close();
  }

  /** @throws BridgeError that says what the node lacks for answering questions */
  ready(): Ready {
    const session = this.#configured();
    const run = this.#active(session);
    const { vlm, message } = session.model;
    if (vlm === undefined) throw new BridgeError(`not ready: ${message}`);
    return { session, run, vlm };
  }

  /** What goes wrong is an answer too. */
  #serve(
    name: string,
    type: string,
    answer: (request: unknown) => Promise<Record<string, unknown>>,
  ): RosHandle {
    const { node, session } = this.#options;
    return node.serve(`~/${name}`, `spatial_reward_msgs/srv/${type}`, async (request) => {
      try {
        return { success: true, message: "", ...(await answer(request)) };
      } catch (error) {
        const message = failureOf(error);
        node.log(error instanceof UserError ? "warn" : "error", `${name}: ${message}`);
        const task = session()?.task.name ?? "";
        const episode = session()?.episode ?? "";
        return {
          success: false,
          message,
          ...(type === "SetTask" && { task }),
          ...(type === "ResetEpisode" && { episode }),
        };
      }
    });
  }

  async #ask(request: unknown): Promise<Record<string, unknown>> {
    const { session, run, vlm } = this.ready();
    const asked = askRequest.parse(request);
    const { objects, support } = session.task;
    const questions = onSupport([questionOf(asked, [...objects.values()])], support);
    const images = parseImages(asked.images);
    const camera = cameraOf(run, images.camera);
    const frame = hasColor(images)
      ? requestFrame(images, camera.name, camera.newestFrame?.info)
      : newestFrameOf(camera);
    const start = performance.now();
    const signal = signalOf(run, asked.timeout);
    const [answer] = await inTime(
      guardedVlm(vlm, () => run.topics).ask(frame, questions, signal),
      signal,
    );
    return {
      header: { stamp: rosTimeOf(frame.stampNs), frame_id: frame.frameId },
      camera: camera.name,
      fact: spatialFactMessage(factOf(frame, "", answer!)),
      latency_ms: performance.now() - start,
      model: vlm.id,
    };
  }

  async #evaluate(request: unknown): Promise<Record<string, unknown>> {
    const { session, run, vlm } = this.ready();
    const { episode, images, timeout } = evaluateRequest.parse(request);
    if (images.length === 0) {
      throw new BridgeError("the request has no image: give images[0].color or .compressed");
    }
    const frames = images.map((message) => {
      const parsed = parseImages(message);
      const camera = cameraOf(run, parsed.camera);
      if (!hasColor(parsed)) throw new BridgeError(`images of ${camera.name}: no colour image`);
      return requestFrame(parsed, camera.name, camera.newestFrame?.info);
    });
    const signal = signalOf(run, timeout);
    const guarded = guardedVlm(vlm, () => run.topics);
    const annotation = await inTime(
      session.steps.evaluate({ vlm: guarded, frames, episode }, signal),
      signal,
    );
    return { reward: denseRewardMessage(annotation, session.task) };
  }

  #setTask(request: unknown): Record<string, unknown> {
    const session = this.#configured();
    const { path, yaml } = taskRequest.parse(request);
    if (path === "" && yaml === "") throw new BridgeError("give the path of a task file, or yaml");
    this.#options.setTask(path === "" ? parseTask(yaml, "the request's yaml") : loadTaskSync(path));
    return { task: session.task.name };
  }

  #reset(request: unknown): Record<string, unknown> {
    const session = this.#configured();
    this.#active(session);
    const { episode } = resetRequest.parse(request);
    session.newEpisode(episode);
    this.#options.node.log("info", `episode ${session.episode} begins: reset by service`);
    return { episode: session.episode };
  }

  #configured(): Session {
    const session = this.#options.session();
    if (session) return session;
    const { fullName } = this.#options.node;
    throw new BridgeError(
      `the node is unconfigured: ros2 lifecycle set ${fullName} configure, then activate`,
    );
  }

  #active({ run }: Session): LiveRun {
    if (run) return run;
    const { fullName } = this.#options.node;
    throw new BridgeError(`the node is inactive: ros2 lifecycle set ${fullName} activate`);
  }
}

/** @throws BridgeError naming the cameras that there are */
export function cameraOf(run: LiveRun, name: string): LiveCamera {
  const camera = run.camera(name);
  if (camera) return camera;
  const known = run.cameras.map((other) => other.name).join(", ");
  throw new BridgeError(`no camera "${name}"; the cameras are ${known}`);
}

/** @throws BridgeError if none has come yet */
export function newestFrameOf(camera: LiveCamera): CameraFrame {
  if (camera.newestFrame) return camera.newestFrame;
  throw new BridgeError(`no image of the camera ${camera.name} has been received yet`);
}

function signalOf(run: LiveRun, timeoutS: number): AbortSignal {
  return timeoutS > 0
    ? AbortSignal.any([run.signal, AbortSignal.timeout(timeoutS * 1000)])
    : run.signal;
}

/** A model that does not heed its signal must not keep the client waiting. */
export async function inTime<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

function failureOf(error: unknown): string {
  if (error instanceof DOMException && error.name === "TimeoutError") {
    return "the model has not answered within the request's timeout";
  }
  return messageOf(error);
}
