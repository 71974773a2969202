import { spokenWords } from "../../language/index.js";
import type { Call, Turn } from "../Conversation.js";
import { isToolName, readArguments } from "./tools.js";

/** How a language model without tools says what it wants done. */
export const TEXT_PROTOCOL = `Write each step on a line of its own, in exactly one of these forms, and nothing else:
ASK: <one simple question>
CALCULATE: <one expression>
CONCLUDE: <bare answer> | <why, in one sentence>
Then stop: the results come in the next message, each on a line that begins with RESULT.`;

const COMMAND = /^[\s>*_`#\d.)•-]*(ask|calculate|conclude)[*_`\s]*[:：][*_`\s]*(.*?)[*_`\s]*$/i;
/** What only the other side says: a model that continues here invents the answers. */
const RESULT = /^[\s>*_`#]*(?:result|observation|answer)\b.*[:：=]/i;

/**
 * The calls in a model's text: lines of the protocol, or the JSON that models trained on tools
 * write where their server does not turn it into calls. What follows a made-up result is ignored.
 */
export function readTextCalls(text: string): readonly Call[] {
  const spoken = spokenWords(text) ?? "";
  const lines = spoken.split(/\r?\n/);
  const end = lines.findIndex((line) => RESULT.test(line));
  const calls = (end < 0 ? lines : lines.slice(0, end)).flatMap((line): Call[] => {
    const [, name, rest = ""] = COMMAND.exec(line) ?? [];
    return name === undefined ? [] : [commandCall(name.toLowerCase(), rest)];
  });
  return calls.length > 0 ? calls : jsonCalls(spoken);
}

function commandCall(name: string, rest: string): Call {
  const said = `${name.toUpperCase()}: ${rest}`;
  if (name === "ask") return readArguments(name, { question: rest }, said);
  if (name === "calculate") return readArguments(name, { expression: rest }, said);
  const [, answer = rest, because = ""] =
    /^(.*?)\s*(?:\||—| - | because )\s*(.*)$/i.exec(rest) ?? [];
  return readArguments(name, { answer, because }, said);
}

const FENCE =
  /<tool_call>\s*([\s\S]*?)\s*(?:<\/tool_call>|$)|```(?:json)?\s*([\s\S]*?)\s*(?:```|$)/g;

function jsonCalls(text: string): Call[] {
  const fenced = [...text.matchAll(FENCE)].map(([, tagged, block]) => tagged ?? block ?? "");
  const candidates = fenced.length > 0 ? fenced : /^[[{]/.test(text) ? [text] : [];
  return candidates.filter((json) => json !== "").flatMap(jsonCall);
}

function jsonCall(json: string): Call[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    const names = /"(?:ask|calculate|conclude)"/.test(json);
    const problem = "this is only the beginning of a JSON object, or none";
    return names ? [{ tool: "unreadable", said: json.slice(0, 200), problem }] : [];
  }
  return (Array.isArray(parsed) ? parsed : [parsed]).flatMap((one) => objectCall(one, json));
}

/** `{"name": "ask", "arguments": {…}}`, `{"tool": "ask", "question": …}`, `{"ask": {…}}`. */
function objectCall(value: unknown, said: string): Call[] {
  if (typeof value !== "object" || value === null) return [];
  const fields = value as Readonly<Record<string, unknown>>;
  const name = fields.name ?? fields.tool;
  if (typeof name === "string") {
    return [readArguments(name, fields.arguments ?? fields.parameters ?? fields, said)];
  }
  return Object.entries(fields).flatMap(([tool, given]) =>
    isToolName(tool)
      ? [typeof given === "string" ? commandCall(tool, given) : readArguments(tool, given, said)]
      : [],
  );
}

/** What came of a turn, as the text protocol says it. */
export function sayResults({ steps, remark }: Turn): string {
  const results = steps.map(({ call, told }) => {
    return `RESULT of ${sayCall(call)}: ${told}`;
  });
  const wasUnread = steps.length === 0 || steps.some(({ call }) => call.tool === "unreadable");
  return [...results, ...(remark ? [remark] : []), ...(wasUnread ? [TEXT_PROTOCOL] : [])].join(
    "\n",
  );
}

/** A call as the text protocol says it. */
export function sayCall(call: Call): string {
  switch (call.tool) {
    case "ask":
      return `ASK: ${call.question}`;
    case "calculate":
      return `CALCULATE: ${call.expression}`;
    case "conclude":
      return `CONCLUDE: ${call.answer}${call.because && ` | ${call.because}`}`;
    case "unreadable":
      return call.said;
  }
}
