import type { QuantityKind } from "../QuestionKind.js";
import { flagIn } from "./flags.js";
import { isHarmless, isDisclaimer as saysUnable } from "./harmless.js";
import type { PlainSentence } from "./plainSentences.js";
import { statesQuantity, TAIL } from "./statementForms.js";
import { clausesOf, tokenise, wordSet } from "./tokens.js";

/** "Wait, no.", "That was wrong.": what was said before does not count, if something is said after. */
export const RETRACTION =
  /^(?:(?:(?:oh|hmm|ah|but|wait|no|nope|sorry|oops|actually|correction|scratch that|let me (?:recheck|recompute|rethink|reconsider|correct that)|(?:that|this) (?:was|is|would be) (?:wrong|incorrect|a mistake|not right|too (?:large|small|much|far)))(?: ?,? |$))+)$/;

/** "Wait, I misread which of them is the mug." */
export const MISREAD =
  /^(?:(?:oh|no|hmm|ah) ,? ?)*(?:wait|sorry|oops|actually)\b.*\b(?:misread|mistook|confused|mixed up|misidentified)\b/;

/** "If the mug is 10 cm tall, … ; if it is 15 cm tall, …" */
export const CONDITION = /\b(?:if|assuming|supposing)\b[^,]*[LUG]\d/g;

/** What may stand before a sentence about the length that was said: "of course, this …". */
const OPENING =
  "(?:[a-z]+(?: [a-z]+){0,3} , |(?:and|so|well|hmm|oh|but|also|note that|please note(?: that)?|(?:keep|bear) in mind that) ,? ?)*";
const IT =
  "(?:that|this|it|these|those|(?:the|this|that|my) (?:value|number|figure|estimate|estimation|result|answer|measurement|reading))";
const IS = "(?:is|are|was|were|has been|have been)";

/**
 * Whether a sentence without a length could change or restrict what was said before it. One about
 * the answer, or about who gives it, does so unless it is known not to; one about things does so if
 * it turns ("but", "unless", "no longer").
 */
export function isTurn(sentence: PlainSentence, kind?: QuantityKind): boolean {
  const { text, asked } = sentence;
  if (asked) return /^(?:or|(?:what|which)(?! (?:else|other|units?))|where is [ABP])\b/.test(text);
  if (/[LUGN]\d/.test(text) || flagIn(text) !== undefined) return false;
  if (OFFER.test(text) || isPlainOfAnswer(sentence, kind) || isPlainOfSpeaker(text)) return false;
  if (isDisclaimer(text) || (sentence.hedged && IS_LIKE.test(text))) return false;
  return (
    TURNS.test(text) ||
    OTHER_FIELD.test(text) ||
    !((SCENE.test(text) && !IS_OTHER_SCENE.test(text)) || FIELD.test(text) || POLITE.test(text))
  );
}

const IN_SCENE =
  "(?:(?:so|therefore|thus|hence|note that|also|additionally|in addition|here|in (?:the|this) (?:image|picture|scene|foreground|background)) ,? ?)*";
/** "There is a bowl on the table", "its handle points to A", "the background is white": of things, not of the answer. */
const SCENE = new RegExp(
  `^${IN_SCENE}(?:${[
    "there (?:is|are)",
    "they",
    "it (?:is (?:standing|lying|resting|sitting|hanging)|stands|lies|sits|rests|has an?)",
    "nothing (?:is|lies|stands|blocks|obstructs|else)",
    "the (?:[a-z]+ )?(?:spacing|space|offset|size|width|height|gap) (?:between|of|from) [ABPST]",
    "the (?:nearest|closest|other|only) (?:object|thing|item|obstacle)s?",
    "to [a-z]+ [ABPTS]",
    "(?:(?:the|an?|its|their|both|each|one|another|no|neither) )?(?:(?!(?:i|we|you|it|this|that|these|what|which|where|how|do|does|not|is|was)\\b)[a-z']+ ){0,2}[ABPTSC](?:'s)?",
    "(?:the|its|their) (?:[a-z]+ )?(?:background|foreground|path|lighting|light|room|workspace|handle|scene (?:is(?! (?:rendered|scaled|drawn|simulated))|shows|contains)|fingers?|space|area)",
    "(?:an?|another|some|no) (?:[a-z]+ ){1,2}(?:is|are|has|have|hangs?|stands?|lies?|sits?|rests?|blocks?|points?|covers?|can be seen)",
  ].join("|")})\\b`,
);
/** What stands for a thing or for the scene, is another one, or no longer there; and how things are after all. */
const IS_OTHER_SCENE =
  /\b(?:photo|photograph|poster|printed|screen|monitor|collage|mirror|mirrored|reflection|rendered|simulated|virtual|drawn|dollhouse|not real|not where|elsewhere|somewhere else|times (?:larger|bigger|smaller)|doubt|in question|is not the|another (?:robot|arm|gripper|scene|one)|(?<!not )(?:since )?(?:been )?(?:re)?moved|afterwards|since|in truth|in reality|in fact|really|(?:much|far|way|a lot) (?:closer|nearer|farther|further)|no (?:way|proof|guarantee|reason) )\b/;
/** A field of something else. */
const FIELD =
  /^(?:(?!(?:is|are|was|it)\b)[a-zA-Z'#]+ ){1,8}[:=](?: |$)|^(?:sqrt\b|# [a-z_ ]{0,10}unit\b|[^a-zA-Z#])/;
/** "Note: this is for the second mug", "View: mirrored", "Source: my imagination" */
const OTHER_FIELD =
  /^(?:note|notes|comment|remark) [:=] (?:, )*(?:this|that|it) (?:is|was) (?:for|of|from)\b|^(?:view|image|picture) [:=] .*\bmirror|^source [:=] .*\b(?:imagination|memory|guess)|^time [:=] .*\b(?:before|after|earlier|later|ago)\b|^scale [:=] # (?:to|:) #|^[a-z]+ [:=] .*\bwithout (?:seeing|looking)\b/;
const POLITE =
  /^(?:(?:please )?(?:let me know|feel free|do not hesitate)|(?:hope|hoping) (?:this|that|it) helps|is there anything|(?:i am )?(?:happy|glad) to help|good luck|if you need|you may want to|thank|thanks|(?:for|to get) (?:an? )?(?:(?:more|highly|very) )?(?:accurate|precise|exact|reliable)|to (?:grasp|reach|grab|pick|get|move|lift|touch)|yes$|you (?:can|could|may|might) (?:also )?(?:use|try|measure|check|verify|convert)|in other words$|see (?:figure|table|image|the attached)|then ,? ?(?:divide|multiply|add|subtract|convert|compare))\b/;

/** "If you can share a depth map, I can be more precise." */
const OFFER =
  /^(?:if|once|when) you (?:(?:can|could|would) )?(?:share|provide|give|have|tell|send|upload|know|want|need|like)\b.* i (?:can|could|would|will)\b/;
const NO_THING =
  "(?!,? ?(?:gap|space|clearance|separation|contact|obstacles?|obstructions?|occlusions?|collisions?|other (?:object|thing|item)s?|parts?|further|additional|more|scale|reference)\\b)";
const TURNS = new RegExp(
  `^(?:(?:hmm|ah|oh|well) ,? ?)?(?:(?:or )?rather|nope|make (?:it|that)|more like|but|however|although|though|yet|except|unless|until|if|when|once|after|afterwards|before|then(?! ,? ?(?:divide|multiply|add|subtract|convert|compare)\\b)|instead|actually|wait|no\\b${NO_THING}|sorry|correction|oops|this|that|these|those|(?:it|they) (?:was|were|will|would|should)|(?:the|this|that) (?:distance|gap|value|number|figure|estimate|result|answer|measurement|height|width))\\b|\\b(?:ignore|disregard|scratch|kidding|joking|mistake|mistaken|wrong|misread|i mean|i meant|instead|unless|no longer|made (?:that|this|it) up|half of (?:that|this|it)|twice (?:that|this))\\b`,
);

/** How a length was come by. */
const METHOD = new RegExp(
  `^${OPENING}(?:${IT}|the (?:distance|gap|height|width)) ${IS} (?:(?:simply|mainly|mostly|visually) )*(?:estimated|made|obtained|derived|computed|calculated|measured(?! (?:in|on|within) the (?:image|picture|photo))|based|determined|inferred|taken|judged|found|approximated|gauged|assessed|done|scaled|rounded)(?: (.*))?$`,
);
const METHOD_WORDS = wordSet(
  "alone comparing comparison height heights width widths length diameter with using measured along point points nearest closest edge edges tip tips surface surfaces centers centres approximate available alone solely purely mostly mainly its known average",
);
/** What the length is said to be. */
const MEANING = new RegExp(
  `^${OPENING}${IT} (?:is|was|represents|refers to|denotes) ((?:the|an?) .+)$`,
);
/** "This is the width of S", where it is not said to be like that. */
const IS_ANOTHER = new RegExp(`^${OPENING}${IT} ${IS} (?:the|its) [a-z]+ of\\b`);

/** Whether a sentence about the length says only how it was come by, or that it is what was asked for. */
function isPlainOfAnswer({ text }: PlainSentence, kind: QuantityKind | undefined): boolean {
  const [method, how = ""] = METHOD.exec(text) ?? [];
  if (method !== undefined) {
    const words = how.split(" ").filter((word) => word !== "");
    return !/\b[TCS§]\b|§/.test(how) && words.every((it) => METHOD_WORDS.has(it) || isHarmless(it));
  }
  const [, meaning] = MEANING.exec(text) ?? [];
  if (meaning === undefined || kind === undefined) return false;
  const plain = meaning.replace(SHORTEST, "straight line distance").replace(BEHIND, "");
  return statesQuantity(`${plain} is L0`, kind);
}

const SHORTEST = /\b(?:shortest|straight|direct) (?:line|path)(?! distance)\b/;
const BEHIND = new RegExp(` (?:${TAIL})$`);

const SPEAKER = new RegExp(`^${OPENING}(?:i|we)\\b`);
/** "I used the mug's height as a scale", "I hope this helps". */
const SPEAKER_PLAIN = new RegExp(
  `^${OPENING}(?:i|we) (?:(?:have|would|can|could|will|also|simply|am|are|about|around|fairly|quite|pretty|very|reasonably|# %|# percent) )*(?:sure|confident|certain|hope|used?|using|assumed?|assuming|compared?|comparing|based|basing|considered|scaled|see|derived|inferred|obtained|calculated|computed|happy|glad|estimated?|explain|went by|arrived at (?:this|it|that) by|relied on|looked at)\\b`,
);
const SPEAKER_TURNS =
  /\b(?:not|never|no|none|wrong|other|another|different|instead|previous|earlier|last|first|random|memory|prompt|only|if|when|because)\b|§/;

function isPlainOfSpeaker(text: string): boolean {
  if (!SPEAKER.test(text)) return false;
  return (SPEAKER_PLAIN.test(text) && !SPEAKER_TURNS.test(text)) || saysUnable(text);
}

/** What a sentence behind the answer says of it that nobody says of a length which counts. */
const WITHDRAWALS: readonly RegExp[] = [
  // It is not so, or not to be relied on.
  /\b(?:not|never|hardly|unlikely)(?: [a-z]+){0,3} (?:right|correct|true|trust|trusted|rely)\b|\bnot the (?:actual|real|true)\b|\bno (?:basis|evidence|support|justification) for\b|\bno way to\b|^(?:half|twice|double|a third|a quarter) of (?:it|that|this)\b/,
  /\b(?:contradicts?|otherwise|disagrees?|conflicts? with|false|wrong|incorrect|mistake|mistaken|no idea|clueless|something else|no real)\b|^or\b(?! (?:so|about|roughly|approximately|around|[LU]\d))/,
  /\b(?:ignore|disregard|scratch|discard|forget) (?:that|this|it|the above|my)\b/,
  new RegExp(
    `^(?:no\\b${NO_THING}|nope\\b|wait\\b|yet\\b|then again\\b)|\\b(?:twice|half|double|triple) (?:that|this|as (?:much|far))\\b|\\b(?:could|may|might|should|would) be [a-z#]+ times (?:that|this)\\b`,
  ),
  // It is of another thing, axis, picture, time, unit or case.
  new RegExp(
    `^${OPENING}${IT} (?:is|are) (?!based\\b|because\\b|due\\b|about\\b|since\\b|approximate ,).*(?:\\b[TC]\\b|\\b(?:vertical|horizontal|lateral|parts?|components?|diagonal|projected|projection|plane)\\b)`,
  ),
  IS_ANOTHER,
  /\b(?:copied|(?:from|in) (?:your|the) (?:example|prompt|question|instructions?))\b|\byour example\b/,
  // A thing that is not asked for may be a toy.
  /^(?!(?:there is |[a-z]* ?(?:an?|another|one) )(?:[a-z]+ )?(?:drawing|cartoon|painting|miniature|toy)\b(?! of\b)[^AB]*(?:\b(?:behind|beside|near|above|below|under|on|next to|in front of|to the (?:left|right) of)\b.*)?$).*\b(?:drawing|cartoon|painting|miniature|toy)\b/,
  /\b(?:would|should) (?:show|read|say|give|measure|find)\b.*#/,
  /\bsince then\b|\bby now\b|\b(?:has|have) (?:since |already |now )?moved\b|\b(?:first|last|previous|earlier|next|other|another|different) (?:frame|image|picture|photo)\b/,
  /\bimage plane\b|\bnot in (?:3|three|#) ?d\b|\b(?:i|we) mean[t]?\b/,
  new RegExp(
    `^${OPENING}${IT} (?:(?:would|will) )?(?:hold|holds|held|appl(?:y|ies|ied)|(?:is|be|was) (?:valid|true|right|correct))\\b.*\\b(?:if|for|when|in|unless|provided|assuming)\\b`,
  ),
  new RegExp(`^${OPENING}${IT} (?:was|were|would be the case|does not (?:include|contain))\\b`),
  /^not$|\b(?:random|blind) guess$|^(?:correction|oops)\b|\b(?:seems?|looks?|appears?|is|sounds?) (?:much |far |way |a bit )?too\b/,
  new RegExp(`^${OPENING}${IT} (?:is|are) [AB]'s\\b`),
  // It has yet to be worked on.
  /^(?:(?:now|then|please|but|and|you (?:still )?(?:have|need) to|must|should|still) )*(?:multiply|divide|subtract|add|halve|double|swap)\b/,
  // It is looked at anew, or is more.
  /^(?:hmm ,? ?)?(?:on (?:reflection|second thought)|(?:looking|thinking|checking|measuring)(?: about it| at it)? again|(?:another|a second) look|come to think)\b/,
  /^(?:it|they) (?:is|are)(?: in fact| actually| clearly)?(?: much| far| way| a lot)? (?:more|less)(?: than (?:that|this))?(?: ,? ?actually)?$|\b(?:closer|farther|further|larger|smaller|longer|shorter|more|less) than (?:that|this)$/,
];

/** Whether what is said behind an answer denies it, or makes it one of another case. */
export function isTakenBack(behind: PlainSentence, kind: QuantityKind): boolean {
  if (behind.asked) return false;
  if (flagIn(behind.text) !== undefined || isPlainOfAnswer(behind, kind)) return false;
  if (behind.hedged && IS_LIKE.test(behind.text)) return false;
  return WITHDRAWALS.some((it) => it.test(behind.text));
}

/** "That is about the length of a sheet of paper". */
const IS_LIKE = new RegExp(
  `^${OPENING}${IT} is (?:the|an?|its) (?:length|size|width|height|diameter|span) of\\b`,
);

function isDisclaimer(text: string): boolean {
  const said = text.replace(/^(?:but|although|though|however|yet) (?:, )?/, "");
  if (/^(?:[a-z]+ ,? ?)?(?:no|nope)$/.test(said) || said.includes("§")) return false;
  return isHarmless(said) || ESTIMATE.test(said) || MAY_DIFFER.test(said) || VAGUE.test(said);
}
const MAY_DIFFER =
  /^(?:it|this|that|(?:(?:the|this|that|my) )?(?:(?:true|actual|real|exact) )?(?:distance|gap|height|width|value|number|figure|estimate|result|measurement)s?) (?:may|might|could|can|will) (?:be (?:(?:slightly|somewhat|a (?:bit|little)) )*(?:different|off|inaccurate)|(?:(?:slightly|somewhat) )?(?:differ|vary|deviate)(?: (?:slightly|somewhat|a (?:bit|little)))?)$/;
const ESTIMATE =
  /\b(?:estimat(?:e|es|ed|ion|ions)|approximat(?:e|ion|ions)|rough|guess|uncertain|uncertainty|inaccurate|imprecise|accuracy|accurate|exact|precise|precision)\b/;

/** Words that make everything an estimate that is said beside them. */
const ESTIMATES = wordSet(
  "estimate estimated estimating estimation approximation approximate rough roughly guess guessing ballpark " +
    "uncertain unsure unclear imprecise inaccurate exact exactly precise precisely might may off differ",
);

/** "not entirely sure", "I can't be 100% certain", "it isn't certain" */
const NOT_SURE =
  /(?:\bnot|n't|\bcannot)(?: be| feel)?(?: (?:\d{1,3} ?(?:%|percent)|entirely|completely|quite|fully|totally|absolutely|perfectly|wholly|altogether|overly|too|so|that|all that))* (?:sure|certain|confident)\b/;

/** "confidence": "low", "(wild guess)", "hard to tell", "with a grain of salt" */
const VAGUE =
  /\b(?:confidence|certainty)(?: (?:level|score))?["'\s]{0,3}(?:[:=]|\bis\b)["'\s]{0,4}low\b|\blow (?:confidence|certainty)\b|\b(?:wild|rough|crude|pure|mere|quick|ballpark|educated) (?:guess|guesstimate|estimate|estimation|figure)\b|\b(?:hard|difficult|tough|tricky) to (?:say|tell|judge|gauge|measure|estimate|determine|be (?:sure|certain|exact|precise))\b|\b(?:considerable|large|high|great|significant|substantial|much|some) uncertainty\b(?! ?[:=(]| of\b)|\b(?:grain|pinch) of salt\b|\bwith (?:great |some |much )?caution\b|\b(?:don't|do not) (?:quote me|hold me to)\b/;

/** Whether the answer says that its lengths are estimates, such as by a clause that holds no length itself. */
export function isEstimate(whole: string): boolean {
  if (VAGUE.test(whole) || NOT_SURE.test(whole)) return true;
  const tokens = tokenise(whole);
  return clausesOf(tokens).some(({ start, next }) => {
    const clause = tokens.slice(start, next);
    return (
      clause.every(({ type }) => type !== "number") &&
      clause.some(({ text }) => ESTIMATES.has(text))
    );
  });
}
