import type { Palette } from "./palette.js";
import type { LegendEntry } from "./panels.js";

/** A small drawing of what a legend entry names, as an `svg` element of 20 × 10. */
export function legendMark(
  { mark, colour }: LegendEntry,
  palette: Palette,
  attributes = "",
): string {
  const stroke = palette[colour];
  const drawing = {
    line: `<path d="M0,5h20" stroke="${stroke}" stroke-width="2"/>`,
    dashed: `<path d="M0,5h20" stroke="${stroke}" stroke-width="1.5" stroke-dasharray="5 3"/>`,
    dot: `<circle cx="10" cy="5" r="2.2" fill="${stroke}"/>`,
    band:
      `<rect width="20" height="10" fill="${stroke}" fill-opacity=".13"/>` +
      `<rect y="2.5" width="20" height="5" fill="${stroke}" fill-opacity=".25"/>`,
    end: `<path d="M10,0v10" stroke="${stroke}" stroke-width="1.5"/>`,
    stale: `<rect width="20" height="10" fill="${stroke}" fill-opacity=".25"/>`,
    invalid: `<rect width="20" height="10" fill="${stroke}" fill-opacity=".32"/>`,
  }[mark];
  return `<svg viewBox="0 0 20 10" style="width:20px;height:10px" width="20" height="10" ${attributes}>${drawing}</svg>`;
}
