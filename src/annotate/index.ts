export * from "./Annotation.js";
