export type { BodyType } from "./BodyType.js";
export {
  answerType,
  atMost,
  bytes,
  parseBody,
  readBody,
  writeBody,
} from "./bodies.js";
export { createHttp, type HttpApp, type HttpLimits, type HttpOptions } from "./createHttp.js";
export {
  BodyError,
  BodySizeError,
  BusyError,
  ClosingError,
  FieldError,
  HeadError,
  ListenError,
  MediaTypeError,
  OriginError,
  PathError,
  TokenError,
} from "./errors.js";
export { IdleMap } from "./IdleMap.js";
export type { Load } from "./Load.js";
export { type Address, type Listening, listen } from "./listen.js";
export { onlyWebSockets } from "./onlyWebSockets.js";
export { type Problem, problemOf } from "./problem.js";
