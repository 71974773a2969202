/** What stands between clauses in a list of words. */
export const PAUSE = "|";

const GO = "go|move|going|moving|heading|walking";
const START = `${GO}|start|starting|coming`;
const FROM_THING = "(?:from|at) (the [\\p{L} ]{1,40}?),? (?:and )?";
/** "p(the mug)" */
const PLACE_OF = "(?:pos|position|center|centre|centroid|p|c|xyz)\\(([^(),]+)\\)";

const SHORTENED: readonly (readonly [RegExp, string])[] = [
  [/[\u2018\u2019\u02bc]/g, "'"],
  [/\b(yes|no|true|false) ?= ?(?=\p{L})/gu, "$1 means "],
  // "return -value"
  [/(^|[\s(=:])[-\u2212](?=\p{L})/gu, "$1minus "],
  [/(?<![\p{L}\p{N}])'(?=\p{L})(?!em\b|s )/gu, " "],
  [/\bcan't\b|\bcannot\b/g, "can not"],
  [/n't\b/g, " not"],
  [/\b(what|how|how \p{L}+|where|who|which|which one|it|that|there|here)'s\b/gu, "$1 is"],
  [/(?<=\p{L})'s (?=\p{L}{2,}er than )/gu, " is "],
  [/\b(is|are|does|do)nt\b/g, "$1 not"],
  [/\bgonna\b/g, "going to"],
  [/\bwanna\b/g, "want to"],
  [/\bgotta\b/g, "have to"],
  [/\b(would|do|could|can|will) ya\b/g, "$1 you"],
  [/(?<!\p{L})'?em\b/gu, "them"],
  [/\bwitch (?=ones? |is |of )/g, "which "],
  [/\b(which|what) on (?=is|are|has|sits|stands|lies|looks)/g, "$1 one "],
  [/ (?:n|an|nd|adn) (?=the )/g, " and "],
  [/ r (?=the )/g, " are "],
  [/\bi\.e\.?/g, ","],
  [/(?<! if) so (?=(?:is|are|does|do|which|what|how) )/g, ", so "],
  [/\b(?:(what|that|how|who)s|(far)'s)\b/g, "$1$2 is"],
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
    /\b(?:using|taking|with) (the [\p{L} ]{1,40}?) as (?:the |a )?(?:zero|reference|baseline|datum|origin|starting point|anchor)(?: level| height| size| point| object)?\b/gu,
    "relative to $1",
  ],
  [/\|?\bdz\b\|?/g, "z difference"],
  [/\b(\p{L}+er|more|less) then\b/gu, "$1 than"],
  // "how much higher is the mug then the can", "smaller as the can"
  [/\b(\p{L}{3,}er|(?:more|less) \p{L}+)\b([^,.;:?]{1,60}) then(?= (?:the|a|an) )/gu, "$1$2 than"],
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
  // "from the left edge of the mug to its right edge"
  [
    /\bfrom (?:the )?left(?:most)?(?: hand)?(?: edge| side| end| point)? of (the [\p{L} ]{1,40}?) (?:over )?to (?:its|the) right(?:most)?(?: hand)?(?: edge| side| end| point)?(?! of)\b/gu,
    "of $1 from left to right",
  ],
  // "until the gripper touches the mug"
  [
    /\b(?:until|till|before) (the [\p{L} ]{1,40}?) (?:touches|hits|contacts|meets|makes contact with|collides with|bumps into) (?=the )/gu,
    "before touching between $1 and ",
  ],
  [/\b(how (?:far|much|many \p{L}+)) (?:over|along)(?=\s*(?:[,.?!]|$))/gu, "$1"],
  // "is the mug just left of the can": more is asked than whether it is left of it
  [
    /\b((?:is|are|does|do) the [\p{L} ]{1,60}?) (?:exactly|precisely|just|only|immediately) (?=(?:(?:to|on|at|in) (?:the |its )?)?(?:left|right|above|over|below|under|underneath|beneath|behind|front)\b)/gu,
    "$1 directly ",
  ],
  [/\b(?:in order|so as) to\b/g, "to"],
  [
    / or (?:in|with|at|by) (?=the (?!left|right|back|front|rear|top|bottom|middle|upper|lower))/g,
    " or ",
  ],
  // "the observation vector needs the height of the mug"
  [
    /\b(?:the|my|our|this) (?:(?:observation|state|feature|reward|grasp|motion|path) )?(?:vector|policy|reward|function|controller|planner|agent|program|script) (?:needs|wants|requires|takes|expects|uses) (?=(?:the |a )?(?:\p{L}+ ){0,2}(?:height|width|gap|distance|clearance|elevation|extent|separation|offset|difference)\b)/gu,
    "give me ",
  ],
  // "label the mug as larger or smaller"
  [
    /\b(?:label|tag|mark|categori[sz]e) (the [\p{L} ]{1,40}?) as (?=(?:\p{L}+ ){1,6}or\b)/gu,
    "classify $1 as ",
  ],
  [/\bsay me (?=how|what|which|if|whether)/g, "tell me "],
  [/\b(?:regardless|irrespective|independent) of (?:the )?sign\b/g, "unsigned"],
  [/\bof each (?:piece|body|part)\b/g, "of each one"],
  [/\bwithout (?:using )?(?:any )?(?:external |other )?tools?\b/g, ""],
  // "how far apart are they, whichever is on top"
  [
    /(?=, whichever )(?<=\b(?:how (?:far|much|many)|distance|separation|offset)\b[^.?!]{1,160}), whichever (?:one |of them )?(?:is|lies|stands|sits) [\p{L} ]{2,30}(?=[.?!]|$)/gu,
    ", unsigned",
  ],
  [
    /\b(?:on|along|across|over|within) the (table|tabletop|ground|floor|support) plane\b/g,
    "in the $1 plane",
  ],
  // "distance of the mug and the can, table plane"
  [/, ?(?=(?:table|tabletop|ground|floor|xy|horizontal) plane(?: only)?(?:[,.;?]|$))/g, " in the "],
  // "how much the mug is far from the can"
  [
    /\bhow much (the [\p{L} ]{1,40}?) (?:is|are) (far|distant|high|tall|wide|broad|close|near|big)\b ?/gu,
    "how $2 is $1 ",
  ],
  // "one on the mug and one on the can"
  [
    /\bone (?:point )?(?:lying |located |sitting |placed )?on (the [\p{L} ]{1,40}?),? and (?:the other|one|another)(?: one| point)? (?:lying |located |sitting |placed )?on (?=the )/gu,
    "between $1 and ",
  ],
  // "size rather than apparent size", "in cm, not in pixels"
  [
    /,? ?(?:rather than|instead of|and not|not|as opposed to) (?:(?:in|by|on|the|its|their) )*(?:(?:apparent|projected|image) (?:size|sizes|width|height)|pixels?)(?: units| coordinates)?(?: in (?:the )?(?:image|picture|photo|pixels))?/g,
    "",
  ],
  [/,? ?not (?:with |by |in )?(?:the |a )?(?:letters?|sentences?|words)(?=[.,;)]|$)/g, ""],
  [
    /,? (?:and )?not (?:on |by )?where (?:they|it) (?:is|are|stands?|sits?)(?: placed| located)?(?=[.,;)])/g,
    "",
  ],
  [/,? not (?:the|its|their) size(?=[.,;)!]|$)/g, ""],
  // "clearance of the mug relative to the can"
  [
    /\b(distance|clearance|gap|separation|spacing) (?:of|for) (the [\p{L} ]{1,40}?) (?:with respect|relative|with regard) to (?=the )/gu,
    "$1 from $2 to ",
  ],
  [
    /\b(?:at|in) (?:the|this) (?:(?:current|present) )?(?:time ?step|instant|current state)\b/g,
    "now",
  ],
  [/\btop[- ]down map\b/g, "top down view"],
  // "d(the mug, the can)"
  [/\bd(?:ist)?\(([^(),]{1,40}), ?([^(),]{1,40})\)/g, "distance between $1 and $2"],
  // "project the mug and the can onto the table"
  [
    /\bproject (the [^.?!]{1,80}?) (?:down )?(?:onto|on|to) the (?=(?:table|tabletop|ground|floor|desk|support)\b)/g,
    "horizontally $1 on the ",
  ],
  // "project both onto the vertical axis"
  [
    /\bproject(?:ing|ed)?\b([^.?!]{0,80}?) (?:onto|on|to|along) the (?:gravity|vertical|up|z|height) (?:axis|direction|line)/g,
    "vertically $1",
  ],
  // "Allowed labels: left, right"
  [
    /\b(?:(?:allowed|possible|valid|permitted) )?(?:labels|options|choices|categories)(?: are)? ?:? ?["']?((?:in )?[a-z]+(?: of)?)["']? ?[,|] ?["']?((?:in )?[a-z]+(?: of)?)["']?(?=[.;]|$)/g,
    "$1 or $2",
  ],
  // "the mug is ___ the can"
  [
    /\b(the [\p{L} ]{1,40}?) is (?:_{2,}|\.{3}|\u2026|\[blank\]|\(blank\)|\[\s*\]) ?(?:than |of |to )?(?=the )/gu,
    "$1 compared to ",
  ],
  [/\b(they|you)re\b/g, "$1 are"],
  [
    /\bfor (the|an?|my|our) (?:collision|bounding) (?:box|cylinder|sphere|mesh|shape|model)\b/g,
    "for $1 planner",
  ],
  [/\b(the [\p{L} ]{1,40}?) its (?=\p{L}{2,}er than )/gu, "is $1 "],
  // "are we closer to the can than to the mug"
  [
    /\b(?:is|are|am) (?:(?:the|my|our|your) (?:camera|viewer|observer|lens)|we|you|i) (closer|nearer) to (the [\p{L} ]{1,40}?) than (?:(?:it|we|you|i) (?:is|are|am) )?to (?=the )/gu,
    "is $2 closer to the camera than ",
  ],
  [
    /\b(?:is|are|am) (?:(?:the|my|our|your) (?:camera|viewer|observer|lens)|we|you|i) (?:farther|further) (?:away )?from (the [\p{L} ]{1,40}?) than (?:(?:it|we|you|i) (?:is|are|am) )?from (?=the )/gu,
    "is $1 farther from the camera than ",
  ],
  // "take the can as the origin. How far left is the mug?"
  [
    /\b(?:take|use|treat|consider|choose) (the [\p{L} ]{1,40}?) as (?:the |a |your |our |my )?(?:origin|zero|reference|baseline|datum|starting point|anchor)(?: point| object)?[.,;:]/gu,
    "relative to $1,",
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
      `\\b(?:${START}|counting|measuring|counted|measured) ${FROM_THING}(?:(?:${GO}) )?(?:to(?:wards?)? the )?(left|right)(?:wards?)?(?=,| how| after| at| by how| what| until)`,
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
  [
    /\brelation(?:ship)? of (the [\p{L} ]{1,40}?)(?<! respect| regard| relation) to (?=the )/gu,
    "$1 relative to ",
  ],
  [/\) *([<>]) *|(?<=\p{L}) +([<>]) +(?=\p{L})/gu, " $1$2 "],
  [/ > /g, " greater than "],
  [/ < /g, " less than "],
  // "For the pick": nothing is picked out of two.
  [/\b((?:for|before) (?:the|my|our|this|an?) (?:next )?)pick\b(?! of\b)/g, "$1grasp"],
  // What one does next changes nothing, the next image does.
  [
    /\b((?:for|before) (?:the|my|our|this|an?)) next (?=(?:grasp|step|action|task|trial|run|experiment|move|attempt)\b)/g,
    "$1 ",
  ],
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

/** The reverse: clauses with a pause between each two. */
export function clausesJoined<Word extends string | object>(
  clauses: readonly (readonly Word[])[],
): readonly (Word | typeof PAUSE)[] {
  return clauses.flatMap<Word | typeof PAUSE>((clause, index) =>
    index > 0 ? [PAUSE, ...clause] : clause,
  );
}

/** A set of words that are written in a row. */
export function wordSet(words: string): ReadonlySet<string> {
  return new Set(words.split(" "));
}
