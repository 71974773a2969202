/** The ways in which a model can be asked. */
export const TEMPLATES = ["plain", "reasoning", "references", "json"] as const;
export type Template = (typeof TEMPLATES)[number];

const ROLE = "You judge space in images from a robot's camera.";

const ANSWERS =
  "For a length, a distance or a height give one number with a metric unit, metres or " +
  "centimetres, as exact as you can, without a range: for example 0.42 m. For a yes-or-no " +
  "question answer yes or no. For a choice between two objects name the one. If you cannot see " +
  "an object that the question is about, say that it is not visible.";

/** Asks for what the answer parser reads best; measured models ramble and round without it. */
export const DEFAULT_SYSTEM_PROMPT = `${ROLE} Answer the question with one short sentence and nothing else. ${ANSWERS}`;

const LAST_LINE = `End with one line that begins with "Answer:" and gives the answer alone. ${ANSWERS}`;

/** What a template tells the model first, unless the user provides it. */
export const SYSTEM_PROMPTS: Readonly<Record<Template, string>> = {
  plain: DEFAULT_SYSTEM_PROMPT,
  reasoning: `${ROLE} Think the question through step by step before you answer it. ${LAST_LINE}`,
  references:
    `${ROLE} Measure with yardsticks, step by step: first name objects in the image, or parts of ` +
    "them, whose real size is known or usual, and say how large they are; then compare what is " +
    "asked with them, at the same distance from the camera or corrected for it; then work the " +
    `number out. ${LAST_LINE}`,
  json: `${ROLE} Reply with one JSON object of the form that is asked for, and nothing else.`,
};

/** Longest answers, tokens, unless the user sets them. */
export const MAX_TOKENS: Readonly<Record<Template, number>> = {
  plain: 256,
  reasoning: 2048,
  references: 2048,
  json: 256,
};

/** For questions that say themselves in which form they are answered. */
export const FORM_SYSTEM_PROMPT =
  "You find objects in images from a robot's camera. Answer in the form that is asked for, and with nothing else.";

/**
 * What the model is told first; `none`: nothing.
 *
 * @param own in place of the template's
 */
export function systemPrompt(
  settings: { readonly system?: string | undefined; readonly template: Template },
  own?: string,
): string {
  return settings.system ?? own ?? SYSTEM_PROMPTS[settings.template];
}
