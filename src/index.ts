/**
 * spatial-reward-bridge: dense rewards and spatial facts from camera images.
 *
 * ```
 * FrameSource ──CameraFrame──▶ annotate(task, vlm) ──Annotation──▶ sinks
 * ```
 *
 * The simulator is a door of its own, `spatial-reward-bridge/sim`, so that nothing else pays for
 * loading MuJoCo.
 *
 * @example
 * import { annotateAll, bagFrames, createVlm, findCameras, loadTask, openBag } from "spatial-reward-bridge";
 *
 * const task = await loadTask("pick.yaml");
 * const bag = await openBag("run1.mcap");
 * const frames = bagFrames(bag, { cameras: findCameras(bag.info, task.cameras) });
 * annotateAll(frames, task, await createVlm("embedded"))
 *   .subscribe(({ reward }) => console.log(reward.stampNs, reward.reward));
 */
export * from "./annotate/index.js";
export { OutputError, UserError } from "./base/index.js";
export * from "./camera/index.js";
export {
  type Estimate,
  MajorityFilter,
  type MeasuredValue,
  MeasurementFilter,
  type QuantityFilterOptions,
  type Validity,
  type ValueFilter,
} from "./estimate/index.js";
export * from "./evaluate/index.js";
export * from "./geometry/index.js";
export * from "./language/index.js";
export * from "./models/index.js";
export * from "./reason/index.js";
export * from "./report/index.js";
export * from "./reward/index.js";
export * from "./sinks/index.js";
export * from "./sources/rosbag/index.js";
export * from "./task/index.js";
