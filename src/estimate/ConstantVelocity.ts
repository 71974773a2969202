/** What is believed of a moving quantity at one time: value x, its rate v, and their covariance. */
export interface MotionState {
  readonly x: number;
  readonly v: number;
  readonly pxx: number;
  readonly pxv: number;
  readonly pvv: number;
}

/** How long the quantity may have been accelerating before it was first seen. */
const UNSEEN_S = 0.2;

/** The state after a first sample: its value, and a rate of which only the size is known. */
export function beginMotion(z: number, sigma: number, accelerationSigma: number): MotionState {
  const rateSigma = accelerationSigma * UNSEEN_S;
  return { x: z, v: 0, pxx: sigma ** 2, pxv: 0, pvv: rateSigma ** 2 };
}

/**
 * The state dt seconds later when the acceleration is constant over dt and drawn from
 * N(0, accelerationSigma²): the piecewise constant white acceleration model (Bar-Shalom, Li,
 * Kirubarajan, Estimation with Applications to Tracking and Navigation, section 6.3.2).
 */
export function predictMotion(
  { x, v, pxx, pxv, pvv }: MotionState,
  dt: number,
  accelerationSigma: number,
): MotionState {
  const q = accelerationSigma ** 2;
  return {
    x: x + v * dt,
    v,
    pxx: pxx + 2 * dt * pxv + dt ** 2 * pvv + (q * dt ** 4) / 4,
    pxv: pxv + dt * pvv + (q * dt ** 3) / 2,
    pvv: pvv + q * dt ** 2,
  };
}

/** The state after a sample z with standard deviation sigma (Kalman update of x). */
export function correctMotion(predicted: MotionState, z: number, sigma: number): MotionState {
  const { x, v, pxx, pxv, pvv } = predicted;
  const s = pxx + sigma ** 2;
  const kx = pxx / s;
  const kv = pxv / s;
  return {
    x: x + kx * (z - x),
    v: v + kv * (z - x),
    pxx: (1 - kx) * pxx,
    pxv: (1 - kx) * pxv,
    pvv: pvv - kv * pxv,
  };
}
