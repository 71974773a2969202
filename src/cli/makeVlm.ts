import type { Calibration } from "../estimate/index.js";
import { createVlm, DEFAULT_VLM, type SpatialVlm, type VlmContext } from "../models/index.js";
import type { Task } from "../task/index.js";
import { type Progress, startProgress } from "./progress.js";

/** `createVlm` that shows on the error output how far the loading is, and what it warns of. */
export async function makeVlm(spec: string, context: VlmContext): Promise<SpatialVlm> {
  let progress: Progress | undefined;
  try {
    return await createVlm(spec, {
      ...context,
      onNotice(notice) {
        if (notice.kind === "warning") {
          console.error(`warning: ${notice.text}`);
          return;
        }
        progress ??= startProgress("loading", toMb(notice.totalBytes), "MB");
        progress.update(toMb(notice.doneBytes));
        if (notice.doneBytes < notice.totalBytes) return;
        progress.stop();
        progress = undefined;
      },
    });
  } finally {
    progress?.stop();
  }
}

function toMb(bytes: number): number {
  return Math.max(1, Math.round(bytes / 1e6));
}

/** The calibration in a file, where one is given, for that model. */
export async function calibrationFor(
  vlm: SpatialVlm,
  path: string | undefined,
): Promise<Calibration | undefined> {
  if (path === undefined) return undefined;
  const { loadCalibration } = await import("../calibrate/index.js");
  return await loadCalibration(path, vlm);
}

/** The model that suits the first recording; a calibration is one of `embedded` if it names no other. */
export async function defaultModel(
  [recording]: readonly string[],
  task: Task,
  calibration: string | undefined,
  signal: AbortSignal,
): Promise<string> {
  if (recording === undefined || calibration !== undefined) return DEFAULT_VLM;
  const { chooseModel } = await import("./chooseModel.js");
  const { spec, why } = await chooseModel(recording, task, signal);
  console.error(`model    ${spec} (${why})`);
  return spec;
}
