import { loadBackends } from "./registerVlm.js";
import type { DisposableVlm, SpatialVlm } from "./SpatialVlm.js";
import type { VlmDescription } from "./spec/describeVlms.js";
import type { VlmPlan } from "./spec/readVlmPlan.js";
import type { VlmContext } from "./VlmContext.js";
import { vlmChain } from "./vlmChain.js";
import { wrapVlm } from "./wrapVlm.js";

/** The spec of the model that is asked where nobody names one: it comes with the package. */
export const DEFAULT_VLM = "embedded";

/**
 * Makes the model that a spec names: `rgbd`, `rgbd?seed=1`, `endpoint.yaml`,
 * `http://127.0.0.1:8000/v1#my-model?n=4&max_side=768`, or a chain: `fast.yaml|rgbd`. See
 * `parseVlmSpec` for the grammar, `describeVlms` for the backends and their settings, and
 * docs/endpoints.md for model files.
 *
 * @throws VlmSpecError if the backend or a setting is unknown, or a value does not fit.
 * @example await using vlm = await createVlm("embedded");
 */
export async function createVlm(spec: string, context: VlmContext = {}): Promise<DisposableVlm> {
  const vlm = await makeVlm(await planOf(spec), context);
  return isDisposable(vlm) ? vlm : wrapVlm(vlm);
}

/**
 * Holds a spec, and the files it names, to what is known without making the model: backend,
 * settings, their values.
 *
 * @throws VlmSpecError as `createVlm`
 */
export async function checkVlmSpec(spec: string): Promise<void> {
  await planOf(spec);
}

/** Every registered backend with its settings. */
export async function describeVlms(): Promise<readonly VlmDescription[]> {
  const [description] = await Promise.all([import("./spec/describeVlms.js"), loadBackends()]);
  return description.describeVlms();
}

/** Understanding specs takes schemas and YAML, which a program without models does not need. */
async function planOf(spec: string): Promise<VlmPlan> {
  const [{ readVlmPlan }] = await Promise.all([import("./spec/readVlmPlan.js"), loadBackends()]);
  return readVlmPlan(spec);
}

async function makeVlm(plan: VlmPlan, context: VlmContext): Promise<SpatialVlm> {
  if (plan.kind === "model") return await plan.factory.create(plan.settings, plan.spec, context);
  const models: SpatialVlm[] = [];
  try {
    for (const member of plan.members) models.push(await makeVlm(member, context));
  } catch (error) {
    await Promise.allSettled(models.map((model) => model.close()));
    throw error;
  }
  return vlmChain(models, plan.settings);
}

function isDisposable(vlm: SpatialVlm): vlm is DisposableVlm {
  return Symbol.asyncDispose in vlm;
}
