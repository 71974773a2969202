import { createRequire } from "node:module";
import type { Sharp, SharpInput, SharpOptions } from "sharp";
import { pieceLimit } from "./memoryLimit.js";

type Library = typeof import("sharp").default;

let library: Library | undefined;

/** The package, for settings that are not one picture's. */
export function loadSharp(): Library {
  library ??= createRequire(import.meta.url)("sharp") as Library;
  return library;
}

/** Of a picture while it is decoded: 16-bit RGB. */
const BYTES_OF_PIXEL = 6;

/**
 * As of the package sharp, which is loaded with the first picture: loading takes 0.1 s of CPU. A
 * picture that would unpack to more than may be in memory is an error when it is read.
 */
export function sharp(input: SharpInput, options?: SharpOptions): Sharp {
  return loadSharp()(input, {
    limitInputPixels: Math.floor(pieceLimit() / BYTES_OF_PIXEL),
    ...options,
  });
}
