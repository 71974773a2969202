/**
 * Models: the port, what makes them, and what is made of several. Nothing here loads a backend, its
 * runtime or the schema of its settings before a model is made (`specs.ts` is the door for that).
 */

export { AnswerJournal, JournalError, type JournalKey, journaled } from "./AnswerJournal.js";
export { chatModel, embedded, endpoint, local, soleModel } from "./backends.js";
export { checkVlmSpec, createVlm, DEFAULT_VLM, describeVlms } from "./createVlm.js";
export type { EmbeddedOptions } from "./embedded/EmbeddedSettings.js";
export type { ToolCall } from "./endpoint/Completion.js";
export type {
  ChatMessage,
  ChatModel,
  ChatOptions,
  ChatReply,
  ChatTool,
} from "./endpoint/chatModel.js";
export type { EndpointOptions, EndpointSettings } from "./endpoint/EndpointSettings.js";
export type { EndpointVlm } from "./endpoint/endpoint.js";
export { RequestError } from "./endpoint/RequestError.js";
export {
  EndpointError,
  OnnxFolderError,
  VlmFileError,
  VlmSpecError,
  WeightsError,
} from "./errors.js";
export type { LocalOptions } from "./local/LocalSettings.js";
export { ModelAwayError, ModelRefusesError, type PatienceOptions, patient } from "./patient.js";
export { type BoxFinder, detectorBoxes, vlmBoxes } from "./plane/Boxes.js";
export { type PlaneOptions, plane } from "./plane/plane.js";
export { modelPlugins, registerVlm, type VlmFactory } from "./registerVlm.js";
export { detectorNamer, type Namer, vlmNamer } from "./rgbd/clusters/Namer.js";
export { type DepthView, type OpenedDepth, openDepth } from "./rgbd/DepthView.js";
export { FrameScene, type SceneOptions } from "./rgbd/FrameScene.js";
export type { FoundObject, Located } from "./rgbd/located.js";
export { MetricDepth } from "./rgbd/MetricDepth.js";
export { PhraseDetector } from "./rgbd/PhraseDetector.js";
export { type RgbdOptions, rgbd } from "./rgbd/rgbd.js";
export type { BoxSource, DepthSource, Sources } from "./rgbd/Sources.js";
export type { DisposableVlm, SpatialVlm, VlmUsage } from "./SpatialVlm.js";
export type { VlmDescription, VlmSetting } from "./spec/describeVlms.js";
export { parseVlmSpec, type VlmSpec } from "./spec/VlmSpec.js";
export type { OnNotice, VlmContext, VlmNotice } from "./VlmContext.js";
export { type ChainSettings, vlmChain } from "./vlmChain.js";
export { DEFAULT_SYSTEM_PROMPT, SYSTEM_PROMPTS, type Template } from "./words/templates.js";
export { VlmCrashError } from "./worker/VlmThread.js";
export { type WorkerVlmOptions, workerVlm } from "./worker/workerVlm.js";
export { type VlmChanges, wrapVlm } from "./wrapVlm.js";
