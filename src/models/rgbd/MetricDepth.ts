import type { PreTrainedModel, Processor, Tensor } from "@huggingface/transformers";
import type { RgbImage } from "../../camera/index.js";
import { OnnxFolderError } from "../errors.js";
import type { OnnxFolder } from "../onnx/OnnxFolder.js";
import type { OnnxOptions } from "../onnx/onnxSettings.js";
import type { VlmContext } from "../VlmContext.js";
import type { DepthSource } from "./Sources.js";

/** The camera that Metric3D's depths refer to, for any camera: its focal length, pixels. */
const METRIC3D_FOCAL_PX = 1000;

/** What a depth model gives: [1, h, w] or [1, 1, h, w]. */
interface DepthOutput {
  readonly predicted_depth?: Tensor;
  readonly focallength_px?: Tensor;
}

/** By which factor a model's depths become metres. */
type ToMetres = (output: DepthOutput, focalPx: number) => number;

/**
 * The models of which we know that, and how, their depths are metres. `focalPx` is the camera's
 * focal length in pixels of the image as the model sees it.
 */
const TO_METRES: Readonly<Record<string, ToMetres>> = {
  // They learned the metres of one kind of camera, and know nothing of others.
  depth_anything: () => 1,
  dpt: () => 1,
  // Yin et al. 2023, "canonical camera transformation".
  metric3d: (_, focalPx) => focalPx / METRIC3D_FOCAL_PX,
  metric3dv2: (_, focalPx) => focalPx / METRIC3D_FOCAL_PX,
  // Bochkovskii et al. 2024: metres under a focal length that it guesses; ours is measured.
  depth_pro: ({ focallength_px }, focalPx) => focalPx / Number(focallength_px!.data[0]),
};

/** Folders of these say in config.json what their depths are. */
const MUST_SAY_METRIC = ["depth_anything", "dpt"];

/**
 * A metric depth model in a folder of the disk (Depth Anything's metric versions, Metric3D, Depth
 * Pro, in the layout of transformers.js): metres from a colour image. Blocks its thread while it
 * computes.
 */
export class MetricDepth implements DepthSource {
  readonly name: string;
  readonly fingerprint: string;
  readonly #folder: OnnxFolder;
  readonly #model: PreTrainedModel;
  readonly #processor: Processor;

  private constructor(folder: OnnxFolder, model: PreTrainedModel, processor: Processor) {
    this.name = folder.name;
    this.fingerprint = `${folder.hash} ${JSON.stringify([folder.dtypes, folder.device])}`;
    this.#folder = folder;
    this.#model = model;
    this.#processor = processor;
  }

  /**
   * @throws OnnxFolderError if the folder holds no such model, its depths are not metric, or files
   *   are missing.
   */
  static async open(
    path: string,
    options: OnnxOptions,
    context: Pick<VlmContext, "onNotice" | "signal"> = {},
  ): Promise<MetricDepth> {
    const wanted = {
      what: "a depth model that measures in metres",
      modelTypes: Object.keys(TO_METRES),
      hasTokenizer: false,
    };
    const { OnnxFolder } = await import("../onnx/OnnxFolder.js");
    const folder = await OnnxFolder.open(path, wanted, options, context);
    const { model_type, depth_estimation_type = "relative" } = folder.config;
    if (MUST_SAY_METRIC.includes(model_type) && depth_estimation_type !== "metric") {
      throw new OnnxFolderError(
        `${folder.path}: its depth is relative, not in metres: config.json has no ` +
          '"depth_estimation_type": "metric". Use a metric version of the model ' +
          "(Depth-Anything-V2-Metric-Indoor-…, or -Outdoor-…)",
      );
    }
    const { AutoModelForDepthEstimation, AutoProcessor } = folder.transformers;
    const [model, processor] = await folder.load(async (load) => {
      const processor = await AutoProcessor.from_pretrained(folder.path, load);
      return [
        await AutoModelForDepthEstimation.from_pretrained(folder.path, load),
        processor,
      ] as const;
    });
    const outputs = (
      model.sessions as { readonly model: { readonly outputNames: readonly string[] } }
    ).model.outputNames;
    const needed = ["predicted_depth", ...(model_type === "depth_pro" ? ["focallength_px"] : [])];
    const absent = needed.filter((name) => !outputs.includes(name));
    if (absent.length > 0) {
      await model.dispose();
      throw new OnnxFolderError(
        `${folder.path}: the model has no output ${absent.join(", ")}, so it is unknown whether its depths ` +
          `are metres; it has ${outputs.join(", ")}`,
      );
    }
    return new MetricDepth(folder, model, processor);
  }

  async estimate(
    { data, width, height }: RgbImage,
    size: { readonly width: number; readonly height: number },
    focalPx: number,
  ): Promise<Float32Array> {
    const { RawImage, interpolate_4d } = this.#folder.transformers;
    const inputs = (await this.#processor(new RawImage(data, width, height, 3))) as {
      readonly pixel_values: Tensor;
    };
    const output = (await this.#model(inputs)) as DepthOutput;
    const depth = output.predicted_depth!.to("float32");
    const [rows, columns] = depth.dims.slice(-2) as [number, number];
    const sized = await interpolate_4d(depth.view(1, 1, rows, columns), {
      size: [size.height, size.width],
      mode: "bilinear",
    });
    const seenFocalPx = focalPx * ((inputs.pixel_values.dims.at(-1) ?? size.width) / size.width);
    const factor = TO_METRES[this.#folder.config.model_type]!(output, seenFocalPx);
    return (sized.data as Float32Array).map((value) => value * factor);
  }

  async close(): Promise<void> {
    await this.#model.dispose();
  }
}
