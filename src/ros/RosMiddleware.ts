import type { RosNode } from "./RosNode.js";

/**
 * What a middleware gives to a node: a name on the graph, topics, services, a log. Parameters, life
 * cycle and ROS time are built on it once, for every middleware: see `ManagedNode`.
 */
export type RosMiddleware = Pick<
  RosNode,
  | "fullName"
  | "subscribe"
  | "advertise"
  | "serve"
  | "serveAction"
  | "publishersOf"
  | "topics"
  | "resolveTopic"
  | "log"
  | "close"
>;
