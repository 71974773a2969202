export type {
  AnswerMetrics,
  BinMetrics,
  CalibrationPoint,
  IntervalFigure,
  IntervalFigures,
  PredictorMetrics,
  ProbeMetrics,
} from "./AnswerMetrics.js";
export type { AnswerRow, Said, Truth } from "./AnswerRow.js";
export { AnswersInputError } from "./AnswersInputError.js";
export { AnswerTally, type AnswerTallyOptions, type BaselineInfo } from "./AnswerTally.js";
export { answerFigures, failedAnswerThresholds } from "./answerFigures.js";
export { ConstantPredictor } from "./ConstantPredictor.js";
export {
  CONSTANT,
  type EvaluatedScene,
  type EvaluateVqaOptions,
  evaluateVqa,
} from "./evaluateVqa.js";
export { fitConstant } from "./fitConstant.js";
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
export { metricsDocument } from "./metricsDocument.js";
export { type PredictionRow, predictionRowOf, truthText } from "./predictionRow.js";
export { PROBES, type Probe, type ProbeOutcome } from "./probes/ProbeOutcome.js";
export { LEAST_RELATIVE_M } from "./quantityFigures.js";
export { openPredictions, type PredictionFile, readPredictions } from "./readPredictions.js";
export { type AskedScene, VQA_SPLITS, VqaSplit, type VqaSplitName } from "./VqaSplit.js";
export { cameraInfo, datasetPath } from "./vqaCameraFrame.js";
