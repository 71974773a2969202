import type { ChatBody } from "./Dialect.js";
import type { EndpointSettings } from "./EndpointSettings.js";
import { type ChatTurn, userTurn } from "./FewShot.js";
import type { Inquiry } from "./inquiry.js";
import type { JpegImage } from "./JpegImage.js";
import { SYSTEM_PROMPTS } from "./templates.js";

/** Settings that shape what is said to the model and how it answers. */
export type ChatSettings = Pick<
  EndpointSettings,
  "n" | "temperature" | "system" | "extra" | "template" | "logprobs"
>;

/** What a model might have said instead, for each token. */
const ALTERNATIVES = 5;

/** An inquiry about an image, as the messages of a chat; `examples` come before it. */
export function chatBody(
  model: string,
  settings: ChatSettings,
  examples: readonly ChatTurn[],
  image: JpegImage,
  { text, form, maxTokens }: Inquiry,
): ChatBody {
  const { extra, logprobs } = settings;
  const system = systemPrompt(settings);
  const own = [...examples, userTurn(image, text)];
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

export function systemPrompt({ system, template }: Pick<ChatSettings, "system" | "template">) {
  return system ?? SYSTEM_PROMPTS[template];
}

/** Several samples at temperature 0 would be the same one. */
export function temperatureOf({ temperature, n }: Pick<ChatSettings, "temperature" | "n">): number {
  return temperature ?? (n > 1 ? 0.7 : 0);
}
