import { CHANGING } from "./changingWords.js";
import { withCues } from "./cues.js";
import { wordSet } from "./words.js";

/**
 * Words that may make another question of one from wherever they stand: of another place of who looks, another
 * time, size or number, another answer, or of things that are not as they look. Stems: "mirror" is "mirrored", too.
 */
const DANGEROUS = wordSet(
  // Who sees things otherwise
  "robot robots operator user driver pilot person people human man woman child kid someone somebody anyone player " +
    "cat dog bird ant giant insect animal drone teammate colleague friend opponent audience mirror reflect reflection reverse invert " +
    "flip swap switch exchange rotate turn tilt upside sideway backward opposite across perspective viewpoint camera lens eye " +
    "facing face stand standing sit sitting other far plane side behind left right front above below under over top bottom up down " +
    "inside outside near beside next away around between through along " +
    // Not as they look
    "goal target final planned ideal desired intended optimal state pose layout scene arrangement version configuration open closed folded " +
    "empty full keep maintain pretend imagine suppose assume assuming assumed say hypothetical hypothetically fictional fiction fantasy dream wish wished if " +
    "unless when whenever while once until till after afterwards soon later earlier then would could might should shall must " +
    "were was had did been used may become became end ends happen happens happened happening event change changes changing " +
    "fall fell drop dropped slide slid spin spun shrink shrank grow grew expand stretch squash squeeze compress scale " +
    "scaled shift bend broke break cut cuts swing swung throw threw kick push pull put puts hid hide remove remov add added " +
    "subtract multiply divide double halve half twice triple square squared root log logarithm convert minus plus sum total mean average " +
    "ratio percent percentage fraction factor time times number count sign negative positive inverse opposite " +
    // Called or answered otherwise
    "call called name named mean means meant define defined denote refer stand stands word letter title alias codename " +
    "answer answers reply result value lie wrong wrongly incorrect false untrue joke sarcasm ironic irony instead ignore skip omit forget except exclude rather " +
    "without not no never neither nor none nothing cannot other others another same similar equal both each every all only " +
    // Measured otherwise
    "edge point centre center middle rim corner handle lid spout tip end surface side base shadow shape outline box part piece pixel step steps foot hand " +
    "arm unit scale model toy replica miniature picture image photo drawing painting screen poster map plan view copy " +
    "length long depth deep diameter radius circumference perimeter area volume capacity thick thickness weight mass heavy angle " +
    "orientation speed velocity second minute hour day week year yesterday tomorrow tonight past future previous last former " +
    "first fourth fifth tenth quarter third stack whole half three four five six seven eight nine ten dozen pair several many more less most least than " +
    "maximum minimum max min probability chance sure certain confidence better worse best worst higher lower taller shorter " +
    "wider narrower bigger smaller larger nearer closer farther further how what which where why who whom whose",
);
/** Of the words that change a question elsewhere, those that a purpose is made of. */
const HARMLESS_HERE = wordSet(
  "robot base arm hand unit box part piece model best sure certain only surface map plan how far front add " +
    "better slide drop push pull put turn must should may between over up down through along",
);
/** "We have moved it", but not "we are interested". */
const SUPERLATIVE = /.{3}est$/;
const PARTICIPLE = /(?:[^e]ed|wn|pt)$/;
const STATES = wordSet(
  "needed required used interested need feed speed supposed wanted asked limited automated based related red request interest harvest robotised",
);

function isDangerous(word: string, isLast: boolean): boolean {
  if (/^[A-Z]$/.test(word)) return false;
  if (/\p{N}/u.test(word)) return true;
  const stems = [
    word,
    word.replace(/s$/, ""),
    word.replace(/(?:es|ed|d|ing)$/, ""),
    word.replace(/(?:ed|ing)$/, "e"),
    word.replace(/(\p{L})\1(?:ed|ing)$/u, "$1"),
  ];
  if (HARMLESS_HERE.has(word) && !isLast) return false;
  if ((PARTICIPLE.test(word) || SUPERLATIVE.test(word)) && !STATES.has(word)) return true;
  return stems.some((stem) => DANGEROUS.has(stem) || CHANGING.has(stem));
}

const DET = "(?:the|my|our|a|an|this|that|its|some)";
/** Why somebody asks. The words behind are any that are not dangerous. */
const REASON =
  /^(?:for|(?:(?:just |only |mainly )?(?:in order |so as )?to)|so(?: that)? (?:i|we|it|that|my|our|the)|(?:because|since|before|cause|cuz) (?:i|we|my|our|it|the)|as (?:i|we)|as (?:an? )?(?:input|feature|part|term|signal|variable)|before(?= \p{L}{3,}ing )|the(?= .* (?:asks?|asked|needs?|wants?|requires?|wonders?|expects?)(?: to know)?(?: |$))|(?:i|we)(?: (?:am|are|will|would|have|do))?|my|our|context|background|purpose|use case|application) /u;
/** "To the left", "for both", "for it" */
const NO_REASON = new RegExp(
  `^(?:to (?:${DET}|me|us|it|them|you|[A-E])|for (?:it|them|both|each|all|me|us|him|her|those|these|that|one|two|[A-E]))(?: |$)`,
);
/** What the asker sees or where he is may be another view. */
const SEES =
  /^(?:i|we) (?:am|are)? ?(?:see|look|looking|view|watch|watching|at|on|in|from|here|there)\b/;
const LABEL =
  /^(?:(?:quick|simple|another|one|a|new|my|first|easy|short|small|little|basic|final) )*(?:\p{L}+ ){0,2}(?:check|task|question|query|request|test|problem|estimation|estimate|prediction|measurement|challenge|exercise|item|prompt|lookup|instruction|goal|todo|job|note)$/u;
const SAYING_NOTHING = wordSet("WHICH AND OR FROM MUCH ASK");
const MOST_WORDS = 14;

/**
 * Whether a clause, of whatever words, only says why somebody asks, or what sort of question follows: no word of it
 * may be one that could change what is asked.
 */
export function isOpenClause(clause: string, isFirst: boolean): boolean {
  const words = clause.split(" ");
  if (words.length > MOST_WORDS || words.length < 2) return false;
  const isLabel = isFirst && LABEL.test(clause);
  const isReason = REASON.test(`${clause} `) && !NO_REASON.test(clause) && !SEES.test(clause);
  if (!isLabel && !isReason) return false;
  // "As the table plane goes, …" says along what to measure.
  if (
    withCues(clause)
      .split(" ")
      .some((it) => /^[A-Z]{2,}$/.test(it) && !SAYING_NOTHING.has(it))
  )
    return false;
  const own = isLabel ? words : clause.replace(REASON, "").split(" ");
  return own.every((word, at) => !isDangerous(word, at === own.length - 1));
}
