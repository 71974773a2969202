import "./registerEndpoint.js";

export { DEFAULT_SYSTEM_PROMPT } from "./chatBody.js";
export { EndpointError } from "./EndpointError.js";
export type { EndpointOptions, EndpointSettings } from "./EndpointSettings.js";
export type { EndpointUsage } from "./EndpointUsage.js";
export { type EndpointVlm, endpoint } from "./endpoint.js";
export { usageOf } from "./usageOf.js";
