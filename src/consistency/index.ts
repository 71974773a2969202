export { type CameraNote, ConsistencyWatch } from "./ConsistencyWatch.js";
