import type { ChatBody } from "./ApiServer.js";
import type { EndpointSettings } from "./EndpointSettings.js";
import type { JpegImage } from "./JpegImage.js";

/** Asks for what the answer parser reads best; measured models ramble and round without it. */
export const DEFAULT_SYSTEM_PROMPT =
  "You judge space in images from a robot's camera. Answer the question with one short sentence " +
  "and nothing else. For a length, a distance or a height give one number with a metric unit, " +
  "metres or centimetres, as exact as you can, without a range: for example 0.42 m. For a " +
  "yes-or-no question answer yes or no. For a choice between two objects name the one. If you " +
  "cannot see an object that the question is about, say that it is not visible.";

/** Settings that shape what is said to the model and how it answers. */
export type ChatSettings = Pick<
  EndpointSettings,
  "n" | "temperature" | "system" | "prompt" | "extra"
>;

/** One question about one image, as the messages of a chat. */
export function chatBody(
  model: string,
  settings: ChatSettings,
  image: JpegImage,
  question: string,
): ChatBody {
  const { system, prompt, extra } = settings;
  const userMessage = {
    role: "user",
    // The image first: questions about the same frame then share a prefix that servers cache.
    content: [
      { type: "image_url", image_url: { url: image.dataUrl } },
      { type: "text", text: prompt.replaceAll("{question}", () => question) },
    ],
  };
  const systemMessage = { role: "system", content: system ?? DEFAULT_SYSTEM_PROMPT };
  return {
    ...extra,
    model,
    messages: system === "none" ? [userMessage] : [systemMessage, userMessage],
    temperature: temperatureOf(settings),
    stream: false,
  };
}

/** Several samples at temperature 0 would be the same one. */
export function temperatureOf({ temperature, n }: ChatSettings): number {
  return temperature ?? (n > 1 ? 0.7 : 0);
}
