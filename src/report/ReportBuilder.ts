import type { Annotation } from "../annotate/index.js";
import { itemAt, UserError } from "../base/index.js";
import type { Task } from "../task/index.js";
import { EpisodeRecord } from "./EpisodeRecord.js";
import { KeyFrames } from "./KeyFrames.js";
import { pageHtml, type ReportedEpisode } from "./pageHtml.js";
import { DARK, LIGHT } from "./palette.js";
import { pictureSvg } from "./pictureSvg.js";
import type { DriftNote, FrameCounts } from "./summary.js";

/** There is no annotated image to report on. */
class EmptyReportError extends UserError {
  override readonly code = "report.empty";
}

export interface ReportOptions {
  readonly title: string;
  /** The recording's name. */
  readonly source: string;
  /** The model's id. */
  readonly model: string;
}

interface Gathering {
  readonly record: EpisodeRecord;
  readonly keyFrames: KeyFrames;
  readonly attempt: number;
}

/**
 * Makes a report of annotations that pass by, one by one: a self-contained HTML page. Holds some
 * numbers for each image and a bounded number of small pictures for each episode. The truth comes
 * from `annotation.frame.poses`, where the source gives poses.
 *
 * @example
 * const report = new ReportBuilder(task, { title: "Pick", source: "run1", model: vlm.id });
 * for await (const annotation of annotations) await report.add(annotation);
 * await writeFile("report.html", await report.html({ frames: counters }));
 */
export class ReportBuilder {
  readonly #task: Task;
  readonly #options: ReportOptions;
  readonly #episodes: Gathering[] = [];
  readonly #current = new Map<string, Gathering>();

  constructor(task: Task, options: ReportOptions) {
    this.#task = task;
    this.#options = options;
  }

  /** Annotations of one camera come in the order of their stamps. */
  async add(annotation: Annotation): Promise<void> {
    const { attempt, reward } = annotation;
    const { camera, episode } = reward;
    let gathering = this.#current.get(camera);
    if (gathering?.record.name !== episode || gathering.attempt !== attempt) {
      const record = new EpisodeRecord(this.#task, annotation);
      gathering = { record, keyFrames: new KeyFrames(), attempt };
      this.#current.set(camera, gathering);
      this.#episodes.push(gathering);
    }
    const { record, keyFrames } = gathering;
    record.add(annotation);
    const index = record.length - 1;
    if (annotation.outcome === "predicted") return;
    await keyFrames.offer(annotation, index, itemAt(record.timesS, index));
  }

  /** The page. `frames` are the run's own counts, since dropped frames never get here. */
  async html({
    frames,
    drifts = [],
  }: {
    readonly frames: FrameCounts;
    readonly drifts?: readonly DriftNote[];
  }): Promise<string> {
    const episodes = await Promise.all(this.#episodes.map(reported));
    return pageHtml(episodes, { task: this.#task, ...this.#options, frames, drifts });
  }

  /**
   * A picture of the first episode for a README or a paper, as a standalone SVG: the reward, the
   * first measurement with a truth against it, and two key frames.
   *
   * @throws EmptyReportError without annotations.
   */
  async picture({ theme = "light" }: { readonly theme?: "light" | "dark" } = {}): Promise<string> {
    const [first] = this.#episodes;
    if (!first) throw new EmptyReportError("no image was annotated, so there is nothing to draw");
    const objects = [...this.#task.objects.keys()];
    return pictureSvg(await reported(first), objects, theme === "dark" ? DARK : LIGHT);
  }
}

async function reported({ record, keyFrames }: Gathering): Promise<ReportedEpisode> {
  return { record, keyFrames: await keyFrames.chosen() };
}
