export { escapeHtml } from "../base/index.js";

/** JSON for a script element: no user text can close the element. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replace(/</g, "\\u003c");
}
