/** C0 but tab and line feed, DEL, C1; marks that turn the direction of what follows. */
const UNPRINTABLE = /(?!\t|\n)\p{Cc}|[\u202a-\u202e\u2066-\u2069]/gu;
/** In a name, those would break the line, and U+2028 and U+2029 too. */
const BREAKS = /[\t\n\u2028\u2029]/;
const UNPRINTABLE_IN_NAMES = /\p{Cc}|[\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** Names with breaks in them that this process has met, the longest first. */
let brokenNames: readonly string[] = [];

/**
 * Tells of a name that comes from outside: a path, with the names in it, a topic, a frame. Texts have lines, so that
 * `printable` cannot see by itself that a line feed stands in the middle of a name.
 */
export function noteName(name: string): void {
  if (!BREAKS.test(name)) return;
  // Outputs and episodes have the name of a file without its extensions.
  const parts = name.split("/");
  const stems = parts.map((part) => part.replace(/(?:\.\w+)+$/, ""));
  const broken = [name, ...parts, ...stems].filter((each) => BREAKS.test(each));
  const all = new Set([...brokenNames, ...broken]);
  brokenNames = [...all].sort((a, b) => b.length - a.length);
}

/**
 * Text for a terminal or a log: names and answers come from strangers, and their control characters
 * would move the cursor, change colours or hide what stands there. They are written as `\u001b`,
 * which JSON reads as what it was. So are line feeds and tabs in the names that were noted.
 */
export function printable(text: string): string {
  let plain = text;
  for (const name of brokenNames) {
    plain = plain.replaceAll(name, () => name.replace(UNPRINTABLE_IN_NAMES, escaped));
  }
  return plain.replace(UNPRINTABLE, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
