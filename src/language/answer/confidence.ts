import { isOneOf, type Token } from "./tokens.js";

const words = (text: string): ReadonlySet<string> => new Set(text.split(" "));
const WEAK = words("maybe perhaps possibly might guess could hard difficult unsure uncertain");
const HEDGED = words(
  "probably likely seems seem appears appear looks think believe slightly roughly mostly",
);

/**
 * How sure an answer in words sounds: 0.95 plain, 0.8 with "probably", "it seems" and the like,
 * 0.65 with "maybe", "I guess" and the like.
 */
export function spokenConfidence(tokens: readonly Token[]): number {
  if (tokens.some((_, index) => isOneOf(tokens, index, WEAK))) return 0.65;
  return tokens.some((_, index) => isOneOf(tokens, index, HEDGED)) ? 0.8 : 0.95;
}
