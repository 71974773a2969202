/**
 * A message whose texts @foxglove/cdr writes rightly: it reserves as many bytes as a text has
 * UTF-16 units and fills them with UTF-8, which cuts off every text that is not ASCII. NULs behind
 * such a text make its length that of its bytes; they themselves find no room any more.
 */
export function utf8Strings(value: unknown): unknown {
  if (typeof value === "string") {
    const missing = Buffer.byteLength(value) - value.length;
    return missing === 0 ? value : value + "\0".repeat(missing);
  }
  if (Array.isArray(value)) {
    const kind = typeof value[0];
    return kind === "string" || kind === "object" ? value.map(utf8Strings) : value;
  }
  if (value === null || typeof value !== "object" || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [name, utf8Strings(field)]),
  );
}
