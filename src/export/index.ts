export type { PictureStorage } from "./EpisodePictures.js";
export { EMPTY_MAP, type ExportMap, ExportMapError, loadExportMap } from "./ExportMap.js";
export {
  checkExportPlan,
  EXPORT_FORMATS,
  ExportFailed,
  type ExportFormat,
  type ExportOptions,
  ExportPlanError,
  type ExportSummary,
  exportRecordings,
  stagePath,
} from "./exportRecordings.js";
