import type { PixelBox } from "../../camera/index.js";

/** Where boxes would be if they were put into the picture in another way. */
export type BoxPlacement =
  /** By shares of the picture's width. */
  | { readonly kind: "shifted"; readonly x: number; readonly y: number }
  | { readonly kind: "mirrored" | "upside down" | "turned by 180°" }
  /** Of numbers that a model gave in another form than they were read in. */
  | { readonly kind: BoxForm }
  /** By factors, away from the picture's left upper corner. */
  | { readonly kind: "scaled"; readonly x: number; readonly y: number };

/**
 * Pixels that were read as thousandths of the picture; thousandths of which the top came first; the left upper corner
 * and the size.
 */
export type BoxForm = "in pixels" | "top first" | "sizes";
export const BOX_FORMS: readonly BoxForm[] = ["in pixels", "top first", "sizes"];

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Of shifts, as shares of the picture's width. */
const STEP = 0.02;
const STEPS = 20;
const FACTORS = [0.25, 1 / 3, 0.4, 0.5, 0.6, 2 / 3, 0.75, 4 / 3, 1.5, 5 / 3, 2, 2.5, 3, 4];

let known: { readonly size: string; readonly of: readonly BoxPlacement[] } | undefined;

/** All that are tried; the first one is where the boxes are. */
export function boxPlacements({ width, height }: Size): readonly BoxPlacement[] {
  const size = `${width}x${height}`;
  if (known?.size === size) return known.of;
  const steps = Array.from({ length: 2 * STEPS + 1 }, (_, i) => (i - STEPS) * STEP);
  // A picture that was squeezed to a square, or boxes of a square in the picture's shape.
  const shape = width / height;
  const of: readonly BoxPlacement[] = [
    { kind: "shifted", x: 0, y: 0 },
    ...steps.flatMap((x) => steps.map((y) => ({ kind: "shifted", x, y }) as const)),
    ...(["mirrored", "upside down", "turned by 180°"] as const).map((kind) => ({ kind })),
    ...FACTORS.map((by) => ({ kind: "scaled", x: by, y: by }) as const),
    ...[shape, 1 / shape].flatMap((by) => [
      { kind: "scaled", x: 1, y: by } as const,
      { kind: "scaled", x: by, y: 1 } as const,
    ]),
    ...BOX_FORMS.map((kind) => ({ kind })),
    // Shares of the picture in place of pixels.
    { kind: "scaled", x: width, y: height },
  ];
  known = { size, of };
  return of;
}

export function placedBox(
  [left, top, right, bottom]: PixelBox,
  placement: BoxPlacement,
  { width, height }: Size,
): PixelBox {
  switch (placement.kind) {
    case "shifted": {
      const [x, y] = [placement.x * width, placement.y * width];
      return [left + x, top + y, right + x, bottom + y];
    }
    case "mirrored":
      return [width - right, top, width - left, bottom];
    case "upside down":
      return [left, height - bottom, right, height - top];
    case "turned by 180°":
      return [width - right, height - bottom, width - left, height - top];
    case "in pixels": {
      const [x, y] = [1000 / width, 1000 / height];
      return [left * x, top * y, right * x, bottom * y];
    }
    case "top first": {
      const shape = width / height;
      return [top * shape, left / shape, bottom * shape, right / shape];
    }
    case "sizes":
      return [left, top, left + right, top + bottom];
    case "scaled":
      return [left * placement.x, top * placement.y, right * placement.x, bottom * placement.y];
  }
}
