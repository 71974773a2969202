import type {
  PreTrainedModel,
  PreTrainedTokenizer,
  Processor,
  Tensor,
} from "@huggingface/transformers";
import type { RgbImage } from "../../camera/index.js";
import { OnnxFolderError } from "../errors.js";
import { type OnnxFolder, processorClass } from "../onnx/OnnxFolder.js";
import { ChatPrompt, templateFile } from "./ChatPrompt.js";

/** How an answer is generated. */
export interface Generation {
  readonly maxTokens: number;
  /** 0: always the likeliest token. */
  readonly temperature: number;
  readonly seed: number;
  /** Ends it between two tokens. */
  readonly signal: AbortSignal;
}

export interface Generated {
  readonly text: string;
  /** `length`: cut off at `maxTokens`. `aborted`: by the signal. */
  readonly finish: "stop" | "length" | "aborted";
}

/** An image as a model's processor takes it. */
export type ModelImage = InstanceType<OnnxFolder["transformers"]["RawImage"]>;

type Inputs = Record<string, unknown> & { readonly input_ids: Tensor };
type Prepare = (text: string, image: ModelImage) => Promise<Inputs>;

/** Processors that take the image before the text; the others take it after. */
const IMAGE_FIRST = [
  "LlavaProcessor",
  "PaliGemmaProcessor",
  "Florence2Processor",
  "Lfm2VlProcessor",
  "PixtralProcessor",
];

/**
 * An image-text-to-text model of transformers.js. What it makes of an image it makes once,
 * however many questions are asked about it.
 */
export class VisionLanguageModel {
  readonly prompt: ChatPrompt;
  readonly #folder: OnnxFolder;
  readonly #model: PreTrainedModel;
  readonly #tokenizer: PreTrainedTokenizer;
  readonly #prepare: Prepare;

  private constructor(
    folder: OnnxFolder,
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizer,
    prompt: ChatPrompt,
    prepare: Prepare,
  ) {
    this.#folder = folder;
    this.#model = model;
    this.#tokenizer = tokenizer;
    this.prompt = prompt;
    this.#prepare = prepare;
  }

  /** @throws OnnxFolderError if the folder cannot be loaded. */
  static async load(folder: OnnxFolder, tiles: boolean): Promise<VisionLanguageModel> {
    const { AutoModelForImageTextToText, AutoProcessor, AutoTokenizer } = folder.transformers;
    const { path, config } = folder;
    const [model, processor] = await folder.load(async (options) => {
      const processor = await AutoProcessor.from_pretrained(path, options);
      return [await AutoModelForImageTextToText.from_pretrained(path, options), processor] as const;
    });
    const encode = model.encode_image.bind(model);
    model.encode_image = oncePerImage(
      encode,
      (inputs: { readonly pixel_values?: unknown }) => inputs.pixel_values,
    );
    shareImages(processor);
    const tokenizer = processor.tokenizer ?? (await AutoTokenizer.from_pretrained(path));
    const imageId = config.image_token_id ?? config.image_token_index;
    const imageToken = imageId === undefined ? "" : tokenizer.decode([imageId]);
    const prompt = new ChatPrompt(tokenizer, await templateFile(path), imageToken);
    const imageFirst = IMAGE_FIRST.includes((await processorClass(path)) ?? "");
    // Without tiles, the option must reach the processor; others must not see it.
    const options = tiles ? {} : { do_image_splitting: false };
    const prepare: Prepare = processor.tokenizer
      ? (text, image) =>
          imageFirst ? processor(image, text, options) : processor(text, image, options)
      : (text, image) => prepareByHand(model, tokenizer, processor, imageToken, text, image);
    if (!processor.tokenizer && imageToken === "") {
      throw new OnnxFolderError(
        `${path} cannot be used: its preprocessor_config.json does not name a known processor, ` +
          "and its config.json has no image_token_id",
      );
    }
    return new VisionLanguageModel(folder, model, tokenizer, prompt, prepare);
  }

  /** Its own copy of the pixels, shared by all questions about the image. */
  image({ data, width, height }: RgbImage): ModelImage {
    return new this.#folder.transformers.RawImage(data, width, height, 3);
  }

  /** The answer to a rendered prompt. Rejects with what the runtime throws. */
  async generate(
    image: ModelImage,
    prompt: string,
    { maxTokens, temperature, seed, signal }: Generation,
  ): Promise<Generated> {
    const { InterruptableStoppingCriteria, random } = this.#folder.transformers;
    const inputs = await this.#prepare(prompt, image);
    if (signal.aborted) return { text: "", finish: "aborted" };
    const stopping = new InterruptableStoppingCriteria();
    const onAbort = (): void => stopping.interrupt();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      random.seed(seed);
      const output = (await this.#model.generate({
        ...inputs,
        max_new_tokens: maxTokens,
        do_sample: temperature > 0,
        ...(temperature > 0 && { temperature }),
        return_dict_in_generate: false,
        stopping_criteria: stopping,
      } as Parameters<PreTrainedModel["generate"]>[0])) as Tensor;
      const prompted = this.#folder.config.is_encoder_decoder ? 1 : inputs.input_ids.dims.at(-1);
      const [sequence = []] = output.tolist() as bigint[][];
      const ids = sequence.slice(prompted);
      const text = this.#tokenizer.decode(ids, { skip_special_tokens: true }).trim();
      if (signal.aborted) return { text, finish: "aborted" };
      return { text, finish: this.#hasEnded(ids) ? "stop" : "length" };
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  async close(): Promise<void> {
    await this.#model.dispose();
  }

  #hasEnded(ids: readonly bigint[]): boolean {
    const config = this.#model._prepare_generation_config(null, {});
    const ends = [config.eos_token_id].flat().map(Number);
    return ends.includes(Number(ids.at(-1)));
  }
}

/** Makes a processor look at each image once. */
function shareImages({ components }: Processor): void {
  const parts = components as Record<string, ((...args: unknown[]) => unknown) | undefined>;
  const { image_processor } = parts;
  // Some wrap the image into lists of their own before they hand it on.
  if (image_processor) {
    parts.image_processor = oncePerImage(image_processor, (images) => [images].flat(3)[0]);
  }
}

/** For models without a processor of their own: one image token for each feature of the image. */
async function prepareByHand(
  model: PreTrainedModel,
  tokenizer: PreTrainedTokenizer,
  processor: Processor,
  imageToken: string,
  text: string,
  image: ModelImage,
): Promise<Inputs> {
  const imageInputs = (await processor(image)) as Record<string, unknown>;
  const { dims } = (await model.encode_image(imageInputs)) as Tensor;
  const count = dims.slice(0, -1).reduce((product, dim) => product * dim, 1);
  const textInputs = tokenizer(text.replace(imageToken, imageToken.repeat(count))) as Inputs;
  return { ...imageInputs, ...textInputs };
}

/**
 * A function that works once for each image, however often it is called: all questions of a frame
 * share what was made of its image. Results are kept as long as the image is.
 *
 * @param imageOf what of the arguments stands for the image
 */
export function oncePerImage<Call extends (...args: never[]) => unknown>(
  call: Call,
  imageOf: (...args: Parameters<Call>) => unknown,
): Call {
  const results = new WeakMap<object, unknown>();
  return new Proxy(call, {
    apply(target, self, args: Parameters<Call>) {
      const image = imageOf(...args);
      if (typeof image !== "object" || image === null) return Reflect.apply(target, self, args);
      if (!results.has(image)) results.set(image, Reflect.apply(target, self, args));
      return results.get(image);
    },
  });
}
