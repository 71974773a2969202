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
 * unless a zero stands before it; otherwise a single comma is a decimal comma. Undefined where
 * neither reading works ("1,2,3").
 */
export function readNumber(text: string): { value: number; place: number } | undefined {
  const [mantissa = "", exponent = "0"] = text.split("e");
  const plain = withDecimalPoint(mantissa);
  if (plain === undefined) return undefined;
  const decimals = plain.split(".")[1]?.length ?? 0;
  const value = Number(`${plain}e${exponent}`);
  if (!Number.isFinite(value)) return undefined;
  return { value, place: 10 ** (Number(exponent) - decimals) };
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

const LABELS = new Set(
  "[ # region regions object objects image images figure fig step box item id number no option question frame camera view page line case".split(
    " ",
  ),
);

/** Whether the number at `index` only names something: "region 2", "[0]", "#3". */
export function isLabelled(tokens: readonly Token[], index: number): boolean {
  return isOneOf(tokens, index - 1, LABELS);
}

/** Skips the hyphen of "twenty-five" and "half-inch". */
export function afterHyphen(tokens: readonly Token[], index: number): number {
  return isOneOf(tokens, index, ["-"]) && tokens[index - 1]?.end === tokens[index]?.start
    ? index + 1
    : index;
}
