export { type Doubt, worstOf } from "./Doubt.js";
export { type Estimate, secondsBetween, type ValueFilter } from "./Estimate.js";
export { MajorityFilter } from "./MajorityFilter.js";
export type { MeasuredValue, Validity } from "./MeasuredValue.js";
export { MeasurementFilter, type QuantityFilterOptions } from "./MeasurementFilter.js";
export { MeasurementTracker } from "./MeasurementTracker.js";
