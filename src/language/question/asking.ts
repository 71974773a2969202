import { ANSWER_WORDS } from "./answerWords.js";
import { clausesJoined, clausesOf, wordSet } from "./words.js";

/** At least one of these, or of courtesies, makes a clause a wish about form. */
const FORM_SIGNS = wordSet(
  "answer answers reply respond response output number value figure digits decimal decimals unit units explanation " +
    "explanations words sentence brief briefly concise short yes json float estimate thanks thank cm mm m inches meters " +
    "metres centimeters centimetres millimeters millimetres feet ft inch metric si better please rounded round boolean true raw " +
    "zero name explain word y n format text think else",
);
/** Where such a wish may begin within a clause. */
const FORM_STARTS = wordSet(
  "answer reply respond return output give report express round use keep and state",
);
/** What wishes about the form of an answer are made of. */
const FORM: ReadonlySet<string> = new Set([
  ...ANSWER_WORDS,
  ...FORM_SIGNS,
  ...FORM_STARTS,
  ...wordSet(
    "kindly you provide using say write print just only simply exactly about with in as at to by a an the its your my " +
      "me us single one two three whole plain numeric numerical place nearest accurate accuracy up system imperial km " +
      "without any explaining extra nothing but concisely terse it be is should must results best rough or floating " +
      "string of for then do not i need want would like prefer quick quickly approximate approximately roughly will ok " +
      "okay fine good enough suffices bare form measurement measurements that this if possible all needed they touch " +
      "touching contact overlap expected required wanted unitless bool step steps carefully show working final strictly " +
      "significant additional object objects verbatim last first can could copying copy both",
  ),
]);
const COURTESY_SIGNS = wordSet(
  "sorry hello bother trouble apologise apologize permission lovely patience moment good fine welcome",
);
/** What courtesies are made of, beside these: "Sorry to bother you again!", "when you have a moment". */
const COURTESY: ReadonlySet<string> = new Set([
  ...COURTESY_SIGNS,
  ...wordSet(
    "hi hey heya dear morning afternoon evening day so very much help time today advance kind again asking when have " +
      "minute too great perfectly matter appreciated quite absolutely wonderful ever",
  ),
]);
/** What the answer may be where it is one of two words. */
const CHOICES = wordSet(
  "left right above below over under behind in front of taller shorter wider narrower thinner bigger smaller larger " +
    "higher lower closer farther nearer further",
);
/** What only asks whether the rest is so: "Is that true?", "…, no?". */
const TAG = new RegExp(
  `^(?:${[
    "right|correct|true|yes|no|ok|okay|please|agreed?|otherwise|thanks|thank you|or not|or what|am i right",
    "(?:is|does)(?: not)? it(?: not)?",
    "(?:is|does|would)(?: not)? (?:it|this|that)(?: statement| claim)?(?: be)? (?:so|true|right|correct|false|accurate|fair|hold|the case|a fact)(?: or (?:not|false|wrong))?",
    "(?:true|right|correct|yes) or (?:false|wrong|not|no)",
    "(?:(?:do|would) you )agree",
    "no otherwise|otherwise no|else no|false otherwise|yes no",
  ].join("|")})$`,
);
/** Who is spoken to: "Robot, how far …". */
const ADDRESSED =
  /^(?:(?:hey|hi|hello|dear|ok|okay|yo)(?: there)? )?(?:robot|assistant|bot|computer|ai|model|system|friend|buddy|mate|folks|all|team|there|claude|gpt|chat|sir|madam|question|query|task|q|quick question|next question|measurement request|request)$/;

/** What a clause before the question says that only names it: "Relation check:". */
const LABELS = wordSet(
  "question questions check task query request test problem quiz boolean lookup ordering order measurement measure condition criterion hypothesis claim assertion",
);
/**
 * The words of a question without what is said around it: to whom, why, and in what form the answer
 * should be. Several readings where that is not certain, the surest first.
 */
export function askingWords(words: readonly string[]): readonly (readonly string[])[] {
  const clauses = clausesOf(words);
  const apart = clauses.flatMap(splitAtReasons);
  return [...read(clauses), ...(apart.length > clauses.length ? read(apart) : [])];
}

/** What begins a question or a wish: "For the planner | I need …". */
const OPENER =
  /^(?:(?:i|we) (?:need|want|would|must|have|require|wish|will)|what (?:is|are)|how (?:far|tall|high|wide|broad|much|many|big|close|long)|which|tell me|give me|please|can you|could you) /;
const LEADING = /^(?:for|to|before|because|since|as) /;
/** What begins a reason behind a question: "How wide is it | because …". */
const REASON =
  /^(?:because|since|so that|(?:so|before|as) (?:i|we) (?!see |said |say |know )|so (?:the|my|our) ) */;

/** A clause, and the reason before or behind it where no pause parts them. */
function splitAtReasons(clause: readonly string[]): readonly (readonly string[])[] {
  const isLed = LEADING.test(`${clause.join(" ")} `);
  const at = clause.findIndex((_, index) => {
    const rest = `${clause.slice(index).join(" ")} `;
    return index > 1 && ((isLed && OPENER.test(rest)) || (index > 2 && REASON.test(rest)));
  });
  return at < 0 ? [clause] : [clause.slice(0, at), ...splitAtReasons(clause.slice(at))];
}

function read(clauses: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const last = clauses.length - 1;
  const kept = clauses.filter((clause, index) => !isAround(clause, index === 0, index === last));
  const plain = kept.map(withoutForm).map(withoutEnds);
  if (kept.length < clauses.length && clauses.some(asksYesOrNo)) plain.push(["yesno"]);
  const readings = [plain];
  const shorter = plain.filter((clause, index) => index === 0 || !isAnswer(clause));
  if (shorter.length < plain.length) readings.unshift(shorter);
  return readings.map(rejoined);
}

function asksYesOrNo(clause: readonly string[]): boolean {
  const isEither = (yes: string, no: string) => clause.includes(yes) && clause.includes(no);
  return (
    isEither("yes", "no") ||
    isEither("true", "false") ||
    isEither("y", "n") ||
    clause[0] === "boolean"
  );
}

/** "Answer left or right" */
function isAnswer(clause: readonly string[]): boolean {
  return (
    /^(?:answer|reply|respond|say|choose|options|state)$/.test(clause[0] ?? "") &&
    clause.every((word) => FORM.has(word) || CHOICES.has(word))
  );
}

/** Without "and" at its beginning and "isn't it" at its end. */
function withoutEnds(clause: readonly string[]): readonly string[] {
  const text = clause.join(" ").replace(/^(?:and|but) /, "");
  return text
    .replace(/^(?:(?:(?:ok|okay|so|well|um) )+(?:and|but)|need|require|requesting|requested) /, "")
    .replace(/(?<=.) (?:is|does) not it$/, "")
    .replace(/^((?:uh |um |so |ok )*is .* \p{L}{2,}er than the \p{L}.*) right$/u, "$1")
    .replace(/(?<=.)(?<! yes) (?:or no|yes no|yes|y or n)$/, " yesno")
    .replace(
      /(?<!\b(?:in|as|many|much|using|of|by|to|real|metric|nearest|\d+)) (?:mm|cm|metres|meters|centimetres|centimeters|millimetres|millimeters|inches)$/,
      "",
    )
    .split(" ");
}

function rejoined(clauses: readonly (readonly string[])[]): readonly string[] {
  return clausesJoined(clauses.filter(({ length }) => length > 0));
}

/** "Lift reward input:", "needed for grasp selection:" */
const ROLE =
  /^(?:(?:required|needed|wanted) for (?:the |my |our )?(?:\p{L}+ ?){1,4}|(?:\p{L}+ ){0,3}(?:reward|penalty|shaping|success|state|observation)(?: (?:input|term|variable|feature|signal|function))?|(?:\p{L}+ ){0,2}(?:input|term|predicate|feature|signal)(?: for (?:the |my |our )?(?:\p{L}+ ?){1,3})?)$/u;
/** What such a name may say of the question after all, or of what is asked of it. */
const MEASURING =
  /\b(?:vertical|horizontal|lateral|planar|distance|gap|clearance|height|width|elevation|depth|size|cent(?:er|re)s?|surface|edge|nearest|closest|left|right|above|below|behind|front|negat\p{L}*|invert\p{L}*|revers\p{L}*|mirror\p{L}*|half|sum|total|next|previous|last|old|future|after|before|not|no)\b/u;
/** "You can measure it by the image?" */
const ABLE =
  /^(?:can you|could you|you can|you could) (?:measure|tell|see|estimate|check|say|calculate|do)(?: it| that| this| me)?(?: (?:by|from|in|on|with|using) (?:the|this) (?:image|picture|photo))?$/;

function isAround(clause: readonly string[], isFirst: boolean, isLast: boolean): boolean {
  const text = clause.join(" ");
  if (!isFirst && isLast && TAG.test(text)) return true;
  if (isFirst && ADDRESSED.test(text)) return true;
  if (isFirst && !isLast && clause.length <= 5 && LABELS.has(clause.at(-1) ?? "")) return true;
  if (isFirst && !isLast && ROLE.test(text) && !MEASURING.test(text)) return true;
  return (!isFirst && isLast && ABLE.test(text)) || isForm(clause);
}

/** "zero when touching", "0 if it rests on it" */
const AT_ZERO =
  /^(?:(?:and|please|answer|reply|respond|return|say|give|output|report|write|use|it is|should be|with) )*(?:zero|0)(?: cm| mm| m)? (?:if|when|in case of|on|for) (?:\p{L}+ ?){1,7}$/u;

function isForm(clause: readonly string[]): boolean {
  if (AT_ZERO.test(clause.join(" "))) return true;
  return (
    clause.every((word) => FORM.has(word) || COURTESY.has(word) || /^\p{N}/u.test(word)) &&
    clause.some((word) => FORM_SIGNS.has(word) || COURTESY_SIGNS.has(word))
  );
}

/** Without a wish about form at the end: "… and answer in cm". */
function withoutForm(clause: readonly string[]): readonly string[] {
  const start = clause.findIndex(
    (word, index) =>
      index > 2 &&
      FORM_STARTS.has(word) &&
      clause.length - index > 1 &&
      isForm(clause.slice(index)),
  );
  if (start >= 0) return clause.slice(0, start);
  // "to the nearest cm", "rounded to 5 mm"
  const text = clause.join(" ");
  const rounding =
    / (?:(?:rounded|accurate|precise|given|down|correct)? ?(?:to|within|up to|with) (?:the )?(?:nearest |one |two |three |\d+ )?(?:\d+ )?(?:mm|cm|m|inch|millimet(?:er|re)s?|centimet(?:er|re)s?|decimals?(?: places?)?|digits?|decimal places?))$/;
  return text.replace(rounding, "").split(" ");
}
