import { wordSet } from "./tokens.js";

/**
 * What a field of yes, no or nothing says of the answer that it stands beside: that it does not
 * count, that it is an estimate, or only something of its own.
 */
export type FlagMeaning = "void" | "hedge" | "plain";

/** A sentence as `PlainSentence` spells it: "is occluded : false", "B visible = no". */
const FLAG =
  /^(?:# , )?((?:(?!the |a |my )[a-zA-Z'#]+ ){0,5}[a-zA-Z'#]+) (?::|=) (?:, )*(?:(true|yes)|false|no|none|null|not)(?: ,)*$/;

/** Words of a key that make it no other key. */
const FILLERS = wordSet(
  "is are was were be been all both any the has have it its can in n num number of # A B P A's B's",
);
/** What the question is about, by the names that programs give it. */
const ASKED = wordSet(
  "object objects item items thing things target targets subject subjects instance instances region regions mask masks " +
    "box boxes bbox bounding reference referent entity entities image frame scene pair view",
);
/** "visible": of the things asked for, or of something else. */
const SIGHT = wordSet(
  "visible visibility seen see found detected detection detections present shown identified located localized " +
    "localised recognized recognised exists exist existing tracked matched segmented",
);
/** Things whose absence says nothing of the length. */
const OTHERS = wordSet(
  "S T C contact touch touching collision collisions obstacle obstacles obstruction occlusion occlusions person people " +
    "human hand handle lid shadow shadows reflection motion movement grasp grip spill other another label text marker ruler",
);
/** What an answer that counts is. */
const SOUND = wordSet(
  "valid validity correct true real reliable reliably trust trusted trustworthy credible usable useful measured " +
    "measurable known determined determinable computable estimable possible available success successful succeeded ok okay " +
    "confidence certainty probability score tell answered answerable plausible sane meaningful metric grounded measurement measure reading distance quality " +
    "pass passed",
);
/** What is only an estimate if it is not so. */
const EXACT = wordSet(
  "certain sure confident confidence exact precise accurate calibrated calibration verified confirmed depth",
);
/** What an answer that does not count is. */
const UNSOUND =
  /\b(?:invalid|errors?|failed|failure|fails|hallucinat[a-z]+|random|arbitrary|placeholder|hypothetical|example|dummy|mock|fake|simulated|default|fallback|wrong|incorrect|false|unreliable|unverif[a-z]+|unknown|unusable|untrusted|untrustworthy|made up|missing|invisible|unseen|undetected|absent|hidden|refused?|unable|unanswerable|undetermined|insufficient|impossible|out of|fully|completely|entirely|not|no|estimated from prior|pixels?|px|components?|previous|last|earlier|stale|outdated|expired|obsolete|planned|C)\b/;
const ESTIMATED =
  /\b(?:estimated?|estimation|approx[a-z]*|rough|guess[a-z]*|uncertain|unsure|inexact|imprecise|ambiguous)\b/;

/**
 * What a flag says of the answer; undefined for a sentence that is none. A flag's value concerns
 * that flag: of a length, "occluded: false" says nothing, and "valid: false" says that it does not
 * count.
 */
export function flagIn(sentence: string): FlagMeaning | undefined {
  const [, key, yes] = FLAG.exec(sentence) ?? [];
  if (key === undefined) return undefined;
  if (UNSOUND.test(key)) return yes ? "void" : "plain";
  if (yes) return ESTIMATED.test(key) ? "hedge" : "plain";
  const words = key.split(" ").filter((word) => !FILLERS.has(word));
  if (words.length === 0) return "void";
  if (words.some((word) => EXACT.has(word))) return "hedge";
  if (words.some((word) => SOUND.has(word))) return "void";
  if (words.some((word) => SIGHT.has(word)) || words.every((word) => ASKED.has(word))) {
    return words.some((word) => OTHERS.has(word)) ? "plain" : "void";
  }
  return "plain";
}

/** The key of a flag that is set: "vertical" of "is vertical : true". */
export function setFlag(sentence: string): string | undefined {
  const [, key, yes] = FLAG.exec(sentence) ?? [];
  return yes && key?.replace(/^(?:is|are|has) /, "");
}

const CONTACT =
  /^(?:(?:is|are|in|has|physical|A|B|P) )*(?:contact|touching|touch|touches)(?: [AB])?$/;

/** Whether a flag says that the things touch, or that they do not; undefined for others. */
export function contactFlag(sentence: string): boolean | undefined {
  const [, key, yes] = FLAG.exec(sentence) ?? [];
  return key !== undefined && CONTACT.test(key) ? yes !== undefined : undefined;
}
