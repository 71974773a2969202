import { ExpressionError } from "./ExpressionError.js";

/** A word, number or sign of an expression; `end`, with an empty text, after the last one. */
export interface Token {
  readonly type: "number" | "word" | "sign" | "end";
  readonly text: string;
  /** Where in the expression, in UTF-16 units. */
  readonly offset: number;
}

const SPACE = String.raw`[ \t\r\n]*`;
const NUMBER = String.raw`(?:\d+(?:\.(?![*/^])\d*)?|\.\d+)(?:[eE][+-]?\d+)?`;
const WORD = "[A-Za-z_][A-Za-z0-9_]*";
/** Also signs that the language does not have, so that a message can show them whole. */
const SIGN = String.raw`[<>=!]=|<<|>>>?|\?\?|\.[*/^]|[-+*/%^<>=!?:(),.]`;
const TOKEN = new RegExp(`${SPACE}(?:(${NUMBER})|(${WORD})|(${SIGN})|$)`, "y");

/**
 * Cuts an expression into tokens. The last one is `end`.
 * @throws ExpressionError where a character has no place in an expression: quotes, brackets, `#`, `;`
 */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  for (;;) {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match) {
      const [stranger = ""] = /[^ \t\r\n]/u.exec(text.slice(from)) ?? [];
      const message = `"${stranger}" has no place in an expression`;
      const offset = text.indexOf(stranger, from);
      throw new ExpressionError(text, [{ message, offset, length: stranger.length }]);
    }
    const [, number, word, sign] = match;
    const type = number ? "number" : word ? "word" : sign ? "sign" : "end";
    const found = number ?? word ?? sign ?? "";
    tokens.push({ type, text: found, offset: TOKEN.lastIndex - found.length });
    if (type === "end") return tokens;
  }
}
