export type { PictureStorage } from "./EpisodePictures.js";
export { EMPTY_MAP, type ExportMap, loadExportMap } from "./ExportMap.js";
export {
  checkExportPlan,
  EXPORT_FORMATS,
  type ExportFormat,
  type ExportOptions,
  type ExportSummary,
  exportRecordings,
  stagePath,
} from "./exportRecordings.js";
export type { StagedRecording } from "./StagedEpisode.js";
