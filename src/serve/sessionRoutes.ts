import * as z from "zod";
import { atMost, type HttpApp, type Problem, readBody } from "../http/index.js";
import { termsMayBeNegative } from "../reward/index.js";
import type { Task } from "../task/index.js";
import type { RewardService } from "./RewardService.js";
import type { DenseReward } from "./Session.js";
import { stepSchema } from "./Step.js";

export const beginSchema = z
  .strictObject({
    task: z.string().min(1).max(200).optional(),
    task_text: z.string().min(1).optional(),
    camera: z.string().min(1).max(200).optional(),
    optical_frame: z.string().min(1).max(200).optional(),
    rate_hz: z.number().min(1e-3).max(10_000).optional(),
  })
  .meta({ id: "BeginSession" });

const nothing = z.strictObject({});

/** Of one batch. */
const MOST_STEPS = 1024;

export const batchSchema = z.strictObject({
  steps: atMost(
    MOST_STEPS,
    "steps",
    z
      .array(z.looseObject({ session: z.string().min(1).max(64) }))
      .min(1)
      .max(MOST_STEPS),
  ),
});

interface WithId {
  readonly Params: { readonly id: string };
}

/** Sessions, steps one by one, and steps of many sessions at once. */
export function addSessionRoutes(app: HttpApp, service: RewardService): void {
  app.post("/v1/sessions", async ({ body }, reply) => {
    const { task, task_text, camera, optical_frame, rate_hz } = readBody(beginSchema, body);
    const session = await service.begin({
      ...{ task, taskText: task_text, camera, opticalFrame: optical_frame, rateHz: rate_hz },
    });
    void reply.code(201);
    return {
      session: session.id,
      task: session.task.name,
      ...{ camera: session.camera, optical_frame: session.opticalFrame },
      measurements: session.task.measurements.map(({ name }) => name),
      terms: termsOf(session.task),
      may_be_negative: termsMayBeNegative(session.task),
    };
  });

  app.post<WithId>("/v1/sessions/:id/step", async ({ params: { id }, body }) => {
    return service.step(id, readBody(stepSchema, body));
  });

  app.post<WithId>("/v1/sessions/:id/reset", async ({ params: { id }, body }) => {
    readBody(nothing, body);
    return { episode: await service.reset(id) };
  });

  app.delete<WithId>("/v1/sessions/:id", async ({ params: { id } }, reply) => {
    await service.end(id);
    return reply.code(204).send();
  });

  app.post("/v1/step_batch", async ({ body }) => {
    const { steps } = readBody(batchSchema, body);
    const rewards = await service.turns.admit(steps.length, () =>
      Promise.all(
        steps.map(async ({ session, ...step }): Promise<DenseReward | { error: Problem }> => {
          try {
            return await service.stepAdmitted(session, readBody(stepSchema, step));
          } catch (error) {
            return { error: service.problem(error) };
          }
        }),
      ),
    );
    return { rewards };
  });
}

/** The names of the terms that a reward of the task has. */
function termsOf({ reward }: Task): string[] {
  const { terms, shaping, successBonus, failurePenalty } = reward;
  return [
    ...terms.keys(),
    ...(shaping ? ["shaping"] : []),
    ...(successBonus === 0 ? [] : ["success"]),
    ...(failurePenalty === 0 ? [] : ["failure"]),
  ];
}
