export { type CameraNote, ConsistencyWatch } from "./ConsistencyWatch.js";
export { refuseStray } from "./refuseStray.js";
