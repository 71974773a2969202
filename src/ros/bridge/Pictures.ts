import type { Annotation } from "../../annotate/index.js";
import { rosTimeOf, sharp } from "../../base/index.js";
import { decodeColor } from "../../camera/index.js";
import { overlayOf, overlayShapes } from "../../overlay/index.js";
import type { Task } from "../../task/index.js";
import type { LogLimit } from "../LogLimit.js";

/**
 * Draws annotated images one at a time, the newest next: drawing takes longer than measuring may,
 * and runs beside it.
 */
export class Pictures {
  readonly #publish: (message: unknown) => void;
  readonly #log: LogLimit;
  #next: { readonly annotation: Annotation; readonly task: Task } | undefined;
  #isDrawing = false;

  constructor(publish: (message: unknown) => void, log: LogLimit) {
    this.#publish = publish;
    this.#log = log;
  }

  offer(annotation: Annotation, task: Task): void {
    if (annotation.outcome === "failed") return;
    this.#next = { annotation, task };
    if (!this.#isDrawing) void this.#draw();
  }

  async #draw(): Promise<void> {
    this.#isDrawing = true;
    for (let job = this.#next; job !== undefined; job = this.#next) {
      this.#next = undefined;
      const names = [...job.task.objects.keys()];
      try {
        const colourOf = (object: string) => Math.max(0, names.indexOf(object));
        this.#publish(await annotatedImageMessage(job.annotation, colourOf));
      } catch (error) {
        this.#log.log("warn", "picture", `no annotated image: ${(error as Error).message}`);
      }
    }
    this.#isDrawing = false;
  }
}

const JPEG_QUALITY = 80;

/**
 * The image with what was measured in it, as sensor_msgs/msg/CompressedImage with the image's own
 * header.
 *
 * @param colourOf index of an object's colour
 * @throws FrameError if the image does not decode
 */
async function annotatedImageMessage(
  { frame, facts }: Annotation,
  colourOf: (object: string) => number,
) {
  const { width, height, data } = await decodeColor(frame.image);
  const shapes = overlayShapes(overlayOf(facts, { width, height }), colourOf);
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
    `viewBox="0 0 ${width} ${height}" font-family="DejaVu Sans, Helvetica, Arial, sans-serif">${shapes}</svg>`;
  const jpeg = await sharp(data, { raw: { width, height, channels: 3 } })
    .composite([{ input: Buffer.from(svg) }])
    .jpeg({ quality: JPEG_QUALITY })
    .toBuffer();
  return {
    header: { stamp: rosTimeOf(frame.stampNs), frame_id: frame.frameId },
    format: "jpeg",
    data: new Uint8Array(jpeg),
  };
}
