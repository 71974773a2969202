/**
 * What the words of a question mean: turns of one word or several, the longest that fits first, and
 * the symbols that they stand for. A word that is in none of them makes it another question.
 *
 * In a turn, `a|b` are two words to choose from, `?` ends what may be left out, and `$name` is a set of
 * turns that are often said.
 */
const SETS: Readonly<Record<string, string>> = {
  $det: "the|a|an|this|that|these|those|its|their|my|our|your?",
  $camera: "the|this|that|my|our|your? camera|viewer|observer|lens|photographer|viewpoint|cam",
  $us: "us|me|you",
  $image:
    "the|this|that|my|our|your|given|provided|attached|current? camera? image|picture|photo|photograph|scene|frame|view|shot|snapshot|pic|img",
  $surface:
    "the|a|its|this|that|our|your? supporting|support|work|table|wooden|flat? table|tabletop|desk|desktop|surface|floor|ground|counter|countertop|worktop|workbench|bench|support top|surface|level?",
  $unit:
    "mm|cm|m|km|ft|in|cms|inch|inches|foot|feet|yards|millimeter|millimeters|millimetre|millimetres|centimeter|centimeters|centimetre|centimetres|meter|meters|metre|metres|decimeters|decimetres|dm|centimetters",
  $height: "the|any|their|its? height|heights|elevation|altitude difference|differences|offset?",
  $far: "farther|further",
  $than: "than",
};

const LEXICON: Readonly<Record<string, readonly string[]>> = {
  // Nothing that changes the question.
  "": [
    "do you measure|get|read|estimate|calculate|measure",
    "are we talking about?",
    "if you had|have|must to? guess|estimate|say|answer",
    "considered|regarded|deemed as?",
    "if i ask|asked you?",

    "come|comes out|up",

    "at",
    "holds|applies",
    "take|takes|taking|cover|covers|occupy|occupies|got up?",
    "seen? from where $image was|is taken",
    "the name of",
    "is? one from|to the other one?",
    "from|to the other one?",
    "from|in the? depth map|image",
    "does $camera see|show",
    "is|are at different|various|unequal levels|heights",

    "is it true|correct|right|fair|so to|that say? that?",
    "is it the case that?",
    "can it be said that",
    "it seems|appears|looks that|like?",
    "classify|judge|rather|kinda|sorta",
    "kind|sort of",
    "to be",
    "count|counts as",
    "position|size|height|width wise",
    "do you judge|find|see|call",
    "judge|judged|judging by $image",
    "from where $image was|is taken",
    "in real world? units|size|terms",
    "trail|trails",

    "please|pls|plz|kindly|hey|hi|hello|hiya|ok|okay|alright|so|well|um|umm|uh|uhh|er|erm|hmm|hm|oh|ah|like|just|simply|only|now|then",
    "currently|presently|actually|really|basically|exactly|precisely|roughly|approximately|approx|about|maybe|perhaps|possibly|ideally|here",
    "thanks|cheers|sorry|there|it|they|them|both|be|being|quick|quickly",
    "$det",
    "over here|there",
    "right|just now",
    "at the moment|present",
    "at this moment|point|instant",
    "as of now",
    "as it is now?",
    "thank you so|very? much?",
    "excuse|pardon me",
    "good morning|afternoon|evening|day",
    "if possible",
    "if you can|could|please|would|like",
    "if you would|do not mind",
    "can|could|would|will|may|might you|u|we|i|anyone|someone|somebody please|kindly?",
    "do|did you|we|i happen|know|think|see|reckon|believe|find|feel|guess|get|have to? know?",
    "does one|anyone see|find|know?",
    "you think|reckon|say|believe|know|guess|see|can|estimate",
    "you would|might|could say|think|guess|estimate|call",
    "what|how would|do you say|think|estimate|reckon|call|guess that?",
    "are you able to",
    "is it possible to",
    "would it be right|correct|true|fair to say|call that?",
    "am i right|correct that|in? thinking|saying? that?",
    "any|a idea|clue|guess",
    "do you have|got any|an|a idea|clue|guess|estimate of|how?",
    "mind telling|checking|estimating|measuring|giving me|us?",
    "your best|own|rough? estimate|guess|answer|opinion|judgement|judgment of|on|for?",
    "in your|my opinion|estimation|judgement|judgment|view|eyes",
    "an|a|the? best|rough|good|quick|estimated|approximate|numerical|numeric|exact|precise? estimate|guess|measurement|reading|value|figure|amount|estimation of|for",
    "an estimate",
    "i|we want|need|wish|wonder|ask|guess|suppose|mean|require|am|was|are|would|have|think wondering|curious|interested|asking|to? in|to|about? know? you? to? if|whether?",
    "i|we would like|love|want|need|appreciate you? to? know? if|whether|that?",
    "i|we need|have|want|like to know|find|get|learn|determine|measure|estimate|check|verify|see|have",
    "to know|see|get|find|learn|determine|measure|estimate|check|verify|confirm|understand|have|obtain|compute|calculate|figure|work|tell out? if|whether?",
    "interested|curious in|about",
    "tell|give|show|inform|help|help me|us|them",
    "for me|us",
    "to me|us how|what|which",
    "let me|us know|see|have",
    "can i|we get|have|know|ask",
    "tell|give|say|show|estimate|measure|compute|calculate|determine|check|confirm|verify|find|assess|evaluate|provide|report|state|specify|guess|gauge|infer|quantify|decide|see|know|think|believe|reckon|reading|want|wanted|knowing|estimating|measuring|indicate",
    "find|work|figure|read out|off",
    "take a guess|measurement|look",
    "have a guess|look",
    "make an|a estimate|guess",
    "come up with",
    "whether that?",
    "tell|ask|asking if",
    "tell|inform|show|give me|us if|whether|that",
    "let me|us know if|whether",
    "check|see|know|confirm|verify|say|decide|determine|wonder|wondering|judge|sure|asking|find|sees if|out|that if|that?",
    "located|situated|positioned|placed|found|sitting|standing|lying|resting|seated|lie|lies|sit|sits|stand|stands|rest|rests|appear|appears|look|looks|seem|seems|measure|measures|measured|measuring|go|goes|end|ends|start|starts|exist|exists",
    "appear|appears|look|looks|seem|seems to be? as? if? though? lie|sit|stand|be?",
    "each other|another",
    "from|to each other",
    "from|to one another",
    "two",
    "the|these|those? two|both|pair of? these|those|them|objects|object|things|items?",
    "of the|these|those|them two|both|pair|objects|things|items|ones?",
    "object|objects|thing|things|item|items|one|ones",
    "as seen|viewed|observed|judged|measured? from|by|through $camera",
    "seen|viewed|observed|looking|judged|judging|looked from|by|through|at $camera",
    "as $camera sees|views it?",
    "from $camera 's point|line of view|sight",
    "from $camera 's? perspective|viewpoint|view|side|angle|position|standpoint|eye|vantage point?",
    "in $camera 's? view|frame",
    "from the point of view of $camera",
    "from the perspective|viewpoint|standpoint|position of $camera",
    "from where $camera is|stands|sits|looks",
    "from where i|we|you stand|am|are|look|see",
    "as? seen? viewed? looking? from here",
    "seen from this|the|your|our|my? viewpoint|perspective|angle|view|position|vantage point?",
    "from this|the|your|our|my viewpoint|perspective|angle|view|position|vantage point?",
    "from this|the|your|our|my point of view",
    "with|in respect|regard|relation to $camera",
    "relative to $camera 's? view|frame?",
    "judging|going|looking|based|according by|from|at|on|to $image",
    "look|looking at $image",
    "given|considering|using|with|for $image",
    "as? seen|shown|pictured|depicted|visible in|on $image",
    "as you|i|we can? see|sees it?",
    "that you|i|we can? see",
    "you|i|we can? see",
    "in|within the|this scene|setup|setting|workspace|environment|cell|arrangement|situation",
    "in|from|on|within this|that camera? image|picture|photo|photograph|frame|view|shot|snapshot|scene",
    "in the? real|actual|physical|3d|three world|life|space|dimensions",
    "in reality|space|3d|total|question|general|fact|practice",
    "in|as|using si|metric|imperial? $unit",
    "in|as|using|with si|metric|imperial units|unit|terms|system|measurements?",
    "expressed|measured|given|stated in $unit",
    "in si|metric",
    "looking|look at",
    "given|considering|regarding|concerning|take|taking",
    "when|if compared",
    "how|what about",
    "by the way",
    "shown|pictured|depicted|given|mentioned|respective|respectively|call|hang|hangs",
    "approximate|rough|exact|precise|estimated|current|actual|real|true|physical|metric|measured|overall|net|pure|present|resulting|existing",
    "on $surface",
    "on $surface here|there",
    "and|then tell|give|say|estimate|report|answer|check|measure|compute|decide me?",
    "or|and not",
    "yes or no",
    "true or false",
    "the answer is|for",
    "answer|question",
    "this|my|the|a|next|another|quick|one? question|query is?",
    "i have a|one? quick? question",
    "as the crow flies",
    "by your estimate|reckoning|eye",
  ],
  amount: [
    "how much",
    "by? what|which amount|margin|degree|extent",
    "by? how much by?",
    "by how much is",
    "by which",
    "the|an? amount|margin|extent by which",
    "by what|which length|distance",
  ],
  "how-many": [
    "by? how many|much $unit",
    "how many of? $unit",
    "what number of $unit",
    "number of $unit",
  ],
  what: ["what is|are?", "what"],
  how: ["how"],
  where: ["for? where is?"],
  aux: [
    "is|are|am|do|does|has|have|had|would|might|could|may",
    "is|are there any?",
    "do|does we|you|i see|have",
  ],
  been: ["been"],
  which: [
    "whichever",
    "one of the? two|pair|both",
    "point|single|pick|find out",

    "which one|object|thing|item?",
    "which of the|these|those|them? two|both|pair|objects|things|items|following?",
    "who|whose",
    "what|which one|object|thing|item",
    "name|pick|choose|select|identify|point|tell|say the? me? one|object|thing|item that|which? is?",
    "the one that|which is",
    "name|pick|choose|select|identify",
  ],
  or: ["or", "to|from or"],
  vs: ["versus|vs"],
  and: ["and|plus"],
  between: [
    "out of",

    "between",
    "in? between",
    "btw|btwn|betw",
    "left|remaining between",
    "that lies|is between",
    "among",
  ],
  from: ["from", "starting|away|beginning|counting from|at"],
  to: ["to|until|till", "up|over|all|out to", "the way to"],
  of: ["for", "of", "that|those of"],
  on: ["on"],
  with: ["with"],
  "'s": ["'s", "own"],
  ">": [
    "against",
    "relate|relates to",
    "when|in? comparing it|this? with|to",

    "than",
    "compared|relative to|with",
    "in|with relation|comparison|respect|reference|regard to|with",
    "as? compared|opposed to|with",
    "when compared to|with",
    "than that of",
    "than does|do|is|are",
  ],
  compare: ["compare|comparing|comparison how?"],
  other: ["the other one|object|thing|item?"],
  first: ["the? first|former one|object|thing?"],

  // How far.
  dist: [
    "which|what distance",
    "at? distance|distances|dist|range",
    "at a|the|what|which distance|range",
  ],
  sep: ["separation|spacing|separations"],
  far: [
    "how far|distant away|apart|off?",
    "how far away|off from?",
    "how far is it",
    "how great a distance",
  ],
  near: ["how close|near|nearby"],
  apart: ["apart|distant|away", "far apart|away|off?"],
  separate: ["separate|separates|separated|separating|divides"],
  come: ["come|comes|get|gets|coming|getting"],
  centre: [
    "center|centre|centroid|middle to center|centre|centroid|middle of?",
    "the? geometric|object|volume|mass? center|centre|centroid|middle|centers|centres|centroids|middles|midpoints|midpoint point|points|position|positions? of?",
    "'s center|centre|centroid|middle|midpoint point?",
    "by|at|on|along|using their|the centers|centres|centroids|middles",
  ],
  euclid: [
    "euclidean|euclidian|direct|linear|spatial|cartesian",
    "straight line?",
    "in|along a|the? straight line",
    "3d|three 3|d|dimensional?",
    "3 d",
    "point to point",
  ],
  line: ["line"],
  offset: ["offset|displacement|shift|offsets"],
  differ: ["differ|differs|difference|differences|differing"],
  position: ["position|positions|placement|location|level|levels"],

  // How much is free.
  gap: [
    "opening",

    "gap|clearance|gaps|clearances",
    "air|free|open|clear|empty? gap|clearance",
    "minimal|minimum|min|shortest|smallest|least|nearest|closest|lowest|tightest|free|clear|clearance possible|free|euclidean|straight|direct|3d|air? line? distance|separation|spacing|gap|clearance|dist|range|space",
    "how close|near at the? closest|nearest point|points?",
  ],
  space: [
    "free|empty|open|clear|breathing|air|unused|vacant|available|remaining|wiggle? space|room",
    "empty|free|open air",
    "air",
  ],
  near1: [
    "surface|surfaces|hull|skin of",

    "any point|part|spot of|on",

    "at|between|from|measured their|the|its? closest|nearest|narrowest|tightest? points|point|surfaces|surface|sides|edges|parts|spots|ends|spot|place|part|faces|boundaries of?",
    "at|between their|the|its? closest|nearest|narrowest|tightest approach|distance?",
    "the|their? closest|nearest|facing points|point|surfaces|surface|sides|edges|parts|spots|ends|side|edge|part|faces|face|boundaries of|on?",
    "surface|face|boundary|hull|skin|outline to|and surface|face|boundary|hull|skin|outline",
    "the|their? surfaces|outsides|hulls of?",
    "the surface of",
  ],
  touch: [
    "before|until|till they|it? touch|touches|touching|collide|collides|contact|contacts|hit|hits|meet|meets",
    "from|before|without touching|contacting|hitting|collision|contact|colliding with?",
    "to? touching|contact with?",
  ],

  // How tall, how wide, how high up.
  "how-tall": ["how tall", "how much tall"],
  "tall-adj": ["tall|high"],
  high: ["how high", "how much high"],
  up: ["up|upward|upwards", "high up"],
  height: [
    "full|total|overall|maximum|vertical height",

    "at? what|which? vertical? height|hight|heights",
    "vertical size|extent|dimension|dimensions|extension|span|measure",
  ],
  "how-wide": ["how wide|broad", "how much wide|broad"],
  "wide-adj": ["in terms of width", "wide|broad", "in width"],
  width: [
    "full|total|overall|maximum|horizontal width|breadth",

    "width|breadth|widths",
    "horizontal|sideways|lateral extent|size|dimension|extension|span|width|measure",
    "size|extent from side to side",
  ],
  across: ["across"],
  "bottom-top": [
    "from? its|the? own|very? bottom|base|foot|lowest point? up? to its|the? own|very? top|tip|highest point?",
    "from? its|the? top|tip down? to its|the? bottom|base|foot",
    "bottom up|base up",
    "top to toe",
  ],
  "left-right": [
    "from? its|the? left|leftmost hand? edge|side|end|point|border|extreme? over? to its|the? right|rightmost hand? edge|side|end|point|border|extreme?",
    "from? its|the? right|rightmost edge|side|end|point? to its|the? left|leftmost edge|side|end|point?",
    "from? one? side to the? other? side|side",
    "from one side to the other side?",
    "left right",
  ],
  edges: ["from? edge|rim to edge|rim"],
  elevation: ["elevation|altitude|elevated", "lift height", "ground clearance", "hover height"],
  lift: [
    "lifted|raised|elevated|lift",
    "lifted|raised up|off",
    "been lifted|raised up?",
    "up in the? air",
    "in the? air",
    "held up",
  ],
  above1: [
    "up? above|over|off|clear $surface",
    "up|raised|lifted? off of $surface",
    "up from $surface",
    "raised|lifted|elevated|suspended|hovering|hover|hovers|floating|floats above|over|off|from $surface",
    "off|above|over ground|floor|table|surface|desk level?",
    "above|over|off it 's supporting? support|surface|base",
    "above|off|over what|whatever it stands|sits|rests|is on",
  ],
  surface: ["$surface"],
  top: [
    "top|tops|tip|tips",
    "highest point|points|part of?",
    "upper|top end|ends|side|surface|edge|edges",
  ],
  bottom: [
    "bottom|bottoms|underside|undersides|base|bases",
    "lowest point|points|part of?",
    "lower|bottom end|ends|side|surface|edge|edges",
  ],

  // Along which axis.
  vertical: [
    "only|just considering|counting|regarding|taking|using only|just? height|elevation into? account?",
    "considering|counting|regarding|taking|using only|just height|elevation into? account?",

    "vertically speaking",
    "vertical component of?",

    "vertical|vertically|vert",
    "in|along|on the? vertical direction|axis|plane|dimension|only|sense|line?",
    "in|along the? up down direction|axis?",
    "straight? up and|or|to down",
    "along the? height|up axis|direction",
    "along gravity",
    "ignoring|disregarding|neglecting|excluding|without the|any? horizontal|sideways|lateral offset|offsets|component|components|distance|separation|difference|shift|part",
    "vertical axis|component|direction only?",
  ],
  "in-height": [
    "in terms of height|elevation",

    "in|by height|elevation|altitude|level",
    "height wise",
    "of? height|elevation|altitude? separation|offset",
  ],
  horizontal: [
    "planar|xy",
    "2 d",
    "ground|floor|table|tabletop|support plane",
    "with|and? the|any? vertical|height component|part|difference removed|ignored|excluded|dropped",
    "flat along|across|on $surface",

    "horizontal|horizontally|horiz",
    "in|along|on the? horizontal direction|axis|plane|dimension|only|sense|line?",
    "horizontal component|plane|direction only?",
    "along|across $surface",
    "measured|projected|projecting along|on|across|onto|to|over|in $surface",
    "in the plane of $surface",
    "in|on|within the? table|ground|floor|desk|xy|tabletop|support plane",
    "in|on the? x y plane",
    "parallel to $surface",
    "ignoring|disregarding|neglecting|excluding|discounting|omitting|without|regardless counting|considering|of? $height",
    "ignoring|disregarding|neglecting|excluding the|any? vertical offset|component|part|distance|separation|difference|height|shift",
    "leaving|setting|putting $height aside|out",
    "not counting|considering $height",
    "if we|you|i ignore|disregard|neglect $height",
    "ignore|disregard|neglect|forget $height",
    "seen|viewed|measured? from above|overhead",
    "top down",
    "in|on|from a|the? top|plan|bird|birds|overhead 's? eye? down? view|plan|projection",
  ],

  // Which way.
  left: [
    "lefter|left|leftmost|leftward|leftwards",
    "to|on|at|towards|toward the|its? very|far? left hand? side|part?",
    "left hand side?",
    "further|farther|more to|on|towards|over? the? left",
  ],
  right: [
    "righter|rightmost|rightward|rightwards|right",
    "to|on|at|towards|toward the|its? very|far? right hand? side|part?",
    "right hand side?",
    "further|farther|more to|on|towards|over? the? right",
  ],
  "left >": [
    "going left from",

    "to|on|at|in? the|its? left hand? side? of",
    "leftward|leftwards of|from",
    "left of|from",
  ],
  "right >": [
    "going right from",

    "to|on|at|in? the|its? right hand? side? of",
    "rightward|rightwards of|from",
    "right of|from",
  ],
  "left <": ["to|on|at? 's left hand? side?"],
  "right <": ["to|on|at? 's right hand? side?"],
  "side >": ["on|to|at|in? which|what side of", "on? which side of"],
  side: ["side|sides", "which|what side"],
  "above >": ["in? up? above|over of?", "higher up? than"],
  above: [
    "more|most high|elevated|raised up?",
    "further|farther up",
    "on|at a|the higher",
    "at|in|has|have|of? a|the? higher|greater|highest|greatest position|level|altitude|spot|place",
    "at a|the? higher|greater height|elevation",
    "higher|upper|uppermost|topmost|highest up?",
    "on top",
    "higher placed|positioned|located",
    "upwards of",
  ],
  "below >": ["in? down? below|beneath|under|underneath of?"],
  below: [
    "more|most low down?",
    "down lower",
    "further|farther down",
    "on|at a|the lower",
    "at|in|has|have|of? a|the? lower|lowest position|level|altitude|spot|place",
    "at a|the? lower|lesser|smaller height|elevation",
    "lower|lowest|bottommost|lowermost down?",
  ],
  "behind >": ["in? behind of?", "in back of", "at|to|in the? back|rear of", "in|to the rear of"],
  behind: [
    "further|farther|deeper|more? in|into the background|depth",

    "rear|back one|most",
    "in|into the background",
    "more|further|farther|most behind",

    "in|at|to|towards|toward the? very|far? back|rear",
    "backmost|rearmost",
    "$far back|behind|away",
    "further|farther|more|furthest|farthest|deepest|deeper away|back|behind|in|into the? scene|depth|image|picture?",
    "most|more distant|remote|far away?",
    "farthest|furthest",
    "behind the other one?",
  ],
  "front >": [
    "at|on the front|near side? of",
    "in front of",
    "ahead|infront of",
    "infront",
    "forward of",
  ],
  front: [
    "front",
    "front one|most",
    "in|into the foreground",
    "more|further in front",
    "more in the foreground",

    "in|at|to|towards|toward the? very? front",
    "frontmost|foremost",
    "in front of the other one?",
    "more|further forward|frontward|forwards",
    "forward",
  ],
  nearer: [
    "nearer|closer|nearest|closest|nearby",
    "more|most near|close|nearby",
    "less|least distant|far|remote away?",
  ],
  farther: [
    "farther|further away?",
    "more|most far|distant|remote away|off?",
    "less|least near|close",
  ],
  boost: ["even|any"],
  more: ["more|greater|greatest|most|wins|win"],
  less: ["fall|falls short|below of?", "less|lesser|least|fewer"],
  "more >": ["beat|beats|exceed|exceeds|surpass|surpasses|outsize|outsizes"],
  cam: [
    "to|from|towards|toward $camera",
    "to|from $us",
    "to|from where? you|i|we are|am|stand",
    "camera",
  ],
  img: ["in|on the camera? image|picture|photo|photograph|frame|view|shot|snapshot"],
  toit: ["to|from it|there"],

  // Which is more.
  taller: [
    "of|with|have|has|a? a|the? higher|larger|bigger height",
    "taller|tallest",
    "more|most tall",
    "less short than?",
  ],
  shorter: [
    "of|with|have|has|a? a|the? lower|smaller height",
    "shorter|shortest",
    "more|most short",
    "less|least tall",
  ],
  wider: ["wider|widest|broader|broadest", "more|most wide|broad", "less narrow|thin"],
  thinner: [
    "thinner|thinnest|narrower|narrowest|slimmer|slimmest|slenderer",
    "more|most thin|narrow|slim|slender",
    "less|least wide|broad",
  ],
  bigger: [
    "bigger|biggest|larger|largest|bulkier|bulkiest",
    "more|most big|large|bulky|voluminous",
    "less small",
    "take|takes|taking|occupies|occupy up? the? more|most space|room|volume",
    "the big|large one|object|thing|item",
  ],
  smaller: [
    "smaller|smallest|littler|tinier|tiniest|littlest",
    "more|most small|tiny|little|compact",
    "less|least big|large|bulky",
    "take|takes|occupies|occupy up? the? less|least space|room|volume",
    "the small|little one|object|thing|item",
  ],
  size: [
    "in terms of size",

    "size|sizes|sized",
    "in|by|of real|actual|physical|overall|true? size",
    "overall|total size",
  ],
  "how-size": ["how big|large|small|great|wide|narrow|tight|long"],

  "yes-no": ["yesno"],
  beside: ["next to", "beside"],
  as: ["as"],
  unsigned: ["unsigned|absolute|abs|magnitude|magnitudes value|values|size? of?"],
  direction: ["direction"],
  depth: [
    "in? camera? depth|depths",
    "camera? depth|depths",
    "camera? depth|depths in|from|to $camera frame?",
  ],
  deep: ["how deep", "at? what|which depth"],
  axis: [
    "along|in|on the|its? optical|camera|viewing|depth|view axis|direction|line",
    "along the line of sight",
    "in|along|towards $camera 's? direction|axis",
    "in depth",
    "depth wise",
  ],
  down: ["down|downward|downwards"],
  "no-z": ["ignoring z", "no z"],
  extent: ["extent|extension|dimension|span|measure"],
  hover: ["hover|hovers|hovering|float|floats|floating|suspended"],
  "horizontal dist": ["ground|floor distance|separation"],
  "front or": ["before or"],
  "which more": ["argmax|arg max? over|of?"],
  "which less": ["argmin|arg min? over|of?"],
  "taller or shorter": ["tall or short"],
  "shorter or taller": ["short or tall"],
  "wider or thinner": ["wide|broad or thin|narrow"],
  "thinner or wider": ["thin|narrow or wide|broad"],
  "bigger or smaller": ["big|large or small|little"],
  "smaller or bigger": ["small|little or big|large"],
  sideways: ["sideways|laterally"],
  "less >": ["surpassed|outdone|exceeded|beaten|topped|dwarfed by"],
  extends: [
    "reach|reaches|rise|rises|extend|extends|stick|sticks|protrude|protrudes|project|projects out|up?",
  ],
  unit: ["$unit"],
};

/** A turn: sets of words, each perhaps left out. */
type Step = { readonly words: ReadonlySet<string>; readonly isOptional: boolean };
interface Known {
  readonly steps: readonly Step[];
  readonly symbols: readonly string[];
}

const turns = new Map<string, Known[]>();
const vocabulary = new Set<string>();
for (const [symbols, patterns] of Object.entries(LEXICON)) {
  for (const pattern of patterns) addTurn(pattern, symbols.split(" ").filter(Boolean));
}

function addTurn(pattern: string, symbols: readonly string[]): void {
  const full = pattern.replace(/\$[a-z]+\??/g, (name) => SETS[name] ?? name);
  const steps = full.split(" ").map((step) => ({
    words: new Set(step.replace("?", "").split("|")),
    isOptional: step.endsWith("?"),
  }));
  for (const word of steps.flatMap(({ words }) => [...words])) vocabulary.add(word);
  // It may begin with each of its optional words, and with the first that is none.
  const needed = steps.findIndex(({ isOptional }) => !isOptional);
  const starts = steps.slice(0, (needed < 0 ? steps.length : needed) + 1);
  for (const word of new Set(starts.flatMap(({ words }) => [...words]))) {
    const all = turns.get(word) ?? [];
    all.push({ steps, symbols });
    turns.set(word, all);
  }
}

/** Whether a word has a meaning in questions, so that it names a thing only beside other words. */
export function isQuestionWord(word: string): boolean {
  return vocabulary.has(word);
}

/** A turn that some words are: what it means, and where it ends. */
export interface Turn {
  readonly symbols: readonly string[];
  readonly end: number;
}

/** The longest turn that begins at a word: its symbols and where it ends. */
export function turnAt(words: readonly (string | object)[], start: number): Turn | undefined {
  const word = words[start];
  if (typeof word !== "string") return undefined;
  let best: Turn | undefined;
  for (const { steps, symbols } of turns.get(word) ?? []) {
    for (const end of endsOf(steps, words, start)) {
      if (end > (best?.end ?? start)) best = { symbols, end };
    }
  }
  return best;
}

/** Where a turn that begins at a word can end. */
function endsOf(
  steps: readonly Step[],
  words: readonly (string | object)[],
  start: number,
): ReadonlySet<number> {
  let ends = new Set([start]);
  for (const { words: choices, isOptional } of steps) {
    const next = new Set(isOptional ? ends : []);
    for (const end of ends) {
      const word = words[end];
      if (typeof word === "string" && choices.has(word)) next.add(end + 1);
    }
    if (next.size === 0) return next;
    ends = next;
  }
  return ends;
}
