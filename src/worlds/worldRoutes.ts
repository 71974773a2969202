import * as z from "zod";
import { itemAt } from "../base/index.js";
import { atMost, type HttpApp, readBody } from "../http/index.js";
import { STATE_NAMES, TABLETOP_TASKS } from "../sim/index.js";
import { observationOf, PARTS, type Part } from "./observation.js";
import type { World, Worlds } from "./Worlds.js";

const seed = z.int().min(0);
/** Of one world. */
const MOST_INSTANCES = 64;
/** An action has fewer. */
const MOST_NUMBERS = 16;
const MOST_PARTS = 2 * PARTS.length;

const parts = atMost(MOST_PARTS, "parts", z.array(z.enum(PARTS))).default([...PARTS]);
const ofInstances = <T extends z.ZodArray>(what: string, list: T) =>
  atMost(MOST_INSTANCES, what, list);

const beginSchema = z.strictObject({
  task: z.enum(TABLETOP_TASKS).optional(),
  seed: seed.optional(),
  width: z.int().min(16).max(2048).optional(),
  height: z.int().min(16).max(2048).optional(),
  rate_hz: z.number().min(1).max(50).optional(),
  steps: z.int().min(1).max(100_000).optional(),
  instances: z.int().min(1).max(MOST_INSTANCES).default(1),
  parts,
});

const resetSchema = z.strictObject({
  seeds: ofInstances("seeds", z.array(seed).min(1)).optional(),
  only: ofInstances("instances", z.array(z.int().min(0)).min(1)).optional(),
  parts,
});

const stepSchema = z.strictObject({
  actions: ofInstances("actions", z.array(atMost(MOST_NUMBERS, "numbers", z.array(z.number())))),
  parts,
});

const observeSchema = z.strictObject({ parts });

interface WithId {
  readonly Params: { readonly id: string };
}

/** Worlds: begin, reset, step, observe, end. */
export function addWorldRoutes(app: HttpApp, worlds: Worlds): void {
  app.post("/v1/worlds", async ({ body }, reply) => {
    const { rate_hz, instances, parts: wanted, ...given } = readBody(beginSchema, body);
    const { task, width, height, steps } = given;
    const options = {
      ...(task && { task }),
      ...(given.seed !== undefined && { seed: given.seed }),
      ...(width && { width }),
      ...(height && { height }),
      ...(rate_hz && { rateHz: rate_hz }),
      ...(steps && { steps }),
    };
    const world = await worlds.begin(options, instances);
    const table = itemAt(world.tables, 0);
    void reply.code(201);
    return {
      ...{ world: world.id, task: table.task, instances, steps: table.steps },
      ...{ width: table.width, height: table.height },
      ...{ state: STATE_NAMES, action_size: table.actionSize },
      observations: await world.alone(() => observations(world, wanted)),
    };
  });

  app.post<WithId>("/v1/worlds/:id/reset", async ({ params: { id }, body }) => {
    const { only, seeds, parts: wanted } = readBody(resetSchema, body);
    const world = worlds.get(id);
    return world.alone(async () => {
      const chosen = await world.reset(only, seeds);
      return { observations: await observations(world, wanted, chosen) };
    });
  });

  app.post<WithId>("/v1/worlds/:id/step", async ({ params: { id }, body }) => {
    const { actions, parts: wanted } = readBody(stepSchema, body);
    const world = worlds.get(id);
    return world.alone(async () => {
      await world.step(actions);
      return { observations: await observations(world, wanted) };
    });
  });

  app.post<WithId>("/v1/worlds/:id/observe", async ({ params: { id }, body }) => {
    const { parts: wanted } = readBody(observeSchema, body);
    const world = worlds.get(id);
    return world.alone(async () => ({ observations: await observations(world, wanted) }));
  });

  app.delete<WithId>("/v1/worlds/:id", async ({ params: { id } }, reply) => {
    await worlds.end(id);
    return reply.code(204).send();
  });
}

async function observations(
  world: World,
  wanted: readonly Part[],
  chosen: readonly number[] = world.tables.map((_, i) => i),
) {
  const seen = [];
  for (const index of chosen) seen.push(await observationOf(itemAt(world.tables, index), wanted));
  return seen;
}
