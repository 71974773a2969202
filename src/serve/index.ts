export { type RewardServer, type ServeOptions, serve } from "./serve.js";
