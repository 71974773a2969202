export { answerKind, type LengthEstimate, NoSizeError, relationMargin } from "./answerKind.js";
export {
  type CanonicalFrame,
  cameraFrame,
  canonicalFrame,
  cloudToCanonical,
  fromCanonical,
  toCanonical,
} from "./CanonicalFrame.js";
export { covarianceOf, scaledCovariance, withOtherCenter, worstSigma } from "./centerSigma.js";
export { convexHull, minAreaRectangle, type Points2, type Rectangle } from "./convexHull.js";
export { type Footprint, footprintOf } from "./Footprint.js";
export { type Circle, type CircleFit, fitCircle, fitSphere, type SphereFit } from "./fitRound.js";
export {
  type Edges,
  extentAlong,
  fitUpright,
  type Normal,
  type SeenBox,
  type UprightBody,
  type UprightPrior,
} from "./fitUpright.js";
export { gapBetween } from "./gapBetween.js";
export { doubted, doubtedSize, measureObject, pointObject } from "./measureObject.js";
export { dbscan, NOISE, objectPoints, statisticalInliers } from "./objectPoints.js";
export { fitPlane, type Plane, type RansacOptions, ransacPlane } from "./Plane.js";
export { coordinate, evenlySpread, type PointCloud, pickPoints } from "./PointCloud.js";
export { planeAt } from "./planeAt.js";
export type {
  CenterDoubt,
  Cut,
  LengthSigmas,
  ObjectBox,
  ObjectSize,
  Outline,
  SeenObject,
  SpatialObject,
} from "./SpatialObject.js";
export type { Symmetric3 } from "./symmetricEigen3.js";
