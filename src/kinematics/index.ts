export { betweenCentres } from "./betweenCentres.js";
export type { Said } from "./GraspEvent.js";
export { KinematicTruth, type KinematicValue } from "./KinematicTruth.js";
export { type OpeningReader, openingReader } from "./openingOf.js";
