import type { CameraFrame } from "./CameraFrame.js";

/** One attempt at the task. Cameras that watch the same attempt share the object. */
export interface Attempt {
  /** The name that the source gives the episode. */
  readonly episode: string;
  /** Counts the attempts of that name, from 1: a looped recording plays the same episode again. */
  readonly number: number;
}

interface Watching {
  attempt: Attempt;
  lastNs: bigint;
  readonly counts: Map<string, number>;
}

/** Attempts that cameras may still enter after another one has gone on. */
const MAX_SHARED = 16;

/**
 * Says where an episode begins. The one rule: a camera enters a new attempt with its first frame,
 * with another episode name, and with a stamp earlier than its last one (a looped recording, a
 * simulator that was reset). Another camera that does so for the same name and the same time of
 * counting enters the same attempt.
 */
export class EpisodeSplitter {
  readonly #reorderNs: bigint;
  readonly #cameras = new Map<string, Watching>();
  readonly #shared = new Map<string, Attempt>();

  /** @param reorderNs a frame that is so much earlier than the newest may only have come late */
  constructor(reorderNs = 0n) {
    this.#reorderNs = reorderNs;
  }

  /** The attempt that a frame belongs to: the same object as before while the attempt continues. */
  attemptOf({
    camera,
    episode,
    stampNs,
  }: Pick<CameraFrame, "camera" | "episode" | "stampNs">): Attempt {
    const watching = this.#cameras.get(camera);
    const isSame = watching?.attempt.episode === episode;
    if (isSame && stampNs + this.#reorderNs >= watching.lastNs) {
      if (stampNs > watching.lastNs) watching.lastNs = stampNs;
      return watching.attempt;
    }
    const counts = watching?.counts ?? new Map<string, number>();
    const number = (counts.get(episode) ?? 0) + 1;
    counts.set(episode, number);
    const attempt = this.#share(episode, number);
    this.#cameras.set(camera, { attempt, lastNs: stampNs, counts });
    return attempt;
  }

  #share(episode: string, number: number): Attempt {
    const key = `${number} ${episode}`;
    const attempt = this.#shared.get(key) ?? { episode, number };
    this.#shared.set(key, attempt);
    if (this.#shared.size > MAX_SHARED) {
      const [oldest] = this.#shared.keys();
      if (oldest !== undefined) this.#shared.delete(oldest);
    }
    return attempt;
  }
}
