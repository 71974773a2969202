import { closestName } from "../closestName.js";

/** `; did you mean "x"?` where a name is near, else nothing. */
export function suggestion(word: string, candidates: Iterable<string>): string {
  const near = closestName(word, candidates);
  return near === undefined ? "" : `; did you mean "${near}"?`;
}
