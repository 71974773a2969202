/**
 * How alike two captions are, 0 (nothing in common) to 1 (the same): a port, behind which a text
 * embedding can stand as well.
 */
export type Similarity = (a: string, b: string) => number;

/** Captions at least so alike are taken to mean the same thing. */
export const LOOK_ALIKE = 0.99;

/**
 * The share of words that captions have in common, the shorter one's taken as the whole: "box"
 * fits "green box" fully. Case and word order do not matter.
 */
export const tokenSimilarity: Similarity = (a, b) => {
  const [first, second] = [wordsOf(a), wordsOf(b)];
  const smaller = Math.min(first.size, second.size);
  if (smaller === 0) return 0;
  let shared = 0;
  for (const word of first) if (second.has(word)) shared++;
  return shared / smaller;
};

function wordsOf(text: string): Set<string> {
  return new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu));
}
