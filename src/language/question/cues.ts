import { CUES_AROUND, type CueTurns } from "./cuesAround.js";
import { APPROACH, EXTENT, MUCH, SURFACE, UNIT } from "./cueWords.js";

/** Measures and relations, in the order in which they are looked for. */
const TURNS: readonly CueTurns[] = [
  ...CUES_AROUND,
  [
    "ABOVE",
    [
      "(?:at|on|in|from) (?:an? |the )?(?:greater|higher|larger|highest|greatest)(?: vertical)? (?:height|elevation|altitude|level|position|place|spot)",
      "(?:has |have )(?:the |an? )?(?:greater|higher|larger|highest|greatest) (?:elevation|altitude|position)",
      "more high",
    ],
  ],
  [
    "BELOW",
    [
      "(?:at|on|in|from) (?:an? |the )?(?:smaller|lower|lesser|lowest|smallest)(?: vertical)? (?:height|elevation|altitude|level|position|place|spot)",
      "(?:has |have )(?:the |an? )?(?:smaller|lower|lesser|lowest|least) (?:elevation|altitude|position)",
      "more low",
    ],
  ],
  [
    "TALLER",
    [
      "(?:has |have |of |with |is )?(?:the |a )?(?:greater|larger|bigger|higher|most|more|greatest|largest|biggest)(?: vertical| physical| overall)? height",
      "taller|tallest|more tall|most tall",
    ],
  ],
  [
    "SHORTER",
    [
      "(?:has |have |of |with )?(?:the |a )?(?:smaller|lesser|lower|least|less|smallest|lowest) (?:vertical )?height",
      "shorter|shortest(?! (?:\\p{L}+ ){0,4}(?:distance|separation|gap|clearance|spacing|path|line)(?: |$))|less tall|more short|most short|least tall",
    ],
  ],
  [
    "WIDER",
    [
      "(?:has |have |of |with )?(?:the |a )?(?:greater|larger|bigger|most|more|greatest|largest|biggest) (?:width|breadth)",
      "wider|widest|broader|broadest|more wide|most wide|more broad",
    ],
  ],
  [
    "THINNER",
    [
      "(?:has |have |of |with )?(?:the |a )?(?:smaller|lesser|lower|least|less|smallest|lowest) (?:width|breadth)",
      "narrower|narrowest|thinner|thinnest|less wide|more narrow|most narrow|more thin|most thin|least wide|slimmer|slimmest",
    ],
  ],
  [
    "BIGGER",
    [
      "(?:greater|larger|bigger) (?:in |overall |by )?(?:size|overall|dimensions)",
      "(?:the |a )?(?:greater|larger|bigger) (?:overall )?size",
    ],
  ],
  [
    "SMALLER",
    [
      "(?:lesser|smaller) (?:in |overall |by )?(?:size|overall|dimensions)",
      "(?:the |a )?(?:lesser|smaller) (?:overall )?size",
    ],
  ],
  [
    "HEIGHT",
    [
      "(?:overall |full |total |whole )?height",
      `(?:VERT|upright) ${EXTENT}`,
      "(?:what|which) VERT (?:size|extent)",
    ],
  ],
  [
    "WIDTH",
    [
      "(?:overall |full |total |whole )?(?:width|breadth)",
      `(?:HORIZ|LEFTRIGHT|sideways|lateral|AXIS) ${EXTENT}`,
      `left to right ${EXTENT}`,
    ],
  ],
  // Two things
  ["BOTTOM", [`(?:(?:its|the) )?(?:lowest (?:point|part|edge))(?: of)?`]],
  ["POINT", ["(?:any |the )?points? (?:on|of)(?: the surface of)?"]],
  [
    "NEAREST",
    [
      `(?:${APPROACH} )?(?:from )?(?:surface|hull|boundary|skin|outline|mesh) to (?:surface|hull|boundary|skin|outline|mesh)`,
      `(?:(?:their|its|the|at|from|between|by|of) )*(?:two )?${APPROACH} (?:(?:pair|pairs) of )?(?:surface )?(?:points?|surfaces?|spots?|places?|parts?|approach|sides)(?: to each other)?(?: (?:of|on))?`,
      "(?:where|at the (?:place|point|spot) where) they (?:are|come|get) (?:the )?(?:closest|nearest)(?: together| to each other)?",
      "at (?:the|their) (?:closest|nearest|narrowest)",
    ],
  ],
  [
    "GAP",
    [
      `(?:(?:${APPROACH}|free|open|empty|clear|air) )*(?:gap|clearance|clearances|free space|empty space|open space|free room|breathing room|free air)`,
      `${APPROACH} (?:possible |euclidean |straight line |surface )?(?:distance|separation|spacing)`,
      "how much (?:free |empty |open )?(?:space|room)|(?:space|room) (?:is |that is )?(?:there|left)|(?:space|room) (?=between |separates |in between )",
    ],
  ],
  ["", [`(?:${APPROACH})(?= (?:possible )?NEAREST)`]],
  [
    "CENTRE",
    [
      "(?:(?:measured|measuring|taking|using) )?(?:from )?(?:the )?(?:center|centre|centroid|middle) to (?:the )?(?:center|centre|centroid|middle)(?: of)?",
      "(?:(?:geometric|object|volume|mass) )?(?:centers|centres|centroids|middles|midpoints|center|centre|centroid|middle|midpoint)(?: (?:points?|positions?))?(?: of)?",
    ],
  ],
  [
    "EUCLID",
    [
      "(?:going )?(?:in |along |as )?(?:a |the )?(?:straight|direct) line|euclidean|euclidian|three dimensional|3 ?d|as the crow flies|point to point|direct|linear|l 2",
    ],
  ],
  ["ELEV", ["elevation|altitude|ground clearance|lift height|hover height"]],
  ["", [`on ${SURFACE}(?= |$)(?! of)`]],
  [
    "TABLE",
    [
      `(?:(?:up |directly |straight |right |clear )?(?:above|over|off|off of|from|to|until|till|onto|on to|down to|clear of|and|relative to|compared to|with respect to|with regard to|between) )${SURFACE}(?= |$)(?! of)`,
      `(?:from )?(?:the surface of )${SURFACE}`,
    ],
  ],
  [
    "MUCH",
    [
      `(?:by |after |within )?(?:about |roughly |around |approximately )?how (?:many|much) (?:of )?(?:METRIC )?${UNIT}(?: (?:is it|are there))?`,
      `(?:by |at )(?:what|which) ${MUCH}`,
      `the ${MUCH} by which|(?:by )?how much(?! of)|by (?:what|which)|(?:the )?amount(?: by which)?|(?:what|which) (?:amount|margin)`,
    ],
  ],
  [
    "",
    [
      `(?:in|as|to|using) (?:whole |full )?${UNIT}`,
      `(?<=[\\p{L}>] )(?:mm|cm|m|inches|(?:milli|centi|deci)?met(?:er|re)s?)$`,
      `^${UNIT}$`,
    ],
  ],
  ["TALL", ["how (?:much )?tall|(?<=MUCH )tall"]],
  ["HIGH", ["how (?:much )?high(?: up)?|(?<=MUCH )high(?: up)?"]],
  ["WIDE", ["how (?:much )?(?:wide|broad)|(?<=MUCH )(?:wide|broad|across)"]],
  ["FAR UP", ["how far up"]],
  ["FAR DOWN", ["how far down"]],
  ["FAR BEHIND", ["how far back"]],
  [
    "FAR",
    [
      "how (?:far|distant)(?: (?:away|off|apart|out))?(?: (?:is it|are they))?",
      "how close(?: together| by)?",
    ],
  ],
  [
    "LIFT",
    [
      "lifted|raised|hanging|hovering|hovers|hover|held|floating|floats|float|suspended|levitating|held up|in the air|up in the air",
    ],
  ],
  // Which of two
  ["WHICH >", ["(?:(?:on|to|at|in) )?(?:which|what) (?:side|direction) of"]],
  [
    "LEFT >",
    [
      `(?:(?:further|farther|more|over|off) )*(?:(?:to|on|at|towards|toward) )?(?:(?:the|its) )?left(?: hand)?(?: side)? of`,
    ],
  ],
  [
    "RIGHT >",
    [
      `(?:(?:further|farther|more|over|off) )*(?:(?:to|on|at|towards|toward) )?(?:(?:the|its) )?right(?: hand)?(?: side)? of`,
    ],
  ],
  [
    "LEFT",
    [
      `(?:(?:further|farther|more|over|off) )*(?:(?:to|on|at|towards|toward) (?:the |its )?)?(?:left|leftmost|leftward|leftwards)(?: hand)?(?: side)?`,
    ],
  ],
  [
    "RIGHT",
    [
      `(?:(?:further|farther|more|over|off) )*(?:(?:to|on|at|towards|toward) (?:the |its )?)?(?:rightmost|rightward|rightwards|right)(?: hand)?(?: side)?`,
    ],
  ],
  ["FRONT >", ["(?:further |farther |more )?(?:in |to the )?(?:the )?front of"]],
  ["FRONT", ["(?:further |farther |more )?in (?:the )?front"]],
  [
    "BEHIND",
    ["(?:(?:further|farther|more|furthest|farthest) )*(?:in (?:the )?)?back(?= |$)(?! of)"],
  ],
  ["BEHIND >", ["(?:(?:further|farther|more) )*(?:behind|in (?:the )?back of)"]],
  [
    "ABOVE",
    [
      "(?:(?:further|farther) up|(?:up )?higher(?: up)?|highest|upper|uppermost|topmost)(?= |$)(?: (?:placed|positioned|located|position|level))?",
    ],
  ],
  ["ABOVE >", ["(?:up )?(?:above|over)"]],
  [
    "BELOW",
    [
      "(?:(?:further|farther) down|(?:down )?lower(?: down)?|lowest|lowermost)(?= |$)(?: (?:placed|positioned|located|position|level))?",
    ],
  ],
  ["BELOW >", ["(?:down )?(?:below|beneath|underneath|under)"]],
  ["BIGGER", ["bigger|biggest|larger|largest|greater|more big|most big|exceeds?"]],
  ["SMALLER", ["smaller|smallest|lesser|more small|most small"]],
  [
    ">",
    [
      "(?:as |when |if )?(?:compared|comparing|compare)(?: it)? (?:to|with|against)|(?:in )?(?:relative|relation|comparison|respect|regard|reference) (?:to|with)|with (?:respect|regard|reference) to|than|against",
    ],
  ],
  [
    "WHICH",
    [
      "(?:which|what)(?: (?:object|thing|item|one) (?:is|has|stands|sits|lies))|which(?: (?:one|object|thing|item))?|who|(?:what|whichever) (?:one|object|thing|item)|(?:name|pick|choose|select|identify)(?: the)?(?: (?:one|object|thing|item))?(?: that| which)?|the one (?:that|which)",
    ],
  ],
  ["OR", ["or"]],
  ["AND", ["and|versus|vs"]],
  [
    "DIST",
    [
      "distances?|separation|spacing|dist|(?:separates?|separated|separating|apart|range|far(?= from))(?= |$)",
    ],
  ],
  ["OFFSET", ["offset|displacement|displaced|shifted|delta|differences?|differ|shift"]],
  ["BOTTOM", [`(?:(?:its|the) )?(?:bottom|underside|base|lowest (?:point|part|edge))(?: of)?`]],
  ["UNSIGNED", ["unsigned|absolute|in magnitude|magnitude"]],
  ["", ["comes?(?= (?:FRONT|BEHIND|ABOVE|BELOW|LEFT|RIGHT))"]],
  ["REMOTE", ["more distant|(?:farther|further)(?: (?:away|off))?(?! VIEW)"]],
  ["CLOSE", ["closer|nearer"]],
  ["AXIS", ["depth|lateral"]],
  ["POS", ["(?:relative )?(?:position|positions|location|placement)"]],
  ["", ["> the other(?: (?:one|object|thing|item))?"]],
  [">", ["(?<=(?:LEFT|RIGHT|FRONT|BEHIND) is (?:[A-E]) )of"]],
  ["FROM", ["(?:starting |away |off )?from"]],
];

/**
 * What the words of a question say of what is asked, wherever they stand: each turn is written as one cue
 * in capitals, so that a question becomes a row of cues, things and words that say nothing.
 */
const COMPILED = TURNS.map(
  ([cue, turns]) =>
    [
      cue,
      new RegExp(`(?<![\\p{L}\\p{N}'])(?:${turns.join("|")})(?![\\p{L}\\p{N}])`, "gu"),
    ] as const,
);

/** A text of lower-case words, with its cues in capitals. */
export function withCues(text: string): string {
  let all = text;
  for (const [cue, turn] of COMPILED) all = all.replace(turn, cue);
  return all.replace(/ {2,}/g, " ").trim();
}
