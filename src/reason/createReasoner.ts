import * as z from "zod";
import { chatModel, parseVlmSpec, soleModel, VlmSpecError } from "../models/index.js";
import { chatSettings, readSpecSettings } from "../models/specs.js";
import type { Reasoner } from "./Conversation.js";
import { endpointReasoner, TOOL_USES } from "./endpoint/endpointReasoner.js";
import { PLANNER, planner } from "./planner.js";

/** The settings of a reasoner behind a server, as its spec writes them in snake_case. */
export const reasonerSettings = chatSettings.extend({
  tools: z
    .enum(TOOL_USES)
    .default("auto")
    .describe(
      "tool calls: `auto` (if the server supports them, otherwise plain text), `on` or `off`",
    ),
});

/**
 * Makes the reasoner that a spec names: `http://HOST:PORT/v1[#MODEL][?SETTING=VALUE&…]`, or
 * `planner`, which takes the questions of `evaluate reasoning` apart by rules and is not a language
 * model. Without #MODEL, the server's only model.
 *
 * @throws VlmSpecError if the spec or a setting does not fit, EndpointError if the server does not
 *   report its model.
 */
export async function createReasoner(spec: string, signal: AbortSignal): Promise<Reasoner> {
  const { parsed, settings } = readReasonerSpec(spec);
  if (!settings) return planner();
  const { tools, keyEnv, ...others } = settings;
  const model = parsed.model ?? (await soleModel(parsed.target, { ...others, keyEnv }, signal));
  const named = parsed.settings.has("key_env") && { keyEnv };
  const chat = await chatModel({ url: parsed.target, model, ...others, ...named });
  return endpointReasoner(chat, tools);
}

/**
 * Holds a spec to what is known without making the reasoner.
 *
 * @throws VlmSpecError as `createReasoner`
 */
export function checkReasonerSpec(spec: string): void {
  readReasonerSpec(spec);
}

/** Without settings where the spec names the planner. */
function readReasonerSpec(spec: string) {
  const parsed = parseVlmSpec(spec.trim());
  if (parsed.target === PLANNER) {
    readSpecSettings(parsed, z.object({}));
    return { parsed };
  }
  if (parsed.name !== "http" && parsed.name !== "https") {
    throw new VlmSpecError(
      `reasoner spec: no reasoner ${JSON.stringify(parsed.target)}: write ` +
        `http://HOST:PORT/v1#MODEL for a language model behind a server, or ${PLANNER}`,
    );
  }
  return { parsed, settings: readSpecSettings(parsed, reasonerSettings) };
}
