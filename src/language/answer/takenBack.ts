import type { Refusal } from "../SpatialAnswer.js";
import type { PlainSentence } from "./plainSentences.js";

/** "There is no A", "B is not in the image", "I can not see P". */
const ABSENT =
  /\b(?:no|neither|without) (?:[ABP]|(?:object|item|thing|of P))\b(?!'s)|\b[ABP] (?:(?:is|are) )?(?:not (?:clearly |actually |currently )?(?:visible|present|shown|seen|there|depicted|in (?:the|this|view))|absent|missing|invisible|out of (?:view|frame|sight|the))\b|\b(?:can|could|do|does) not (?:clearly |actually |really )?(?:see|find|locate|identify|detect|spot|show|contain|include|appear to (?:show|contain)) [ABP]\b(?!')/;

/** Fields of JSON, or of a form, that take back what stands beside them. */
const FAILED =
  /^(?:(?:is )?(?:visible|found|detected|present|valid|correct|success|succeeded|ok)(?: :)? (?:, )*(?:false|no|not)\b|errors? : (?:, )*(?!(?:none|null|false|no)\b)[a-zA-Z]|status : (?:, )*(?:fail|error|invalid|unknown)\w*)/;
/** Fields that name what was measured, with something else in them. */
const OF_OTHER = /^(?:pair|objects?|items?|from|to|between|subject|target|of) : .*\b[TS]\b/;

/** Why nothing that an answer says counts: what it asks about is not seen, or it says so itself. */
export function takenBack(sentences: readonly PlainSentence[]): Refusal | undefined {
  for (const { text, asked } of sentences) {
    if (asked) continue;
    if (ABSENT.test(text)) return { reason: "no_object", detail: `the model said "${text}"` };
    if (FAILED.test(text) || OF_OTHER.test(text)) {
      return { reason: "unclear", detail: `the answer also says "${text}"` };
    }
  }
  return undefined;
}
