import * as z from "zod";
import { errorMessage, firstWords } from "./exchange.js";
import { RequestError } from "./RequestError.js";
import { isEventStream, readEventStream } from "./readEventStream.js";

/** A call of a tool that the model was offered. */
const toolCallSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** JSON as the model wrote it: it may be broken. */
  arguments: z.string(),
});
export type ToolCall = z.output<typeof toolCallSchema>;

/** A word or a part of one, and what the model might have said in its place. */
const tokenSchema = z.object({
  text: z.string(),
  alternatives: z.array(z.object({ text: z.string(), probability: z.number() })),
});
export type Token = z.output<typeof tokenSchema>;

/** What a model said in one choice; the cache keeps these. */
export const sampleSchema = z.object({
  text: z.string(),
  /** Why it stopped: `stop`, `length`, `content_filter`, … */
  finish: z.string().optional(),
  /** Set where the API itself says that the model declined. */
  declined: z.string().optional(),
  /** Only where tools were offered. */
  toolCalls: z.array(toolCallSchema).readonly().optional(),
  /** The end of `text`, token by token; only where logprobs were asked for and given. */
  tokens: z.array(tokenSchema).optional(),
});
export type Sample = z.output<typeof sampleSchema>;

/** Some servers leave out the id, or give the arguments as an object. */
const rawToolCall = z.object({
  id: z.string().nullish(),
  function: z.object({ name: z.string(), arguments: z.json().optional() }),
});
const contentPart = z.looseObject({ type: z.string().optional(), text: z.string().optional() });
const rawToken = z.object({
  token: z.string(),
  top_logprobs: z.array(z.object({ token: z.string(), logprob: z.number() })).default([]),
});
const choiceSchema = z.object({
  message: z.object({
    content: z.union([z.string(), z.array(contentPart)]).nullish(),
    refusal: z.string().nullish(),
    tool_calls: z.array(rawToolCall).nullish(),
  }),
  finish_reason: z.string().nullish(),
  logprobs: z
    .object({ content: z.array(rawToken).nullish() })
    .nullish()
    .catch(undefined),
});
/** A server that counts below zero counts nothing. */
const tokenCount = z.number().nonnegative();
const completionSchema = z.object({
  choices: z.tuple([choiceSchema], choiceSchema),
  usage: z
    .object({ prompt_tokens: tokenCount, completion_tokens: tokenCount })
    .optional()
    .catch(undefined),
});

export interface Completion {
  readonly samples: readonly [Sample, ...Sample[]];
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/**
 * Reads a chat completion. Fields beside content and tool calls (reasoning) are ignored.
 *
 * @param url For errors.
 * @throws RequestError if the body is not one: HTML, cut JSON, an error, another shape.
 */
export function readCompletion(url: string, body: string): Completion {
  const isStream = isEventStream(body);
  const said = isStream ? wholeStream(url, body) : parseJson(url, body);
  const read = completionSchema.safeParse(said);
  if (!read.success) throw notACompletion(url, isStream ? JSON.stringify(said) : body, read.error);
  const { choices, usage } = read.data;
  const broken = choices.find(({ finish_reason }) => BROKEN_OFF.test(finish_reason ?? ""));
  if (broken) {
    // What there is may be half of a number.
    const text = `${url}: the server broke its answer off (finish_reason ${JSON.stringify(firstWords(broken.finish_reason ?? "", 40))})`;
    throw new RequestError(text, { retryable: true });
  }
  const [first, ...others] = choices;
  return {
    samples: [sampleOf(first), ...others.map(sampleOf)],
    promptTokens: usage?.prompt_tokens ?? 0,
    completionTokens: usage?.completion_tokens ?? 0,
  };
}

/** vLLM and SGLang: abort; OpenRouter: error. */
const BROKEN_OFF = /abort|error|cancel|interrupt|time_?out/i;

/** What other servers call what OpenAI calls so. */
const SYNONYMS: readonly (readonly [RegExp, string])[] = [
  [/^(max_?(output_)?tokens|model_length)$/i, "length"],
  [
    /^(safety|recitation|content-filter|content_filtered|blocklist|prohibited_content)$/i,
    "content_filter",
  ],
];

function finishOf(reason: string): string {
  return SYNONYMS.find(([pattern]) => pattern.test(reason))?.[1] ?? reason;
}

function sampleOf({ message, finish_reason, logprobs }: z.output<typeof choiceSchema>): Sample {
  return {
    text: contentText(message.content),
    ...(finish_reason && { finish: finishOf(finish_reason) }),
    ...(message.refusal && { declined: message.refusal }),
    ...(message.tool_calls?.length && { toolCalls: message.tool_calls.map(toolCall) }),
    ...(logprobs?.content?.length && { tokens: lastTokens(logprobs.content) }),
  };
}

function toolCall(raw: z.output<typeof rawToolCall>, index: number): ToolCall {
  const { name, arguments: given = "" } = raw.function;
  return {
    id: raw.id ?? `call_${index + 1}`,
    name,
    arguments: typeof given === "string" ? given : JSON.stringify(given),
  };
}

/** Answers stand at the end; the thoughts before them are not looked at. */
const MOST_TOKENS = 64;
/** What is less likely changes nothing. */
const LEAST_PROBABILITY = 0.005;

function lastTokens(content: readonly z.output<typeof rawToken>[]): Token[] {
  return content.slice(-MOST_TOKENS).map(({ token, top_logprobs }) => ({
    text: token,
    alternatives: top_logprobs
      .map((top) => ({ text: top.token, probability: Math.exp(top.logprob) }))
      .filter(({ text, probability }) => text !== token && probability >= LEAST_PROBABILITY),
  }));
}

/** Servers that only stream do so regardless of the request. */
function wholeStream(url: string, body: string): unknown {
  const whole = readEventStream(body);
  if (whole !== undefined) return whole;
  throw new RequestError(`${url}: the response is a broken stream, or ends before the answer`, {
    retryable: true,
  });
}

/** @throws RequestError if the body is not JSON. */
export function parseJson(url: string, body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    const what = /^\s*</.test(body)
      ? "the response is a web page; is this the base URL of an OpenAI-compatible API?"
      : body.trim() === ""
        ? "the response is empty"
        : "the response is not JSON, or is incomplete JSON";
    throw new RequestError(
      `${url}: ${what}${body.trim() && `. It begins: ${firstWords(body, 80)}`}`,
      { outlook: "unreached" },
    );
  }
}

function notACompletion(url: string, body: string, error: z.ZodError): RequestError {
  const message = errorMessage(body);
  const info = { outlook: "unreached" } as const;
  if (message !== body) return new RequestError(`${url}: answered: ${firstWords(message)}`, info);
  const issue = error.issues[0];
  const where = issue && issue.path.length > 0 ? `${issue.path.join(".")}: ` : "";
  return new RequestError(
    `${url}: the response is JSON, but not a chat completion (${where}${issue?.message}). ` +
      `It begins: ${firstWords(body, 80)}`,
    info,
  );
}

type Content = string | readonly z.output<typeof contentPart>[] | null | undefined;

function contentText(content: Content): string {
  if (typeof content === "string") return content;
  const spoken = (content ?? []).filter(({ type }) => type === undefined || /text/.test(type));
  return spoken.map(({ text }) => text ?? "").join("");
}
