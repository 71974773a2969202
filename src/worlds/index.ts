export { WorldBusyError } from "./errors.js";
export { serveWorlds } from "./serveWorlds.js";
