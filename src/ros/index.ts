export * from "./RosNode.js";
