import * as z from "zod";
import { jsonOrUndefined } from "../../base/index.js";

const text = z.string().nullish();
const chunkSchema = z.looseObject({
  choices: z
    .array(
      z.looseObject({
        index: z.number().default(0),
        delta: z
          .looseObject({
            content: text,
            refusal: text,
            tool_calls: z
              .array(
                z.looseObject({
                  index: z.number().default(0),
                  id: text,
                  function: z.looseObject({ name: text, arguments: text }).nullish(),
                }),
              )
              .nullish(),
          })
          .nullish(),
        finish_reason: text,
        logprobs: z.looseObject({ content: z.array(z.unknown()).nullish() }).nullish(),
      }),
    )
    .default([]),
  usage: z.unknown().optional(),
});
type Chunk = z.output<typeof chunkSchema>;

interface Call {
  id: string | undefined;
  readonly function: { name: string; arguments: string };
}

interface Choice {
  readonly message: { content: string; refusal: string; readonly tool_calls: Call[] };
  finish_reason: string | null;
  readonly logprobs: { readonly content: unknown[] };
}

/** Whether a body is a stream of server-sent events, regardless of its headers. */
export function isEventStream(body: string): boolean {
  return /^\s*(?::|data:|event:|id:|retry:)/.test(body);
}

/**
 * A whole stream of chunks as the one JSON that a server without streaming would have sent.
 * Undefined if a chunk is not JSON or has another shape, or the stream ends before its answers do.
 */
export function readEventStream(body: string): unknown {
  const choices = new Map<number, Choice>();
  let usage: unknown;
  for (const event of body.split(/\r?\n\r?\n/)) {
    const data = event
      .split(/\r?\n/)
      .filter((line) => line.startsWith("data:"))
      .map((line) => line.slice(5).trimStart())
      .join("\n");
    if (data === "" || data === "[DONE]") continue;
    const json = jsonOrUndefined(data);
    const chunk = chunkSchema.safeParse(json);
    if (!chunk.success) return undefined;
    if (chunk.data.choices.length === 0 && "error" in chunk.data) return json;
    usage = chunk.data.usage ?? usage;
    for (const part of chunk.data.choices) add(choices, part);
  }
  const inOrder = [...choices].sort(([a], [b]) => a - b).map(([, choice]) => choice);
  if (inOrder.some(({ finish_reason }) => finish_reason === null)) return undefined;
  return { choices: inOrder.map(withoutEmpty), ...(usage !== undefined && { usage }) };
}

function add(choices: Map<number, Choice>, part: Chunk["choices"][number]): void {
  const choice: Choice = choices.get(part.index) ?? {
    message: { content: "", refusal: "", tool_calls: [] },
    finish_reason: null,
    logprobs: { content: [] },
  };
  choices.set(part.index, choice);
  choice.message.content += part.delta?.content ?? "";
  choice.message.refusal += part.delta?.refusal ?? "";
  for (const { index, id, function: given } of part.delta?.tool_calls ?? []) {
    const call = choice.message.tool_calls[index] ?? {
      id: undefined,
      function: { name: "", arguments: "" },
    };
    choice.message.tool_calls[index] = call;
    call.id ??= id ?? undefined;
    call.function.name += given?.name ?? "";
    call.function.arguments += given?.arguments ?? "";
  }
  choice.finish_reason = part.finish_reason ?? choice.finish_reason;
  choice.logprobs.content.push(...(part.logprobs?.content ?? []));
}

function withoutEmpty({ message, finish_reason, logprobs }: Choice) {
  const { content, refusal, tool_calls } = message;
  return {
    message: {
      content,
      ...(refusal !== "" && { refusal }),
      ...(tool_calls.length > 0 && { tool_calls: tool_calls.filter(Boolean) }),
    },
    finish_reason,
    ...(logprobs.content.length > 0 && { logprobs }),
  };
}
