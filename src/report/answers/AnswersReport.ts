import { UserError } from "../../base/index.js";
import { colorSize, encodeJpeg, projectPoint, readImageFile } from "../../camera/index.js";
import {
  type AnswerMetrics,
  type AnswerRow,
  cameraInfo,
  datasetPath,
  LEAST_RELATIVE_M,
  type ProbeOutcome,
  truthText,
} from "../../evaluate/index.js";
import type { ObjectEvidence } from "../../language/index.js";
import type { MarkedPicture } from "../KeyFrames.js";
import { SampledPoints } from "./answerCharts.js";
import { answersPageHtml } from "./answersPageHtml.js";

export interface AnswersReportOptions {
  readonly title: string;
  /** What was evaluated: the data set and split, or the file of predictions. */
  readonly source: string;
  readonly model: string;
  /** Of the data set, for pictures; without it there are no pictures. */
  readonly folder?: string;
}

/** Contradictions shown of each probe. */
const MOST_PROBES = 3;

/**
 * Makes a report of evaluated answers that pass by one by one: a self-contained HTML page. Keeps a
 * bounded sample of them, regardless of their number.
 *
 * @example
 * const report = new AnswersReport({ title: "Answers", source: "vqa/", model: vlm.id });
 * for (const row of rows) report.add(row);
 * await writeFile("report.html", await report.html(tally.metrics()));
 */
export class AnswersReport {
  readonly #options: AnswersReportOptions;
  readonly #points = new SampledPoints();
  readonly #examples = new BestAndWorst();
  readonly #probes = new Map<string, ProbeOutcome[]>();

  constructor(options: AnswersReportOptions) {
    this.#options = options;
  }

  add(row: AnswerRow): void {
    if (row.truth.shape === "quantity" && row.said.value?.shape === "quantity") {
      this.#points.add(row.truth.value_m, row.said.value.valueM);
    }
    this.#examples.add(row);
  }

  addProbe(outcome: ProbeOutcome): void {
    if (outcome.verdict !== "disagree") return;
    const shown = this.#probes.get(outcome.probe) ?? [];
    this.#probes.set(outcome.probe, shown);
    if (shown.length < MOST_PROBES) shown.push(outcome);
  }

  /** The page. Images are read now: a picture whose file is gone is left out. */
  async html(metrics: AnswerMetrics): Promise<string> {
    const { folder } = this.#options;
    const pictures = async (rows: readonly AnswerRow[]) =>
      Promise.all(
        rows.map(async (row) => ({ row, picture: folder && (await examplePicture(folder, row)) })),
      );
    return answersPageHtml(metrics, {
      ...this.#options,
      points: this.#points,
      worst: await pictures(this.#examples.worst()),
      best: await pictures(this.#examples.best()),
      contradictions: [...this.#probes.values()].flat(),
    });
  }
}

/** Pictures shown of each side. */
const MOST = 6;
/** Kept of each kind on each side, to choose from. */
const MOST_OF_KIND = 8;

interface Scored {
  readonly row: AnswerRow;
  /** How far it is off; 0 is perfect. */
  readonly badness: number;
}

/**
 * Keeps some of the best and the worst answers of each kind that pass by, and shows of them no
 * two of one kind, nor of the same objects in the same image. Lengths are off by the absolute
 * logarithm of the ratio said / true (truths from 5 mm); wrong verdicts are worse the surer they
 * were said. Of equally good or bad ones the first stays.
 */
class BestAndWorst {
  readonly #best = new Map<string, Scored[]>();
  readonly #worst = new Map<string, Scored[]>();

  add(row: AnswerRow): void {
    const badness = badnessOf(row);
    if (badness === undefined) return;
    keep(this.#best, { row, badness }, (a, b) => a.badness - b.badness);
    keep(this.#worst, { row, badness }, (a, b) => b.badness - a.badness);
  }

  /** Best first; lengths only, since a right verdict shows nothing. */
  best(): AnswerRow[] {
    const lengths = [...this.#best.values()]
      .flat()
      .filter(({ row }) => row.truth.shape === "quantity");
    return various(lengths.sort((a, b) => a.badness - b.badness));
  }

  /** Worst first. */
  worst(): AnswerRow[] {
    const off = [...this.#worst.values()].flat().filter(({ badness }) => badness > 0);
    return various(off.sort((a, b) => b.badness - a.badness));
  }
}

function keep(
  kept: Map<string, Scored[]>,
  scored: Scored,
  order: (a: Scored, b: Scored) => number,
): void {
  const ofKind = kept.get(scored.row.kind) ?? [];
  kept.set(scored.row.kind, ofKind);
  const last = ofKind.at(-1);
  if (last && ofKind.length === MOST_OF_KIND && order(scored, last) >= 0) return;
  ofKind.push(scored);
  ofKind.sort(order).splice(MOST_OF_KIND);
}

function various(sorted: readonly Scored[]): AnswerRow[] {
  const taken = new Set<string>();
  const shown: AnswerRow[] = [];
  for (const { row } of sorted) {
    const objects = [row.frame, ...[row.subject, row.object].sort()].join("\n");
    if (taken.has(row.kind) || taken.has(objects)) continue;
    taken.add(row.kind).add(objects);
    shown.push(row);
    if (shown.length === MOST) break;
  }
  return shown;
}

function badnessOf({ truth, said: { value } }: AnswerRow): number | undefined {
  if (!value || truth.shape !== value.shape) return undefined;
  if (truth.shape === "quantity" && value.shape === "quantity") {
    if (Math.abs(truth.value_m) < LEAST_RELATIVE_M) return undefined;
    const ratio = value.valueM / truth.value_m;
    // The wrong sign is worse than any factor.
    return ratio > 0 ? Math.min(10, Math.abs(Math.log(ratio))) : 10 + Math.abs(ratio);
  }
  const isRight =
    (truth.shape === "yes_no" && value.shape === "yes_no" && truth.yes === value.yes) ||
    (truth.shape === "choice" && value.shape === "choice" && truth.choice === value.choice) ||
    (truth.shape === "class" && value.shape === "class" && truth.relation === value.relation);
  return isRight || value.shape === "quantity" ? 0 : value.confidence;
}

const PICTURE_SIDE_PX = 420;

/** What is measured along an axis (left of, above) is not a line between the objects. */
const LINE_KINDS: ReadonlySet<string> = new Set(["distance", "gap"]);

/**
 * The image that a question was about, with its objects where the data set says they are, and the
 * line that a distance is measured along. Undefined if there is no longer an image.
 */
async function examplePicture(
  folder: string,
  { scene, objects, truth, kind }: AnswerRow,
): Promise<MarkedPicture | undefined> {
  if (!scene) return undefined;
  try {
    const { image } = await readImageFile(datasetPath(folder, scene.image, scene));
    const jpeg = await encodeJpeg(image, { maxSidePx: PICTURE_SIDE_PX, quality: 80 });
    const { width, height } = await colorSize(image);
    const info = scene.intrinsics && cameraInfo(scene, scene.intrinsics);
    const marks = (objects ?? []).flatMap((name): ObjectEvidence[] => {
      const center = scene.objects.find((one) => one.name === name)?.center_m;
      if (!center || !info) return [];
      const [u, v] = projectPoint(info, center);
      if (Number.isNaN(u)) return [];
      return [{ object: name, centerPx: [u, v], centerM: center }];
    });
    const [from, to] = marks;
    const label = truthText(truth, "", "");
    const isLine = from && to && LINE_KINDS.has(kind);
    const lines = isLine ? [{ fromPx: from.centerPx, toPx: to.centerPx, label }] : [];
    return { jpeg, width, height, objects: marks, lines };
  } catch (error) {
    // A report without one of its pictures is better than none.
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
