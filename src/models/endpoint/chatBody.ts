import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { encodeJpeg } from "../../camera/index.js";
import { EndpointError } from "../errors.js";
import type { Inquiry } from "../words/Inquiry.js";
import type { Example } from "../words/promptSettings.js";
import { temperatureOf } from "../words/promptSettings.js";
import { systemPrompt } from "../words/templates.js";
import type { ChatBody } from "./Dialect.js";
import type { EndpointSettings } from "./EndpointSettings.js";

/** Settings that shape what is said to the model and how it answers. */
type ChatSettings = Pick<
  EndpointSettings,
  "n" | "temperature" | "system" | "extra" | "template" | "logprobs"
>;

/** What a model might have said instead, for each token. */
const ALTERNATIVES = 5;

/** An inquiry about an image, as the messages of a chat; `examples` come before it, unless it has words of its own. */
export function chatBody(
  model: string,
  settings: ChatSettings,
  examples: readonly ChatTurn[],
  image: JpegImage,
  { text, system: told, form, maxTokens }: Inquiry,
): ChatBody {
  const { extra, logprobs } = settings;
  const system = systemPrompt(settings, told);
  const own = [...(told === undefined ? examples : []), userTurn(image, text)];
  return {
    ...extra,
    model,
    messages: system === "none" ? own : [{ role: "system", content: system }, ...own],
    temperature: temperatureOf(settings),
    max_tokens: maxTokens,
    stream: false,
    ...(form && {
      response_format: {
        type: "json_schema",
        json_schema: { name: "spatial_answer", strict: true, schema: form },
      },
    }),
    ...(logprobs === "on" && { logprobs: true, top_logprobs: ALTERNATIVES }),
  };
}

/** One message of a chat. */
export type ChatTurn = Readonly<Record<string, unknown>>;

interface Shown {
  readonly example: Example;
  readonly data: Buffer | undefined;
}

/** Examples with their images, as the beginning of every chat. */
export class FewShot {
  readonly #shown: readonly Shown[];
  readonly #settings: EndpointSettings;
  #turns: Promise<readonly ChatTurn[]> | undefined;

  /** @throws EndpointError if an image cannot be read */
  constructor(settings: EndpointSettings) {
    this.#settings = settings;
    this.#shown = (settings.examples ?? []).map((example, i) => ({
      example,
      data: example.image === undefined ? undefined : readImage(example.image, i),
    }));
  }

  /** Tells one set of examples from another, images included. */
  get fingerprint(): string | undefined {
    if (this.#shown.length === 0) return undefined;
    const hash = createHash("sha256");
    for (const { example, data } of this.#shown) {
      hash.update(JSON.stringify([example.question, example.answer])).update(data ?? "no image");
    }
    return hash.digest("hex");
  }

  /** @throws EndpointError if an image is not valid */
  turns(): Promise<readonly ChatTurn[]> {
    this.#turns ??= this.#encode();
    return this.#turns;
  }

  async #encode(): Promise<readonly ChatTurn[]> {
    const { maxSide, quality, prompt } = this.#settings;
    const pairs = await Promise.all(
      this.#shown.map(async ({ example, data }) => {
        const text = prompt.replaceAll("{question}", () => example.question);
        const image = data && (await this.#image(example.image!, data, maxSide, quality));
        return [userTurn(image, text), { role: "assistant", content: example.answer }];
      }),
    );
    return pairs.flat();
  }

  async #image(path: string, data: Buffer, maxSidePx: number, quality: number): Promise<JpegImage> {
    try {
      const image = { kind: "compressed", format: "file", data } as const;
      return new JpegImage(await encodeJpeg(image, { maxSidePx, quality }));
    } catch (error) {
      throw new EndpointError(`examples: the image ${path}: ${(error as Error).message}`);
    }
  }
}

/** What a user says: an image, where there is one, and words about it. */
function userTurn(image: JpegImage | undefined, text: string): ChatTurn {
  // The image first: questions about the same frame then share a prefix that servers cache.
  const shown = image ? [{ type: "image_url", image_url: { url: image.dataUrl } }] : [];
  return { role: "user", content: [...shown, { type: "text", text }] };
}

/** Relative paths of examples' images, from a folder. */
export function locatedIn(folder: string, examples: readonly Example[]): Example[] {
  return examples.map((example) =>
    example.image === undefined ? example : { ...example, image: resolve(folder, example.image) },
  );
}

function readImage(path: string, i: number): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === "ENOENT" ? "no such file" : code;
    throw new EndpointError(`examples[${i}].image: cannot read ${path}: ${why}`);
  }
}

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
