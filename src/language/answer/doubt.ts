import { itemAt } from "../../base/index.js";
import type { Refusal } from "../SpatialAnswer.js";
import { endsSentence, isOneOf, type Token, wordSet } from "./tokens.js";

const NO_OBJECT =
  /\b(?:(?:can't|cannot|can not|don't|do not|couldn't|could not|unable to|not able to) (?:clearly )?(?:see|find|locate|identify|detect|spot)|(?:is|are) (?:no|not any) [a-z ]{1,40}\b(?:visible|present|shown|seen|in (?:the|this) (?:image|picture|photo|scene|frame|view))|(?:isn't|aren't|not) (?:clearly |actually )?(?:visible|present|shown|depicted|in (?:the|this|view))|(?:there is|there's|i see|contains?) no\b|(?:does not|doesn't) (?:contain|show|include|depict|appear(?! (?:so|to be (?!visible|present|shown|in (?:the|this) (?:image|picture|photo|scene|frame|view)))\b))|(?:cannot|can't|can not|could not) be (?:seen|found|located|identified|detected)|(?:out of|outside (?:of )?the) (?:view|frame|image|picture)|no such object)/;
const REFUSED =
  /(?:^n\/a|^none|^null)\b|\b(?:(?:can't|cannot|can not|couldn't|could not|unable|not able|not possible|impossible|unfortunately|sorry|apologi[sz]e|as an ai|refuse|decline)\b|(?:don't|do not) (?:know|have)\b|won't\b|(?:does not|doesn't) (?:provide|give|allow|offer)\b|insufficient|not enough|no idea|unknown|unclear|(?:hard|difficult|tough) to (?:say|tell|determine|judge|estimate))/;

/** What a text refuses, if it does: an object that is not seen, or the question as such. */
export function refusalOf(normalised: string): Refusal | undefined {
  const noObject = NO_OBJECT.exec(normalised);
  if (noObject) return { reason: "no_object", detail: quote(normalised, noObject.index) };
  const refused = REFUSED.exec(normalised);
  if (refused) return { reason: "refused", detail: quote(normalised, refused.index) };
  return undefined;
}

const TURN =
  /\b(?:but|however|though|still|nevertheless|that said|if i had to|approximate(?:ly)?|about|roughly|estimat(?:e|ing)|perhaps|maybe|probably|likely|seems|appears|looks|guess)\b/;
/** "I can't be exact" excuses an estimate; it does not withhold it. */
const MODESTY =
  /\b(?:exact(?:ly)?|precise(?:ly)?|precision|certain(?:ty)?|sure|accurate(?:ly)?|guarantee)\b/;

/** How many tokens before a length are looked at. */
const REACH = 60;

/**
 * Whether the sentence of the token at `index` refuses before it comes to that token, as in
 * "I cannot tell whether it is 30 cm".
 */
export function isWithheld(text: string, tokens: readonly Token[], index: number): boolean {
  let first = index;
  while (first > Math.max(0, index - REACH) && !endsSentence(itemAt(tokens, first - 1))) first--;
  const before = text.slice(itemAt(tokens, first).start, itemAt(tokens, index).start);
  const refused = REFUSED.exec(before) ?? NO_OBJECT.exec(before);
  if (refused === null || MODESTY.test(before)) return false;
  return !TURN.test(before.slice(refused.index));
}

/** The words around the refusal, for the reader. */
function quote(text: string, index: number): string {
  const start = Math.max(text.lastIndexOf("\n", index), text.lastIndexOf(". ", index) + 1, 0);
  const [said] = text
    .slice(start, start + 160)
    .trim()
    .split("\n", 1);
  return `the model said "${said}"`;
}

const WEAK = wordSet("maybe perhaps possibly might guess could hard difficult unsure uncertain");
const HEDGED = wordSet(
  "probably likely seems seem appears appear looks think believe slightly roughly mostly",
);

/**
 * How sure an answer in words sounds: 0.95 plain, 0.8 with "probably", "it seems" and the like,
 * 0.65 with "maybe", "I guess" and the like.
 */
export function spokenConfidence(tokens: readonly Token[]): number {
  if (tokens.some((_, index) => isOneOf(tokens, index, WEAK))) return 0.65;
  return tokens.some((_, index) => isOneOf(tokens, index, HEDGED)) ? 0.8 : 0.95;
}

/** How sure an answer must be of itself, in percent. */
const LEAST_PERCENT = 50;
const PERCENT = /\b(\d{1,3}(?:\.\d{1,6})?)\s?%/g;

/** Beside a verdict, every share is of how sure it is. */
export function percentIn(normalised: string): string | undefined {
  return unsureIn(normalised, PERCENT);
}

function unsureIn(normalised: string, form: RegExp): string | undefined {
  for (const [said, percent] of normalised.matchAll(form)) {
    if (Number(percent) < LEAST_PERCENT) return `the answer is sure of itself by ${said} only`;
  }
  return undefined;
}

const SURENESS = "(?:confidence|certainty|certitude|probability|likelihood|score|chances?)";
const SHARE = "(\\d{1,3}(?:\\.\\d{1,9})?)(?:\\s?(%|percent|\\/|(?:out )?of)\\s?(\\d{1,3})?)?";
/** "confidence": 0.1, "Confidence: 5%", "confidence 5%", "a confidence of 1/10". */
const SURE_BY = new RegExp(
  `\\b${SURENESS}(?: (?:score|level|value|rating))?(?:["'\\s]{0,3}(?:[:=]|\\bis\\b|\\bof\\b)|(?= \\d{1,3}(?:\\.\\d{1,6})? ?%))(?: (?:about|only|just|around))?["'~\\s]{0,4}${SHARE}(?![\\d.]*\\s?(?:mm|cm|m|in|ft|inch|inches|feet|px)\\b)`,
  "g",
);
/** "I am only 10% sure", "35 cm (5 % confidence)", "a 10% chance". */
const BY_PERCENT = new RegExp(
  `(\\d{1,3}(?:\\.\\d{1,6})?)\\s?(?:%|percent) ?(?:of )?(?:${SURENESS}|sure|confident|certain|likely)\\b(?! intervals?\\b)`,
  "g",
);
const THAT_IS =
  /\b(?:chance|probability|likelihood)\b[^.!?\n]{0,60}\bis\s(\d{1,3}(?:\.\d{1,6})?)\s?%/g;
const HARDLY =
  /\b(?:confidence|certainty)(?: (?:level|score))?["'\s]{0,3}(?:[:=]|\bis\b)["'\s]{0,4}(?:(?:very|extremely|really|quite|rather) low|zero|none|no|minimal|negligible)\b|\b(?:(?:very|extremely) low|zero|no|little|without(?: any)?) (?:confidence|certainty)\b|\bnot (?:at all|very|really) (?:sure|confident|certain)\b|\b(?:confidence|certainty)\b[^.!?\n]{0,20}\b(?:near|close to|almost|practically|virtually) (?:zero|0|none|nil)\b/;

/** Why an answer that says how sure it is of itself is none: less than half. */
export function doubtIn(normalised: string): string | undefined {
  for (const [said, share = "", sign, whole] of normalised.matchAll(SURE_BY)) {
    if (percentOf(Number(share), sign, whole) < LEAST_PERCENT)
      return `the answer gives its ${said}`;
  }
  const unsure = unsureIn(normalised, BY_PERCENT) ?? unsureIn(normalised, THAT_IS);
  if (unsure !== undefined) return unsure;
  const [hardly] = HARDLY.exec(normalised) ?? [];
  return hardly && `the answer says "${hardly}"`;
}

function percentOf(share: number, sign: string | undefined, whole: string | undefined): number {
  if (sign === "%" || sign === "percent") return share;
  if (sign !== undefined && whole !== undefined) return (100 * share) / Number(whole);
  // 0.8, 1, or 80 of 100; nobody knows of how many 3 is.
  if (share > 1 && share <= 10) return 100;
  return share <= 1 ? 100 * share : share;
}
