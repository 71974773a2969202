import { wordSet } from "./tokens.js";

/** Words of clauses that change nothing in what stands beside them, with the names of things. */
const HARMLESS = wordSet(
  "normal pretty handle handles including excluding counting typical-sized looking nature case given regular ordinary average A B P S T C A's B's T's P's hmm tough data ai model assistant crow flies analysis reasoning summary eye everything number figure value answer estimating measured straight line raised lifted elevated suspended floating hovering wooden hang hangs accounting foreshortening distortion the a an this that these my its their is are be in on at of to for by from with as and or it they " +
    "image picture photo photograph scene view viewpoint perspective angle frame visual visually visible cue cues clue clues " +
    "based judging going using looking considering given taking relative compared comparing comparison reference according " +
    "size sizes apparent known typical standard usual scale scales proportion proportions position positions positioned " +
    "context shadow shadows depth geometry appearance surrounding other objects object items two both each information " +
    "can see seen shown what i we you very quite fairly rather close near nearby next right left side center middle front behind above below " +
    "located placed sitting standing hovering hovers sits stands lies rests resting held top directly slightly " +
    "confidence medium high low estimate estimated estimation approximation approximate rough roughly approximately only just " +
    "not no exact exactly precise precisely precision certain sure uncertain difficult hard judge makes say tell give provide measurement measure " +
    "single without information calibration could may might vary varies off bit though although so therefore since because " +
    "distance distances lengths sizes measuring far completely entirely fully totally due less more separation gap clearance space am well lot few reasonable speaking lower upper " +
    "centimeters centimetres meters metres inches cm m mm metric unit units",
);

/** Clauses that liken the length to something, or say under which plain circumstance it holds. */
const ASIDES: readonly RegExp[] = [
  /^(?:(?:that|which|this) is|or|equal to|equivalent to|comparable to|similar to)? ?(?:roughly |about |approximately )?(?:# (?:and a half )?|(?:two|three|four|five|six|seven|eight|nine|ten|half)(?: and a half)? (?:or so )?)?(?:times )?(?:the|a|its) (?:length|size|height|width|diameter|span) of (?:an? |the )?[a-zA-Z' ]+$/,
  /^(?:if|assuming|provided|given)(?: that)? (?:the |this |that )?[ABTit]+ (?:is|has|being) (?:of )?(?:an? |the )?(?:standard|normal|typical|average|regular|usual|common)(?: (?:size|sized|height|one|coffee))*(?: [AT])?$/,
  /^(?:assuming|given) (?:an? )?(?:standard|normal|typical|average|regular|usual)(?: (?:size|sized|height|coffee|ceramic))*(?: [ABT])?(?: (?:size|height|dimensions|width|diameter))?$/,
  /^(?:which|that|this) is (?:(?:quite|fairly|pretty|very|the|an?) )?(?:typical|standard|normal|common|usual|average|reasonable|plausible|consistent)(?: (?:for|of|with|outer|inner|height|size|width|diameter|in) [a-zA-Z' ]+)?$/,
  /^(?:(?:slightly|somewhat|a (?:bit|little)) )?(?:taller|shorter|wider|narrower|bigger|smaller|larger) than (?:an? )?(?:standard|typical|average|normal|usual)(?: [a-zA-Z]+){0,3}$/,
  /^as (?:tall|high|wide|broad|long|big|thick) as (?:an? |the )?[a-zA-Z' ]+$/,
  /^(?:an? |one |two |three |half an? )?[a-zA-Z]+(?:'s)? (?:width|breadth|height|length|thickness|span)s?$/,
  /^(?:with|at|using|given) (?:a scale of )?(?:about )?# (?:px|pixels?) per (?:mm|cm|m|inch)(?: (?:at|in|of) [a-z' ]+)?$/,
  /^after (?:accounting|allowing|correcting|adjusting) for [a-zA-Z' ]+$/,
  /^(?:typical|standard|normal|common|usual) (?:for|of) [a-zA-Z' ]+$/,
  /^(?:as|than) (?:it|one|this|you) (?:may|might|could|would) (?:first )?(?:seem|appear|think|look|believe|suggest)(?: at first(?: glance)?)?$/,
  /^(?:(?:at|with) )?(?:an? |the )?# % (?:confidence|certainty)(?: (?:interval|level))?$/,
  /^(?:with )?(?:no (?:obstacles?|obstructions?|other (?:objects?|things?))|nothing) (?:(?:is|are|lies|stands|blocks?|obstructs?) )*(?:(?:in )?between(?: (?:P|them))?|in (?:the|its|their) way|the (?:way|path|view))$/,
  /^A has not (?:yet )?(?:reached|grasped|gripped|got to) B(?: yet)?$/,
  /^# (?:px|pixels)(?: (?:apart|away|between P|in (?:the|this) (?:image|picture)))*$/,
];

/** Whether a clause without a length changes nothing in its neighbours. */
export function isHarmless(clause: string): boolean {
  if (/\bnot (?:drawn |shown )?to scale\b/.test(clause)) return false;
  if (
    clause === "" ||
    /^(?:confidence\b|(?:step|frame|image|picture|view) #$|(?:please )?do not quote me\b)/.test(
      clause,
    ) ||
    ASIDES.some((aside) => aside.test(clause))
  )
    return true;
  return clause.split(" ").every((word) => HARMLESS.has(word) || /^[^a-z#]+$/i.test(word));
}

/** Words of what a model cannot do, and for want of what. */
const DISCLAIMING = wordSet(
  "take taking measurements figure figures make making do does have has had having access lack lacks lacking absence any additional determine determined measured determining obtain get infer " +
    "inferred sensor sensors map tools tool however while whilst unfortunately but impossible unable possible able true actual # d exactly " +
    "perfectly accurately accurate reliably reliable know direct directly physical real camera parameters intrinsics will would there " +
    "was monocular alone proper further details detail physically way limited limits explicit provided present available",
);

/** "While I can't measure exact distances": nobody denies what is said beside it. */
export function isDisclaimer(clause: string): boolean {
  if (!UNABLE.test(clause) || /\b[ABPT]\b.*\bnot\b|\bsee [ABP]\b/.test(clause)) return false;
  return clause
    .split(" ")
    .every((word) => DISCLAIMING.has(word) || HARMLESS.has(word) || /^[^a-z#]+$/i.test(word));
}
const UNABLE = /\b(?:not|no|without|hard|difficult|tricky|impossible|unable|lack\w*|limited)\b/;

/** Whether a clause without a length is a statement of its own, of some thing and not of the length. */
export function isComplete(clause: string): boolean {
  return COMPLETE.test(clause) && !IMAGINED.test(clause);
}
const COMPLETE =
  /^(?:so |in fact |here )?(?:(?:the|an?|its|their|each|most|there|i|you|we) |[ABTCSP](?:'s)? )[a-zA-Z' ]*\b(?:is|are|has|have|hangs?|sits?|stands?|lies|shows?|looks?|see|fits?|comes?|covers|extends?|points?)\b/;

/** Words of what is not so, or not yet. */
export const IMAGINED =
  /\b(?:if|once|when|after|until|before|unless|will|would(?! fit)|should|suppose|supposing|were|was|had|plan|goal|target|must|should|could|not|no|wrong|instead|need|needs)\b/;

/** Words that make a statement beside them one of another time, place or case. */
export const UNREAL = new RegExp(
  `${IMAGINED.source}|\\b(?:typical|typically|usual|usually|normal|normally|ideal|ideally|standard|average|general|generally|most|previous|previously|earlier|last|next(?! to\\b)|first|another|other|example|hypothetical|hypothetically|alleged|allegedly|supposed|supposedly|dream|screen|simulated|simulation|pretend|claims?|claimed|description|manual|task|user|desired|required|imagine|reflection|mirror|map|drawing|plane|pixels?|px|minimum|maximum|least|ratio|scale|half|twice|double|minus|plus|halved|doubled)\\b|#`,
);

/** What makes another thing, or another measure, the one that a length is of. */
export const STRANGE =
  /[TC§]\b|§|:|\b(?:height|width|length|diameter|radius|depth|size|thickness|tall|wide|high|long|deep|thick|move|moves|moving|travel|reach)\b/;
