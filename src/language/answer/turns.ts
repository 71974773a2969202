import { isHarmless } from "./harmless.js";
import type { PlainSentence } from "./plainSentences.js";
import { clausesOf, tokenise, wordSet } from "./tokens.js";

/** "Wait, no.", "That was wrong.": what was said before does not count, if something is said after. */
export const RETRACTION =
  /^(?:(?:(?:oh|hmm|ah|but|wait|no|nope|sorry|oops|actually|correction|scratch that|let me (?:recheck|recompute|rethink|reconsider|correct that)|(?:that|this) (?:was|is|would be) (?:wrong|incorrect|a mistake|not right|too (?:large|small|much|far)))(?: ?,? |$))+)$/;

/** "Wait, I misread which of them is the mug." */
export const MISREAD =
  /^(?:(?:oh|no|hmm|ah) ,? ?)*(?:wait|sorry|oops|actually)\b.*\b(?:misread|mistook|confused|mixed up|misidentified)\b/;

/** "If you can share a depth map, I can be more precise." */
const OFFER =
  /^(?:if|once|when) you (?:(?:can|could|would) )?(?:share|provide|give|have|tell|send|upload|know|want|need|like)\b.* i (?:can|could|would|will)\b/;

/** "If the mug is 10 cm tall, … ; if it is 15 cm tall, …" */
export const CONDITION = /\b(?:if|assuming|supposing)\b[^,]*[LUG]\d/g;

/** Whether a sentence without a length could change or restrict what was said before it. */
export function isTurn({ text, asked }: PlainSentence): boolean {
  if (OFFER.test(text)) return false;
  return !asked && !/[LUGN]\d/.test(text) && TURNS.test(text) && !isDisclaimer(text);
}
const TURNS =
  /^(?:(?:hmm|ah|oh|well) ,? ?)?(?:(?:or )?rather|nope|make (?:it|that)|more like|but|however|although|though|yet|except|unless|until|if|when|once|after|afterwards|before|then(?! ,? ?(?:divide|multiply|add|subtract|convert|compare)\b)|instead|actually|wait|no(?! (?:gap|space|clearance|separation|contact)\b)|sorry|correction|oops|this|that|these|those|(?:it|they) (?:was|were|will|would|should)|(?:the|this|that) (?:distance|gap|value|number|figure|estimate|result|answer|measurement|height|width))\b|\b(?:ignore|disregard|scratch|kidding|joking|mistake|mistaken|wrong|misread|i mean|i meant|instead|unless|no longer|made (?:that|this|it) up|half of (?:that|this|it)|twice (?:that|this))\b/;

function isDisclaimer(text: string): boolean {
  if (/^(?:[a-z]+ ,? ?)?(?:no|nope)$/.test(text)) return false;
  return isHarmless(text) || ESTIMATE.test(text);
}
const ESTIMATE =
  /\b(?:estimat(?:e|es|ed|ion|ions)|approximat(?:e|ion|ions)|rough|guess|uncertain|uncertainty|inaccurate|imprecise|accuracy|accurate|exact|precise|precision)\b/;

/** Words that make everything an estimate that is said beside them. */
const ESTIMATES = wordSet(
  "estimate estimated estimating estimation approximation approximate rough roughly guess guessing ballpark " +
    "uncertain unsure unclear imprecise inaccurate exact exactly precise precisely might may off differ",
);

/** "not entirely sure", "I can't be 100% certain", "it isn't certain" */
const NOT_SURE =
  /(?:\bnot|n't|\bcannot)(?: be| feel)?(?: (?:\d{1,3} ?(?:%|percent)|entirely|completely|quite|fully|totally|absolutely|perfectly|wholly|altogether|overly|too|so|that|all that))* (?:sure|certain|confident)\b/;

/** "confidence": "low", "(wild guess)", "hard to tell", "with a grain of salt" */
const VAGUE =
  /\b(?:confidence|certainty)(?: (?:level|score))?["'\s]{0,3}(?:[:=]|\bis\b)["'\s]{0,4}low\b|\blow (?:confidence|certainty)\b|\b(?:wild|rough|crude|pure|mere|quick|ballpark|educated) (?:guess|guesstimate|estimate|estimation|figure)\b|\b(?:hard|difficult|tough|tricky) to (?:say|tell|judge|gauge|measure|estimate|determine|be (?:sure|certain|exact|precise))\b|\b(?:considerable|large|high|great|significant|substantial|much|some) uncertainty\b(?! ?[:=(]| of\b)|\b(?:grain|pinch) of salt\b|\b(?:don't|do not) (?:quote me|hold me to)\b/;

/** Whether the answer says that its lengths are estimates, such as by a clause that holds no length itself. */
export function isEstimate(whole: string): boolean {
  if (VAGUE.test(whole) || NOT_SURE.test(whole)) return true;
  const tokens = tokenise(whole);
  return clausesOf(tokens).some(({ start, next }) => {
    const clause = tokens.slice(start, next);
    return (
      clause.every(({ type }) => type !== "number") &&
      clause.some(({ text }) => ESTIMATES.has(text))
    );
  });
}
