import type { CameraFrame, CameraTopics, PixelBox } from "../camera/index.js";
import { ConsistencyWatch, refuseStray } from "../consistency/index.js";
import type { SpatialAnswer } from "../language/index.js";
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
 * refuses such a frame; the others are asked as they are. An answer by a gripper that is measured far
 * from its TF frame is refused as well.
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
  let turn: Promise<unknown> = Promise.resolve();
  // One after the other, so that the result does not depend on how fast each is.
  function inTurn<T>(look: () => Promise<T>): Promise<T> {
    const seen = turn.then(look);
    turn = seen.catch(() => undefined);
    return seen;
  }
  const watched = wrapVlm(vlm, {
    async ask(frame, questions, signal) {
      const told = await inTurn(async () => {
        await watch.see(frame);
        return judged(frame, watch);
      });
      if (told.contradiction !== undefined) onFindings(watch.findings);
      const answers = await vlm.ask(told, questions, signal);
      await inTurn(() => watch.seeBoxes(frame, boxesIn(answers), vlm.id));
      return refuseStray(answers, frame, task);
    },
  });
  informed.add(watched);
  return watched;
}

/** Where a model saw objects, by their names. */
export function boxesIn(answers: readonly SpatialAnswer[]): ReadonlyMap<string, PixelBox> {
  const seen = answers.flatMap(({ evidence = [] }) => evidence);
  return new Map(seen.flatMap(({ object, boxPx }) => (boxPx ? [[object, boxPx] as const] : [])));
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
  onFindings: (findings: readonly string[], notes: readonly string[]) => void = () => {},
): Promise<SpatialVlm> {
  if (!usesDepth(vlm)) return vlm;
  const watch = await studied(task, source, selection);
  onFindings(
    watch.findings,
    watch.notes.map(({ text }) => text),
  );
  const informedVlm = wrapVlm(vlm, {
    ask: async (frame, questions, signal) =>
      refuseStray(await vlm.ask(judged(frame, watch), questions, signal), frame, task),
  });
  informed.add(informedVlm);
  return informedVlm;
}

/** Of a task, the newest: whoever chose the model has read the recording already. */
const studies = new WeakMap<Checked, { readonly key: string; readonly watch: ConsistencyWatch }>();

/**
 * What images from all over a recording show of whether its parts belong together. The same task's
 * same recording is not read again.
 */
export async function studied(
  task: Checked,
  source: FrameSource,
  selection: FrameSelection,
): Promise<ConsistencyWatch> {
  const { cameras, startNs = source.info.startNs, endNs = source.info.endNs } = selection;
  const key = JSON.stringify([source.info.identity, cameras, `${startNs} ${endNs}`]);
  const known = studies.get(task);
  if (known?.key === key) return known.watch;
  const watch = new ConsistencyWatch(task, () => cameras);
  const { rateHz: _, ...all } = selection;
  const frames = source.frames({ ...all, checksDepth: false, places: PLACES });
  await watch.study(frames, (endNs - startNs) / BigInt(PLACES + 1));
  studies.set(task, { key, watch });
  return watch;
}

/** A frame with what is known to be wrong about it, or may be. */
export function judged(frame: CameraFrame, watch: ConsistencyWatch): CameraFrame {
  const contradiction = watch.findingOf(frame.camera);
  if (contradiction !== undefined) return { ...frame, contradiction };
  const lengthDoubt = watch.lengthDoubtOf(frame.camera);
  return lengthDoubt > 0 ? { ...frame, lengthDoubt } : frame;
}
