export type {
  AnswerMetrics,
  BinMetrics,
  CalibrationPoint,
  IntervalFigure,
  IntervalFigures,
  PredictorMetrics,
  ProbeMetrics,
} from "./AnswerMetrics.js";
export {
  type AnswerRow,
  type PredictionRow,
  predictionRowOf,
  type Said,
  type Truth,
  truthText,
} from "./AnswerRow.js";
export { AnswerTally, type AnswerTallyOptions, type BaselineInfo } from "./AnswerTally.js";
export { answerFigures, failedAnswerThresholds, metricsDocument } from "./answerFigures.js";
export { ConstantPredictor, fitConstant } from "./ConstantPredictor.js";
export {
  CONSTANT,
  type EvaluatedScene,
  type EvaluateVqaOptions,
  evaluateVqa,
} from "./evaluateVqa.js";
export {
  type FigureColumn,
  type FigureUnit,
  formatAnswers,
  formatFigure,
  formatInterval,
  groupsWith,
  QUANTITY_COLUMNS,
  VERDICT_COLUMNS,
} from "./formatAnswers.js";
export { AnswersInputError } from "./jsonLines.js";
export { PROBES, type Probe, type ProbeOutcome } from "./planProbes.js";
export { LEAST_RELATIVE_M } from "./quantityFigures.js";
export { openPredictions, type PredictionFile, readPredictions } from "./readPredictions.js";
export { type AskedScene, VQA_SPLITS, VqaSplit, type VqaSplitName } from "./VqaSplit.js";
export { cameraInfo, datasetPath } from "./vqaCameraFrame.js";
