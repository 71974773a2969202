export { WorldBusyError, WorldUnknownError } from "./errors.js";
export { type ServeWorldsOptions, serveWorlds } from "./serveWorlds.js";
