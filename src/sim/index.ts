export { Random } from "../base/index.js";
export { OUTCOMES, type Outcome } from "./Outcome.js";
export type { EpisodeWriter, MessageWriter } from "./record/EpisodeWriter.js";
export { type LiveOptions, LiveTabletop } from "./record/LiveTabletop.js";
export { type RecordedEpisode, type RecordOptions, recordEpisode } from "./record/recordEpisode.js";
export type { SimAction } from "./SimAction.js";
export { SimError } from "./SimError.js";
export type { SimOptions } from "./SimOptions.js";
export type { SimJoints, SimTruth } from "./SimTruth.js";
export type { SceneDomain } from "./scenes/sampleSceneLayout.js";
export {
  type SceneBody,
  type StudioOptions,
  type TabletopScene,
  TabletopStudio,
} from "./scenes/TabletopStudio.js";
export { type SimStep, TabletopSim } from "./TabletopSim.js";
