export * from "./Task.js";
