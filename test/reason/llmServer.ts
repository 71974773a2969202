import { FakeServer, json, type Reply } from "../models/endpoint/FakeServer.js";

type Arguments = Readonly<Record<string, string>>;

/** A call of a tool as a language model writes it. */
export function call(name: string, given: Arguments | string): object {
  const text = typeof given === "string" ? given : JSON.stringify(given);
  return { id: `id_${name}`, type: "function", function: { name, arguments: text } };
}

export const ask = (question: string) => call("ask", { question });
export const calculate = (expression: string) => call("calculate", { expression });
export const conclude = (answer: string, because = "so it is") =>
  call("conclude", { answer, because });

/** A reply that calls tools. */
export function callsTools(...calls: object[]): Reply {
  return json({
    choices: [{ message: { content: null, tool_calls: calls }, finish_reason: "tool_calls" }],
    usage: { prompt_tokens: 100, completion_tokens: 10 },
  });
}

/** A language model on loopback that has learnt its replies by heart. */
export async function scriptedLlm(...replies: Reply[]): Promise<FakeServer> {
  return (await FakeServer.start()).next(...replies);
}
