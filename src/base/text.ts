import { itemAt, lastOf } from "./itemAt.js";

/** The name of `names` that `wanted` was probably meant to be; undefined if none is near. */
export function closestName(wanted: string, names: Iterable<string>): string | undefined {
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  let closest: string | undefined;
  let closestDistance = limit + 1;
  for (const name of names) {
    const distance = editDistance(wanted.toLowerCase(), name.toLowerCase());
    if (distance >= closestDistance) continue;
    closest = name;
    closestDistance = distance;
  }
  return closest;
}

/** Insertions, deletions, substitutions and swaps of neighbours that turn a into b. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = itemAt(row, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = isSwap ? itemAt(before, j - 2) + 1 : Number.POSITIVE_INFINITY;
      next.push(Math.min(substitution, swap, itemAt(row, j) + 1, itemAt(next, j - 1) + 1));
    }
    before = row;
    row = next;
  }
  return lastOf(row);
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text that is safe as HTML or SVG content and inside quoted attributes. */
export function escapeHtml(text: string): string {
  return (
    text
      .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "")
      // XML, and so a standalone SVG, allows no other control characters, not even as entities.
      .replace(/[\p{Cc}\uFFFE\uFFFF]/gu, (control) =>
        "\t\n\r".includes(control) ? control : "\uFFFD",
      )
  );
}

/** The source of a regular expression that finds the text as it is. */
export function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** The order of names in which `bag_2` comes before `bag_10`. */
export function byNumber(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}
