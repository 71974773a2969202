/** How models mark what they think before they speak: opening and closing. */
const MARKS: readonly (readonly [open: RegExp, close: string])[] = [
  [/<think(?:ing)?>/i, "</think>"],
  [/<thinking>/i, "</thinking>"],
  [/<reasoning>/i, "</reasoning>"],
  [/<thought>/i, "</thought>"],
  [/\[THINK\]/, "[/THINK]"],
  [/◁think▷/, "◁/think▷"],
  [/<\|begin_of_thought\|>/, "<|end_of_thought|>"],
  [/<seed:think>/, "</seed:think>"],
  [/<\|channel\|>\s*analysis/, "<|channel|>final<|message|>"],
];

/** Marks around what is spoken, of models that put it into a block of its own. */
const WRAPPERS = /<\|(?:begin|end)_of_solution\|>|<\|(?:return|end|im_end|eot_id)\|>\s*$/g;

/**
 * What a model says, without the thinking aloud before it; undefined where it began to think and
 * never came to speak.
 */
export function spokenWords(text: string): string | undefined {
  let spoken = text;
  for (const [, close] of MARKS) {
    const end = spoken.toLowerCase().lastIndexOf(close.toLowerCase());
    if (end >= 0) spoken = spoken.slice(end + close.length);
  }
  if (MARKS.some(([open]) => new RegExp(`^\\s*${open.source}`, open.flags).test(spoken))) {
    return undefined;
  }
  return spoken.replace(WRAPPERS, "").trim();
}
