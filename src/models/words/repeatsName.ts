/** A text of JSON, and the colon behind it where it is a name. */
const TEXT = /"(?:[^"\\]|\\.)*"(\s*:)?/g;

/**
 * Whether an object in a text of JSON has a name twice: `JSON.parse` takes the last one's value and hides
 * that something else was said.
 *
 * @param json What `JSON.parse` makes of `text`.
 */
export function repeatsName(text: string, json: unknown): boolean {
  const written = [...text.matchAll(TEXT)].filter(([, colon]) => colon !== undefined).length;
  let read = 0;
  const open: unknown[] = [json];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (typeof value !== "object" || value === null) continue;
    const parts: readonly unknown[] = Object.values(value);
    if (!Array.isArray(value)) read += parts.length;
    open.push(...parts);
  }
  return written > read;
}
