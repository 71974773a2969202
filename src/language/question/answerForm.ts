import { wordSet } from "./words.js";

/** What an answer is made of and looks like: one of these makes a sentence a wish about its form. */
const SIGNS = wordSet(
  "answer answers answered answering reply respond responding response output number numbers value values figure " +
    "figures integer integers float floats decimal decimals digit digits unit units unitless mm cm m km metre " +
    "metres meter meters centimetre centimetres centimeter centimeters millimetre millimetres millimeter " +
    "millimeters inch inches foot feet ft metric imperial si json csv xml yaml markdown latex key keys field fields " +
    "tag tags sentence sentences word words line lines explanation explanations explain explaining reasoning " +
    "justification rationale commentary caveats text prose format yes no y n true false bool boolean name names " +
    "label labels letter letters token tokens bracket brackets quotes parentheses punctuation capitals uppercase " +
    "lowercase bold option options precision estimate guess result verdict list bullet phrase places string raw " +
    "rounded round refuse brief briefly concise concisely terse please thanks think better",
);
/** What else such a wish is made of. Nothing here says what to answer, or of what. */
const BESIDE = wordSet(
  "responds return print give provide state report express expressed use using say tell show put place write keep " +
    "include wrap enclose finish end ending start conclude convert choose pick select copy copying make let inside around " +
    "followed form contain elaborating formatted parser measurement measurements system final bare plain single " +
    "exact exactly rough roughly approximate approximately about numeric numerical best good ok okay fine enough " +
    "suffices full complete whole clear clearly quick quickly honest direct directly simple accurate accurately " +
    "accuracy precise precisely possible valid correct working steps step carefully verbatim a an the your its it " +
    "this these my me us you i we and or but so then also with in as at to by of on without any no not nor nothing " +
    "else only just simply strictly always kindly do does be is are should must would will like want need needed " +
    "wanted required expected finally one ballpark help lovely perfect perfectly",
);

const UNIT =
  "(?:mm|cm|m|km|ft|foot|feet|inch|inches|(?:milli|centi|deci)?met(?:er|re)s?|integer|number|decimal)";
const SMALL = "(?:\\d{1,2}|an?|one|two|three|four|five|six|ten|single)";
const ANSWER =
  "(?:(?:final |last |first )?(?:answer|reply|response|output|result|number|value|unit|estimate|line|sentence|verdict))";

/** Of the yes and the no that an answer is to be, when which: only the usual way round. */
const WHEN = "(?:if|when|whenever|where|in case|for|means)";
const TOLD = "(?:it|that|this|(?:the|this) (?:statement|claim|relation|condition|answer))";
const IS_SO = `(?:so|true|yes|correct|right|(?:${TOLD}|they) (?:is|are|does|do|holds)(?! \\p{L}+er\\b)(?: (?:so|true|correct|right|the case|yes))?(?! not))`;
const IS_NOT = `(?:not|no|false|wrong|incorrect|otherwise|(?:${TOLD}|they) (?:is|are|does|do)(?: not(?: (?:so|true|hold|correct|right|the case))?| false| wrong))`;
const NEXT = "(?= (?:and|or|no|false|n|0|else|otherwise|only|please)\\b|$)";
const VERDICTS: readonly (readonly [RegExp, string])[] = [
  [/\b(yes|true) or not\b/g, "yes no"],
  [/\b(?:0 or 1|1 or 0)\b/g, "yes no"],
  [new RegExp(`\\b(?:yes|true|y|1) ${WHEN} ${IS_SO}${NEXT}`, "gu"), "yes"],
  [new RegExp(`\\b(?:no|false|n|0) ${WHEN} ${IS_NOT}(?= (?:and|or)\\b|$)`, "gu"), "no"],
  [/(?<=\byes\b.{0,9} )(?:no|false|n|0) (?:otherwise|else|if not)$/g, "no"],
  [/(?<=\byes\b.{0,9} )(?:otherwise|else|if not) (?:no|false|n|0)$/g, "no"],
];

/** Turns with words that would change a question by themselves. */
const TURNS = [
  // How long, how exact, in which unit
  `(?:(?:up to|at most|no more than|not more than|less than|fewer than|within|exactly|in) )?${SMALL} (?:significant |short |complete |full |plain |brief )?(?:decimals?|decimal places?|digits?|figures?|sentences?|lines?|words?|tokens?|characters?|places?)(?: or (?:less|fewer))?(?: after the (?:decimal )?point)?`,
  `(?:to|by|within|at) (?:the )?(?:nearest|closest) (?:${SMALL} |half (?:an? )?|tenth of an? )?(?:whole )?${UNIT}(?: place)?`,
  `(?:rounded|accurate|precise|correct|precision|accuracy) (?:to|within|of)(?: about| roughly)? (?:half an? |${SMALL} )?${UNIT}`,
  `(?:for example|for instance|e g|such as|like|example) \\d+(?:[.,]\\d+)?(?: ${UNIT})?`,
  "floating point|in real world units|(?:lower|upper) case|boxed|x (?:mm|cm|m|inches)",
  "(?:very |quite )?(?:short|brief) (?:answer|reply|response|sentence|phrase|explanation|justification|rationale|reasoning)s?",
  "(?:keep|make) (?:it|this|that|(?:your|the) (?:answer|reply|response|output)) (?:(?:very|as) )?(?:short|brief|concise)(?: as possible)?|in short|be short",
  // How it looks
  "(?:(?:square|round|curly|angle|double|single) )+(?:brackets?|quotes?|parentheses|braces)",
  "json (?:object|dict|array|list|string)",
  "(?:in )?all (?:caps|capitals|lowercase)|that is all",
  `(?:on|in|at|with) (?:the|a|its|your) (?:first|last|final|new|separate|own)(?: own| single)? (?:line|sentence)|the (?:first|last) (?:line|sentence)|last ${ANSWER}`,
  "at the (?:very )?(?:end|start|beginning)",
  "(?:explanation|rationale|reasoning|justification|comments?|line|text) (?:below|above|after|before|under) (?:it|this|that)",
  "same (?:unit|format|form)",
  // Of two things, which
  "(?:name|label) of (?:the|that|one|this) (?:object|thing|item|one)|object(?: s|s)? (?:name|label)",
  "(?:with|name|only|just) (?:the|one|an) (?:object|thing|item)(?= only| please|$)",
  "one of (?:the|these|those) (?:two )?(?:names|options|words|labels)",
  "one of the two|these two names",
  // What it is without
  "do not (?:add|append)(?: any| an?| the)?(?= )",
  "(?:skip|omit|drop|leave out) (?:the |any |all |your )?(?:explanations?|reasoning|units?|text|words|rationale|justifications?|commentary|caveats|prose)",
  "any other (?:output|answer|reply|response|word) (?:is|will be) (?:counted|treated|considered|marked|scored)(?: as)? (?:wrong|incorrect|invalid|false)",
  "(?:any|no|without|without any) (?:other|further|more|additional|extra) (?:output|text|words?|explanations?|comments?|commentary|information|details?|reasoning)",
  "(?:nothing|no text|no words|anything) (?:else|other|more)(?: than| but)?|nothing but",
  "describe (?:the|this) (?:image|picture|photo|scene)",
  "(?:will be|is|are) (?:discarded|ignored|parsed|read|checked)(?: by (?:the|a|our|my) (?:parser|script|program|machine|computer))?",
  // Whom it is for, and how sure they may be
  `for (?:me|us|(?:the|your|this) ${ANSWER})`,
  "(?:if|when|where) (?:you are )?(?:uncertain|unsure|in doubt|not (?:quite |entirely |fully )?(?:sure|certain))",
  "(?:choose|pick|take|give|guess) (?:the|your) more (?:probable|likely|plausible) (?:option|answer|value|one)",
  "if (?:at all )?possible|if you (?:can|could|please|would|like|wish)",
  "(?:can|could|may|might|would|will) (?:you|i|we)|(?:you|we|i) (?:can|could|may)",
  "as (?:best|good|well|accurately|precisely|exactly|closely) as (?:you can|possible)",
  "(?:would be|is) (?:very |perfectly |quite |absolutely )?(?:lovely|great|fine|good|nice|perfect|wonderful|appreciated|welcome|acceptable)",
  "thank(?:s| you)(?: (?:so|very) much| a lot| kindly)?(?: for (?:your|the) (?:help|time|patience))?(?: in advance)?",
  "before (?:you )?(?:answer|answering|reply|replying|responding)|(?:explain|say) why",
  "even an? (?:rough )?(?:guess|estimate) (?:helps|is fine|will do)",
  "(?:does|do|need) not (?:have to |need to )?be (?:exact|precise|perfect|accurate)",
  "(?:a )?(?:rough|quick) (?:one|value|guess|estimate) will do",
].map((turn) => new RegExp(`(?<![\\p{L}\\p{N}])(?:${turn})(?![\\p{L}\\p{N}])`, "gu"));
/** What stands for a turn, so that the words around it are not taken for a turn of their own. */
const TURN = "please";

/** "Return not the answer", "it is not", but not "do not explain". */
const NEGATED =
  /\b(?:return|give|answer|reply|respond|output|print|state|report|say|tell|write|choose|pick|name|show)(?: with| by)? not\b|\b(?:is|are) not\b(?! (?:needed|required|wanted|expected)\b)|\bnot$/u;
/** Of whose letters, which of them, or a number from elsewhere: "the number of letters", "the unit only". */
const PART =
  /\bnumbers? of (?!(?:the )?(?:mm|cm|m|inch|feet|foot|\p{L}*met))|\b(?:the|its) (?:decimals|digits|letters|characters)\b|\bplace value|\bany (?:number|value|figure)\b|\bon the (?:label|tag|list|key)\b|\b(?<!and )(?:only |just |name of )(?:the |an? )?units?\b|(?<!and )(?:the|an?) units? only\b/u;

const WHO =
  "(?:it|they|both|these|the two|(?:the|these|both)(?: two)? (?:objects?|things?|items?|surfaces?|ones))";
const ON =
  "on (?:it|(?:the|its|a) (?:table|tabletop|table top|surface|desk|floor|ground|support|work surface))";
const CONTACT = `(?:(?:do|does|is|are|be) )?(?:already |directly )?(?:(?:in (?:direct |physical )?)?contact|touch(?:es|ing)?|overlap(?:s|ping)?|(?:(?:rests?|stands?|sits?|lies|lie|resting|standing|sitting|lying) (?:directly |flat |right )?)?${ON})(?: (?:each other|one another|the other|it))?`;
const ZERO = `(?:(?:the )?(?:number|value) )?(?:0|zero)(?: ${UNIT})?`;
const GIVE = `(?:please |just |simply |then |and )*(?:(?:answer|reply|respond|return|output|say|report|give|write|use|state)(?: with)?|(?:the |your )?${ANSWER} (?:is|should be|must be)|it is|should be|with)`;
/** "If they touch, answer 0.", "zero on contact" */
const AT_ZERO = new RegExp(
  `^(?:and |but )?(?:(?:if|when|whenever|in case) ${WHO} ${CONTACT} (?:${GIVE} )?${ZERO}|(?:${GIVE} )?${ZERO} (?:if|when|whenever|in case of|in case|on|for) (?:${WHO} )?${CONTACT})$`,
  "u",
);

const ARTICLE = /^(?:the|this|that|these|my|our|your)$/;
const YES = /^(?:yes|true|y)$/;
const NO = /^(?:no|false|n)$/;
const BETWEEN = /^(?:or|and|a|the|either)?$/;

/** What a wish about the form of an answer says of the question as well, in words of the lexicon. */
export type FormMeaning = "" | "yesno" | "signed" | "unsigned" | "zerotouching";

/**
 * What some words say if they are only a wish about the form of the answer: each of them has to be known to
 * change nothing in what is asked. Undefined where one is not.
 *
 * @param isThing whether a word names a thing that may be asked about: "the key", "the can"
 */
export function answerForm(
  words: readonly string[],
  isThing: (word: string) => boolean,
): FormMeaning | undefined {
  const text = words.join(" ").replaceAll("'s", "s");
  if (AT_ZERO.test(text)) return "zerotouching";
  if (words.some((word, at) => isThing(word) && isNamed(words, at))) return undefined;
  const sign = SIGN.exec(text)?.[0];
  let plain = sign === undefined ? text : text.replace(SIGN, TURN);
  if (PART.test(plain)) return undefined;
  for (const [said, meant] of VERDICTS) plain = plain.replace(said, meant);
  for (const turn of TURNS) plain = plain.replace(turn, TURN);
  if (NEGATED.test(plain)) return undefined;
  const left = plain.split(" ");
  if (!left.every((word) => SIGNS.has(word) || BESIDE.has(word))) return undefined;
  if (!left.some((word) => SIGNS.has(word))) return undefined;
  const verdicts = left.flatMap((word, at) =>
    YES.test(word) || (NO.test(word) && !isDeterminer(left, at)) ? [at] : [],
  );
  if (verdicts.length === 0)
    return sign === undefined ? "" : SIGNED.test(sign) ? "signed" : "unsigned";
  const isEither = [YES, NO].every((it) => verdicts.some((at) => it.test(left[at] ?? "")));
  const isJoined = verdicts.every((at, index) =>
    index === 0
      ? left[at - 1] !== "not"
      : BETWEEN.test(left.slice((verdicts[index - 1] ?? 0) + 1, at).join(" ")),
  );
  return isEither && isJoined ? "yesno" : undefined;
}

/** "Include the sign", "as an absolute value" */
const SIGN =
  /\b(?:(?:with|include|including|keep|keeping|use|using|mind|show) (?:the|a|its) sign|signed|unsigned|(?:an? |the )?(?:absolute|non ?negative|positive)(?= (?:value|number|figure|amount))|(?:an? |the |its )?(?:magnitude|modulus)|(?:without|no) (?:the |a |any )?(?:plus or minus )?signs?)(?! \p{L}+er\b)/u;
const SIGNED = /^(?:with |includ|keep|us|mind|show|signed)/;

/** "no explanation", but not "yes or no" */
function isDeterminer(words: readonly string[], at: number): boolean {
  const next = words[at + 1];
  return (
    words[at] === "no" && next !== undefined && SIGNS.has(next) && !YES.test(next) && !NO.test(next)
  );
}

function isNamed(words: readonly string[], at: number): boolean {
  return words.slice(Math.max(0, at - 3), at).some((word) => ARTICLE.test(word));
}
