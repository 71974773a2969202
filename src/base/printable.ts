/** C0 but tab and line feed, DEL, C1; marks that turn the direction of what follows. */
const UNPRINTABLE = /(?!\t|\n)\p{Cc}|[\u202a-\u202e\u2066-\u2069]/gu;

/**
 * Text for a terminal or a log: names and answers come from strangers, and their control characters
 * would move the cursor, change colours or hide what stands there. They are written as `\u001b`,
 * which JSON reads as what it was.
 */
export function printable(text: string): string {
  return text.replace(
    UNPRINTABLE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
