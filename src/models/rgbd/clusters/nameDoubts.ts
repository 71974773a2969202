/** Words that take back what an answer says of all names: it is an example, a guess or a mistake. */
const VOID =
  /\b(?:examples?|instance|suppos(?:e|ing)|assum(?:e|ing)|hypothetical(?:ly)?|placeholders?|guess(?:es|ing)?|random|corrections?|corrected|sorry|wait|oops|mistakes?|mistaken|mixed|swap(?:ped)?|reversed?|if)\b/i;
const DOUBT =
  /\b(?:or|not|no|none|nor|never|neither|either|maybe|perhaps|possibly|might|may|could|should|would|unless|unsure|uncertain|unclear|unlikely|doubt\w*|cannot|wrong|incorrect|false|actually|instead|rather|alternatively|closest|similar|resembl\w*|missing|hidden|absent|invisible|unknown|unidentified|undetermined|ambiguous|nothing|null|gone|low|hard|difficult)\b|\bn\/a\b|n['\u2019]t\b|[?❌✗✘]/i;

const wordSet = (words: string): ReadonlySet<string> => new Set(words.split(" "));
const JOINING = "the a an of in on at to for with and is are as it its each this that i s my your";
/** What is said around the statements and changes none of them: "Sure! Here are the numbers of the boxes:". */
const PROSE = wordSet(
  `${JOINING} sure certainly course absolutely okay ok yes great here there these below following follows answer ` +
    "answers result results list response numbers number labels label labeled labelled marks mark marked boxes box objects object " +
    "items item things thing names name phrases phrase image picture photo scene view provided given shown based looking " +
    "look after examining analyzing analysing analysis see can identify identified find found match matched matching " +
    "corresponding correspond respective requested asked json let me know if you need want any anything else more " +
    "further help hope helps please feel free ask note thanks thank description visible which what inside " +
    "mapping final shows show contains contain table tabletop several some multiple surrounding around one line them was have has confidence certainty score probability high",
);
/** What may stand behind a number: where the thing is, and how sure it is. */
const REMARK = wordSet(
  `${JOINING} one left right top bottom center centre middle upper lower front back rear far near side corner edge half ` +
    "background foreground area region image picture photo frame table shelf large small big tall short round which " +
    "there here clearly visible seen shown located sitting standing placed sure certain confident confidence high very " +
    "lying standing upright quite fairly most single whole box number mark yes correct object item thing",
);
/** Behind these any thing may be named: "next to the can". */
const PLACED =
  /^[\s(,–—-]*(?:next to|beside|behind|near|under|between|(?:to the |on the )?(?:left|right|side) of|in front of|on top of)\b/i;

/** "Half sure", "lower confidence", "confidence: small": words of places and sizes, said of how sure it is. */
const HARDLY_SURE =
  /\b(?:half|lower|small|short|far)[\s-]+(?:sure|certain|confiden\w+)|\bconfidence\W+(?:is\W+)?(?:(?:very|quite|fairly)\W+)?(?:lower|small|bottom)\b/i;

/** A confidence, as a share or in percent. */
const SHARE = /(?<![\d.])(?:(\d{1,3}(?:\.\d{1,3})?)\s*%|([01]\.\d{1,4}))(?![\d.])/g;
const COUNTED =
  /\b\d{1,3}(?= (?:(?:numbered|marked|labell?ed) )?(?:boxes|objects|items|things|names)\b)/gi;

/** Another thing with its number: "the green can: 5", "box 5: a can". */
const OTHER = new RegExp(
  "^\\W*(?!.*\\b(?:answers?|confidence|certainty|score|probability|final|results?|real|really|now|it|that|this|these|those|they|change|update|meant?|better)\\b)" +
    "(?:(?!(?:number|box|mark|label)\\W)(?:\\p{L}+[ -]){0,5}\\p{L}+[^\\w:=]*[:=]\\W*(?:(?:box|number|mark)\\W*)?(\\d{1,3})|" +
    "(?:box|number|mark|#)\\W*(\\d{1,3})\\W*[:=]\\W*(?:\\p{L}+[ -]){0,5}\\p{L}+)\\W*$",
  "iu",
);

/** Longer words say more than a thing and its number; patterns would take seconds over thousands of marks. */
const LONGEST_OTHER = 100;

/** Whether words take back what is said of all names. */
export function isVoid(words: string): boolean {
  return VOID.test(words);
}

/** Whether words that name a thing deny or doubt it. */
export function isDoubted(words: string): boolean {
  return DOUBT.test(words);
}

/** The number that words give to a thing which is none of the names; 0 if they give none. */
export function otherNumber(words: string): number {
  const [, of, before] = otherIn(words) ?? [];
  return Number(of ?? before ?? 0);
}

function otherIn(words: string): RegExpExecArray | null {
  return words.length > LONGEST_OTHER ? null : OTHER.exec(words);
}

/** Whether words that name none of the things change nothing. */
export function isPlainProse(words: string): boolean {
  if (isDoubted(words)) return false;
  if (otherIn(words) && !isVoid(words)) return true;
  return isSure(words) && isMadeOf(words.replace(COUNTED, " "), PROSE);
}

/** Whether words behind the number of a name leave it as it is. @param own the words of the names */
export function isPlainRemark(words: string, own: ReadonlySet<string>): boolean {
  if (isDoubted(words) || isVoid(words) || !isSure(words)) return false;
  if (HARDLY_SURE.test(words)) return false;
  return PLACED.test(words) ? !/\d/.test(words.replace(SHARE, "")) : isMadeOf(words, REMARK, own);
}

/** Whether no confidence is below a half. */
function isSure(words: string): boolean {
  return [...words.matchAll(SHARE)].every(([, percent, share]) =>
    percent === undefined ? Number(share) >= 0.5 : Number(percent) >= 50,
  );
}

function isMadeOf(words: string, ...known: readonly ReadonlySet<string>[]): boolean {
  const said =
    words
      .replace(SHARE, " ")
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  return said.every((word) => known.some((set) => set.has(word)));
}
