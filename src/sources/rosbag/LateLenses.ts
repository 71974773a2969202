import { secondsOf } from "../../base/index.js";
import type { CameraFrame, CameraTopics } from "../../camera/index.js";

interface Seen {
  readonly firstNs: bigint;
  /** Images before the first with a lens. */
  readonly without: number;
  readonly lensNs?: bigint;
}

/** Cameras whose camera_info comes after their first images. */
export class LateLenses {
  readonly #topics: ReadonlyMap<string, string | undefined>;
  readonly #seen = new Map<string, Seen>();

  constructor(cameras: readonly CameraTopics[]) {
    this.#topics = new Map(cameras.map(({ name, info }) => [name, info]));
  }

  /** Those of a camera in order. */
  see({ camera, info, stampNs }: CameraFrame): void {
    const seen = this.#seen.get(camera) ?? { firstNs: stampNs, without: 0 };
    if (seen.lensNs !== undefined) return;
    const next = info ? { ...seen, lensNs: stampNs } : { ...seen, without: seen.without + 1 };
    this.#seen.set(camera, next);
  }

  get notes(): readonly string[] {
    return [...this.#seen].flatMap(([camera, { firstNs, without, lensNs }]) => {
      const topic = this.#topics.get(camera);
      if (topic === undefined || without === 0 || lensNs === undefined) return [];
      return [
        `the first ${without} images of ${camera} have no lens: ${topic} begins ` +
          `${secondsOf(lensNs - firstNs).toFixed(1)} s after them. Record it from the beginning on, or give ` +
          "the field of view (`rgbd?fov=69`)",
      ];
    });
  }
}
