export type { Listening } from "../http/index.js";
export { SessionBusyError, SessionUnknownError } from "./errors.js";
export type { DenseReward } from "./Session.js";
export {
  DEFAULT_LIMITS,
  type RewardServer,
  type ServeLimits,
  type ServeOptions,
  serve,
} from "./serve.js";
