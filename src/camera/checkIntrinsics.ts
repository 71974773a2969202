/** Focal lengths and principal point of a pinhole camera, pixels. */
export interface Pinhole {
  readonly fx: number;
  readonly fy: number;
  readonly cx: number;
  readonly cy: number;
}

/** Intrinsics that can be, or why not. */
export type CheckedPinhole =
  | { readonly ok: true; readonly pinhole: Pinhole }
  | { readonly ok: false; readonly reason: string };

/** Sizes that cameras and drivers halve, bin and scale to: K of another one is scaled to ours. */
const FACTORS = [2, 3, 4, 1 / 2, 1 / 3, 1 / 4];
/** What a principal point may be off from the centre, as a share, to be of an image of that size. */
const CENTRED = 0.1;
/** Both coordinates this far from the centre to the same side: of an image of another size. */
const OFF_CENTRE = 0.3;
const NARROWEST_DEG = 1;
const WIDEST_DEG = 179;

/**
 * Whether the intrinsics are those of an image of this size: the principal point of a lens lies
 * near the middle of the image. One that lies where the middle of an image two, three or four times
 * as large (or small) would be, in both directions, says that K is of that size, and is scaled.
 *
 * @param width, height of the image that K is said to be of
 */
export function checkIntrinsics(given: Pinhole, width: number, height: number): CheckedPinhole {
  const [across, down] = ofCentre(given, width, height);
  const isNear = (ratio: number, factor: number) => Math.abs(ratio / factor - 1) <= CENTRED;
  const factor = FACTORS.find((each) => isNear(across, each) && isNear(down, each)) ?? 1;
  const pinhole = factor === 1 ? given : scaled(given, factor);
  const { fx, fy, cx, cy } = pinhole;
  const at = `its principal point (${digits(given.cx)}, ${digits(given.cy)})`;
  if (!(cx > -0.5 && cy > -0.5 && cx < width - 0.5 && cy < height - 0.5)) {
    return refused(`${at} lies outside of the image of ${width}x${height}`);
  }
  const ratios = ofCentre(pinhole, width, height);
  if (
    ratios.every((ratio) => ratio < 1 - OFF_CENTRE) ||
    ratios.every((ratio) => ratio > 1 + OFF_CENTRE)
  ) {
    const size = `${Math.round(2 * given.cx)}x${Math.round(2 * given.cy)}`;
    return refused(`${at} is that of an image of about ${size}, not of ${width}x${height}`);
  }
  const fovDeg = (2 * Math.atan(Math.max(width / fx, height / fy) / 2) * 180) / Math.PI;
  if (fovDeg < NARROWEST_DEG || fovDeg > WIDEST_DEG) {
    return refused(
      `its focal lengths of ${digits(given.fx)} and ${digits(given.fy)} px are a field of view of ` +
        `${digits(fovDeg)} degrees over ${width}x${height}`,
    );
  }
  return { ok: true, pinhole };
}

/** The principal point in parts of the way from the corner to the centre; pixel 0 is at 0.5. */
function ofCentre({ cx, cy }: Pinhole, width: number, height: number): [number, number] {
  return [(cx + 0.5) / (width / 2), (cy + 0.5) / (height / 2)];
}

/** For an image each pixel of which covers `factor` pixels; centres of pixels are whole numbers. */
function scaled({ fx, fy, cx, cy }: Pinhole, factor: number): Pinhole {
  const center = (c: number) => (c + 0.5) / factor - 0.5;
  return { fx: fx / factor, fy: fy / factor, cx: center(cx), cy: center(cy) };
}

function refused(reason: string): CheckedPinhole {
  return { ok: false, reason };
}

function digits(value: number): string {
  return String(Number(value.toPrecision(4)));
}
