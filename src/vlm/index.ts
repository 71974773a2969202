export { checkVlmSpec, createVlm } from "./createVlm.js";
export { describeVlms, type VlmDescription, type VlmSetting } from "./describeVlms.js";
export * from "./endpoint/index.js";
export * from "./journal/index.js";
export { parseVlmSpec, type VlmSpec } from "./parseVlmSpec.js";
export { registerVlm, type VlmContext, type VlmFactory } from "./registerVlm.js";
export * from "./rgbd/index.js";
export * from "./SpatialVlm.js";
export { VlmSpecError } from "./VlmSpecError.js";
