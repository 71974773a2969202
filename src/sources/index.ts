export * from "./rosbag/index.js";
