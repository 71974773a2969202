/**
 * spatial-reward-bridge: dense rewards and spatial facts from camera images.
 *
 * ```
 * FrameSource ─CameraFrame─▶ askModel ─answers─▶ Estimator ─measured values─▶ reward ─Annotation─▶ AnnotationSink
 * ```
 *
 * What most programs need is here. The rest has doors of its own, so that nobody pays for what he
 * does not use: `spatial-reward-bridge/camera`, `/geometry`, `/rosbag`, `/models`, `/evaluate`,
 * `/calibrate`, `/dataset`, `/reason`, `/report`, `/sim`, `/ros`.
 *
 * @example
 * import { annotateAll, createVlm, loadTask, openSource } from "spatial-reward-bridge";
 *
 * const task = await loadTask("pick.yaml");
 * await using vlm = await createVlm("embedded");
 * await using source = await openSource("run1.mcap");
 * const frames = source.frames({ cameras: source.cameras(task.cameras) });
 * await annotateAll(frames, task, vlm)
 *   .forEach(({ reward }) => console.log(reward.stampNs, reward.reward));
 */

// Annotating: streams of frames, whole recordings, single steps.
export {
  type AnnotateAllOptions,
  type AnnotateRecordingOptions,
  type Annotation,
  type AnnotationSink,
  type AskedFrame,
  type AskModelOptions,
  annotate,
  annotateAll,
  annotateRecording,
  askModel,
  FrameCounters,
  type LiveClock,
  MissingTopicError,
  NothingAnnotatedError,
  type RewardStep,
  StepRewards,
  trackRewards,
} from "./annotate/index.js";
// Errors that a user can cause and fix.
export { OutputError, UserError } from "./base/index.js";
// Frames.
export {
  CameraChoiceError,
  type CameraFrame,
  type CameraInfo,
  type CameraTopics,
  type CompressedImage,
  type Detection,
  FrameError,
  type FramePart,
  type FramePose,
  type KinematicSample,
  type Pose,
  type RawImage,
  readImageFile,
  type SourceImage,
} from "./camera/index.js";
// Estimates: from answers to measured values.
export {
  type Calibration,
  type CreateEstimator,
  createEstimator,
  type Estimator,
  EstimatorError,
  type MeasuredValue,
  type Validity,
} from "./estimate/index.js";
// Language: questions in words and answers read from words.
export {
  askQuestion,
  describeFact,
  factOf,
  interpretQuestion,
  type ObjectRef,
  parseAnswer,
  type QuestionKind,
  type SpatialAnswer,
  type SpatialFact,
  type SpatialQuestion,
} from "./language/index.js";
// Models.
export {
  createVlm,
  DEFAULT_VLM,
  describeVlms,
  registerVlm,
  type SpatialVlm,
  VlmSpecError,
  workerVlm,
  wrapVlm,
} from "./models/index.js";
// Plugins.
export { loadPlugins, type Plugin, PluginError, type PluginRegistry } from "./plugins/index.js";
// Rewards.
export { type RewardSample, RewardTracker } from "./reward/index.js";
// Outputs.
export {
  annotatedBagSink,
  csvSink,
  jsonLinesSink,
  type SinkContext,
  type SinkKind,
  sinks,
} from "./sinks/index.js";
// Sources.
export {
  type FrameSelection,
  type FrameSource,
  openSource,
  type SourceInfo,
  type SourceKind,
  sources,
} from "./sources/index.js";
// Tasks.
export {
  loadTask,
  parseTask,
  type Task,
  TaskError,
  TaskFileError,
  taskQuestions,
} from "./task/index.js";
