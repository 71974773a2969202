import { itemAt } from "../../base/index.js";
import { inEnglish } from "./otherLanguages.js";

const VULGAR_FRACTIONS: Readonly<Record<string, string>> = {
  "½": "1/2",
  "⅓": "1/3",
  "⅔": "2/3",
  "¼": "1/4",
  "¾": "3/4",
  "⅕": "1/5",
  "⅖": "2/5",
  "⅗": "3/5",
  "⅘": "4/5",
  "⅙": "1/6",
  "⅚": "5/6",
  "⅛": "1/8",
  "⅜": "3/8",
  "⅝": "5/8",
  "⅞": "7/8",
};

/**
 * One spelling for what can be written in several: lower case, plain quotes, spaces and minus
 * signs, fractions as a/b, LaTeX and markdown undone. Length and positions change; meaning does not.
 */
export function normalise(text: string): string {
  return inEnglish(undoMarkdown(undoLatex(undoTypography(text))).toLowerCase()).replace(
    /\barms?'?s?[- ]lengths?\b/g,
    "reach",
  );
}

/** What is struck out, or a comment: nobody says it. */
const STRUCK = [
  /<!--[\s\S]{0,2000}?-->/g,
  /~~[^~\n]{1,200}~~/g,
  /<(s|del|strike)>[\s\S]{0,400}?<\/\1>/gi,
  /\\(?:sout|st|cancel|xcancel|bcancel)\s?\{(?:[^{}\n]|\{[^{}\n]{0,100}\}){0,200}\}/g,
  /(?:\P{M}\u0336)+/gu,
] as const;

/** A text without what is struck out in it. */
export function withoutStruck(text: string): string {
  return STRUCK.reduce((left, struck) => left.replace(struck, " "), text);
}

function undoTypography(text: string): string {
  return (
    text
      .replace(/!=|!(?=\s?\d)/g, " ≠ ")
      .replace(/\be\.\s?g\./gi, "for example")
      .replace(/\bi\.\s?e\b\.?,?/gi, ",")
      .replace(/\btl;?dr\b/gi, "in short")
      .replace(/<[-=]+>/g, "↔")
      .replace(/(?<![-=])[-=]{1,4}>(?=\s)/g, "→")
      .replace(/[½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞]/g, (sign) => ` ${VULGAR_FRACTIONS[sign]}`)
      .replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
      .replace(/[\u200b-\u200d\u2060\ufeff]/g, "")
      .replace(/(\d)[\u2009\u202f](?=\d{3}(?!\d))/g, "$1")
      .replace(/[\u00a0\u2000-\u200a\u202f\u3000]/g, " ")
      .replace(/[\u2018\u2019\u2032\u02b9`´]/g, "'")
      // "1'000" in Switzerland, "1_000" in code: no foot has a hundred inches.
      .replace(/(?<=\b[1-9]\d{0,2})['_](?=\d{3}(?!\d))/g, "")
      .replace(/[\u201c\u201d\u2033\u02ba]|''/g, '"')
      .replace(/(?<=[a-z])\(s\)/gi, "s")
      // "35. cm": a decimal point without decimals.
      .replace(/(?<=\d)\.(?= ?(?:mm|cm|m|(?:milli|centi)?met(?:er|re)s?)\b(?!['&]))/g, "")
      .replace(/[\u2010\u2011\u2212]/g, "-")
      .replace(/\u2044/g, "/")
      .replace(/(\d)\s?(?:\.{2,3}|…)\s?(?=\d)/g, "$1–")
      .replace(
        /(?<=10)⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]/g,
        (power) => `^${power.normalize("NFKC").replace("\u2212", "-")}`,
      )
      .replace(/\^\{([^{}]{1,8})\}/g, "^$1")
      .replace(/\+\/-|\+-/g, "±")
      .replace(/(\d[\d.]{0,8})-?ish\b/gi, "about $1")
  );
}

const LATEX_SIGNS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    approx: "≈",
    sim: "≈",
    simeq: "≈",
    pm: "±",
    times: "×",
    cdot: "×",
    ne: "≠",
    neq: "≠",
    leq: "≤",
    le: "≤",
    geq: "≥",
    ge: "≥",
    prime: "'",
    circ: "°",
    degree: "°",
  }),
);

function undoLatex(text: string): string {
  if (!text.includes("\\") && !text.includes("$")) return text;
  return (
    text
      .replace(/\\[dt]?frac\s?\{(\d{1,6})\}\s?\{(\d{1,6})\}/g, " $1/$2 ")
      .replace(/(\d)~(?=[\p{L}\\])/gu, "$1 ")
      .replace(/\{,\}/g, ",")
      // "d_{\min}" is a distance; what it is of stands elsewhere.
      .replace(/\bd_(?:\{(?!\\?max|cam)[^{}\n]{0,40}(?:\{[^{}\n]{0,40}\})?\}|[a-z]\b)/g, "d")
      .replace(/\\([a-zA-Z]{1,20})/g, (_, name) => LATEX_SIGNS.get(name) ?? " ")
      .replace(/\\[,;:! ()]/g, " ")
      .replace(/\\"/g, '"')
      .replace(/[\\${}]/g, " ")
  );
}

function undoMarkdown(text: string): string {
  return (
    text
      .replace(/([\w)]) ?\* ?(?=\d)/g, "$1 × ")
      .replace(/<\/?(?:[|a-z_]{1,20}|points?(?: [^<>]{0,300})?)>/gi, " ")
      // Boxes in pixels, as grounding models put after a name.
      .replace(/(?<!: ?)[[(]{1,2}\s?\d{1,4}(?:,\s?\d{1,4}){3}\s?[\])]{1,2}/g, " ")
      .replace(/^[ \t]{0,8}[-+•] (?=\S)/gm, "")
      .replace(/[*#`]/g, "")
  );
}

/** A piece of normalised text. */
export type Token = NumberToken | WordToken | SignToken;

interface Span {
  readonly text: string;
  /** Offset of its first character, and of the one after its last. */
  readonly start: number;
  readonly end: number;
}

export interface NumberToken extends Span {
  readonly type: "number";
  readonly value: number;
  /** Value of one unit in the last place written: 0.01 of "0.35", 1 of "350". */
  readonly place: number;
}

export interface WordToken extends Span {
  readonly type: "word";
}

/** One character that is neither; a line break is a sign, too. */
export interface SignToken extends Span {
  readonly type: "sign";
}

const TOKEN =
  /(?<number>(?:\d+(?:[.,]\d+)*|(?<![\d\p{L}.])\.\d+)(?:e[+-]?\d{1,3})?)|(?<word>\p{L}+(?:['_]\p{L}+)*)|(?<sign>[^\s]|\n)/gu;

/** Splits normalised text; white space other than line breaks is dropped. Time is linear. */
export function tokenise(text: string): readonly Token[] {
  const tokens: Token[] = [];
  for (const match of text.matchAll(TOKEN)) {
    const span = { text: match[0], start: match.index, end: match.index + match[0].length };
    if (match.groups?.number === undefined) {
      tokens.push({ ...span, type: match.groups?.word === undefined ? "sign" : "word" });
      continue;
    }
    const number = readNumber(span.text);
    tokens.push(number ? { ...span, type: "number", ...number } : { ...span, type: "sign" });
  }
  return tokens;
}

/**
 * The value of digits with separators. A comma before exactly three digits separates thousands
 * unless a zero stands before it; otherwise a single comma is a decimal comma. Undefined if neither
 * reading works ("1,2,3").
 */
function readNumber(text: string): { value: number; place: number } | undefined {
  const [mantissa = "", exponent = "0"] = text.split("e");
  const plain = withDecimalPoint(mantissa);
  if (plain === undefined) return undefined;
  const decimals = plain.split(".")[1]?.length ?? 0;
  const value = Number(`${plain}e${exponent}`);
  // What is too small for a double is no zero.
  const isLost = value === 0 && /[1-9]/.test(plain);
  const place = 10 ** (Number(exponent) - decimals);
  if (!Number.isFinite(value) || !Number.isFinite(place) || isLost) return undefined;
  return { value, place };
}

function withDecimalPoint(digits: string): string | undefined {
  if (/^\d*(?:\.\d+)?$/.test(digits)) return digits;
  if (/^[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?$/.test(digits)) return digits.replaceAll(",", "");
  if (/^[1-9]\d{0,2}(?:\.\d{3})+,\d+$/.test(digits)) {
    return digits.replaceAll(".", "").replace(",", ".");
  }
  if (/^[1-9]\d{0,2}(?:\.\d{3}){2,}$/.test(digits)) return digits.replaceAll(".", "");
  if (/^\d+,\d+$/.test(digits)) return digits.replace(",", ".");
  return undefined;
}

/** The words of a line, for `isOneOf`. */
export function wordSet(line: string): ReadonlySet<string> {
  return new Set(line.split(" "));
}

/** Whether the token at `index` is one of `texts`. */
export function isOneOf(
  tokens: readonly Token[],
  index: number,
  texts: ReadonlySet<string> | readonly string[],
): boolean {
  const text = tokens[index]?.text;
  if (text === undefined) return false;
  return Array.isArray(texts) ? texts.includes(text) : (texts as ReadonlySet<string>).has(text);
}

/** Whether nothing, not even a space, stands between two neighbours. */
export function touches(tokens: readonly Token[], index: number): boolean {
  const left = tokens[index];
  const right = tokens[index + 1];
  return left !== undefined && right !== undefined && left.end === right.start;
}

const LABELS = wordSet(
  "[ # region regions object objects image images figure fig step box item id number no option question frame camera view page line case",
);

/** Whether the number at `index` only names something: "region 2", "[0]", "#3". */
export function isLabelled(tokens: readonly Token[], index: number): boolean {
  return isOneOf(tokens, index - 1, LABELS);
}

/** Whether the number at `index` only counts lines or names something: "0)", "[0]", "region 0". */
export function isNumbering(tokens: readonly Token[], index: number): boolean {
  const isBracketed =
    isOneOf(tokens, index - 1, ["(", "["]) || isOneOf(tokens, index + 1, [")", "]"]);
  return isBracketed || isOneOf(tokens, index + 1, [":"]) || isLabelled(tokens, index);
}

/** Skips the hyphen of "twenty-five" and "half-inch". */
export function afterHyphen(tokens: readonly Token[], index: number): number {
  return isOneOf(tokens, index, ["-"]) && tokens[index - 1]?.end === tokens[index]?.start
    ? index + 1
    : index;
}

const SENTENCE_ENDS = new Set([".", "!", "?", "\n"]);
const CLAUSE_ENDS = new Set([
  ".",
  "!",
  "?",
  "\n",
  ",",
  ";",
  "—",
  "but",
  "while",
  "whereas",
  "because",
]);

/** A stretch of tokens: first index, and the one after the last. */
export interface Stretch {
  readonly start: number;
  readonly next: number;
}

/** The clauses of a text: what stands between commas, full stops, "but" and the like. */
export function clausesOf(tokens: readonly Token[]): readonly Stretch[] {
  const clauses: Stretch[] = [];
  let start = 0;
  for (let index = 0; index <= tokens.length; index++) {
    if (index < tokens.length && !endsClause(itemAt(tokens, index))) continue;
    if (index > start) clauses.push({ start, next: index });
    start = index + 1;
  }
  return clauses;
}

/** Whether the clause ends at this token. */
function endsClause(token: Token): boolean {
  return CLAUSE_ENDS.has(token.text);
}

export function endsSentence(token: Token): boolean {
  return SENTENCE_ENDS.has(token.text);
}
