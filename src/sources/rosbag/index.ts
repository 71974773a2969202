export * from "./Bag.js";
export { BagError } from "./BagError.js";
export { BagWriter, type NewTopic } from "./BagWriter.js";
export { bagFrames } from "./bagFrames.js";
export { bagSource } from "./bagKind.js";
export { cdrWriter, type WriteCdr } from "./cdrWriter.js";
export { knownDefinition } from "./definitions/knownDefinition.js";
export { openBag } from "./openBag.js";
export type { TopicQos } from "./qosProfiles.js";
