import { escapeHtml, itemAt } from "../base/index.js";
import type { ObjectEvidence, SpatialFact } from "../language/index.js";

/** A measured line between two objects. */
export interface OverlayLine {
  readonly fromPx: readonly [number, number];
  readonly toPx: readonly [number, number];
  /** "23.4 cm" */
  readonly label: string;
}

/** What a model saw in an image. Positions are pixels of that image. */
export interface Overlay {
  readonly width: number;
  readonly height: number;
  readonly objects: readonly ObjectEvidence[];
  readonly lines: readonly OverlayLine[];
}

/** What the answers about one image show, if the model reports where it saw objects. */
export function overlayOf(
  facts: readonly SpatialFact[],
  { width, height }: { readonly width: number; readonly height: number },
): Overlay {
  const objects = new Map<string, ObjectEvidence>();
  for (const evidence of facts.flatMap(({ answer }) => answer.evidence ?? [])) {
    // Behind the camera, or so far aside that the lens cannot see it.
    if (!evidence.centerPx.every(Number.isFinite)) continue;
    // Of several sightings the one with a box says more.
    if (!objects.get(evidence.object)?.boxPx) objects.set(evidence.object, evidence);
  }
  return { width, height, objects: [...objects.values()], lines: linesOf(facts, objects) };
}

/** Distances are lines; what is measured along an axis (left of, above) is not. */
const LINE_KINDS: ReadonlySet<string> = new Set(["distance", "gap"]);

/** One line for each pair of objects, with all lengths that were measured between them. */
function linesOf(
  facts: readonly SpatialFact[],
  objects: ReadonlyMap<string, ObjectEvidence>,
): OverlayLine[] {
  const lines = new Map<string, OverlayLine>();
  for (const { subject, object, relation, answer } of facts) {
    const from = objects.get(subject);
    const to = objects.get(object);
    if (!from || !to || !LINE_KINDS.has(relation) || answer.value?.shape !== "quantity") continue;
    const pair = JSON.stringify([subject, object].sort());
    const length = lengthText(answer.value.valueM);
    const before = lines.get(pair);
    const label = before ? `${before.label}, ${relation} ${length}` : length;
    lines.set(pair, { fromPx: from.centerPx, toPx: to.centerPx, label });
  }
  return [...lines.values()];
}

/** Metres as a person says them: 23.4 cm, 1.20 m. */
export function lengthText(metres: number): string {
  return Math.abs(metres) < 1 ? `${(metres * 100).toFixed(1)} cm` : `${metres.toFixed(2)} m`;
}

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
  // Strokes and letters have the same size on the page for any camera resolution.
  const unit = width / 320;
  const labels = new Labels(width, height, 12 * unit);
  const shapes: string[] = [];
  for (const { object, centerPx, boxPx } of objects) {
    const colour = itemAt(OBJECT_COLOURS, colourOf(object) % OBJECT_COLOURS.length);
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

/** Mean width of a letter, in font sizes. */
const LETTER = 0.58;

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Names and lengths, each placed where it hides no other, if there is room. */
class Labels {
  readonly #width: number;
  readonly #height: number;
  readonly #size: number;
  readonly #taken: Box[] = [];
  readonly #texts: string[] = [];

  constructor(width: number, height: number, size: number) {
    this.#width = width;
    this.#height = height;
    this.#size = size;
  }

  /** Above, below, right or left of what it names. */
  put(text: string, colour: string, { left, top, right, bottom }: Box): void {
    const size = this.#size;
    const length = text.length * size * LETTER;
    const pad = 0.3 * size;
    const candidates = [
      this.#box(left, top - pad - size, length),
      this.#box(left, bottom + pad, length),
      this.#box(right + pad, (top + bottom - size) / 2, length),
      this.#box(left - pad - length, (top + bottom - size) / 2, length),
      this.#box(left, bottom + pad + size, length),
      this.#box(left, top - pad - 2 * size, length),
    ];
    const free = candidates.find((box) => !this.#taken.some((other) => overlap(box, other)));
    const box = free ?? itemAt(candidates, 0);
    this.#taken.push(box);
    this.#texts.push(
      `<text x="${r(box.left)}" y="${r(box.bottom - 0.2 * size)}" font-size="${r(size)}" font-weight="600" ` +
        `fill="${colour}" stroke="#000" stroke-opacity="0.75" stroke-width="${r(0.24 * size)}" ` +
        `stroke-linejoin="round" paint-order="stroke">${escapeHtml(text)}</text>`,
    );
  }

  svg(): string {
    return this.#texts.join("");
  }

  /** Pushed inside the picture. */
  #box(x: number, y: number, length: number): Box {
    const left = Math.max(0, Math.min(x, this.#width - length));
    const top = Math.max(0, Math.min(y, this.#height - this.#size));
    return { left, top, right: left + length, bottom: top + this.#size };
  }
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/** Rounded: a tenth of a pixel shows. */
function r(value: number): number {
  return Math.round(value * 10) / 10;
}
