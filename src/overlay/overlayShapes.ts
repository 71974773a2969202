import { Labels, r } from "./Labels.js";
import type { Overlay } from "./Overlay.js";

/** Bright colours of Okabe and Ito's set: over any picture, with a dark rim. */
const OBJECT_COLOURS = ["#f0e442", "#56b4e9", "#ff9f40", "#7de0b5", "#f2a3d0", "#ffffff"];

/**
 * What the model saw, as SVG shapes in the image's pixels: the objects' boxes and centres, and
 * lines with the lengths between them.
 *
 * @param colourOf index of an object's colour, the same in all pictures of a kind
 */
export function overlayShapes(
  { width, height, objects, lines }: Overlay,
  colourOf: (object: string) => number,
): string {
  // Strokes and letters of one size on the page, whatever the camera's resolution.
  const unit = width / 320;
  const labels = new Labels(width, height, 12 * unit);
  const shapes: string[] = [];
  for (const { object, centerPx, boxPx } of objects) {
    const colour = OBJECT_COLOURS[colourOf(object) % OBJECT_COLOURS.length]!;
    const [u, v] = centerPx;
    const [left, top, right, bottom] = boxPx ?? [
      u - 5 * unit,
      v - 5 * unit,
      u + 5 * unit,
      v + 5 * unit,
    ];
    if (boxPx) {
      const at = `x="${r(left)}" y="${r(top)}" width="${r(right - left)}" height="${r(bottom - top)}"`;
      shapes.push(rimmed(`rect ${at}`, colour, unit));
    }
    const arm = 3.5 * unit;
    const cross = `M${r(u - arm)},${r(v)}H${r(u + arm)}M${r(u)},${r(v - arm)}V${r(v + arm)}`;
    shapes.push(rimmed(`path d="${cross}"`, colour, unit));
    labels.put(object, colour, { left, top, right, bottom });
  }
  for (const { fromPx, toPx, label } of lines) {
    const [x1, y1] = fromPx;
    const [x2, y2] = toPx;
    const way = `line x1="${r(x1)}" y1="${r(y1)}" x2="${r(x2)}" y2="${r(y2)}"`;
    shapes.push(rimmed(way, "#fff", unit, `stroke-dasharray="${r(4 * unit)} ${r(2 * unit)}"`));
    const u = (x1 + x2) / 2;
    const v = (y1 + y2) / 2;
    labels.put(label, "#fff", { left: u, top: v - 4 * unit, right: u, bottom: v + 4 * unit });
  }
  return shapes.join("") + labels.svg();
}

/** A shape's outline in its colour on a dark, wider one, so that it shows on any picture. */
function rimmed(shape: string, colour: string, unit: number, style = ""): string {
  return (
    `<${shape} fill="none" stroke="#000" stroke-opacity="0.6" stroke-width="${r(3 * unit)}"/>` +
    `<${shape} fill="none" stroke="${colour}" stroke-width="${r(1.4 * unit)}" ${style}/>`
  );
}
