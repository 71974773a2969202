import type { MultiStepQuestion } from "./MultiStepQuestion.js";
import { MULTI_STEP_PHRASINGS } from "./phrasings.js";

/**
 * A multi-step question in words.
 *
 * @param phrasing Which of its kind's phrasings, counted round and round.
 */
export function wordMultiStep(
  { kind, things, from = "", within = "" }: MultiStepQuestion,
  phrasing = 0,
): string {
  const wordings = MULTI_STEP_PHRASINGS[kind];
  const wording = wordings[phrasing % wordings.length]!;
  const slots: Readonly<Record<string, string>> = {
    and: listed(things, "and"),
    or: listed(things, "or"),
    from,
    x: within,
  };
  const text = wording.replace(/\{(\w+)\}/g, (_, slot: string) =>
    /\d/.test(slot) ? things[Number(slot) - 1]! : slots[slot]!,
  );
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** "the can, the box and the mug" */
function listed(things: readonly string[], word: string): string {
  return `${things.slice(0, -1).join(", ")} ${word} ${things.at(-1)}`;
}
