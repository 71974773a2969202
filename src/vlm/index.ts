export * from "./SpatialVlm.js";
