import { EXTENT, IGNORING, PICTURE, SEEN, SIDE, UNIT, WHO } from "./cueWords.js";

/** A cue, and the turns that it stands for; "" for what says nothing. */
export type CueTurns = readonly [cue: string, turns: readonly string[]];

/** What is said around a question, and from where, along which axis and between which ends things are measured. */
export const CUES_AROUND: readonly CueTurns[] = [
  // Whether it is so
  [
    "ASK",
    [
      "(?:would|do|could|can) (?:you|we|one) (?:say|think|agree|believe|reckon|judge|claim|confirm|verify|check|tell|see)(?: me| us| from here)?(?: (?:that|whether|if))?(?= (?:the )?(?:[A-E]|both) (?!'s)(?!is$))",
      "is it (?:true|correct|right|fair|so|accurate|the case)(?: (?:to say|if i say|to claim))?(?: that)?",
      "(?:(?:please|can you|could you|kindly) )*(?:tell me|tell|check|verify|confirm|confirm me|decide|determine|judge|say|see|know|evaluate|find out)(?: (?:that|whether|if))(?= (?:the )?(?:[A-E]) (?!'s)(?!is$))|whether",
    ],
  ],
  [
    "YES",
    [
      "yesno|(?:(?:answer|reply|say|respond)(?: (?:with|by|just|only))* )?(?:yes or no|yes no|true or false|no or yes)|or not",
    ],
  ],
  // Now, in words that mean something else by themselves
  [
    "",
    [
      "right now|just now|at the moment|at present|currently|presently|as of now|in this moment|at this moment|now",
      "(?:from|to|of|with|between) (?:each other|one another|them|each of them)",
      "(?<=(?:[A-E]|they|it|both|them|which|one) )(?:lie|lies|lying)",
      "^(?:just|only|simply)",
      `(?:answer|reply|respond|give|return|output|provide|print|say|as|just|only|in|with|using|write|one|a)(?: (?:me|with|just|only|a|an|one|single|the|in|as|your|best|rough|good|its))* (?:number|value|figure|float|integer|answer|estimate|guess)(?: (?:only|please))?(?= |$)(?! (?:of|on|for))(?! (?:of|on|for))`,
      "out of(?= A| B)|been(?= lifted| raised| held)|(?<=i )(?:can |could )?(?:see|notice)(?: that)?(?= [A-E] )",
      "(?:left|remaining|existing|available|there)(?= (?:left )?(?:between|in between|separating))|(?<=(?:space|room|gap|clearance) )(?:is )?(?:there )?left$",
      "(?:that |which )?(?:we|i|you) (?:have got|have|get|find|measure|observe)(?= (?:what|which|between|from|at|in|there|on|to the)|$)|to the best of (?:your|my|our) (?:knowledge|ability|abilities)|(?:comes|come|amounts|works out|equals|is equal) (?:to|at)(?= how| what)|(?:about|around|roughly)(?= how| what| \\d)",
      "(?:and )?(?:i )?would (?:really )?(?:appreciate|like|love|welcome)(?: to (?:know|have|get))?|your (?:best )?(?:estimate|guess|answer|opinion)|have a go(?: at)?(?: guessing)?|take a (?:guess|stab|shot)(?: at)?|all in all|on the whole|if (?:you|i|we) had to (?:choose|pick|decide)|(?<=which )would it be|would it be$|happens to be|happen to be|(?:would|could|should|is) (?:that|it|this) be|rn|or nah",
      "(?:please )?be so (?:good|kind)(?: as)?(?: to| and)?|if you would be so (?:good|kind)|(?:a |an )?(?:rough|vague|quick|good|general) (?:idea|sense|guess|estimate|ballpark)(?: of| about| on)?",
      "i (?:would|will|am|was) (?:be )?(?:(?:most|very|ever|so|really|just) )*(?:grateful|thankful|glad|happy|obliged|wondering|curious|interested)(?: (?:if|whether|to (?:know|hear|learn|see)))?(?: you (?:could|would|can))?|(?:if )?(?:could|can|may|might) i (?:trouble|bother|ask)(?: you)?(?: to)?(?: tell me)?|if i may ask",
      "relative (?:vertical |lateral |horizontal )?(?:position|placement|location|height|depth|size|width)(?= of)",
      "(?:what|which)(?: is| are)?(?= (?:the )?(?:\\p{L}+ )?(?:distance|separation|spacing|height|width|breadth|elevation|gap|clearance|offset)(?: |$))",
      "how (?:big|large|wide|great|much|small|broad)(?: (?:is|are|of))?(?: (?:an?|the))?(?= (?:\\p{L}+ )?(?:gap|clearance|distance|separation|spacing|space|offset|height|width)(?: |$))",
      "(?:the )?size of(?= (?:the )?(?:gap|clearance))|(?<=VERT )stuff",
    ],
  ],
  // Who asks whom, politely
  [
    "",
    [
      "(?:could|can|would|will|may|might) (?:you|i|we|u)(?: (?:please|kindly|just|maybe|possibly|perhaps|be able to|be so kind as to|be so kind and|be kind enough to))*(?: (?:tell|show|give|ask|let|help)(?: (?:me|us))?)?(?: (?:know|figure out|work out|find out))?(?: about)?",
      "(?:tell|show|give|let|get|help|inform|telling|giving|say|share with|advise|guess) (?:me|us)(?: (?:know|figure out|work out))?(?: about)?",
      "(?:i|we) (?:(?:would|do|really|just|only|also|please|am|are|will|must|should|have to) )*(?:need|want|like|love|wonder|wondering|wish|require|appreciate|know)(?: to)?(?: (?:know|find out|learn|understand|ask|measure|see|hear|get|have|figure out|work out|check|determine|estimate))*(?: about| you)?",
      "(?:would|do|could|can) you (?:mind )?(?:say|think|estimate|estimating|guess|reckon|judge|call|describe|put|believe|agree|consider|know|see|measure|rate)(?: that| as)?",
      "(?:do|does|can|could) (?:you|we|one|i) (?:have|find|see|get|read|measure|observe)",
      "(?:any|some) (?:idea|clue|guess|chance)(?: (?:of|on|about))?",
      "(?:i|we) (?:think|guess|believe|mean|suppose)",
      "as (?:best|well|good|accurately|precisely|exactly|closely|carefully) (?:as )?(?:you|i|we|one) (?:can|could|possibly can)",
      "so far as (?:you|i|we) can (?:tell|see|judge)|if (?:you|i|we) had to (?:guess|say|estimate)|if (?:you do not|you would not) mind|if possible|if you (?:can|could|please|would)",
      `(?:approximately|roughly|about|around|exactly|precisely) (?=how |${UNIT})`,
      "for (?:me|us)(?= |$)",
    ],
  ],
  // Seen how
  [
    "BEHIND",
    [
      "(?:deeper|farther|further)(?: (?:back|away|down))? (?:in|into|inside) the (?:scene|picture|image|view)",
    ],
  ],
  [
    "FRONT OR BEHIND",
    [
      `(?:closer|nearer)(?: to)? or (?:farther|further)(?: (?:away|off))? (?:from|to) ${WHO}`,
      `(?:closer|nearer) to ${WHO} or (?:farther|further)(?: (?:away|off|back|from it))?`,
    ],
  ],
  [
    "BEHIND OR FRONT",
    [
      `(?:farther|further)(?: (?:away|off))?(?: from)? or (?:closer|nearer) (?:from|to) ${WHO}`,
      `(?:farther|further)(?: (?:away|off))? from ${WHO} or (?:closer|nearer)(?: to it)?`,
    ],
  ],
  [
    "FRONT",
    [
      `(?:closer|nearer|closest|nearest|more close|more near) (?:(?:up )?to |of )?${WHO}(?: ?, (?:the )?(?:camera|viewer|observer) ?,)?(?: (?:camera|lens|viewer))?(?: position)?`,
    ],
  ],
  [
    "BEHIND",
    [
      `(?:farther|further|farthest|furthest|more far|more distant|more remote)(?: (?:away|off|back|out))? (?:from|to|of) ${WHO}(?: ?, (?:the )?(?:camera|viewer|observer) ?,)?(?: (?:camera|lens|viewer))?`,
    ],
  ],
  [
    "VIEW",
    [
      `(?:as )?${SEEN} (?:by|from|through|in|at|with|on) (?:the )?(?:camera|viewer|observer|lens) ?(?:'s )?(?:(?:point of view|perspective|viewpoint|view point|view|side|position|frame|angle|eyes|standpoint|coordinates|coordinate frame|reference frame|image|picture)|(?=$|,| (?:is|are|does|do|how|what|which|[A-E])(?: |$)))`,
      "(?:as |where |how )?(?:the )?(?:camera|viewer|observer) (?:sees|views|looks at|captures|shows)(?: (?:it|them|things|this|the scene))?",
      "(?:as|when|where) (?:we|i|you|one) (?:look|see|view|looked|are looking|am looking)(?: at| on| to)?(?: (?:it|them|this|both|the two|the scene|the picture|the image))?",
      "from (?:our|my|your|this|the) (?:point of view|perspective|viewpoint|view point|view|angle|vantage point|standpoint)",
      "in (?:the )?camera (?:view|frame|coordinates|space|coordinate frame)|(?:facing|looking (?:at|into)) the scene",
    ],
  ],
  [
    "CAM",
    [
      "(?:from|for|to) (?:the |this )?(?:camera|viewer|observer)(?: 's (?:point of view|perspective|viewpoint|view point|view|side|position|frame|angle|eyes|standpoint))?(?= |$)",
      "with (?:respect|regard) to the (?:camera|viewer|observer)",
    ],
  ],
  ["IMG", [`in ${PICTURE}`, `on ${PICTURE}`]],
  [
    "",
    [
      `(?:(?:based|judging|going|relying|working)(?: only| purely| solely)? )?(?:on|by|from|off|according to|given|using|with|per) (?:what (?:you|we|i) (?:can )?see(?: (?:here|IMG))?|${PICTURE})`,
      `(?:looking|look|have a look|take a look|glancing) at ${PICTURE}|(?:given|consider|considering|see|inspect|examine|study) ${PICTURE}`,
      `as (?:shown|seen|visible|pictured|depicted)(?: (?:here|IMG|VIEW|in it))?|(?:shown|seen|visible|pictured|depicted) (?:here|IMG|VIEW|in it)|as (?:it|they|things|this) (?:appears?|looks?|is|are|stands?|seems?)(?: (?:shown|seen|visible|pictured|depicted))?(?: (?:to VIEW|here|IMG|VIEW|right now|now|currently))?`,
      "of the (?:two|pair)(?: of them)?|the two (?:objects|things|items)|(?:these|those|both) (?:two )?(?:objects|things|items)",
    ],
  ],
  ["HIGH", ["(?:at |from )?(?:what|which) height(?= |$)(?! (?:difference|offset|has|have|of))"]],
  // Whatever is not counted
  [
    "HORIZ",
    [
      `${IGNORING} (?:(?:any|the|all|their|its|everything|anything) )?(?:(?:difference|differences|offset|offsets|separation|component|shift|part|change)(?: (?:in|of))? )?(?:(?:the|their) )?(?:vertical(?:ly)?(?: (?:offset|difference|component|separation|distance|part|direction|axis|shift))?|heights?(?: (?:difference|differences|offset|component|above the table))?|elevations?(?: (?:difference|offset))?|z)`,
      `(?:looks?|looking|counting|considering|measured|measuring|taking|regarding|concerning)?(?: only| just)?(?: (?:at|in|for))?(?: the)? (?:horizontal position|horizontal positions|horizontal plane)(?: and not (?:at |the )?(?:heights?|elevations?))?`,
      `(?:(?:along|across|parallel to|in the plane of|on the plane of|projected (?:on|onto|to)|projecting (?:on|onto|to)|flat (?:on|along)) )(?:the )?(?:table|tabletop|table top|desk|ground|floor|surface|support)(?: (?:plane|surface|top))?`,
      "(?:in|on|within|along|over) (?:the )?(?:(?:table|tabletop|ground|floor|desk|support) plane|(?:horizontal|xy|x y) (?:plane|direction|axis))|in plan(?: view)?|top down|(?:as )?(?:seen|viewed) from (?:directly |straight )?(?:above|overhead)|in the plane",
      "and not (?:at )?(?:the )?(?:heights?|elevations?)|(?:leave|leaving|with|put|putting|setting) (?:the |any |their )?(?:heights?|elevations?)(?: differences?)? (?:out|aside|left out|ignored|excluded|removed)(?: of (?:it|this|account))?",
      "(?:looking|look|seen|viewed) (?:straight |directly )?down (?:on|at|onto|upon) the (?:table|tabletop|desk|scene)|in (?:the )?HORIZ",
      "horizontal component(?: of)?|(?:only |just |purely )?horizontal(?:ly)?(?: (?:only|speaking))?|planar|xy|x y|ground plane|table plane|horiz",
    ],
  ],
  [
    "VERT",
    [
      `${IGNORING} (?:(?:any|the|all|their|everything|anything) )?(?:(?:difference|offset|separation|component|shift|displacement)(?: (?:in|of))? )?(?:horizontal|sideways|lateral|HORIZ|(?:left right|sideways|lateral|depth|horizontal|HORIZ) (?:or|and) (?:left right|sideways|lateral|depth))(?: (?:position|offset|difference|component|separation|distance|part|direction|shift|displacement))?`,
      "(?:only |just |solely )?(?:in|along|on|by) (?:the )?(?:vertical|up down|up and down|height|gravity|up) (?:direction|axis|dimension|component|line|sense)(?: (?:only|alone))?|(?:only |just )?up and down(?: (?:only|wise))?|vertical component(?: of)?|(?:only |just |purely )?vertical(?:ly)?(?: (?:only|speaking))?|vert|height ?wise|in (?:terms of )?(?:height|elevation|altitude)(?= |$)",
    ],
  ],
  [
    "AXIS",
    [
      "(?:in|along|on) (?:the )?(?:camera 's |camera )?(?:left right|lateral|sideways) (?:direction|axis)|sideways|laterally|(?:in|along) (?:the )?(?:depth|viewing|optical|camera) (?:direction|axis)|in (?:terms of )?depth|depth ?wise|along the line of sight",
    ],
  ],
  [
    "METRIC",
    [
      `in real (?:life|world)(?: (?:units|size|terms))?|in (?:metric|physical|actual|si) (?:units|size|terms)|(?:real ?world|physical|actual|real|true|metric)(?= (?:\\p{L}+ )?(?:width|height|size|distance|gap|clearance|${EXTENT}|${UNIT}|horizontal|HORIZ|VERT)(?: |$))`,
    ],
  ],
  // The width and the height of one thing
  ["SHORTER", ["(?:less|smaller) VERT"]],
  ["TALLER", ["(?:more|greater|larger|bigger) VERT"]],
  [
    "LEFTRIGHT",
    [
      `(?:measured )?(?:going )?(?:straight )?(?:from )?(?:its |the |one )?(?:left|leftmost|right|rightmost)${SIDE}(?: of it)? (?:over |across |all the way )?(?:to|until|till) (?:its |the )?(?:right|rightmost|left|leftmost)${SIDE}(?: of it)?`,
      "(?:from )?(?:one )?side to (?:the )?(?:other )?side|left right(?: (?:direction|axis))?|(?:measured )?across|(?:from )?one side (?:over |across )*to the other(?: side)?",
    ],
  ],
  [
    "BOTTOMTOP",
    [
      "(?:measured )?(?:going )?(?:from )?(?:its |the )?(?:very )?(?:bottom|base|foot|lowest point|lowest part|underside)(?: of it)? (?:up |all the way |straight up )?(?:to|until|till) (?:its |the )?(?:very )?(?:top|tip|highest point|highest part)(?: of it)?",
      "(?:from )?(?:its |the )?top (?:down )?to (?:its |the )?(?:bottom|base)",
    ],
  ],
];
