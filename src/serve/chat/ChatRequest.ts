import * as z from "zod";
import { atMost, FieldError } from "../../http/index.js";
import { cameraSchema, depthSchema, labelsSchema, type Step } from "../Step.js";

/** Characters of a question and of the words around it. */
const MOST_TEXT = 20_000;
/** Of a message. */
const MOST_PARTS = 64;
const MOST_MESSAGES = 256;

const textPart = z.object({ type: z.literal("text"), text: z.string().max(MOST_TEXT) });
const imagePart = z.object({
  type: z.literal("image_url"),
  image_url: z.union([z.string(), z.object({ url: z.string() })]),
});
const part = z.discriminatedUnion("type", [textPart, imagePart]);

const message = z.object({
  role: z.enum(["system", "developer", "user", "assistant", "tool", "function"]),
  content: z
    .union([z.string().max(MOST_TEXT), atMost(MOST_PARTS, "parts", z.array(part).max(MOST_PARTS))])
    .nullish(),
});

/**
 * The part of OpenAI's request that means something here. What shapes the words of a language model
 * (temperature, max_tokens, seed) changes nothing: answers are measured, and the same each time.
 */
export const chatSchema = z
  .looseObject({
    model: z.string().max(500),
    messages: atMost(MOST_MESSAGES, "messages", z.array(message).min(1).max(MOST_MESSAGES)),
    n: z.int().min(1).max(16).nullish(),
    stream: z.boolean().nullish(),
    tools: z.array(z.unknown()).max(0, "this model calls no tools").nullish(),
    response_format: z
      .object({ type: z.literal("text", "this model answers in words: leave response_format out") })
      .nullish(),
    spatial: z
      .strictObject({
        depth: depthSchema.optional(),
        labels: labelsSchema.optional(),
        camera: cameraSchema.optional(),
      })
      .nullish()
      .meta({
        description: "What was seen with the image, as in a Step; the rgbd model needs it.",
      }),
  })
  .meta({ id: "ChatRequest" });

export type ChatRequest = z.infer<typeof chatSchema>;

/** What a conversation comes to: the last thing that the user asked, about the last image. */
export interface Asked {
  readonly text: string;
  readonly image: Step["image"];
}

/** @throws FieldError where there is no question, no image, or several */
export function askedIn({ messages }: ChatRequest): Asked {
  const turns = messages
    .map(({ role, content }, i) => ({
      role,
      parts: partsOf(content),
      path: `messages.${i}.content`,
    }))
    .filter(({ role }) => role === "user");
  const last = turns.at(-1);
  const texts = last?.parts.flatMap((each) => (each.type === "text" ? [each.text] : [])) ?? [];
  const text = texts.join("\n").trim();
  if (last === undefined || text === "") {
    throw new FieldError("messages: the last message of the user has no text: ask something");
  }
  if (text.length > MOST_TEXT) {
    throw new FieldError(
      `messages: the last message has ${text.length} characters of text; at most ${MOST_TEXT} are read`,
    );
  }
  const shown = turns.findLast(({ parts }) => parts.some(({ type }) => type === "image_url"));
  const urls = shown?.parts.flatMap((each) => (each.type === "image_url" ? [urlOf(each)] : []));
  const [url, ...others] = urls ?? [];
  if (shown === undefined || url === undefined) {
    throw new FieldError("messages: there is no image (a part of type image_url)");
  }
  if (others.length > 0) {
    const count = others.length + 1;
    throw new FieldError(`${shown.path}: it has ${count} images; ask about one at a time`);
  }
  return { text, image: imageOf(url, shown.path) };
}

type Parts = readonly z.infer<typeof part>[];

function partsOf(content: ChatRequest["messages"][number]["content"]): Parts {
  return typeof content === "string" ? [{ type: "text", text: content }] : (content ?? []);
}

function urlOf({ image_url }: z.infer<typeof imagePart>): string {
  return typeof image_url === "string" ? image_url : image_url.url;
}

const DATA_URL = /^data:image\/(jpeg|jpg|png|webp);base64,([A-Za-z0-9+/]+={0,2})$/;

/** Nothing is ever fetched: an address may lead to where only this machine may look. */
function imageOf(url: string, path: string): Step["image"] {
  const [, format, data] = DATA_URL.exec(url) ?? [];
  if (data === undefined) {
    const shown = JSON.stringify(url.slice(0, 40));
    throw new FieldError(
      `${path}: ${shown}… is no image: send it as data:image/jpeg;base64,… (or png, webp); this ` +
        "server fetches no addresses",
    );
  }
  const encoding = format === "png" || format === "webp" ? format : "jpeg";
  return { data: Buffer.from(data, "base64"), encoding };
}
