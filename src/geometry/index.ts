export { answerKind, excess, type LengthEstimate, NoSizeError } from "./answerKind.js";
export {
  type CanonicalFrame,
  cameraFrame,
  canonicalFrame,
  cloudToCanonical,
  fromCanonical,
  toCanonical,
} from "./CanonicalFrame.js";
export { convexHull, type Points2 } from "./convexHull.js";
export { dbscan, NOISE } from "./dbscan.js";
export { type Footprint, footprintOf } from "./Footprint.js";
export { type Circle, type CircleFit, fitCircle } from "./fitCircle.js";
export { fitSphere, type SphereFit } from "./fitSphere.js";
export { gapBetween } from "./gapBetween.js";
export { measureObject, pointObject } from "./measureObject.js";
export { minAreaRectangle, type Rectangle } from "./minAreaRectangle.js";
export { objectPoints } from "./objectPoints.js";
export { fitPlane, type Plane } from "./Plane.js";
export { coordinate, evenlySpread, type PointCloud, pickPoints, pointAt } from "./PointCloud.js";
export { type RansacOptions, ransacPlane } from "./ransacPlane.js";
export type { ObjectBox, ObjectSize, Outline, SeenObject, SpatialObject } from "./SpatialObject.js";
export { statisticalInliers } from "./statisticalInliers.js";
export { VoxelGrid } from "./VoxelGrid.js";
