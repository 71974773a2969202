/** What stands between clauses in a list of words. */
export const PAUSE = "|";

const GO = "go|move|going|moving|heading|walking";
const START = `${GO}|start|starting|coming`;
const FROM_THING = "(?:from|at) (the [\\p{L} ]{1,40}?),? (?:and )?";
/** "p(the mug)" */
const PLACE_OF = "(?:pos|position|center|centre|centroid|p|c|xyz)\\(([^(),]+)\\)";

const SHORTENED: readonly (readonly [RegExp, string])[] = [
  [/[\u2018\u2019\u02bc]/g, "'"],
  [/\bcan't\b|\bcannot\b/g, "can not"],
  [/n't\b/g, " not"],
  [/\b(what|how|where|who|which|which one|it|that|there)'s\b/g, "$1 is"],
  [/(?<=\p{L})'s (?=\p{L}{2,}er than )/gu, " is "],
  [/\b(is|are|does|do)nt\b/g, "$1 not"],
  [/(?<!\p{L})'?em\b/gu, "them"],
  [/\bwitch (?=ones? |is |of )/g, "which "],
  [/\b(which|what) on (?=is|are|has|sits|stands|lies|looks)/g, "$1 one "],
  [/ (?:n|an|nd|adn) (?=the )/g, " and "],
  [/ r (?=the )/g, " are "],
  [/\bi\.e\.?/g, ","],
  [/ so (?=(?:is|are|does|do|which|what|how) )/g, ", so "],
  [/\b(?:(what|that|how)s|(far)'s)\b/g, "$1$2 is"],
  [/\bu\b/g, "you"],
  [/(?<=\p{L})\|(?=\p{L})/gu, " or "],
  [/'re\b/g, " are"],
  [/'ve\b/g, " have"],
  [/\bi'm\b/g, "i am"],
  [/\b(i|we|you)'d\b/g, "$1 would"],
  [/\blet's\b/g, "let us"],
  [/'ll\b/g, " will"],
  [/\b(vs|approx|dist|horiz|vert)\./g, "$1"],
  [/<?\s*(?:->|=>|→|↔|<->)\s*/g, " to "],
  [/&/g, " and "],
  [/\bw\.? ?r\.? ?t\b\.?/g, "with respect to"],
  [
    /\b(distance|gap|clearance|separation) (the [\p{L} ]{1,40}?) ?\/ ?(?=the )/gu,
    "$1 between $2 and ",
  ],
  [/(?<=[a-z])\/(?=[a-z])| \/ /g, " or "],
  [
    /\b(?:using|taking|with) (the [\p{L} ]{1,40}?) as (?:the |a )?(?:zero|reference|baseline|datum)(?: level| height| size)?\b/gu,
    "relative to $1",
  ],
  [/\|?\bdz\b\|?/g, "z difference"],
  [/\b(\p{L}+er|more|less) then\b/gu, "$1 than"],
  // "how much higher is the mug then the can", "smaller as the can"
  [/\b(\p{L}{3,}er)\b([^,.;:?]{1,60}) then(?= (?:the|a|an) )/gu, "$1$2 than"],
  [
    /\b(\p{L}{4,}er(?: width| height| size)?) as (?=(?:the|that) (?!camera|viewer|observer))/gu,
    "$1 than ",
  ],
  // "can the mug be found left of …"
  [
    /\b(?:can|could|would|should|might|may) (the [\p{L} ]{1,40}?) be (?:found|seen|called|considered|described|regarded|judged|said to be)(?: as)?(?: being)?\b/gu,
    "is $1",
  ],
  [
    /\b(?:do|would|could|can) you (?:see|judge|regard|consider|rate|call) (the [\p{L} ]{1,40}?) as (?:being )?(?:the )?(?=\p{L}{2,}er\b)/gu,
    "is $1 ",
  ],
  // "does the can have the mug behind it", "… to its left"
  [
    /\b(?:does|has) (the [\p{L} ]{1,40}?) (?:have|got) (the [\p{L} ]{1,40}?) (behind|above|below|beneath|under|underneath|in front of) (?:it|itself)\b/gu,
    "is $2 $3 $1",
  ],
  [
    /\b(?:does|has) (the [\p{L} ]{1,40}?) (?:have|got) (the [\p{L} ]{1,40}?) (?:to|on) its (left|right)(?: hand)?(?: side)?\b/gu,
    "is $2 $3 of $1",
  ],
  // "starting at the mug and going to the left", "going from the mug away from the camera"
  [
    new RegExp(
      `\\b(?:${START}|counting|measuring) ${FROM_THING}(?:(?:${GO}) )?(?:to(?:wards?)? the )?(left|right)(?:wards?)?(?=,| how| after| at| by how| what| until)`,
      "gu",
    ),
    "going $2 from $1,",
  ],
  [
    new RegExp(
      `\\b(?:${START}) ${FROM_THING}(?:(?:${GO}) )?away from the (?:camera|viewer|lens)\\b`,
      "gu",
    ),
    "back from $1,",
  ],
  [
    new RegExp(
      `\\b(?:${START}) ${FROM_THING}(?:(?:${GO}|coming) )?towards? the (?:camera|viewer|lens)\\b`,
      "gu",
    ),
    "forward of $1,",
  ],
  // "z_min(the mug) - z_table"
  [
    /\b(?:z_?min|min_?z|z_?bottom|bottom_?z|bottom)(?:\(([^(),]+)\)| of (the [\p{L} ]{1,40}?)) ?(?:[-\u2212]|minus) ?(?:z_?(?:table|tabletop|desk|floor|ground|surface)|z\(the table\)|(?:table|tabletop|desk|floor|ground|surface)(?:[_ ]?top)?[_ ](?:z|height|level))\b/gu,
    "elevation of $1$2 above the table",
  ],
  // "height(the mug) > height(the can)"
  [
    /\bdepth\(([^(),]+)\) *(?:-|minus) *depth\(([^(),]+)\)/g,
    "how much farther from the camera is $1 than $2",
  ],
  // "norm(p(the mug) - p(the can))", "||the mug - the can||", "abs(z(the mug) - z(the can))"
  [
    new RegExp(`\\b(?:norm|dist|distance)\\(${PLACE_OF} ?[-\\u2212,] ?${PLACE_OF}\\)`, "g"),
    "distance between $1 and $2",
  ],
  [/\|{1,2}([\p{L} ]{1,40}) [-\u2212] ([\p{L} ]{1,40})\|{1,2}/gu, "distance between $1 and $2"],
  [/\|([^|]{1,120}) [-\u2212] ([^|]{1,120})\|/g, "absolute $1 minus $2"],
  [/\b([xyz])\(([^(),]+)\) ?[-\u2212] ?(?=\1\()/g, "$1 of $2 minus "],
  [/\bstep \d ?[:.)]/g, ","],
  [/(?:^|(?<=[\s:]))\(?[ab12]\) /g, ", "],
  [/\brelation(?:ship)? of (the [\p{L} ]{1,40}?) to (?=the )/gu, "$1 relative to "],
  [/\) *([<>]) *|(?<=\p{L}) +([<>]) +(?=\p{L})/gu, " $1$2 "],
  [/ > /g, " greater than "],
  [/ < /g, " less than "],
  [/(\p{L})'s\b/gu, "$1 's"],
  [/s' /g, "s 's "],
];

const WORD = /'s|[\p{L}]+|\p{N}+(?:[.,]\p{N}+)?|[.,;:?!()[\]{}"/=\n\u2013\u2014\u2026]| - /gu;

/** The words of a text in lower case; "'s" is a word of its own, and so is a pause. */
export function wordsOf(text: string): readonly string[] {
  let plain = text.toLowerCase();
  for (const [shortened, full] of SHORTENED) plain = plain.replace(shortened, full);
  return (plain.match(WORD) ?? []).map((word) =>
    /^(?:'s$|[\p{L}\p{N}])/u.test(word) ? word : PAUSE,
  );
}

/** The words between pauses. */
export function clausesOf<Word extends string | object>(
  words: readonly Word[],
): readonly (readonly Word[])[] {
  const clauses: Word[][] = [[]];
  for (const word of words) {
    if (word === PAUSE) clauses.push([]);
    else clauses.at(-1)?.push(word);
  }
  return clauses.filter(({ length }) => length > 0);
}
