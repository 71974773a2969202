import "./registerEndpoint.js";

export type { ToolCall } from "./Completion.js";
export {
  type ChatMessage,
  type ChatModel,
  type ChatOptions,
  type ChatReply,
  type ChatTool,
  chatModel,
  chatSettings,
} from "./chatModel.js";
export { EndpointError } from "./EndpointError.js";
export type { EndpointOptions, EndpointSettings } from "./EndpointSettings.js";
export { type EndpointVlm, endpoint } from "./endpoint.js";
export { isRejection, RequestError } from "./RequestError.js";
export { soleModel } from "./soleModel.js";
export { DEFAULT_SYSTEM_PROMPT, SYSTEM_PROMPTS, type Template } from "./templates.js";
