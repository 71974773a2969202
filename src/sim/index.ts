export { Random } from "../base/index.js";
export {
  type EnvironmentMoment,
  type EnvironmentOptions,
  STATE_NAMES,
  TabletopEnvironment,
} from "./environment/TabletopEnvironment.js";
export { TABLETOP_TASKS, type TabletopTask, type TaskTruth } from "./environment/TabletopTask.js";
export type { EpisodeWriter, MessageWriter } from "./record/EpisodeRecorder.js";
export { type LiveOptions, LiveTabletop } from "./record/LiveTabletop.js";
export { type RecordedEpisode, type RecordOptions, recordEpisode } from "./record/recordEpisode.js";
export { ScriptedEpisode, type ScriptedMoment } from "./ScriptedEpisode.js";
export { OUTCOMES, type Outcome, type SimAction, SimError, type SimOptions } from "./SimOptions.js";
export { loadMujoco } from "./scene/tabletopMjcf.js";
export type { SceneDomain, SceneViews } from "./scenes/sampleSceneLayout.js";
export {
  type SceneBody,
  type StudioOptions,
  type TabletopScene,
  TabletopStudio,
} from "./scenes/TabletopStudio.js";
export { type SimStep, TabletopSim } from "./TabletopSim.js";
export type { SimJoints, SimTruth } from "./TabletopWorld.js";
