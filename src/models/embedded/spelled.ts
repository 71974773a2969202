/** Words that a slip of the finger must not hide. */
const CUES =
  "distance between gripper height width vertical vertically horizontal horizontally clearance elevation separation centimeters".split(
    " ",
  );

/** A text whose misspelled cue words are put right: one letter too many, missing, wrong, or two exchanged. */
export function spelled(text: string): string {
  return text.replace(/\b[a-z]{3,}\b/gi, (word) => {
    const lower = word.toLowerCase();
    if (lower === "teh" || lower === "hte") return "the";
    if (lower.length < 5 || CUES.includes(lower)) return word;
    return CUES.find((cue) => isSlip(lower, cue)) ?? word;
  });
}

function isSlip(word: string, cue: string): boolean {
  if (Math.abs(word.length - cue.length) > 1 || word === `${cue}s`) return false;
  let start = 0;
  while (start < word.length && word[start] === cue[start]) start++;
  const [left, right] = [word.slice(start), cue.slice(start)];
  if (left.slice(1) === right.slice(1) || left.slice(1) === right || left === right.slice(1))
    return true;
  return left[0] === right[1] && left[1] === right[0] && left.slice(2) === right.slice(2);
}
