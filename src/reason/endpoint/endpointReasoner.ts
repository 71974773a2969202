import { spokenWords } from "../../language/index.js";
import {
  type ChatMessage,
  type ChatModel,
  type ChatReply,
  RequestError,
} from "../../models/index.js";
import {
  type Call,
  type Conversation,
  type Reasoner,
  ReasonerError,
  type Reply,
} from "../Conversation.js";
import { textMessages, toolMessages } from "./messages.js";
import { readTextCalls, sayCall } from "./textProtocol.js";
import { readToolCall, TOOLS } from "./tools.js";

/** `auto`: tool calls where the server supports them, else the plain-text protocol. */
export const TOOL_USES = ["auto", "on", "off"] as const;
export type ToolUse = (typeof TOOL_USES)[number];

/** For servers that count no tokens. */
const CHARS_PER_TOKEN = 4;

/** A language model behind a server as a reasoner. */
export function endpointReasoner(chat: ChatModel, tools: ToolUse = "auto"): Reasoner {
  return new EndpointReasoner(chat, tools);
}

class EndpointReasoner implements Reasoner {
  readonly id: string;
  readonly #chat: ChatModel;
  /** Until the first call of a tool is seen, `auto` may turn to plain text. */
  #mayTurn: boolean;
  #usesTools: boolean;

  constructor(chat: ChatModel, tools: ToolUse) {
    this.id = chat.id;
    this.#chat = chat;
    this.#mayTurn = tools === "auto";
    this.#usesTools = tools !== "off";
  }

  async next(conversation: Conversation, signal: AbortSignal): Promise<Reply> {
    const messages = this.#usesTools ? toolMessages(conversation) : textMessages(conversation);
    const reply = await this.#ask(messages, signal);
    if (!reply) return await this.next(conversation, signal);
    const called = reply.toolCalls.map(readToolCall);
    const calls = called.length > 0 ? called : readTextCalls(reply.text);
    if (called.length > 0) this.#mayTurn = false;
    // A server that takes tools and lets the model speak all the same knows none.
    else if (this.#mayTurn) this.#usesTools = false;
    const problem = problemOf(reply);
    return {
      text: this.#usesTools ? (spokenWords(reply.text) ?? "") : spoken(reply.text, calls),
      calls,
      ...(problem !== undefined && { problem }),
      tokens: tokensOf(reply, messages),
    };
  }

  /** Undefined if the server turned out to know no tools. */
  async #ask(
    messages: readonly ChatMessage[],
    signal: AbortSignal,
  ): Promise<ChatReply | undefined> {
    try {
      return await this.#chat.reply(messages, this.#usesTools ? TOOLS : [], signal);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      if (!this.#usesTools || !isAboutTools(error)) throw new ReasonerError(error.message);
      if (!this.#mayTurn) {
        throw new ReasonerError(`${error.message} (its model spec may say tools=off)`);
      }
      this.#usesTools = false;
      return undefined;
    }
  }
}

/** vLLM and Ollama answer 400, llama.cpp 500. */
function isAboutTools({ status = 0, body }: RequestError): boolean {
  return status >= 400 && /tool|function/i.test(body);
}

/** What a model said, or, where that was JSON or went on to make results up, what it called. */
function spoken(text: string, calls: readonly Call[]): string {
  return calls.length > 0 ? calls.map(sayCall).join("\n") : (spokenWords(text) ?? "");
}

function problemOf({ finish }: ChatReply): string | undefined {
  if (finish === "length") return "Your reply was cut off for its length: say less.";
  if (finish === "content_filter") return "Your reply was held back by the server's filter.";
  return undefined;
}

function tokensOf(
  { promptTokens, completionTokens, text, toolCalls }: ChatReply,
  messages: readonly ChatMessage[],
): number {
  if (promptTokens + completionTokens > 0) return promptTokens + completionTokens;
  return Math.ceil(JSON.stringify([messages, text, toolCalls]).length / CHARS_PER_TOKEN);
}
