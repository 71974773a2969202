export { AnswersReport, type AnswersReportOptions } from "./answers/AnswersReport.js";
export { type CalibrationPage, calibrationPageHtml } from "./calibration/calibrationPageHtml.js";
export {
  type BarList,
  type DataSetPage,
  dataSetPageHtml,
  type ExamplePicture,
  type ValueHistogram,
} from "./dataSetPage.js";
export { svgToPng } from "./pictureSvg.js";
export { ReportBuilder, type ReportOptions } from "./ReportBuilder.js";
export { RewardStrip } from "./RewardStrip.js";
export type { DriftNote, FrameCounts } from "./summary.js";
