import { withoutStruck } from "./tokens.js";

/** What begins a model's thoughts, in the notation of each family of models. */
const OPENING =
  /<think(?:ing)?>|<reasoning>|<thought>|<seed:think>|\[think\]|◁think▷|<\|begin_of_thought\|>|<\|start_thinking\|>|<\|channel\|>\s{0,4}(?:analysis|commentary)/i;

/** What ends them. */
const CLOSING =
  /<\/think(?:ing)?>|<\/reasoning>|<\/thought>|<\/seed:think>|\[\/think\]|◁\/think▷|<\|end_of_thought\|>|<\|end_thinking\|>|<\|channel\|>\s{0,4}final\s{0,4}<\|message\|>/gi;

/** Marks around what is said, of models that put it into a block or a turn of its own. */
const WRAPPING =
  /<\|(?:begin_of_solution|end_of_solution|return|end|im_end|eot_id)\|>|<\|start\|>assistant/gi;

/**
 * What a model says, without what it thinks before. Thoughts are everything up to the last mark
 * that ends some (the mark that begins them may have been part of the prompt), and everything
 * after a mark that begins some without an end.
 *
 * @returns undefined if the model began to think and never came to speak.
 * @example spokenWords("<think>90 cm?</think> 30 cm") // "30 cm"
 */
export function spokenWords(text: string): string | undefined {
  const plain = text.replace(WRAPPING, " ");
  let start = 0;
  for (const { index, 0: mark } of plain.matchAll(CLOSING)) start = index + mark.length;
  const said = plain.slice(start);
  const opening = said.search(OPENING);
  if (opening < 0) return said.trim();
  return said.slice(0, opening).trim() || undefined;
}

/** What a model says in the end: no thoughts, and nothing that is struck out; "" if it never came to speak. */
export function withoutThoughts(text: string): string {
  return withoutStruck(spokenWords(text) ?? "");
}
