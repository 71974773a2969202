/** What people ask of pictures that is none of the 43 kinds, with the words that show it. */
const OTHER: readonly (readonly [what: string, says: RegExp])[] = [
  [
    "a number of things",
    /\bhow many (?!(?:inches|feet|cm|mm|centimet|millimet|met(?:er|re)s|m\b))|\bnumber of\b|\bcount (?:the|of|all|how|up)|\bhow often\b/,
  ],
  [
    "a negation",
    /\bnot\b|n't\b|\bnever\b|\bneither\b|\bnor\b|\bexcept\b|\bother than\b|\bwithout\b|\bnowhere\b|\bfail(?:s|ed)?\b/,
  ],
  [
    "the distance of one object from the camera",
    /\b(?:from|to|and|of|between) (?:the |this |my |our )?(?:camera|lens|viewer|observer|photographer|viewpoint)\b(?!.*\b(?:or|than)\b)(?<!\b(?:closer|nearer|farther|further|relative|closest|nearest) (?:to|from) the (?:camera|viewer|lens|observer))|\b(?:away |far )?from (?:me|us|you|here)\b|\bto (?:me|us|you)\b(?! (?:how|what|which|whether|the))/,
  ],
  [
    "an edge, a side or a part",
    /\b(?:edges?|corners?|rims?|handles?|borders?|boundary|lids?|outline)\b(?!.*\bto (?:the|its) (?:right |left )?edge of\b)/,
  ],
  [
    "a length, a depth or a diameter",
    /\bhow (?:long|deep)\b(?! is the straight)|\b(?:the )?(?:length|depth|diameter|radius|circumference|perimeter|diagonal|thickness) of\b|\b(?:'s|its|mug|tray|box|block|can|cup) (?:length|depth|diameter|radius|circumference|perimeter|thickness)\b|\bhow thick\b|\bin diameter\b|\b(?:longer|deeper|longest|deepest|shallower)\b/,
  ],
  [
    "an area or a volume",
    /\b(?:area|volume|capacity|square|cubic|litres?|liters?|footprint|hold(?:s)? (?:how )?much|fits? (?:in|into|inside|on)|covers?)\b|\bhow much (?:water|liquid|coffee|tea|space does)/,
  ],
  [
    "a weight",
    /\bweigh(?:s|t|ing)?\b|\bheav(?:y|ier|iest)\b|\b(?:mass|grams?|kg|kilos?|kilograms?|pounds?|ounces?|lbs?|density|lighter|lightest)\b/,
  ],
  [
    "a time or a speed",
    /\b(?:time|when|seconds?|minutes?|hours?|speed|fast|velocity|soon|duration|ago|yesterday|today|tomorrow|moved|will|next second|before|after|later|accelerat\w+)\b|\bhow long (?:does|did|will|has|until)/,
  ],
  [
    "an angle or an orientation",
    /\b(?:angles?|degrees?|rotat\w+|orient\w+|tilt\w*|lean\w*|facing|faces?|pitch|yaw|upside|flipped)\b/,
  ],
  [
    "a color, a shape or a material",
    /\b(?:what|which) (?:colou?r|shape|material|kind|type|brand|texture)\b|\bmade (?:of|from)\b|\bcolou?r of\b|\bshape of\b/,
  ],
  [
    "what, who, where or why something is",
    /\b(?:why|who|whose|where)\b|\bwhat(?: is|'s|s| are)? (?:that|this|these|those|there|happening|going|on the|in the|next to|beside)\b|\b(?:describe|explain|list|joke|story|caption|identify|name the|recogni[sz]e|detect|segment|translate|write|draw me)\b/,
  ],
  [
    "more than two things, or a sum",
    /\b(?:sum|total|average|mean|median|ratio|percent(?:age)?|times (?:as|the|taller|wider|bigger|larger)|twice|half as|all (?:the )?(?:objects|things|items)|everything|anything|any of|each (?:object|thing)|nothing|something|someone|everyone|rest of|others)\b/,
  ],
  ["pixels", /\b(?:pixels?|px|resolution|coordinates?|bounding box|u,? ?v)\b/],
  [
    "prices or properties",
    /\b(?:cost|price|expensive|cheap|temperature|hot|cold|warm|full|empty|clean|dirty|old|new|broken|safe|dangerous|graspable|reachable|reach the|pick up|can the|stable)\b/,
  ],
  [
    "how sure or how true something is",
    /\b(?:sure|certain|confident|confidence|probability|likely)\b(?!.*\bhow (?:far|tall|wide|high))/,
  ],
];

/** What a text asks about that is none of the 43 kinds; undefined if nothing in it shows that. */
export function otherQuestion(text: string): string | undefined {
  const lower = text.toLowerCase();
  return OTHER.find(([, says]) => says.test(lower))?.[0];
}
