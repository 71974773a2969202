import type { DepthView } from "./DepthView.js";

/** What hides an object is nearer to the camera by more than this. */
const NEARER_BY_M = 0.012;

export interface HiddenOutline {
  readonly hiddenShare: number;
  readonly hiddenBelowShare: number;
}

/**
 * How much of an object's outline is not its own: something nearer begins there, or the image
 * ends. The object may go on behind it.
 */
export function hiddenOutline(view: DepthView, pixels: Uint32Array): HiddenOutline {
  const { depthM, scratch, width, height } = view;
  for (const pixel of pixels) scratch[pixel] = 1;
  let [outline, hidden, below, hiddenBelow] = [0, 0, 0, 0];
  for (const pixel of pixels) {
    const limit = depthM[pixel]! - NEARER_BY_M;
    const column = pixel % width;
    const row = (pixel - column) / width;
    const look = (other: number, isInside: boolean, isBelow: boolean): void => {
      if (isInside && scratch[other] === 1) return;
      const isHidden = !isInside || depthM[other]! < limit ? 1 : 0;
      outline += 1;
      hidden += isHidden;
      if (!isBelow) return;
      below += 1;
      hiddenBelow += isHidden;
    };
    look(pixel - 1, column > 0, false);
    look(pixel + 1, column < width - 1, false);
    look(pixel - width, row > 0, false);
    look(pixel + width, row < height - 1, true);
  }
  for (const pixel of pixels) scratch[pixel] = 0;
  return {
    hiddenShare: hidden / Math.max(1, outline),
    hiddenBelowShare: hiddenBelow / Math.max(1, below),
  };
}
