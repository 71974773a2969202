import { type CameraFrame, FrameError, type PixelBox } from "../../camera/index.js";
import { type BoxLook, type BoxTask, boxLook } from "./BoxLook.js";
import { type BoxNames, describeBoxes } from "./describeBoxes.js";
import type { GraspHeight } from "./graspHeight.js";
import { type BoxFinding, judgeBoxes, newestGrasp } from "./judgeBoxes.js";

/** Images that are remembered. */
const MOST_LOOKS = 32;
/** A support that is off by less is within what cameras and tables are measured to, m. */
const LEAST_WRONG_M = 0.035;

/** Whether one camera's boxes belong to its images, and its things stand where the support's plane has them. */
export class BoxWatch {
  readonly #task: BoxTask;
  readonly #looks: BoxLook[] = [];
  #newestNs: bigint | undefined;
  #unjudged = 0;
  #grasp: GraspHeight | undefined;
  #found: BoxFinding | undefined;
  #finding: string | undefined;

  constructor(task: BoxTask) {
    this.#task = task;
  }

  /** How many images are remembered. */
  get looks(): number {
    return this.#looks.length;
  }

  /** How many of them came since all were judged. */
  get unjudged(): number {
    return this.#unjudged;
  }

  /** What is certainly wrong, in words. */
  get finding(): string | undefined {
    return this.#finding;
  }

  /**
   * Looks at a frame that is so much later than the one before it; whether it did.
   *
   * @param given boxes by the object's name, if they are not the frame's: those of a frame before the newest
   * are left out, as the looks are in order
   */
  async see(
    frame: CameraFrame,
    apartNs: bigint,
    given?: ReadonlyMap<string, PixelBox>,
  ): Promise<boolean> {
    const sinceNs = this.#newestNs === undefined ? apartNs : frame.stampNs - this.#newestNs;
    const isDue = sinceNs >= apartNs || (sinceNs < 0n && !given);
    if (!isDue || frame.fault !== undefined) return false;
    // What shows nothing is not looked at again in the next image either.
    this.#newestNs = frame.stampNs;
    const look = await this.#look(frame, given);
    if (!look) return false;
    this.#looks.push(look);
    this.#unjudged += 1;
    if (this.#looks.length > MOST_LOOKS) this.#looks.shift();
    return true;
  }

  judge(names: BoxNames): void {
    this.#unjudged = 0;
    // A height stays wrong while nothing is grasped.
    this.#grasp = newestGrasp(this.#looks, this.#task) ?? this.#grasp;
    const isWrong = Math.abs(this.#grasp?.tooHighM ?? 0) > LEAST_WRONG_M;
    const found: BoxFinding | undefined =
      judgeBoxes(this.#looks, this.#task) ??
      (this.#grasp && isWrong ? { kind: "height", ...this.#grasp } : undefined);
    // As first said: one thing is not told again and again, with a little other numbers.
    if (found && found.kind === this.#found?.kind) return;
    this.#found = found;
    const info = this.#looks.at(-1)?.info;
    this.#finding = found && info && describeBoxes(found, names, info);
  }

  async #look(
    frame: CameraFrame,
    given: ReadonlyMap<string, PixelBox> | undefined,
  ): Promise<BoxLook | undefined> {
    // By masks and depth more is known.
    if (frame.labels && frame.depth) return undefined;
    try {
      return await boxLook(frame, this.#task, given);
    } catch (error) {
      // Told where the frame is used.
      if (error instanceof FrameError) return undefined;
      throw error;
    }
  }
}
