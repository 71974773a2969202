/**
 * What the words of a question say of what is asked, wherever they stand: each turn is written as one cue
 * in capitals, so that a question becomes a row of cues, things and words that say nothing.
 */
const UNIT =
  "(?:mm|cm|dm|m|km|ft|in|inch|inches|foot|feet|yards?|cms|(?:milli|centi|deci)?met(?:er|re)s?|centimet(?:er|re)|units?)";
const WHO =
  "(?:(?:the|this|that|my|our|your) )?(?:camera|viewer|observer|lens|viewpoint|photographer|sensor|webcam|us|me)";
const PICTURE =
  "(?:(?:the|this|that|my|our|your|given|provided|attached|current|single|rgb|colou?r|camera|shown|following|tabletop|a) )*(?:image|picture|photo|photograph|frame|scene|view|shot|snapshot|pic)";
const SURFACE =
  "(?:(?:the|its|a|this|that|our) )?(?:(?:supporting|support|work|table|wooden|flat) )?(?:table|tabletop|table top|desk|desktop|countertop|counter|worktop|floor|ground|support|surface|plane)(?: (?:surface|top|plane|level))?(?: (?:below|beneath|under|underneath)(?: it)?)?";
const SEEN = "(?:seen|viewed|judged|looking|looked at|observed|perceived|measured|pictured)";
const SIDE = "(?: (?:hand|most))?(?: (?:side|edge|end|point|border|extreme|limit|boundary))?";
const EXTENT = "(?:extent|size|dimension|span|extension|measure)s?";
const APPROACH =
  "(?:closest|nearest|minimum|minimal|min|shortest|smallest|least|narrowest|tightest)";
const MUCH = "(?:any )?(?:amount|margin|distance|length|extent|measure)";
const IGNORING =
  "(?:(?:if|when) (?:you|i|we|one) )?(?:only )?(?:ignoring|ignore|disregarding|disregard|neglecting|neglect|excluding|discounting|forgetting|forget|omitting|leaving out|leaving aside|setting aside|not counting|without counting|without considering|regardless of|irrespective of)(?: about)?";

/** The turns in the order in which they are looked for: a cue stands for what was found, "" for nothing said. */
const TURNS: readonly (readonly [cue: string, turns: readonly string[]])[] = [
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
      `(?:answer|reply|respond|give|return|output|provide|print|say|as|just|only|in|with|using|write|one|a)(?: (?:me|with|just|only|a|an|one|single|the|in|as|your|best|rough|good|its))* (?:number|value|figure|float|integer|answer|estimate|guess)(?: (?:only|please))?(?= |$)`,
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
