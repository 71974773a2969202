/**
 * What may stand between the characters of a secret that a reader still sees: colours of a terminal,
 * and what has no width, moves the cursor or breaks a line.
 */
const BETWEEN = "(?:\\x1b\\[[0-9;]*[A-Za-z]|[\\p{Default_Ignorable_Code_Point}\\p{Cc}\\s])*";
const BLOT = "***";

/** A text that must not be seen, in any way of writing it that a server may choose. */
export class Secret {
  readonly #plain: RegExp;
  readonly #encoded: readonly string[];

  constructor(text: string) {
    const escaped = [...text].map((character) => character.replace(/[^\w]/g, escapeOf));
    this.#plain = new RegExp(escaped.join(BETWEEN), "giu");
    this.#encoded = [...new Set([encodeURIComponent(text), ...hexOf(text), ...base64Of(text)])];
  }

  /** The text with every occurrence blotted out. What hides one deeper is blotted out whole. */
  redact(text: string): string {
    let clean = text.replace(this.#plain, BLOT);
    for (const form of this.#encoded) clean = clean.replaceAll(form, BLOT);
    return this.#isIn(decoded(clean)) ? BLOT : clean;
  }

  /** A value of JSON's kinds with all of its texts redacted, names of fields included. */
  redactAll(value: unknown): unknown {
    if (typeof value === "string") return this.redact(value);
    if (Array.isArray(value)) return value.map((each) => this.redactAll(each));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => [this.redact(name), this.redactAll(each)]),
    );
  }

  #isIn(text: string): boolean {
    this.#plain.lastIndex = 0;
    return this.#plain.test(text) || this.#encoded.some((form) => text.includes(form));
  }
}

/** Of a character in an expression with the flag u. */
function escapeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Escapes of JSON, URLs and HTML undone, as often as they are nested, and letters of other widths. */
function decoded(text: string): string {
  let now = text.normalize("NFKC");
  for (let depth = 0; depth < 3; depth++) {
    const before = now;
    now = now
      .replace(/\\+u\{([0-9a-f]{1,6})\}/gi, (_, hex: string) => characterOf(hex, 16))
      .replace(/\\+u([0-9a-f]{4})/gi, (_, hex: string) => characterOf(hex, 16))
      .replace(/\\+x([0-9a-f]{2})/gi, (_, hex: string) => characterOf(hex, 16))
      .replace(/%([0-9a-f]{2})/gi, (_, hex: string) => characterOf(hex, 16))
      .replace(/&#x([0-9a-f]{1,6});/gi, (_, hex: string) => characterOf(hex, 16))
      .replace(/&#(\d{1,7});/g, (_, digits: string) => characterOf(digits, 10));
    if (now === before) break;
  }
  return now;
}

function characterOf(digits: string, base: number): string {
  const code = Number.parseInt(digits, base);
  return code <= 0x10ffff ? String.fromCodePoint(code) : "";
}

function hexOf(text: string): string[] {
  const hex = Buffer.from(text).toString("hex");
  return [hex, hex.toUpperCase()];
}

/** What base64 makes of a text that stands anywhere in what is encoded: three alignments. */
function base64Of(text: string): string[] {
  return [0, 1, 2].flatMap((before) => {
    const encoded = Buffer.from("\0".repeat(before) + text).toString("base64url");
    // The first characters mix with what stands before, the last with what follows.
    const start = Math.ceil((before * 8) / 6);
    const end = Math.floor(((before + text.length) * 8) / 6);
    const core = encoded.slice(start, end);
    return [core, core.replaceAll("-", "+").replaceAll("_", "/")];
  });
}
