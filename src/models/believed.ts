import type { CameraFrame } from "../camera/index.js";

/** Used where nothing else is set: of the boxes of open-vocabulary detectors, most are below it. */
export const USUAL_MIN_SCORE = 0.1;

/**
 * The frame without detections of a lower score than `minScore`. A score of exactly 0 is one that
 * its detector does not tell: no detector sends what it holds for impossible.
 */
export function believed(frame: CameraFrame, minScore: number): CameraFrame {
  const { detections } = frame;
  if (detections === undefined) return frame;
  const kept = detections.filter(({ score }) => score >= minScore || score === 0);
  return kept.length === detections.length ? frame : { ...frame, detections: kept };
}

/** What detections had to be. */
export function scoreInWords(minScore: number): string {
  return `with a score of ${minScore} or more (min_score)`;
}
