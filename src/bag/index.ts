export * from "./Bag.js";
