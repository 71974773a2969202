export { AnswerWatch } from "./AnswerWatch.js";
export {
  CalibrationDataError,
  type CalibrationResult,
  calibrate,
} from "./calibrate.js";
export {
  CalibrationFileError,
  calibrationKey,
  loadCalibration,
  loadCalibrationSync,
  readCalibration,
  writeCalibration,
} from "./calibrationFile.js";
export type { CalibrationFigure } from "./clusterInterval.js";
export {
  CALIBRATION_TRUTHS,
  CalibrationTaskError,
  type CalibrationTruth,
  type CollectedRecording,
  type CollectOptions,
  collectPairs,
} from "./collectPairs.js";
export type { CalibrationFigures } from "./conformal.js";
export { type Drift, DriftWatch, type WatchedAnswer } from "./DriftWatch.js";
export type { LeftOut } from "./leaveOut.js";
export type { Pair } from "./Pair.js";
