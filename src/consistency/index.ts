export { ConsistencyWatch } from "./ConsistencyWatch.js";
