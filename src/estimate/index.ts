export {
  AS_SAID,
  type CalibratedLength,
  type Calibration,
  type CalibrationProvenance,
  type CurveSigma,
  calibrated,
  calibrationOf,
  curveSigmaAt,
  type LengthCalibration,
  type SaidCurve,
  saidOf,
} from "./Calibration.js";
export { createEstimator, EstimatorError } from "./createEstimator.js";
export { type Doubt, worstOf } from "./Doubt.js";
export { secondsBetween } from "./Estimate.js";
export {
  type CreateEstimator,
  type Estimator,
  type EstimatorOptions,
  estimators,
} from "./Estimator.js";
export { FilterEstimator } from "./FilterEstimator.js";
export { MajorityFilter } from "./MajorityFilter.js";
export type { Basis, MeasuredValue, Validity } from "./MeasuredValue.js";
export { MeasurementFilter } from "./MeasurementFilter.js";
export type { ObjectPosition } from "./ObjectPosition.js";
export { RobustFilter } from "./RobustFilter.js";
export { type Observation, smoothEpisode } from "./smoothEpisode.js";
export { restsOnFrames, trueValue, truthFor, truthOf } from "./truth.js";
