import type { Tensor, ZeroShotObjectDetectionPipeline } from "@huggingface/transformers";
import type { Detection, RgbImage } from "../../camera/index.js";
import type { OnnxFolder } from "../onnx/OnnxFolder.js";
import type { OnnxOptions } from "../onnx/onnxSettings.js";
import type { VlmContext } from "../VlmContext.js";
import type { BoxSource } from "./Sources.js";

const MODEL_TYPES = ["owlvit", "owlv2", "grounding-dino"];

/**
 * An open-vocabulary detector in a folder of the disk (OWL-ViT, OWLv2, Grounding DINO, in the
 * layout of transformers.js): boxes of what a phrase names. Blocks its thread while it computes.
 */
export class PhraseDetector implements BoxSource {
  readonly name: string;
  readonly fingerprint: string;
  readonly minScore: number;
  readonly #folder: OnnxFolder;
  readonly #detector: ZeroShotObjectDetectionPipeline;

  private constructor(
    folder: OnnxFolder,
    detector: ZeroShotObjectDetectionPipeline,
    minScore: number,
  ) {
    this.name = folder.name;
    this.minScore = minScore;
    this.fingerprint = `${folder.hash} ${JSON.stringify([folder.dtypes, folder.device, minScore])}`;
    this.#folder = folder;
    this.#detector = detector;
  }

  /** @throws OnnxFolderError if the folder holds no such model, or not all of its files. */
  static async open(
    path: string,
    { minScore, ...options }: OnnxOptions & { readonly minScore: number },
    context: Pick<VlmContext, "onNotice" | "signal"> = {},
  ): Promise<PhraseDetector> {
    const what = "an open-vocabulary detector";
    const wanted = { what, modelTypes: MODEL_TYPES, hasTokenizer: true };
    const { OnnxFolder } = await import("../onnx/OnnxFolder.js");
    const folder = await OnnxFolder.open(path, wanted, options, context);
    const detector = await folder.load((load) =>
      folder.transformers.pipeline("zero-shot-object-detection", folder.path, load),
    );
    return new PhraseDetector(folder, detector, minScore);
  }

  async detect(
    { data, width, height }: RgbImage,
    phrases: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly Detection[]> {
    const image = new this.#folder.transformers.RawImage(data, width, height, 3);
    const labels = phrases.map(withoutArticle);
    const options = { threshold: this.minScore };
    if (this.#folder.config.model_type !== "grounding-dino") {
      const boxes = await this.#detector(image, labels, options);
      return boxes.flatMap((found) => {
        const phrase = phrases[labels.indexOf(found.label)];
        return phrase === undefined ? [] : [toDetection(found, phrase)];
      });
    }
    // Grounding DINO reads one text, which ends with a dot.
    const detections: Detection[] = [];
    for (const phrase of phrases) {
      signal.throwIfAborted();
      const boxes = await this.#ground(image, `${withoutArticle(phrase)}.`);
      detections.push(...boxes.map((found) => toDetection(found, phrase)));
    }
    return detections;
  }

  /** By hand: the library stops at a box that no single word of the text accounts for. */
  async #ground(
    image: InstanceType<OnnxFolder["transformers"]["RawImage"]>,
    text: string,
  ): Promise<readonly FoundBox[]> {
    const { model, processor, tokenizer } = this.#detector;
    const inputs = { ...tokenizer([text]), ...(await processor([image])) };
    const output = (await model(inputs)) as {
      readonly logits: Tensor;
      readonly pred_boxes: Tensor;
    };
    const [logits = []] = output.logits.tolist() as number[][][];
    const [boxes = []] = output.pred_boxes.tolist() as [number, number, number, number][][];
    return boxes.flatMap(([cx, cy, w, h], i) => {
      const score = 1 / (1 + Math.exp(-Math.max(...(logits[i] ?? []))));
      if (score < this.minScore) return [];
      const { width, height } = image;
      const [xmin, xmax] = [(cx - w / 2) * width, (cx + w / 2) * width];
      const [ymin, ymax] = [(cy - h / 2) * height, (cy + h / 2) * height];
      return { score, box: { xmin, xmax, ymin, ymax } };
    });
  }

  async close(): Promise<void> {
    await this.#detector.dispose();
  }
}

interface FoundBox {
  readonly score: number;
  readonly box: {
    readonly xmin: number;
    readonly ymin: number;
    readonly xmax: number;
    readonly ymax: number;
  };
}

function toDetection({ score, box }: FoundBox, phrase: string): Detection {
  return {
    classId: phrase,
    score,
    centerX: (box.xmin + box.xmax) / 2,
    centerY: (box.ymin + box.ymax) / 2,
    sizeX: box.xmax - box.xmin,
    sizeY: box.ymax - box.ymin,
  };
}

/** Detectors are trained on "red mug", in small letters. */
function withoutArticle(phrase: string): string {
  return phrase.toLowerCase().replace(/^(?:the|an?) /, "");
}
