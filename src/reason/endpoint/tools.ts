import * as z from "zod";
import type { ChatTool, ToolCall } from "../../models/index.js";
import type { Call } from "../Conversation.js";

const text = (meaning: string) => z.string().trim().min(1).describe(meaning);

const ARGUMENTS = {
  ask: z.object({ question: text("one simple spatial question about one or two things") }),
  calculate: z.object({ expression: text("one expression over a1, a2, …, c1, c2, …") }),
  conclude: z.object({
    answer: text("the bare answer, or unknown"),
    because: z.string().trim().default("").describe("one sentence that says why"),
  }),
} as const;
type ToolName = keyof typeof ARGUMENTS;

const DESCRIPTIONS: Readonly<Record<ToolName, string>> = {
  ask: "Asks the model that sees the image one simple spatial question.",
  calculate: "Calculates with answers and earlier results.",
  conclude: "Ends the work with the answer to the whole question.",
};

/** The tools that a language model is offered. */
export const TOOLS: readonly ChatTool[] = Object.entries(ARGUMENTS).map(([name, schema]) => {
  const { $schema: _, ...parameters } = z.toJSONSchema(schema, { io: "input" });
  return { name, description: DESCRIPTIONS[name as ToolName], parameters };
});

/** A call as the model wrote it, or what is wrong with it. */
export function readToolCall({ name, arguments: given }: Omit<ToolCall, "id">): Call {
  const said = `${name}(${given})`;
  if (!isToolName(name)) {
    const names = Object.keys(ARGUMENTS).join(", ");
    return { tool: "unreadable", said, problem: `there is no tool ${name}; there are ${names}` };
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(given);
  } catch {
    const problem = `the arguments of ${name} are no JSON, or only the beginning of it`;
    return { tool: "unreadable", said, problem };
  }
  return readArguments(name, parsed, said);
}

/** A call whose arguments are read already. */
export function readArguments(name: string, given: unknown, said: string): Call {
  if (!isToolName(name)) {
    return { tool: "unreadable", said, problem: `there is no tool ${name}` };
  }
  const read = ARGUMENTS[name].safeParse(given);
  if (read.success) return { tool: name, ...read.data } as Call;
  const issues = read.error.issues.map(
    ({ path, message }) => `${path.join(".") || "the arguments"}: ${message}`,
  );
  return { tool: "unreadable", said, problem: `${name}: ${issues.join("; ")}` };
}

export function isToolName(name: string): name is ToolName {
  return Object.hasOwn(ARGUMENTS, name);
}

/** The call as a message to a server says it; one that could not be read as an empty one. */
export function toolCallOf(call: Call, id: string): ToolCall {
  if (call.tool === "unreadable") return { id, name: "ask", arguments: "{}" };
  const { tool, ...given } = call;
  return { id, name: tool, arguments: JSON.stringify(given) };
}
