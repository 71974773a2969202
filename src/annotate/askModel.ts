import { map, type OperatorFunction } from "rxjs";
import { type CameraFrame, FrameError } from "../camera/index.js";
import { finiteAnswer, type SpatialAnswer, type SpatialQuestion } from "../language/index.js";
import type { SpatialVlm } from "../models/index.js";
import { dispatchInOrder, everyValue, newestOfEach } from "./dispatchInOrder.js";
import { FrameCounters } from "./FrameCounters.js";

/** A frame with what the model said, or why the frame was lost. */
export type AskedFrame = {
  readonly frame: CameraFrame;
  readonly model: string;
  /** Live only: how old the image was when its answers came out, seconds. */
  readonly ageS?: number;
} & (
  | { readonly answers: readonly SpatialAnswer[]; readonly fault?: never }
  | { readonly answers?: never; readonly fault: string }
);

/** How frames reach the model: in which order, how many at a time, and which may be dropped. */
export interface AskModelOptions {
  /**
   * `live`: the newest frame wins, one waits for each camera, what it replaces is dropped and
   * counted. `offline`: every frame is asked about, none is dropped; a source that pushes faster
   * than the model answers is queued, so give it a pace (`annotateAll` does).
   */
  readonly mode?: "live" | "offline";
  /** Frames with the model at the same time; the model's own wish by default. */
  readonly concurrency?: number;
  /** Counted into while the stream runs; a function returns those of each camera. */
  readonly counters?: FrameCounters | ((camera: string) => FrameCounters);
  /** Live only: the clock by which answers grow old. */
  readonly clock?: LiveClock;
  /**
   * Live only: how long answers wait for those of an older image of their camera, s, or as long as
   * they took themselves where that is longer. Then the older image is given up and counted as dropped.
   * `annotate` takes the task's staleness: what is given up would have been late. Default: 0.5.
   */
  readonly patienceS?: number;
}

/** Time of a live source. Offline nothing grows old: the result is a function of the inputs. */
export interface LiveClock {
  /** Seconds from any origin; the robot's time, which may stand still, or this machine's. */
  readonly nowS: () => number;
  /** How old an image is when it comes in, seconds; 0 if the source's clock is another. */
  readonly ageOnArrivalS: (frame: CameraFrame) => number;
}

/** A monotonic clock of this machine; images are new when they come in. */
const MACHINE_CLOCK: LiveClock = {
  nowS: () => performance.now() / 1000,
  ageOnArrivalS: () => 0,
};

/**
 * Asks the model the same questions about the frames that come by.
 *
 * - Emission: one AskedFrame for each frame that reached the model or was faulty, in the order
 *   in which the frames came (live: of those that were not dropped, before the model or by newer
 *   answers).
 * - Completion: after the source's, when the last answers are there.
 * - Error: the source's, or one of the model that is not about the frame. A frame that cannot be
 *   read (`frame.fault`, or the model rejects with a FrameError) gives a `fault`, and the stream
 *   continues.
 * - Teardown: unsubscribing aborts what is in flight.
 * - Back-pressure: see `AskModelOptions.mode`.
 */
export function askModel(
  vlm: SpatialVlm,
  questions: readonly SpatialQuestion[],
  options: AskModelOptions = {},
): OperatorFunction<CameraFrame, AskedFrame> {
  const { mode = "live", concurrency = vlm.concurrency, counters = new FrameCounters() } = options;
  const { patienceS = 0.5 } = options;
  const clock = mode === "live" ? (options.clock ?? MACHINE_CLOCK) : undefined;
  const bornS = new WeakMap<CameraFrame, number>();
  const countersOf = typeof counters === "function" ? counters : () => counters;

  const ask = async (frame: CameraFrame, signal: AbortSignal): Promise<AskedFrame> => {
    const asked = await askAbout(vlm, questions, frame, signal);
    // Given up meanwhile, and counted so.
    if (signal.aborted) return asked;
    const counts = countersOf(frame.camera);
    if (asked.answers) counts.annotated += 1;
    else counts.failed += 1;
    return asked;
  };
  const keyOf = ({ camera }: CameraFrame) => camera;
  const onDrop = ({ camera }: CameraFrame) => {
    countersOf(camera).dropped += 1;
  };
  const createWaiting = () => {
    const waiting = mode === "offline" ? everyValue<CameraFrame>() : newestOfEach(keyOf, onDrop);
    return {
      push(frame: CameraFrame) {
        countersOf(frame.camera).in += 1;
        if (clock) bornS.set(frame, clock.nowS() - clock.ageOnArrivalS(frame));
        waiting.push(frame);
      },
      shift: waiting.shift,
    };
  };
  // Seen at the end of the line, where answers may have waited for those of an older image.
  const aged = (asked: AskedFrame): AskedFrame =>
    clock ? { ...asked, ageS: Math.max(0, clock.nowS() - bornS.get(asked.frame)!) } : asked;
  const overtaking = mode === "live" ? { keyOf, onDrop, leastWaitMs: patienceS * 1000 } : undefined;
  return (source) =>
    source.pipe(dispatchInOrder(ask, concurrency, createWaiting, overtaking), map(aged));
}

/** Models come from others: an answer in another one's place would be a true number of the wrong thing. */
function isAnswering(
  answers: unknown,
  questions: readonly SpatialQuestion[],
): answers is readonly SpatialAnswer[] {
  if (!Array.isArray(answers) || answers.length !== questions.length) return false;
  return questions.every((question, i) => {
    const answer = answers[i] as Partial<SpatialAnswer> | null | undefined;
    if (!answer?.question || (!answer.value && !answer.refusal)) return false;
    return about(answer.question) === about(question);
  });
}

/** Words may be another model's; kind and names stay. */
function about(question: SpatialQuestion): string {
  if (question.kind === "open") return question.kind;
  return JSON.stringify([question.kind, question.subject.name, question.object?.name]);
}

/**
 * What a model says about one frame; a frame that cannot be read gives a `fault`.
 *
 * @throws what the model throws that is not about the frame
 */
export async function askAbout(
  vlm: SpatialVlm,
  questions: readonly SpatialQuestion[],
  frame: CameraFrame,
  signal: AbortSignal,
): Promise<AskedFrame> {
  if (frame.fault !== undefined) return { frame, model: vlm.id, fault: frame.fault };
  try {
    const answers: unknown = await vlm.ask(frame, questions, signal);
    if (!isAnswering(answers, questions)) {
      const fault = `${vlm.id}: its answers are not one for each question, in order, with a value or a refusal`;
      return { frame, model: vlm.id, fault };
    }
    return { frame, model: vlm.id, answers: answers.map(finiteAnswer) };
  } catch (error) {
    if (error instanceof FrameError) return { frame, model: vlm.id, fault: error.message };
    throw error;
  }
}
