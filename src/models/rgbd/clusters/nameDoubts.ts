import { colorNamed } from "../../../language/index.js";

/** Words that take back all that an answer says: it is an example, a guess, a mistake, or nobody saw the image. */
const VOID =
  /\b(?:examples?|suppos(?:e|ing)|assum(?:e|ing)|hypothetical(?:ly)?|placeholders?|guess(?:es|ing)?|random|corrections?|corrected|sorry|wait|oops|mistakes?|mistaken|mixed|swap(?:ped)?|exchanged?|reversed?|if)\b|\b(?:can(?:not| not|'t|\u2019t)|could not|unable to) (?:\w+ ){0,3}(?:images?|pictures?|photos?|boxes)\b/i;
/** What is polite and means nothing: "Let me know if you need more." */
const CLOSING =
  /\b(?:let me know|feel free|i hope|hope (?:this|that)|please (?:let|tell|ask))\b[^\n]*/gi;
const DOUBT =
  /\b(?:or|not|no|none|nor|never|neither|either|maybe|perhaps|possibly|might|may|could|should|would|unless|unsure|uncertain|unclear|unlikely|doubt\w*|cannot|wrong|incorrect|false|actually|instead|rather|alternatively|closest|similar|resembl\w*|missing|hidden|absent|invisible|unknown|low|hard|difficult)\b|n['\u2019]t\b|[?❌✗✘]/i;
const PERCENT = /(\d{1,3}(?:\.\d{1,3})?)\s*%/g;
const SHARE = /(?<![\d.])([01]\.\d{1,4}|1\.0)(?![\d.])/g;
/** A thing is said to be something: "(the blue can)", ", which is the tall can". */
const CALLED = /^[\s,(–—-]*(?:(?:which|that|it|this)(?: is|'s)? )?(?:the|an?) ([\p{L} -]{1,60})/iu;
/** What speaks of where something is. */
const PLACES =
  /^(?:one|left|right|top|bottom|cent(?:er|re)|middle|upper|lower|front|back|far|near|background|foreground|first|last)\b/i;

/** Whether words take back all names of an answer. */
export function isVoid(words: string): boolean {
  return VOID.test(words.replace(CLOSING, ""));
}

/** Whether words say that what is said may be otherwise, or say it with little confidence. */
export function isDoubted(words: string): boolean {
  const plain = words.replace(CLOSING, "");
  const shares = [...plain.matchAll(SHARE)].map(([, share]) => Number(share));
  const percents = [...plain.matchAll(PERCENT)].map(([, percent]) => Number(percent) / 100);
  return DOUBT.test(plain) || [...shares, ...percents].some((share) => share < 0.5);
}

/** Whether words behind a name's number doubt it, or hold another number. */
export function isDoubtedBeside(words: string): boolean {
  const isOfMore = /\b(?:also|another|other)\b/i.test(words);
  return isOfMore || isDoubted(words) || /\d/.test(words.replace(PERCENT, "").replace(SHARE, ""));
}

/** Whether words behind a name's number call the thing something else: of another noun, or color. */
export function isOtherThing(words: string, name: string): boolean {
  const [, called] = CALLED.exec(words) ?? [];
  const noun = /(\p{L}+)\W*$/u.exec(name)?.[1]?.toLowerCase();
  if (called === undefined || noun === undefined || PLACES.test(called)) return false;
  const [color, own] = [colorNamed(called), colorNamed(name)];
  const isOfColor = color === undefined || own === undefined || color === own;
  return (
    !isOfColor ||
    !called
      .toLowerCase()
      .split(/[^\p{L}]+/u)
      .includes(noun)
  );
}
