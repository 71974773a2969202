import type { QuestionKind } from "../QuestionKind.js";

/** Words that say zero without a number, by kind. */
const CONTACT =
  /\b(?:touch(?:es|ing)?|in (?:direct |physical )?contact|no (?:visible )?(?:gap|space|clearance|distance|separation)|overlap(?:s|ping)?|flush|pressed against|resting against)\b/;
const ON_SURFACE =
  /\b(?:(?:rest(?:s|ing)?|sit(?:s|ting)?|stand(?:s|ing)?|lie(?:s)?|lying|is|placed|directly|still|flat) (?:directly |flat |right )?on (?:the|a|its)|touch(?:es|ing) the (?:table|surface|floor|ground)|no(?:t| longer)? (?:been )?(?:lifted|raised|elevated))\b/;
const LEVEL =
  /\b(?:same (?:height|level|distance|depth|position|elevation)|(?:at|on) (?:an )?equal|level with|aligned|no (?:vertical |horizontal |height |depth )?(?:difference|offset|distance|separation)|equally (?:high|far|low|close)|directly (?:above|below|over|under|beneath))\b/;

const ZERO_WORDS: Readonly<Partial<Record<QuestionKind, RegExp>>> = {
  gap: CONTACT,
  elevation: ON_SURFACE,
  vertical_distance: LEVEL,
  horizontal_distance: LEVEL,
  above_difference: LEVEL,
  below_difference: LEVEL,
  behind_difference: LEVEL,
  front_difference: LEVEL,
  left_difference: LEVEL,
  right_difference: LEVEL,
};
const DENIAL = /\b(?:not|isn't|aren't|doesn't|don't|never|without|nearly|almost|if)\b/;

/** Whether a text says that the quantity is zero: "they are touching" of a gap. */
export function saysZero(normalised: string, kind: QuestionKind | "open"): boolean {
  const zero = kind === "open" ? undefined : ZERO_WORDS[kind];
  const found = zero?.exec(normalised);
  if (!found) return false;
  const sentence =
    normalised
      .slice(0, found.index)
      .split(/[.!?\n]/)
      .at(-1) ?? "";
  return !DENIAL.test(sentence) || /^no(?:t| longer)/.test(found[0]);
}
