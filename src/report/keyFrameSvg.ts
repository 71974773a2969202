import { escapeHtml } from "./escapeHtml.js";
import type { KeyFrame } from "./KeyFrame.js";

/** Bright colours of Okabe and Ito's set: over any picture, with a dark rim. */
const OBJECT_COLOURS = ["#f0e442", "#56b4e9", "#ff9f40", "#7de0b5", "#f2a3d0", "#ffffff"];

/**
 * The picture with what the model saw: the objects' boxes and centres, and lines with the lengths
 * between them. An `svg` element in the image's pixels; `attributes` place it.
 *
 * @param colourOf index of an object's colour, the same in all pictures of a report
 */
export function keyFrameSvg(
  { jpeg, width, height, objects, lines }: KeyFrame,
  colourOf: (object: string) => number,
  attributes = "",
): string {
  // Strokes and letters of one size on the page, whatever the camera's resolution.
  const unit = width / 320;
  const parts = objects.map(({ object, centerPx, boxPx }) => {
    const colour = OBJECT_COLOURS[colourOf(object) % OBJECT_COLOURS.length]!;
    const [u, v] = centerPx;
    const box = boxPx ? rectangle(boxPx, colour, unit) : "";
    const labelX = boxPx ? boxPx[0] : u + 6 * unit;
    const labelY = boxPx ? boxPx[1] - 3 * unit : v;
    return box + cross(u, v, colour, unit) + label(object, labelX, labelY, colour, unit, width);
  });
  for (const { fromPx, toPx, label: length } of lines) {
    const [x1, y1] = fromPx;
    const [x2, y2] = toPx;
    const way = `x1="${r(x1)}" y1="${r(y1)}" x2="${r(x2)}" y2="${r(y2)}"`;
    parts.push(
      `<line ${way} stroke="#000" stroke-opacity="0.65" stroke-width="${r(3 * unit)}"/>` +
        `<line ${way} stroke="#fff" stroke-width="${r(1.4 * unit)}" stroke-dasharray="${r(4 * unit)} ${r(2 * unit)}"/>`,
      label(length, (x1 + x2) / 2 + 5 * unit, (y1 + y2) / 2, "#fff", unit, width),
    );
  }
  return (
    `<svg class="frame" viewBox="0 0 ${width} ${height}" ${attributes} font-family="system-ui, sans-serif">` +
    `<image width="${width}" height="${height}" preserveAspectRatio="none" ` +
    `href="data:image/jpeg;base64,${jpeg.toString("base64")}"/>${parts.join("")}</svg>`
  );
}

function rectangle(
  [left, top, right, bottom]: readonly [number, number, number, number],
  colour: string,
  unit: number,
): string {
  const shape = `x="${r(left)}" y="${r(top)}" width="${r(right - left)}" height="${r(bottom - top)}" fill="none"`;
  return (
    `<rect ${shape} stroke="#000" stroke-opacity="0.55" stroke-width="${r(2.8 * unit)}"/>` +
    `<rect ${shape} stroke="${colour}" stroke-width="${r(1.4 * unit)}"/>`
  );
}

function cross(u: number, v: number, colour: string, unit: number): string {
  const arm = r(3.5 * unit);
  const path = `d="M${r(u)},${r(v)}m-${arm},0h${2 * arm}m-${arm},-${arm}v${2 * arm}"`;
  return (
    `<path ${path} stroke="#000" stroke-opacity="0.65" stroke-width="${r(3 * unit)}"/>` +
    `<path ${path} stroke="${colour}" stroke-width="${r(1.4 * unit)}"/>`
  );
}

/** Text with a dark rim, kept inside the picture. */
function label(
  text: string,
  x: number,
  y: number,
  colour: string,
  unit: number,
  width: number,
): string {
  const size = 11 * unit;
  const room = width - text.length * size * 0.56;
  const left = Math.max(2 * unit, Math.min(x, room));
  const baseline = Math.max(size, y);
  return (
    `<text x="${r(left)}" y="${r(baseline)}" font-size="${r(size)}" font-weight="600" fill="${colour}" ` +
    `stroke="#000" stroke-opacity="0.75" stroke-width="${r(2.6 * unit)}" stroke-linejoin="round" ` +
    `paint-order="stroke">${escapeHtml(text)}</text>`
  );
}

function r(value: number): number {
  return Math.round(value * 10) / 10;
}
