/** The message inside an error body of the shapes that servers use, or the whole body. */
export function errorMessage(body: string): string {
  try {
    const json = JSON.parse(body) as {
      error?: { message?: unknown } | string;
      message?: unknown;
      detail?: unknown;
    } | null;
    const error = json?.error;
    const message = typeof error === "object" ? error?.message : error;
    const found = message ?? json?.message ?? json?.detail;
    return found === undefined ? body : typeof found === "string" ? found : JSON.stringify(found);
  } catch {
    return body;
  }
}

/** The beginning of a text on one line, without control characters. */
export function firstWords(text: string, length = 200): string {
  const line = text.replace(/[\s\p{Cc}]+/gu, " ").trim();
  return line.length <= length ? line : `${line.slice(0, length)}…`;
}
