import type { Refusal } from "../SpatialAnswer.js";
import { flagIn } from "./flags.js";
import type { PlainSentence } from "./plainSentences.js";

const GONE =
  "absent|missing|invisible|gone|nowhere|(?:fully|completely|entirely|totally) (?:hidden|occluded|covered|obscured)|undetected|unseen|lost";
const SEEN =
  "visible|present|shown|seen|there|depicted|detected|found|located|identified|recognizable|in (?:the|this|view)";
const PICTURE = "(?:image|picture|photo|photograph|frame|view|scene)";
/** "There is no A", "B is not in the image", "I can not see P", "A has vanished". */
const ABSENT = new RegExp(
  [
    "\\b(?:no|neither|without) (?:[ABP]|(?:object|item|thing|of P))\\b(?!'s)",
    `\\b[ABP] (?:(?:is|are|was|were|could|can) )?(?:(?:not|no longer) (?:be )?(?:clearly |actually |currently )?(?:${SEEN})|${GONE}|out of (?:view|frame|sight|the)|outside (?:of )?(?:the )?${PICTURE})\\b`,
    `\\b[ABP] (?:(?:has|have|is|are|was|were) )?(?:(?:vanished|disappeared|been removed|been taken away|removed|fallen off|fell off|does not exist|do not exist)\\b|left (?:the )?${PICTURE}\\b)`,
    "^[ABP] (?:is|are) hidden$",
    "\\b(?:can|could|do|does|did) not (?:clearly |actually |really )?(?:see|find|locate|identify|detect|spot|show|contain|include|appear to (?:show|contain)) [ABP]\\b(?!')",
    `\\bnothing (?:(?:is|was|can be) )?(?:visible|seen|there|detected|shown|in (?:the|this) ${PICTURE})\\b|\\bthere is nothing\\b`,
  ].join("|"),
);

const INPUT = "(?:images?|pictures?|photos?|photographs?|visual input)";
/** "The image is black", "the picture did not load": whatever is said, nobody saw it. */
const UNSEEN = new RegExp(
  [
    `\\b(?:image|picture|photo|photograph|frame|view|screen|scene) (?:(?:is|was|appears|seems|looks)(?: to be)? (?:(?:completely|entirely|all|totally|fully) )*(?:black|blank|dark|empty|white|noise|missing|corrupt(?:ed)?|too [a-z]+ to|not (?:loaded|provided|available|visible|accessible|attached|there))|(?:failed|fails|did not|does not|could not) (?:to )?load)`,
    `^(?:the )?${INPUT} (?:missing|not found|unavailable|not available|not provided)\\b`,
    `\\bno ${INPUT}(?: (?:is|was|has been))?(?: (?:provided|given|attached|available|loaded|received|uploaded|here|yet))?(?= ,|$)`,
    `\\b(?:not (?:have|get|receive)|no|without|lack(?:s|ing)?) (?:any )?access to (?:the |this |that |your |any |an )?${INPUT}\\b`,
    `\\bwithout (?:an?|the|any|your)? ?${INPUT}(?= ,|$)`,
    `\\b(?:can|could|did|do|does|have|has) not (?:actually |directly |really |yet )?(?:access|view|see|seen|open|receive|received|attach|attached|provide|provided|upload|uploaded|show|shown|process|load) (?:the |this |that |your |any |an )?${INPUT}\\b`,
    "\\b(?:see|shows|contains) (?:only |nothing but )?(?:noise|static)\\b",
  ].join("|"),
);
/** What is said to be no measurement, wherever it is said. */
const FEIGNED =
  /\b(?:(?:might|may|could) (?:just )?as (?:well|easily) be|made up(?! of)|made (?:this|that|it|(?:this|that|the) (?:number|value|figure|answer)) up|invented|fictional|fictitious|fabricated|fake|dummy|placeholder|bogus|imaginary|hypothetical(?:ly)?|kidding|joking)\b/;
/** "35 cm (default)", "here is a random answer: 35 cm", "test answer: 35 cm". */
const UNMEANT =
  /[LUG]\d+ , (?:(?:a|an|the|just|only|is|this is|but|it is) )*(?:random|arbitrary|default|unknown|assumed|assumption|ignore(?: this)?|test|joke|wrong|incorrect|false|invalid|not (?:measured|known|real|true|valid|correct)|unmeasured|unable|no data|tbd|example|sample|simulated)(?: (?:value|number|answer|guess|estimate))?$|\b(?:random|arbitrary|default|test|sample|example|wrong|false) (?:answer|value|number|response|result|output)\b|\bexample of an? \b|^for (?:example|instance)\b.*[LUG]\d/;
/** A sentence that declines and says nothing else. */
const DECLINED =
  /^(?:(?:sorry|unfortunately|hmm) ,? ?)?(?:(?:(?:i|we) )?(?:can not|could not) (?:tell|say|know|determine|judge|see|answer)(?: (?:it|that|this|from (?:the|this) image))?|(?:i )?(?:do not|would not) know|(?:i (?:have|am) )?(?:no idea|clueless)|unknown|unclear|undetermined|impossible(?: to (?:tell|say|know))?|n \/ a|not sure)$/;

/** Keys that say whether something was seen or worked: "mug visible", "n valid pixels", "detections". */
const CHECK =
  "(?:(?:is|are|all|both|any|n|num|number|of|the|has|was|objects?|items?|[ABP]|P's|[AB]'s) )*" +
  "(?:visible|visibility|found|detected|present|valid|correct|success|successful|succeeded|ok|seen|reliable|measurable|detections?|objects|boxes|bbox|bounding box|mask|masks|instances|pixels|(?:valid|depth|mask) (?:pixels|depth|points)|[ABP])(?: (?:[ABP]|bbox|box|mask))?";
/** Fields of JSON, or of a form, that take back what stands beside them. */
const FAILED = new RegExp(
  [
    `^${CHECK}(?: :)? (?:, )*(?:false|no|not|none|null|nothing|absent|missing|zero|invalid|failed|unknown|[AB] only)\\b`,
    "^(?:messages?|warnings?|status|note|comment|remark|reason|explanation|info|details?) : (?:, )*.*\\b(?:unable|failed|no (?:image|depth|data|detections?|measurements?)|not (?:measured|measurable)|(?:could|can) not be (?:measured|estimated|determined|computed|seen)|default|impossible)\\b",
    "^(?:is )?visible(?: objects?)? : (?:, )*[AB](?: ,)*$",
    "^error codes? : (?:, )*#",
    "^errors? : (?:, )*(?!(?:none|null|false|no|n / a)(?: ,)*$|[LUGN]\\d)[a-zA-Z]",
    "^(?:type|status|note|comment|source|kind) : (?:, )*(?:an? )?(?:example|placeholder|dummy|mock|hypothetical|default|not)\\b",
    "^source : (?:, )*(?:prior|fallback|prompt|text|memory|guess)\\b",
    "^status : (?:, )*(?:fail|error|invalid|unknown)",
    "^(?:confidence|certainty|probability|score) : (?:, )*zero\\b",
    "^(?:scale|factor|multiplier|scaling|scale factor) : (?:, )*(?:#|L\\d+)(?: [:/] (?:#|L\\d+))?(?: ,)*$",
  ].join("|"),
);
/** "35 cm (camera)", "30 cm and counting", "The average height of a mug is 10 cm", "35 cm: not!" */
const OF_OTHERS =
  /[LUG]\d+ , (?:(?:from|to) )?(?:the )?C$|\band counting$|^(?:the )?(?:average|typical|standard|usual|normal) [a-z]+ (?:of|for) A is [LUG]\d+$|^[LUG]\d+ (?:, )?not$/;
/** Fields that name what was measured, with something else in them. */
const OF_OTHER =
  /^[ABT] : (?:, )*(?:(?!(?:on|in|at|near|next|behind|under|by|with|from|to|of)\b)[a-z]+ )*T(?: ,)*$|^(?:pair|objects?|items?|label|name|class|category|thing|from|to|(?:[a-z]+ )?between|subject|target|of) : .*\b[TCS]\b|^(?:object|item) (?:#|[ab]) : (?!.*\b[ABP]\b).*[a-zA-Z]/;

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
    if (isVoid(text)) {
      return { reason: "unclear", detail: `the answer also says "${text}"` };
    }
  }
  return undefined;
}

function isVoid(text: string): boolean {
  const flag = flagIn(text);
  if (flag !== undefined) return flag === "void";
  return [FAILED, OF_OTHER, OF_OTHERS, FEIGNED, UNMEANT].some((it) => it.test(text));
}

/** What is said after all: "I can not tell. About 35 cm", "Unclear. However, the distance is 35 cm". */
function isGuess({ text, hedged }: PlainSentence): boolean {
  return /[LU]\d/.test(text) && (hedged || /^(?:but|however|still|if i)\b/.test(text));
}

const UNIT = "(?:mm|cm|m|in|ft|inches|feet|meters?|metres?)\\b";
const NUMBER_WORD =
  "one|two|three|four|five|six|seven|eight|nine|ten|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety";
/** Notations in which a number beside its unit is not the length. */
const NO_LENGTH: readonly RegExp[] = [
  // A root or a square of what is asked for, and "much more than".
  new RegExp(`(?:\\\\sqrt|√)\\s?[{(]?[\\d.]{1,12}[})]?[\\s\\\\,]{0,4}${UNIT}`),
  new RegExp(`\\bsqrt\\s?\\(\\s?[\\d.]{1,12}\\s?${UNIT}\\s?\\)(?!\\s?[=≈])`),
  new RegExp(
    `[a-z](?:\\s?\\^\\s?\\{?2\\}?|²)\\s{0,2}[=≈]\\s{0,2}[\\d.]{1,12}[\\s\\\\,]{0,4}(?:text\\{)?${UNIT}(?!\\}?\\s?[\\^²])`,
    "i",
  ),
  /\\(?:gg|ll)\b|[≫≪]/,
  // Two numbers that are no decimal, no fraction of an inch and no range.
  /(?<![\d.,])\d{2},\d0\s?(?:cm|mm)\b/,
  /(?<![\d.])\d{2,6}\/\d{2,6}\s?(?:cm|mm|m)\b/,
  new RegExp(`\\b(?:${NUMBER_WORD})\\s?,\\s?(?:${NUMBER_WORD})\\b`, "i"),
  // A change from one to the other.
  /\d\s?(mm|cm|m|in|ft)\s?(?:→|->|⟶|➔)\s?[\d.]{1,12}\s?\1\b/,
  /\[(?:redacted|removed|placeholder|value|number|insert[^\]\n]{0,40})\]/i,
  // A scale, and an answer that is none.
  /^\W{0,8}\d{1,6}\s?(?:px|pixels?)\s?=\s?[\d.]{1,8}\s?[a-z]{1,12}\W{0,8}$/i,
  /"(?:answer|result)"\s{0,4}:\s{0,4}(?:"(?:n\/a|none|unknown|null)"|null\b)/i,
  // Nothing was found.
  /"(?:detections?|objects?|boxes|bboxes|masks?|instances|bbox\w{0,20}|\w{0,20}_bbox)"\s{0,4}:\s{0,4}(?:\[\s{0,8}\]|\{\s{0,8}\}|null\b|"")/i,
];
const DESCENDING = /(?<![\d.,-])(\d{1,6})[-–](\d{1,6})\s?(?:cm|mm|m)\b/g;
const KEY_UNIT = /"[a-z]\w{0,40}_(mm|cm|m|in|ft)"\s{0,4}:/i;
const FIELD_UNIT = /"units?"\s{0,4}:\s{0,4}"(mm|cm|m|in|ft)"/i;

/** Whether a text writes its numbers so that none of them is the length beside its unit. */
export function isUnreadable(spoken: string): boolean {
  if (NO_LENGTH.some((notation) => notation.test(spoken))) return true;
  const [, keyUnit] = KEY_UNIT.exec(spoken) ?? [];
  const [, fieldUnit] = FIELD_UNIT.exec(spoken) ?? [];
  if (keyUnit && fieldUnit && keyUnit.toLowerCase() !== fieldUnit.toLowerCase()) return true;
  return [...spoken.matchAll(DESCENDING)].some(([, from, to]) => Number(from) > Number(to));
}
