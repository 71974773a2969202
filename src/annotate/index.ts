export * from "./Annotation.js";
export type { AnnotationSink } from "./AnnotationSink.js";
export { annotate } from "./annotate.js";
export { type AnnotateAllOptions, annotateAll } from "./annotateAll.js";
export {
  type AnnotateRecordingOptions,
  annotateRecording,
  MissingTopicError,
  NothingAnnotatedError,
} from "./annotateRecording.js";
export { annotateSmoothed } from "./annotateSmoothed.js";
export { type AskedFrame, type AskModelOptions, askModel, type LiveClock } from "./askModel.js";
export { Credit } from "./Credit.js";
export { judged, studied, studiedVlm, watchedVlm } from "./consistentVlm.js";
export { dispatchInOrder, everyValue, newestOfEach } from "./dispatchInOrder.js";
export { FaultCounts } from "./FaultCounts.js";
export { FrameCounters } from "./FrameCounters.js";
export { pullFrames } from "./pullFrames.js";
export { type RewardStep, StepRewards } from "./StepRewards.js";
export { trackRewards } from "./trackRewards.js";
