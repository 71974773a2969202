import { closestName } from "../base/index.js";

/** `; did you mean "x"?` where a name is near or has the same letters, else nothing. */
export function suggestion(word: string, candidates: Iterable<string>): string {
  const names = [...candidates];
  const near = names.find((name) => letters(name) === letters(word)) ?? closestName(word, names);
  return near === undefined ? "" : `; did you mean "${near}"?`;
}

function letters(word: string): string {
  return [...word.toLowerCase()].sort().join("");
}
