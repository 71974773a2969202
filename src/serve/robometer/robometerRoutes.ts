import type { FastifyReply, FastifyRequest } from "fastify";
import type { Annotation } from "../../annotate/index.js";
import { BodyError, FieldError, type HttpApp } from "../../http/index.js";
import type { Task } from "../../task/index.js";
import type { RewardService } from "../RewardService.js";
import { type Trajectory, trajectoriesOf, trajectoriesOfForm } from "./RobometerBatch.js";

/** What a trajectory comes to, frame by frame. */
interface Judged {
  /** 0..1 over the task's stages; null where the image does not tell. */
  readonly progress: readonly (number | null)[];
  /** 1 from the frame on that shows the success, 0 before; null where the image does not tell. */
  readonly success: readonly (number | null)[];
  readonly validity: readonly string[];
  readonly reason: readonly string[];
}

/**
 * Robometer's evaluation server (github.com/robometer/robometer): progress and success of each frame of
 * trajectories, here by the stages of a task, which the instruction has to name. What is not known is
 * null, which numpy reads as NaN, and not a number that looks like one.
 */
export function addRobometerRoutes(app: HttpApp, service: RewardService): void {
  const { id } = service.vlm;
  app.get("/model_info", async () => ({
    model_path: id,
    num_gpus: 0,
    experiment_config: { tasks: await service.tasks.names() },
    model_architecture: { model_class: "spatial-reward", model_module: id },
  }));

  app.post("/evaluate_batch", async ({ body }, reply) =>
    evaluate(trajectoriesOf(body), service, reply),
  );

  void app.register(async (scope) => {
    scope.addContentTypeParser("multipart/form-data", { parseAs: "buffer" }, parseForm);
    scope.post("/evaluate_batch_npy", async ({ body }, reply) => {
      if (!(body instanceof FormData)) throw new BodyError("send multipart/form-data");
      return evaluate(await trajectoriesOfForm(body), service, reply);
    });
  });
}

async function parseForm({ headers }: FastifyRequest, body: Buffer): Promise<FormData> {
  const type = headers["content-type"] ?? "";
  checkParts(body, type);
  try {
    return await new Response(body, { headers: { "content-type": type } }).formData();
  } catch (error) {
    throw new BodyError("the form cannot be read: it is cut off, or its boundary is another", {
      cause: error,
    });
  }
}

/** Parts of a form: samples, the arrays of each, and a few settings. */
const MOST_PARTS = 1100;

/**
 * The time to read a form grows with the square of its parts.
 *
 * @throws FieldError
 */
function checkParts(body: Buffer, contentType: string): void {
  const [, quoted, bare] = /boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType) ?? [];
  const delimiter = Buffer.from(`--${quoted ?? bare ?? ""}`);
  let parts = 0;
  for (let at = body.indexOf(delimiter); at >= 0; at = body.indexOf(delimiter, at + 1)) {
    parts += 1;
    if (parts > MOST_PARTS) throw new FieldError(`a form may have ${MOST_PARTS} parts`);
  }
}

async function evaluate(
  trajectories: readonly Trajectory[],
  service: RewardService,
  reply: FastifyReply,
): Promise<object> {
  const gone = new AbortController();
  reply.raw.once("close", () => gone.abort(new Error("the client has gone")));
  const signal = AbortSignal.any([service.signal, gone.signal]);
  const judged = await service.turns.admit(trajectories.length, () =>
    Promise.all(trajectories.map((each) => judge(each, service, signal))),
  );
  return {
    outputs_preference: null,
    outputs_progress: { progress_pred: judged.map(({ progress }) => progress) },
    outputs_success: { success_probs: judged.map(({ success }) => success) },
    spatial_reward: judged.map(({ validity, reason }) => ({ validity, reason })),
  };
}

async function judge(
  { task: instruction, images, rateHz, name }: Trajectory,
  service: RewardService,
  signal: AbortSignal,
): Promise<Judged> {
  const task = await service.tasks.instructed(instruction, name.replace(/frames$/, "task"));
  if (task.stages.length === 0) {
    throw new FieldError(`the task ${task.name} has no stages: nothing says how far it has come`);
  }
  const session = service.unlisted({ task, rateHz });
  const judged = {
    progress: [] as (number | null)[],
    success: [] as (number | null)[],
    validity: [] as string[],
    reason: [] as string[],
  };
  for (const image of images) {
    const annotation = await session.annotate({ image }, signal);
    const { reward } = annotation;
    const isKnown = reward.success || showsProgress(task, annotation);
    judged.progress.push(isKnown ? reward.progress : null);
    judged.success.push(reward.success ? 1 : isKnown ? 0 : null);
    judged.validity.push(reward.validity);
    judged.reason.push(reward.reason);
  }
  session.close();
  return judged;
}

/** Whether there are values for all that the current stage's progress is computed of. */
function showsProgress({ stages }: Task, { reward, measurements }: Annotation): boolean {
  const stage = stages.find(({ name }) => name === reward.stage);
  const needs = new Set([...(stage?.progress.names ?? []), ...(stage?.until.names ?? [])]);
  return measurements.every(({ name, value }) => value !== null || !needs.has(name));
}
