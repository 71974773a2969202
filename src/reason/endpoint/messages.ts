import type { ChatMessage } from "../../models/index.js";
import type { Conversation, Turn } from "../Conversation.js";
import { brief } from "./brief.js";
import { sayCall, sayResults, TEXT_PROTOCOL } from "./textProtocol.js";
import { toolCallOf } from "./tools.js";

/** A conversation as messages, with calls of tools. */
export function toolMessages({ question, objects, turns }: Conversation): readonly ChatMessage[] {
  return [
    { role: "system", content: brief(objects) },
    { role: "user", content: question },
    ...turns.flatMap(toolTurn),
  ];
}

function toolTurn({ text, steps, remark }: Turn, index: number): ChatMessage[] {
  const ids = steps.map((_, step) => `call_${index + 1}_${step + 1}`);
  const toolCalls = steps.map(({ call }, step) => toolCallOf(call, ids[step]!));
  return [
    { role: "assistant", content: text, ...(toolCalls.length > 0 && { toolCalls }) },
    ...steps.map(
      ({ told }, step): ChatMessage => ({ role: "tool", toolCallId: ids[step]!, content: told }),
    ),
    ...(remark ? [{ role: "user" as const, content: remark }] : []),
  ];
}

/** A conversation as messages in plain text. */
export function textMessages({ question, objects, turns }: Conversation): readonly ChatMessage[] {
  return [
    { role: "system", content: `${brief(objects)}\n\n${TEXT_PROTOCOL}` },
    { role: "user", content: question },
    ...turns.flatMap((turn): ChatMessage[] => [
      {
        role: "assistant",
        content: turn.text || turn.steps.map(({ call }) => sayCall(call)).join("\n"),
      },
      { role: "user", content: sayResults(turn) },
    ]),
  ];
}
