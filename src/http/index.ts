export type { BodyType } from "./BodyType.js";
export { atMost, bytes, parseBody, readBody, writeBody } from "./bodies.js";
export { createHttp, type HttpApp, type HttpLimits } from "./createHttp.js";
export { BodyError, BusyError, ClosingError, FieldError, HeadError, PathError } from "./errors.js";
export { IdleMap } from "./IdleMap.js";
export type { Load } from "./Load.js";
export { type Address, type Listening, listen } from "./listen.js";
export { onlyWebSockets } from "./onlyWebSockets.js";
export { type Problem, problemOf } from "./problem.js";
