import { createHash } from "node:crypto";

/** The image of one frame as it is sent; the requests of all its questions share it. */
export class JpegImage {
  /** SHA-256 of the bytes, hexadecimal. */
  readonly hash: string;
  readonly #jpeg: Buffer;
  #dataUrl: string | undefined;

  constructor(jpeg: Buffer) {
    this.#jpeg = jpeg;
    this.hash = createHash("sha256").update(jpeg).digest("hex");
  }

  /** Made when first needed: cached answers need none. */
  get dataUrl(): string {
    this.#dataUrl ??= `data:image/jpeg;base64,${this.#jpeg.toString("base64")}`;
    return this.#dataUrl;
  }
}
