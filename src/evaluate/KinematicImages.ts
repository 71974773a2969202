import {
  KinematicHistory,
  type KinematicSample,
  type StampedJoints,
  type StampedTransform,
} from "../camera/index.js";
import { KinematicTruth, type Said } from "../kinematics/index.js";
import { kinematicSelection, type Task } from "../task/index.js";
import type { EpisodeColumns } from "./EpisodeColumns.js";

/** An image whose measurements are to be judged. */
export interface JudgedImage {
  readonly columns: EpisodeColumns;
  readonly index: number;
  readonly camera: string;
  readonly episode: string;
  readonly frameId: string;
  readonly stampNs: bigint;
}

/** Transforms of an image's time have come by then. */
const PATIENCE_NS = 1_000_000_000n;
/** A truth that is less certain judges nothing, m. */
const LARGEST_SIGMA_M = 0.03;

/** Gathers the robot's kinematics of a recording's images, and judges each episode by them. */
export class KinematicImages {
  readonly #task: Task;
  readonly #history: KinematicHistory;
  #waiting: JudgedImage[] = [];
  readonly #episodes = new Map<string, { images: JudgedImage[]; samples: KinematicSample[] }>();

  constructor(task: Task) {
    this.#task = task;
    this.#history = new KinematicHistory(
      kinematicSelection(task) ?? { frames: [], jointTopics: [] },
    );
  }

  add(image: JudgedImage): void {
    this.#waiting.push(image);
  }

  addTransforms(transforms: readonly StampedTransform[], isStatic: boolean): void {
    this.#history.addTransforms(transforms, isStatic);
    const newestNs = this.#history.newestStampNs;
    if (newestNs === undefined) return;
    const open = this.#waiting.findIndex(({ stampNs }) => stampNs + PATIENCE_NS > newestNs);
    this.#take(open < 0 ? this.#waiting.length : open);
  }

  addJoints(joints: StampedJoints): void {
    this.#history.addJoints(joints);
  }

  /** Sets the truth of all images. Returns by episode what it rests on, in words. */
  judge(): ReadonlyMap<string, readonly string[]> {
    this.#take(this.#waiting.length);
    return new Map(
      [...this.#episodes].map(([episode, { images, samples }]) => {
        const truth = KinematicTruth.of(this.#task, samples, saidOf(this.#task, images));
        if (truth) for (const image of images) judgeImage(image, this.#task, truth);
        return [episode, truth?.notes ?? []];
      }),
    );
  }

  #take(count: number): void {
    for (const image of this.#waiting.splice(0, count)) {
      const episode = this.#episodes.get(image.episode) ?? { images: [], samples: [] };
      this.#episodes.set(image.episode, episode);
      episode.images.push(image);
      episode.samples.push(...this.#history.take(image));
    }
  }
}

function judgeImage(image: JudgedImage, { measurements }: Task, truth: KinematicTruth): void {
  for (const measurement of measurements) {
    const found = truth.valueAt(measurement, image);
    if (!found.known || found.sigma > LARGEST_SIGMA_M) continue;
    image.columns.setTruth(image.index, measurement.name, found.value);
  }
}

function saidOf({ measurements }: Task, images: readonly JudgedImage[]): Said[] {
  const stamps = new Map<EpisodeColumns, Map<number, bigint>>();
  for (const { columns, index, stampNs } of images) {
    const known = stamps.get(columns) ?? new Map<number, bigint>();
    stamps.set(columns, known.set(index, stampNs));
  }
  return [...stamps].flatMap(([columns, known]) =>
    measurements.flatMap(({ name }) =>
      columns.rawOf(name).flatMap(([index, valueM]) => {
        const stampNs = known.get(index);
        return stampNs === undefined ? [] : [{ stampNs, measurement: name, valueM }];
      }),
    ),
  );
}
