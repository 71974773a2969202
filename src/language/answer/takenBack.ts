import type { Refusal } from "../SpatialAnswer.js";
import type { PlainSentence } from "./plainSentences.js";

/** "There is no A", "B is not in the image", "I can not see P". */
const ABSENT =
  /\b(?:no|neither|without) (?:[ABP]|(?:object|item|thing|of P))\b(?!'s)|\b[ABP] (?:(?:is|are) )?(?:not (?:clearly |actually |currently )?(?:visible|present|shown|seen|there|depicted|in (?:the|this|view))|absent|missing|invisible|out of (?:view|frame|sight|the))\b|\b(?:can|could|do|does) not (?:clearly |actually |really )?(?:see|find|locate|identify|detect|spot|show|contain|include|appear to (?:show|contain)) [ABP]\b(?!')/;

/** "The image is black", "the picture did not load": whatever is said, nobody saw it. */
const UNSEEN =
  /\b(?:image|picture|photo|photograph|frame|view|screen|scene) (?:(?:is|was|appears|seems|looks)(?: to be)? (?:(?:completely|entirely|all|totally|fully) )*(?:black|blank|dark|empty|white|noise|corrupt(?:ed)?|too [a-z]+ to|not (?:loaded|provided|available|visible))|(?:failed|fails|did not|does not|could not) (?:to )?load)|\bno (?:image|picture|photo)(?: (?:is|was|has been))? (?:provided|given|attached|available|loaded)|\b(?:see|shows|contains) (?:only |nothing but )?(?:noise|static)\b/;
/** A sentence that declines and says nothing else. */
const DECLINED =
  /^(?:(?:sorry|unfortunately|hmm) ,? ?)?(?:(?:(?:i|we) )?(?:can not|could not) (?:tell|say|know|determine|judge|see|answer)(?: (?:it|that|this|from (?:the|this) image))?|(?:i )?(?:do not|would not) know|(?:i (?:have|am) )?(?:no idea|clueless)|unknown|unclear|undetermined|impossible(?: to (?:tell|say|know))?|n \/ a|not sure)$/;

/** Fields of JSON, or of a form, that take back what stands beside them. */
const FAILED =
  /^(?:(?:is )?(?:visible|found|detected|present|valid|correct|success|succeeded|ok)(?: :)? (?:, )*(?:false|no|not)\b|errors? : (?:, )*(?!(?:none|null|false|no)\b)[a-zA-Z]|status : (?:, )*(?:fail|error|invalid|unknown)\w*|(?:confidence|certainty|probability|score) : (?:, )*(?:zero|none|null|no)\b|(?:scale|factor|multiplier|scaling|scale factor) : (?:, )*(?:#|L\d+)(?: [:/] (?:#|L\d+))?(?: ,)*$)/;
/** Fields that name what was measured, with something else in them. */
const OF_OTHER =
  /^[ABT] : (?:, )*(?:(?!(?:on|in|at|near|next|behind|under|by|with|from|to|of)\b)[a-z]+ )*T(?: ,)*$|^(?:pair|objects?|items?|from|to|between|subject|target|of) : .*\b[TCS]\b/;

/** Why nothing that an answer says counts: what it asks about is not seen, or it says so itself. */
export function takenBack(sentences: readonly PlainSentence[]): Refusal | undefined {
  for (const [index, { text, asked }] of sentences.entries()) {
    if (asked) continue;
    if (ABSENT.test(text) || UNSEEN.test(text)) {
      return { reason: "no_object", detail: `the model said "${text}"` };
    }
    if (DECLINED.test(text) && !sentences.slice(index + 1).some(isGuess)) {
      return { reason: "refused", detail: `the model said "${text}"` };
    }
    if (FAILED.test(text) || OF_OTHER.test(text)) {
      return { reason: "unclear", detail: `the answer also says "${text}"` };
    }
  }
  return undefined;
}

/** What is said after all: "I can not tell. About 35 cm", "Unclear. However, the distance is 35 cm". */
function isGuess({ text, hedged }: PlainSentence): boolean {
  return /[LU]\d/.test(text) && (hedged || /^(?:but|however|still|if i)\b/.test(text));
}
