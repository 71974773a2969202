import { answerForm } from "./answerForm.js";
import { isBeside } from "./besides.js";
import { isHarmless } from "./harmlessWords.js";
import { clausesJoined, clausesOf, wordSet } from "./words.js";

/** Where a wish about the form of the answer may begin within a clause. */
const FORM_STARTS = wordSet(
  "answer reply respond return output give report express round use keep and state",
);
const COURTESY_SIGNS = wordSet(
  "sorry hello bother trouble apologise apologize permission lovely patience moment good fine welcome thank thanks cheers rush matter hey heya hi",
);
/** What courtesies are made of, beside these: "Sorry to bother you again!", "when you have a moment". */
const COURTESY: ReadonlySet<string> = new Set([
  ...COURTESY_SIGNS,
  ...wordSet(
    "hi hey heya dear morning afternoon evening day sir madam mate buddy guys many cheers no rush so very much ask help time today advance kind again asking when have " +
      "minute too great perfectly matter appreciated quite absolutely wonderful ever please kindly thanks thank a an the " +
      "i we you your my it is be would will do to for in with and if this last one",
  ),
]);
/** "Answer left or right" */
const EITHER =
  /^(?:answer|reply|respond|say|choose|options|state)(?: (?:with|just|only|one|word|either|as|by|the))* (\p{L}+)(?: (?:of|in|to))? or (?:in |to (?:the )?)?(\p{L}+)(?: of)?$/u;
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
  /^(?:(?:hey|hi|hello|dear|ok|okay|yo)(?: there)? )?(?:robot|assistant|bot|computer|ai|model|system|friend|buddy|mate|folks|all|team|there|claude|gpt|chat|sir|madam|question|query|task|q|quick question|next question|measurement request|request|next|next one|next up|another one|one more|new question|(?:question|query|task|item|q) \d{1,4})$/;

/** What a clause before the question says that only names it: "Relation check:". */
const LABELS = wordSet(
  "question questions check task query request test problem quiz boolean lookup ordering order measurement measure condition criterion hypothesis claim assertion reasoning estimation perception understanding",
);
/**
 * The words of a question without what is said around it: to whom, why, and in what form the answer
 * should be. Several readings where that is not certain, the surest first.
 */
export function askingWords(
  words: readonly string[],
  isThing: (word: string) => boolean,
): readonly (readonly string[])[] {
  const clauses = clausesOf(words);
  const apart = clauses.flatMap((it) => splitAtReasons(it, isThing));
  return [clauses, ...(apart.length > clauses.length ? [apart] : [])].flatMap((it) =>
    read(it, isThing),
  );
}

/** What begins a question or a wish: "For the planner | I need …". */
const OPENER =
  /^(?:(?:i|we) (?:need|want|would|must|have|require|wish|will)|what (?:is|are)|how (?:far|tall|high|wide|broad|much|many|big|close|long)|which|tell me|give me|please|can you|could you) /;
const LEADING = /^(?:for|to|before|because|since|as) /;
/** What begins a reason behind a question: "How wide is it | because …". */
const REASON =
  /^(?:because|since|so that|(?:so|before|as) (?:i|we) (?!see |said |say |know )|so (?:the|my|our) |as (?:an? )?(?:input|feature|term|signal|variable) (?:for|to|of|in) (?:the|my|our|an?) ) */;

const PURPOSE =
  /^(?!.*\b(?:of|one|two|three)\b)(?:(?:the|my|our|an?|this) )?(?:\p{L}+ ){0,4}(?!(?:both|most|some|each|these|those|them|this|that|three|here|there|today|table|tabletop|desk|floor|ground|surface|counter|robot|arm|base|wrist|finger|object|thing|piece|part)s?$)\p{L}{3,}$/u;

/** A clause, and the reason before or behind it where no pause parts them. */
function splitAtReasons(
  clause: readonly string[],
  isThing: (word: string) => boolean,
): readonly (readonly string[])[] {
  const isLed = LEADING.test(`${clause.join(" ")} `);
  const at = clause.findIndex((_, index) => {
    const rest = `${clause.slice(index).join(" ")} `;
    const isReason = REASON.test(rest) || isPurpose(clause.slice(index), isThing);
    return index > 1 && ((isLed && OPENER.test(rest)) || (index > 2 && isReason));
  });
  return at < 0 ? [clause] : [clause.slice(0, at), ...splitAtReasons(clause.slice(at), isThing)];
}

/** "For the planner", "for grasp planning"; but not "for both", and not for who may see things otherwise. */
function isPurpose(words: readonly string[], isThing: (word: string) => boolean): boolean {
  const [first, ...others] = words;
  return (
    first === "for" &&
    others.length > 0 &&
    others.length <= 6 &&
    PURPOSE.test(others.join(" ")) &&
    others.every((word) => isHarmless(word) && !isThing(word))
  );
}

type Clause = readonly string[];

function read(
  clauses: readonly Clause[],
  isThing: (word: string) => boolean,
): readonly (readonly string[])[] {
  const meant = new Set<string>();
  const isForm = (clause: Clause) => {
    const form = isCourtesy(clause) || isBeside(clause) ? "" : answerForm(clause, isThing);
    if (form) meant.add(form);
    return form !== undefined;
  };
  const last = clauses.length - 1;
  // "Stacking reward, dense term: …"
  const leading = clauses.findIndex((it, index) => !isLead(it, index === last));
  const plain = clauses
    .filter(
      (it, index) => !isForm(it) && index >= leading && !(index > 0 && index === last && isTag(it)),
    )
    .map((it) => withoutForm(it, isForm))
    .map(withoutEnds);
  plain.push(...[...meant].map((it) => [it]));
  const readings = [plain];
  const shorter = plain.filter((clause, index) => index === 0 || !repeatsChoice(clause, plain));
  if (shorter.length < plain.length) readings.unshift(shorter);
  return readings.map(rejoined);
}

/** "Answer left or right", where that is what was asked. */
function repeatsChoice(clause: Clause, all: readonly Clause[]): boolean {
  const [, one, other] = EITHER.exec(clause.join(" ")) ?? [];
  const isAsked = (word: string | undefined) =>
    word !== undefined && all.some((it) => it !== clause && it.includes(word));
  return isAsked(one) && isAsked(other);
}

/** Without "and" at its beginning and "isn't it" at its end. */
function withoutEnds(clause: readonly string[]): readonly string[] {
  const text = clause.join(" ").replace(/^(?:and|but) /, "");
  return text
    .replace(
      /^(?:(?:(?:ok|okay|so|well|um|uh|er|yeah|yes|right|alright) )+(?:and|but)|need|require|requesting|requested) /,
      "",
    )
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
  /^(?:(?:required|needed|wanted) for (?:the |my |our )?\p{L}+(?: \p{L}+){0,3}|(?:\p{L}+ ){0,3}(?:reward|penalty|shaping|success|state|observation)(?: (?:input|term|variable|feature|signal|function))?|(?:\p{L}+ ){0,2}(?:input|term|predicate|feature|signal)(?: for (?:the |my |our )?\p{L}+(?: \p{L}+){0,2})?)$/u;
/** What such a name may say of the question after all, or of what is asked of it. */
const MEASURING =
  /\b(?:vertical|horizontal|lateral|planar|distance|gap|clearance|height|width|elevation|depth|size|cent(?:er|re)s?|surface|edge|nearest|closest|left|right|above|below|behind|front|negat\p{L}*|invert\p{L}*|revers\p{L}*|mirror\p{L}*|half|sum|total|next|previous|last|old|future|after|before|not|no)\b/u;
/** "You can measure it by the image?" */
const ABLE =
  /^(?:can you|could you|you can|you could) (?:measure|tell|see|estimate|check|say|calculate|do)(?: it| that| this| me)?(?: (?:by|from|in|on|with|using) (?:the|this) (?:image|picture|photo))?$/;

function isTag(clause: Clause): boolean {
  return [TAG, ABLE].some((it) => it.test(clause.join(" ")));
}

/** Who is spoken to, and what is only named before the question. */
function isLead(clause: Clause, isLast: boolean): boolean {
  const text = clause.join(" ");
  const label = clause.slice(
    0,
    1 + clause.findLastIndex((word) => word !== "for" && LABELS.has(word)),
  );
  const isLabel =
    label.length > 0 &&
    label.length <= 5 &&
    clause.length <= 8 &&
    /^(?:for|$)/.test(clause[label.length] ?? "");
  const isRole = ROLE.test(text) && !MEASURING.test(text);
  return ADDRESSED.test(text) || (!isLast && (isLabel || isRole) && clause.every(isLabelWord));
}

const isLabelWord = (word: string): boolean =>
  /^(?:ok|okay|so|next|another|new|quick|sanity)$/.test(word) || isHarmless(word);

function isCourtesy(clause: Clause): boolean {
  return (
    clause.every((word) => COURTESY.has(word)) && clause.some((word) => COURTESY_SIGNS.has(word))
  );
}

/** Without a wish about form at the end: "… and answer in cm". */
function withoutForm(clause: Clause, isForm: (words: Clause) => boolean): Clause {
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
