import type { CameraFrame, CameraTopics } from "../camera/index.js";
import { ConsistencyWatch } from "../consistency/index.js";
import { type SpatialVlm, wrapVlm } from "../models/index.js";
import type { FrameSelection, FrameSource } from "../sources/index.js";
import type { Task } from "../task/index.js";

/** Whether a model measures in depth images. */
export function usesDepth({ needs, uses = [] }: Pick<SpatialVlm, "needs" | "uses">): boolean {
  return [...needs, ...uses].includes("depth");
}

/** Models that are told already. */
const informed = new WeakSet<SpatialVlm>();

/** The parts of a task that say whose masks and frames belong together. */
type Checked = Pick<Task, "objects" | "support" | "robot">;

/**
 * A model that is told, with each frame, whether its masks, depth, intrinsics and transforms
 * contradict each other, by what it was asked about up to then. A model that measures in depth
 * refuses such a frame; the others are asked as they are.
 *
 * @param cameras whose topics are named in what is said
 */
export function watchedVlm(
  vlm: SpatialVlm,
  task: Checked,
  cameras: () => readonly CameraTopics[] = () => [],
  onFindings: (findings: readonly string[]) => void = () => {},
): SpatialVlm {
  if (!usesDepth(vlm) || informed.has(vlm)) return vlm;
  const watch = new ConsistencyWatch(task, cameras);
  let turn: Promise<void> = Promise.resolve();
  const watched = wrapVlm(vlm, {
    async ask(frame, questions, signal) {
      // One after the other, so that the result does not depend on how fast each is.
      const seen = turn.then(() => watch.see(frame)).then(() => watch.findingOf(frame.camera));
      turn = seen.then(
        () => undefined,
        () => undefined,
      );
      const finding = await seen;
      if (finding !== undefined) onFindings(watch.findings);
      return vlm.ask(contradicted(frame, finding), questions, signal);
    },
  });
  informed.add(watched);
  return watched;
}

/** Places of a recording that are looked at. */
const PLACES = 24;

/**
 * The same for a recording: images from all over it are looked at first, so that its first frame is
 * judged as its last.
 *
 * @param selection which frames will be asked about
 * @throws FrameError, what reading the recording throws
 */
export async function studiedVlm(
  vlm: SpatialVlm,
  task: Checked,
  source: FrameSource,
  selection: FrameSelection,
  onFindings: (findings: readonly string[]) => void = () => {},
): Promise<SpatialVlm> {
  if (!usesDepth(vlm)) return vlm;
  const watch = await studied(task, source, selection);
  onFindings(watch.findings);
  const informedVlm = wrapVlm(vlm, {
    ask: (frame, questions, signal) =>
      vlm.ask(contradicted(frame, watch.findingOf(frame.camera)), questions, signal),
  });
  informed.add(informedVlm);
  return informedVlm;
}

/** What images from all over a recording show of whether its parts belong together. */
export async function studied(
  task: Checked,
  source: FrameSource,
  selection: FrameSelection,
): Promise<ConsistencyWatch> {
  const { cameras, startNs = source.info.startNs, endNs = source.info.endNs } = selection;
  const watch = new ConsistencyWatch(task, () => cameras);
  const { rateHz: _, ...all } = selection;
  const frames = source.frames({ ...all, checksDepth: false, places: PLACES });
  await watch.study(frames, (endNs - startNs) / BigInt(PLACES + 1));
  return watch;
}

/** A frame with what is known to be wrong about it. */
export function contradicted(frame: CameraFrame, contradiction: string | undefined): CameraFrame {
  return contradiction === undefined ? frame : { ...frame, contradiction };
}
