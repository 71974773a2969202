export { VlmCrashError } from "./VlmThread.js";
export { type WorkerVlmOptions, workerVlm } from "./workerVlm.js";
