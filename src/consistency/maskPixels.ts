interface Size {
  readonly width: number;
  readonly height: number;
}

/** By id, the pixels that have it, in the image's order; 0 is left out. */
export type MaskPixels = ReadonlyMap<number, readonly number[]>;

export function maskPixels(ids: Uint16Array): MaskPixels {
  const all = new Map<number, number[]>();
  let [last, own]: [number, number[]] = [0, []];
  for (let pixel = 0; pixel < ids.length; pixel++) {
    const id = ids[pixel] ?? 0;
    if (id === 0) continue;
    // Neighbours mostly have the same.
    if (id !== last) {
      own = all.get(id) ?? [];
      if (own.length === 0) all.set(id, own);
      last = id;
    }
    own.push(pixel);
  }
  return all;
}

/** Whether a mask comes so near to the image's border that the rest of its thing may be beyond. */
export function isAtBorder(
  pixels: readonly number[],
  { width, height }: Size,
  withinPx = 1,
): boolean {
  return pixels.some((pixel) => {
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    return x < withinPx || y < withinPx || x >= width - withinPx || y >= height - withinPx;
  });
}
