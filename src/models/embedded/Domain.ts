import * as z from "zod";

/** Little-endian float32, base64. */
const numbers = z.base64().transform((text) => {
  const bytes = Buffer.from(text, "base64");
  return Float32Array.from({ length: bytes.length >> 2 }, (_, at) => bytes.readFloatLE(4 * at));
});

/** `domain` of model.json, as training/domain.py writes it. */
export const domainConfig = z
  .object({
    /** Of the features: means of the encoder's channels, then their standard deviations. */
    mean: numbers,
    /** Rows of the lower triangle W of score = |W (features − mean)| / √n. */
    whitening: numbers,
    /** Pictures with a larger score are not answered. */
    most: z.number().positive(),
  })
  .refine(
    ({ mean: { length: n }, whitening }) => n > 0 && whitening.length === (n * (n + 1)) / 2,
    "whitening is no lower triangle of the mean's size",
  );

export type DomainConfig = z.output<typeof domainConfig>;

/**
 * How far a picture is from those of the training: the Mahalanobis distance of the mean and the
 * standard deviation of each channel of its cells, over the square root of their number. About 1
 * for pictures like the training's.
 *
 * @param cells of the encoder: cell after cell, the channels of each
 */
export function domainScore(cells: Float32Array, { mean, whitening }: DomainConfig): number {
  const features = featuresOf(cells, mean.length / 2);
  let squares = 0;
  let at = 0;
  for (let row = 0; row < mean.length; row++) {
    let sum = 0;
    for (let column = 0; column <= row; column++) {
      sum += (whitening[at] ?? 0) * ((features[column] ?? 0) - (mean[column] ?? 0));
      at++;
    }
    squares += sum * sum;
  }
  return Math.sqrt(squares / mean.length);
}

function featuresOf(cells: Float32Array, channels: number): Float64Array {
  const count = cells.length / channels;
  const features = new Float64Array(2 * channels);
  for (let at = 0; at < cells.length; ) {
    for (let channel = 0; channel < channels; channel++, at++) {
      const value = cells[at] ?? 0;
      features[channel] = (features[channel] ?? 0) + value;
      features[channels + channel] = (features[channels + channel] ?? 0) + value * value;
    }
  }
  for (let channel = 0; channel < channels; channel++) {
    const mean = (features[channel] ?? 0) / count;
    const square = (features[channels + channel] ?? 0) / count;
    features[channel] = mean;
    features[channels + channel] = Math.sqrt(Math.max(0, square - mean * mean));
  }
  return features;
}
