import { type CameraFrame, decodeColor, type RgbImage } from "../../../camera/index.js";
import { labelIdsOf, type ObjectRef, type SpatialQuestion } from "../../../language/index.js";
import type { DepthView } from "../DepthView.js";
import { isFindable } from "../Sources.js";
import type { Clustered } from "./Clustered.js";
import type { ClusterMemory } from "./ClusterMemory.js";
import type { Namer } from "./Namer.js";

/** Data sets call each picture a camera of its own. */
const MOST_CAMERAS = 16;

/** What is followed of each camera; episodes come one after the other. */
export class ClusterMemories {
  readonly #seed: number;
  readonly #namer: Namer | undefined;
  readonly #byCamera = new Map<
    string,
    { readonly episode: string; readonly memory: ClusterMemory }
  >();
  #work: Promise<unknown> = Promise.resolve();

  constructor(seed: number, namer: Namer | undefined) {
    this.#seed = seed;
    this.#namer = namer;
  }

  /** Undefined where nothing has to be found in this way. */
  async see(
    frame: CameraFrame,
    view: DepthView,
    questions: readonly SpatialQuestion[],
    signal: AbortSignal,
  ): Promise<{ readonly names: ReadonlySet<string>; readonly by: Clustered } | undefined> {
    const objects = questions.flatMap((question) =>
      question.kind === "open" ? [] : [question.subject, question.object],
    );
    const byName = new Map(objects.flatMap((ref) => (ref ? [[ref.name, ref] as const] : [])));
    const refs = [...byName.values()].filter(
      (ref) => !isFindable(ref, frame) || isPlaced(ref, frame),
    );
    if (refs.length === 0) return undefined;
    // What TF finds is the robot's, or as good as: not one of the things that need a name.
    const robotAt = [...byName.values()].flatMap((ref) => {
      const pose = ref.frame === undefined ? undefined : frame.poses?.get(ref.frame);
      return pose?.ok && !refs.includes(ref) ? [pose.pose.position] : [];
    });
    // One image after the other: each rests on the one before.
    const work = this.#work
      .catch(() => undefined)
      .then(async () => {
        const memory = await this.#memoryOf(frame);
        let image: Promise<RgbImage> | undefined;
        const pixels = () => {
          image ??= decodeColor(frame.image);
          return image;
        };
        return await memory.see(frame, view, pixels, refs, robotAt, signal);
      });
    this.#work = work;
    return { names: new Set(refs.map(({ name }) => name)), by: await work };
  }

  /** A new one for a new episode, and where time goes back. */
  async #memoryOf({ camera, episode, stampNs }: CameraFrame): Promise<ClusterMemory> {
    const known = this.#byCamera.get(camera);
    const isSame = known?.episode === episode && (known.memory.lastStampNs ?? stampNs) <= stampNs;
    if (known && isSame) return known.memory;
    const { ClusterMemory } = await import("./ClusterMemory.js");
    const memory = new ClusterMemory({ seed: this.#seed, namer: this.#namer });
    this.#byCamera.set(camera, { episode, memory });
    const [oldest] = this.#byCamera.keys();
    if (this.#byCamera.size > MOST_CAMERAS && oldest !== undefined) this.#byCamera.delete(oldest);
    return memory;
  }
}

/** Whether the task says where the object is, and no label image does. */
function isPlaced(ref: ObjectRef, { labels, labelNames }: CameraFrame): boolean {
  return ref.at !== undefined && !(labels && labelIdsOf(ref, labelNames).length > 0);
}
