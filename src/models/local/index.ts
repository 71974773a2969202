import "./registerLocal.js";

export type { LocalOptions } from "./LocalSettings.js";
export { local } from "./local.js";
