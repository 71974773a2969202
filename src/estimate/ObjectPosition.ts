import type { Vec3 } from "../base/index.js";

/** Where an estimator believes an object's centre to be. */
export interface ObjectPosition {
  /** The object's name in the task. */
  readonly name: string;
  /** Mean, in the fixed frame of the robot's kinematics, m. */
  readonly positionM: Vec3;
  /** Row-major 3×3, m². Of a mixture: what several hypotheses differ by is part of it. */
  readonly covarianceM2: readonly number[];
}
