export { annotatedBagSink } from "./annotatedBagSink.js";
export { csvField, csvRow } from "./csv.js";
export { joinTables } from "./joinTables.js";
export { annotationRow, jsonLine } from "./jsonLine.js";
export { DatasetRewards, type RowFeature } from "./lerobot/DatasetRewards.js";
export { type FeatureStats, joinStats, PictureStats, statsOf } from "./lerobot/featureStats.js";
export {
  describedFeature,
  listSchema,
  statsColumns,
  statsOfRows,
  valueColumn,
  widthOf,
  written,
} from "./lerobot/rowColumns.js";
export { denseRewardMessage, spatialFactMessage, spatialFactsMessage } from "./rosMessages.js";
export { type SinkContext, type SinkKind, sinks } from "./sinks.js";
export { type TableColumn, TableFile } from "./TableFile.js";
export { csvSink, jsonLinesSink } from "./textSinks.js";
