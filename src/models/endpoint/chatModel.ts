import type * as z from "zod";
import { EndpointError } from "../errors.js";
import type { VlmUsage } from "../SpatialVlm.js";
import { ApiServer } from "./ApiServer.js";
import type { ToolCall } from "./Completion.js";
import { chatSettings, checkSettings } from "./EndpointSettings.js";
import { LONGEST_RETRY_AFTER_MS } from "./exchange.js";
import { apiKey, parseBaseUrl } from "./ServerAccess.js";

/** What `chatModel` is made with. */
export type ChatOptions = {
  /** Base URL of the API, usually ending in `/v1`. */
  readonly url: string;
  /** As the server calls it. */
  readonly model: string;
} & Readonly<Partial<z.output<typeof chatSettings>>>;

export type ChatMessage =
  | { readonly role: "system" | "user"; readonly content: string }
  | {
      readonly role: "assistant";
      readonly content: string;
      readonly toolCalls?: readonly ToolCall[];
    }
  | { readonly role: "tool"; readonly toolCallId: string; readonly content: string };

/** A tool that a model may call, its arguments described by a JSON schema. */
export interface ChatTool {
  readonly name: string;
  readonly description: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

export interface ChatReply {
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  /** Why it stopped: `stop`, `tool_calls`, `length`, `content_filter`, … */
  readonly finish: string | undefined;
  /** As the server counted them; 0 from servers that count nothing. */
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** A language model behind an OpenAI-compatible API, talked to in text. */
export interface ChatModel {
  /** `my-model@127.0.0.1:8000` */
  readonly id: string;
  /** What it has cost so far: a snapshot. */
  readonly usage: VlmUsage;
  /**
   * The model's reply to a conversation.
   *
   * @param tools What it may call; none: it can only speak.
   * @throws RequestError if the server gives no reply; the signal's reason when aborted.
   */
  reply(
    messages: readonly ChatMessage[],
    tools: readonly ChatTool[],
    signal: AbortSignal,
  ): Promise<ChatReply>;
}

/** See `chatModel` in backends.ts. */
export function chatModel({ url, model, ...options }: ChatOptions): ChatModel {
  const base = parseBaseUrl(url);
  if (model === "") throw new EndpointError(`${base.href}: the model's name is empty`);
  const settings = checkSettings(chatSettings, options);
  // A talk has no newer image to go on with.
  const waiting = { ...settings, longestPauseMs: LONGEST_RETRY_AFTER_MS };
  const server = new ApiServer(base, apiKey(settings.keyEnv, options.keyEnv), waiting);
  return {
    id: `${model}@${base.host}`,
    get usage() {
      return server.usage;
    },
    async reply(messages, tools, signal) {
      const { samples, promptTokens, completionTokens } = await server.complete(
        {
          ...settings.extra,
          model,
          messages: messages.map(messageBody),
          ...(tools.length > 0 && { tools: tools.map(toolBody), tool_choice: "auto" }),
          temperature: settings.temperature ?? 0,
          ...(settings.seed !== undefined && { seed: settings.seed }),
          max_tokens: settings.maxTokens,
          stream: false,
        },
        signal,
      );
      const [{ text, declined, finish, toolCalls = [] }] = samples;
      return { text: declined ?? text, toolCalls, finish, promptTokens, completionTokens };
    },
  };
}

function messageBody(message: ChatMessage): Readonly<Record<string, unknown>> {
  if (message.role === "tool") {
    return { role: "tool", tool_call_id: message.toolCallId, content: message.content };
  }
  if (message.role !== "assistant" || !message.toolCalls?.length) {
    return { role: message.role, content: message.content };
  }
  return {
    role: "assistant",
    content: message.content,
    tool_calls: message.toolCalls.map(({ id, name, arguments: given }) => ({
      id,
      type: "function",
      function: { name, arguments: given },
    })),
  };
}

function toolBody(tool: ChatTool): Readonly<Record<string, unknown>> {
  return { type: "function", function: tool };
}
