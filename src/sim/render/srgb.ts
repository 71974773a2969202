/** sRGB to linear light (IEC 61966-2-1); 0..1. */
export function linearOfSrgb(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

/** Light up to the knee is shown as it is; from there to MAX_LIGHT it is compressed, not cut. */
const KNEE = 0.6;
const MAX_LIGHT = 1.6;
const STEPS = 4096;

const BYTES = Uint8Array.from({ length: STEPS + 1 }, (_, i) =>
  Math.round(255 * srgbOfLinear(softClip((i / STEPS) * MAX_LIGHT))),
);

/** Linear light to an sRGB byte. */
export function srgbByte(linear: number): number {
  return BYTES[Math.min(STEPS, (Math.max(0, linear) / MAX_LIGHT) * STEPS) | 0]!;
}

function srgbOfLinear(value: number): number {
  return value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055;
}

/** A shoulder with slope 1 at the knee that reaches 1, level, at MAX_LIGHT. */
function softClip(light: number): number {
  if (light <= KNEE) return light;
  const rest = 1 - (light - KNEE) / (MAX_LIGHT - KNEE);
  const power = (MAX_LIGHT - KNEE) / (1 - KNEE);
  return 1 - (1 - KNEE) * rest ** power;
}
