/** A stride by which about so many of a picture's values are met: an odd one meets all columns, and all bytes of a pixel. */
export function oddStride({ length }: ArrayLike<unknown>, most: number): number {
  return Math.floor(length / most) | 1;
}
