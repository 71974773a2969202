export { type Doubt, worstOf } from "./Doubt.js";
export { type Estimate, secondsBetween, type ValueFilter } from "./Estimate.js";
export { type CreateEstimator, type Estimator, estimators } from "./Estimator.js";
export { FilterEstimator } from "./FilterEstimator.js";
export { MajorityFilter } from "./MajorityFilter.js";
export type { MeasuredValue, Validity } from "./MeasuredValue.js";
export { MeasurementFilter, type QuantityFilterOptions } from "./MeasurementFilter.js";
