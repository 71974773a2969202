import { kindInfo, relationOf } from "../QuestionKind.js";
import type { SpatialQuestion, TypedQuestion } from "../SpatialQuestion.js";
import { doubtIn, percentIn } from "./doubt.js";
import { isHarmless } from "./harmless.js";
import { CONCLUSION, CORRECTION, INTRODUCTIONS } from "./introductions.js";
import { mentionsIn } from "./mentions.js";
import { Names } from "./names.js";
import { type PlainSentence, plainSentences } from "./plainSentences.js";
import {
  EQUAL,
  type Evidence,
  OTHER_VIEW,
  relationIn,
  SURE,
  sidesOf,
  TAIL,
} from "./relationForms.js";
import { RELATION_WORDS } from "./relations.js";
import { takenBack } from "./takenBack.js";
import { type Token, tokenise } from "./tokens.js";

/** The clauses of an answer that count, or why none does. */
export type Reading =
  | { readonly evidence: readonly Evidence[] }
  | { readonly reason: "no_object" | "refused" | "unclear"; readonly detail: string };

const IS = "(?:is|would be|must be)";
const ANSWER =
  "(?:(?:the|my|a|your) )?(?:(?:final|short|correct|best|direct|simple|overall) )*(?:answer|result|verdict|conclusion|response|decision|prediction|output|guess|choice|relation|relationship|position)";
/** What introduces a verdict or a statement without changing it. */
const LEAD = new RegExp(
  `^(?:(?:${INTRODUCTIONS}|because|since|oh|indeed|i|we|yeah i|assistant|clearly|right now|at the moment|currently|you (?:will|can|would|should) (?:find|see)(?: that)?|(?:i|we) (?:would )?(?:say|think|believe|guess|see|conclude|can see|can conclude)(?: that)?|(?:this|which|it) (?:means|indicates|shows|suggests|implies)(?: that)?|(?:meaning|indicating|showing|suggesting)(?: that)?|${ANSWER} ${IS}(?: that)?|(?:compared|relative|in comparison) (?:to|with) [AB]|with respect to [AB]|${SURE})(?: |$))+`,
);
const IT = "(?:it|that|this|they|the statement|the claim|these)";
const YES = new RegExp(
  `^(?:(?:${IT} ${IS} )?(?:${SURE} )*(?:yes|yep|yup|yeah|correct|true|affirmative|y|the case|accurate)(?: indeed)?|yes (?:it|they|that) (?:is|does|are|do|seems|appears)(?: so)?|(?:it|they|that) (?:(?:is|does|are|do)(?: so| indeed)?|(?:appears|seems|looks) (?:so|that way))|so|that is (?:right|so|how it is))$`,
);
const SOFT_YES =
  /^(?:sure|certainly|absolutely|definitely|of course|agreed|exactly|indeed|yes sure|right)$/;
const NO = new RegExp(
  `^(?:(?:${IT} ${IS} )?(?:${SURE} )*(?:no|nope|nah|false|incorrect|wrong|negative|untrue|n|inaccurate)|(?:${IT} ${IS} )?(?:${SURE} |of course )*not(?: (?:correct|true|really|at all|so|the case|accurate|right))?(?: (?:it|they|that) (?:is|does|are|do)(?: not)?)?|no (?:it|they|that) (?:is|does|are|do) not|(?:it|they|that) (?:is|does|are|do) not(?: so)?|by no means|(?:do|would) not (?:think|believe|say) so|(?:it )?does not (?:appear|seem|look) (?:so|that way))$`,
);
const NOT_WRONG = new RegExp(`^(?:${IT} ${IS} )?not (?:false|wrong|incorrect|untrue)$`);
const OF_STATEMENT =
  /^(?:the|this|that) (?:statement|claim|assertion|sentence)(?: that)? (.+) is (not )?(true|correct|right|accurate|false|wrong|incorrect|untrue|inaccurate)$/;
const THAT_STATEMENT = /^it is (not )?(true|correct|false|wrong|incorrect|the case) that (.+)$/;

const NAME = new RegExp(
  `^(?:(?:it|that|this|the (?:one|object|item)) ${IS} )?(?:${SURE} )*(?<who>[AB])(?: (?:is|does|would be))?(?: it| the one)?${TAIL}$`,
);

function evidenceIn(
  clause: string,
  question: SpatialQuestion,
  tokens: readonly Token[],
): Evidence | undefined {
  const verdict = (yes: boolean, soft = false): Evidence => ({ says: "verdict", yes, soft });
  const axis = question.kind === "open" ? undefined : relationOf(question.kind);
  if (NOT_WRONG.test(clause)) return verdict(true);
  if (NO.test(clause)) return verdict(false);
  if (YES.test(clause)) return verdict(true);
  if (SOFT_YES.test(clause) && !(clause === "right" && (axis === "left" || axis === "right"))) {
    return verdict(true, true);
  }
  if (question.kind === "open" || axis === undefined) return undefined;
  const [, quoted = "", denied, truth = ""] = OF_STATEMENT.exec(clause) ?? [];
  const [, deniedThat, truthThat = "", that = ""] = THAT_STATEMENT.exec(clause) ?? [];
  const inner = quoted || that;
  if (inner !== "") {
    const told = relationIn(inner, axis);
    if (told?.says !== "relation") return undefined;
    const isTrue =
      /^(?:true|correct|right|accurate|the case)$/.test(truth || truthThat) !==
      ((denied ?? deniedThat) !== undefined);
    return isTrue ? told : { ...told, negated: !told.negated };
  }
  // "Is it left? Right." may agree.
  if (clause === "right" && question.kind === "left_predicate") return undefined;
  if (EQUAL.test(clause)) return { says: "equal" };
  const related = relationIn(clause, axis);
  if (related) return related;
  // The name of a relation, as the question gave it; on a side alone, "left" is no remainder.
  const [, plain] = /^(?:(?:A|it) is )?([a-z]+)$/.exec(clause) ?? [];
  const { shape, relations } = kindInfo(question.kind);
  const relation = relations.find((one) => one === plain);
  if (shape === "class" && relation)
    return { says: "relation", relation, negated: false, named: clause[0] === "A" };
  const { who } = NAME.exec(clause)?.groups ?? {};
  if (who !== undefined) return { says: "name", who: who === "A" ? "subject" : "object" };
  return named(clause, question, tokens);
}

/** "The blue one", where only one of the things is blue. */
function named(
  clause: string,
  question: TypedQuestion,
  tokens: readonly Token[],
): Evidence | undefined {
  const adjective = /^(?:it is )?the ([a-z]+) one$/.exec(clause)?.[1];
  const [mention, other] = adjective
    ? mentionsIn(
        tokens.filter(({ text }) => text === adjective),
        question,
      )
    : [];
  return mention && !other ? { says: "name", who: mention.who } : undefined;
}

/** What says that nothing beside it counts. */
const VOID =
  /\b(?:(?:need|have) to (?:check|look|see|verify)|kidding|joking|ignore|disregard|example|hypothetical(?:ly)?|placeholder|template|dummy|invalid|n \/ a|if|unless|whether|suppose|imagine|mistaken|mistake|misread|wrong|incorrect|false|untrue|not sure|unsure|uncertain|unclear|unknown|would be yes|would be no|opposite|not the case|guessing|random|robot's|previous|previously|earlier|was|were|will|should|used to|no longer|or no|or not|options?|choose|answer (?:yes|with)|user|asked|let (?:me|us) (?:check|look|see|have|think|analy[sz]e|verify|examine|compare|start|begin)|to answer this|depends?|ambiguous)\b|§|\?/;
function voids(clause: string): boolean {
  return VOID.test(clause) || OTHER_VIEW.test(clause);
}
/** A clause beside a statement that gives its reason or its place. */
const BESIDE =
  /^(?:based on|looking at|since|because|as|while|whereas|with|[AB]'s [xyz] coordinate|where|which|indicating|meaning|making|given|judging|from|in|considering|according to|relative to|compared|when|by|due to|for|its|though|although|between|hovering|sitting|standing|resting|floating|suspended|placed|located|positioned|lying|[AB] (?:is )?at (?:x|y|z|pixel|about x)\b)\b|^[AB](?:'s [a-z]+)? (?:(?:partially|partly|slightly|clearly|visibly) )?(?:hides|covers|occludes|blocks|overlaps|obscures|(?:is|appears) (?:(?:partially|partly|slightly) )?(?:hidden|occluded|covered|blocked|obscured) by)\b(?: (?:a )?(?:part|parts|some|portion) of)?(?: [AB](?:'s [a-z]+)?| (?:one|two) T)(?: in (?:the|this) (?:image|picture|view))?$|^so (?:A|B|it|they) (?:can|could|fits|reaches|covers|hides|blocks)\b|^(?:A|B) (?:about )?# [a-z]+$|^(?:about )?# [a-z]+ (?:vs|versus|compared (?:to|with)|and) (?:about )?# [a-z]+$|^(?:A|B|it|they) (?:is|are|stands?|spans?|measures?|appears?(?: to be)?|seems?(?: to be)?|looks?) #(?: [a-z]+)?(?: (?:tall|high|wide|across|in (?:height|width|diameter)|(?:away )?from C))?$/;
/** Closing words to the person who asks. */
const FAREWELL = /^(?:(?:please )?(?:let me know|feel free)|(?:i )?hope (?:this|that) helps)\b/;
/** "…, under the shelf": where both are. */
const PLACE =
  /^(?:on|under|above|below|beside|next to|near|behind|over|in|inside|in front of|at) (?:the )?(?:[a-z]+ )?[TS]$/;
/** "Yes, the mug is on the table" agrees to where one of the things is. */
const OF_PLACE =
  /^(?:(?:i|we|you) (?:can )?see (?:that )?|there is )?[ABP](?:$| (?:is|are|can be) (?:(?:clearly|there|visible|shown|seen|present|located|placed|sitting|standing|resting|positioned|found|in|on|at|near|next to|close to|beside|inside)\b.*|here)$)/;
/** Talk with the person who asks, which a "yes" beside it belongs to. */
const TALK =
  /^(?:i (?!see|can see|would|think|believe|am (?:sure|certain|confident))|you|let|please|how)\b/;
/** Labels before a verdict. */
const LABEL = new RegExp(
  `^(?:${ANSWER}|assistant|[a-d]|option [a-d]|is (?:it|A)(?: [a-z]+)*|(?:final )?(?:answer|spatial relation))$`,
);
const OPENING =
  /^(?:[a-d]|sure|certainly|of course|absolutely|great question|good question|no doubt(?: about (?:it|that))?|without (?:a )?doubt|no problem|let us see|hmm|well|ok|okay|thanks|thank you|(?:yes )?i can help(?: with that)?|happy to help|(?:of|between|from) P|based on .*|looking at .*|looking (?:again|closer|closely|more closely)|on (?:a )?(?:closer|second) (?:look|inspection|glance|thought)|(?:in|from) (?:the|this) (?:image|picture|photo|scene))$/;
/** What takes back the sentences before it. */
const RETURNS =
  /^(?:(?:no|oh|but|hmm|ah|and|well) ){0,2}(?:wait|oops|correction|scratch that|on second thought|let me correct)\b/;
const CLAUSE_ENDS =
  / ?, | (?=(?:but|while|whereas|because|since|so|although|though) )| and(?= (?:A|B|it|they) )/;
/** What "yes" agrees to, if it stands before it. */
const CHATTER =
  /^(?:great question|good question|no problem|thanks|thank you|happy to help|i can help)\b/;

/** What an answer says of yes and no, of the relation, and of the things by name. */
export function readVerdicts(normalised: string, question: SpatialQuestion): Reading {
  const tokens = tokenise(normalised);
  const sentences = plainSentences(tokens, [], new Names(question)).map(withOrdinals);
  const lost = takenBack(sentences);
  if (lost && lost.reason !== "contradiction") {
    return { reason: lost.reason as "unclear", detail: lost.detail };
  }
  const doubt = doubtIn(normalised) ?? percentIn(normalised);
  if (doubt !== undefined) return { reason: "unclear", detail: doubt };
  const evidence: { it: Evidence; restarts: boolean }[] = [];
  const sides = question.kind === "open" ? undefined : sidesOf(relationOf(question.kind));
  let isOnlySoft = true;
  let restarts = false;
  for (const { text, asked } of sentences) {
    if (FAREWELL.test(text)) continue;
    // "Absolutely! What would you like to know?" agrees to nothing.
    if (asked) isOnlySoft = false;
    if (asked) continue;
    const concludes = CONCLUSION.test(text);
    const { clauses, void: isVoid } = clausesOf(text, question, axisLabel(question));
    if (isVoid) return { reason: "unclear", detail: `the answer also says "${text}"` };
    const read = clauses.map((clause) => {
      const corrects = CORRECTION.test(clause);
      const rest = stripped(corrects ? clause.replace(CORRECTION, "") : clause);
      restarts ||= corrects || concludes;
      const it = evidenceIn(rest, question, tokens) ?? evidenceIn(clause, question, tokens);
      const out = it && { it, restarts };
      if (it) restarts = false;
      return { clause, rest, out };
    });

    for (const { clause, rest, out } of read) {
      const isOpening = rest === "" || OPENING.test(rest) || OPENING.test(clause);
      if (!out && !isOpening) isOnlySoft = false;
      if (!out && !isOpening && voids(clause)) {
        return { reason: "unclear", detail: `the answer also says "${clause}"` };
      }
      if (!out && /^(?:\w+ ){0,3}(?:not|never)(?: \w+){0,1}$/.test(clause) && !isOpening) {
        return { reason: "unclear", detail: `the answer also says "${clause}"` };
      }
    }
    // "No. Wait, …": what was said before does not count, even where the rest is not understood.
    if (read.some(({ clause }) => RETURNS.test(clause))) evidence.length = 0;
    if (read.some(({ clause, out }) => !out && !OPENING.test(clause) && TALK.test(clause)))
      continue;
    // "Right, the gripper is to the left" agrees to it.
    const [agrees, ...others] = read;
    if (agrees?.clause === "right" && others.some(({ out }) => out?.it.says === "relation")) {
      read.shift();
    }
    const isKnown = read.every(
      ({ clause, rest, out }, index) =>
        out ||
        ((isHarmless(clause) || isHarmless(rest)) && !sides?.test(clause)) ||
        (OPENING.test(rest) && !(index > 0 && CHATTER.test(rest))) ||
        BESIDE.test(clause) ||
        (PLACE.test(clause) && names(read) && (!sides?.test(clause) || comparesBoth(read))),
    );
    const relates = read.some(({ out }) => out?.it.says === "relation");
    if (!relates && read.some(({ clause }, index) => index > 0 && OF_PLACE.test(clause))) continue;
    // "Yes, it is left of the tray" agrees to something else; a statement of ours says to what.
    const isBacked = names(read);
    const hasVerdict = read.some(({ out }) => out?.it.says === "verdict");
    for (const { out } of read) {
      if (out && (isKnown || (isBacked && hasVerdict))) evidence.push(out);
    }
  }
  const from = evidence.findLastIndex((one) => one.restarts);
  const counted = withoutPlaces(evidence.slice(Math.max(0, from)).map(({ it }) => it));
  const hard = counted.filter((it) => it.says !== "verdict" || !it.soft);
  // "Certainly! To answer this, …" opens an answer and gives none.
  return { evidence: hard.length > 0 ? hard : isOnlySoft ? counted : [] };
}

/**
 * Where one thing is in the picture says nothing of the other: that counts if both are said to be
 * somewhere, or beside a verdict.
 */
function withoutPlaces(evidence: readonly Evidence[]): readonly Evidence[] {
  const placed = evidence.flatMap((it) => (it.says === "relation" && it.placed ? [it.placed] : []));
  const isBoth = placed.includes("A") && placed.includes("B");
  if (isBoth || evidence.some(({ says }) => says === "verdict")) return evidence;
  return evidence.filter((it) => it.says !== "relation" || it.placed === undefined);
}

/** Whether one of the clauses states the relation of the things that it names. */
function names(read: readonly { readonly out: { readonly it: Evidence } | undefined }[]): boolean {
  return read.some(({ out }) => out?.it.says === "relation" && out.it.named);
}

/** Whether a clause that states the relation names both things: nothing beside it can. */
function comparesBoth(
  read: readonly { readonly clause: string; readonly out: unknown }[],
): boolean {
  return read.some(({ clause, out }) => out && /\bA\b.*\bB\b|\bB\b.*\bA\b/.test(clause));
}

function stripped(clause: string): string {
  return clause.replace(LEAD, "").trim();
}

function withOrdinals(sentence: PlainSentence): PlainSentence {
  const text = sentence.text
    .replace(
      /(?<=^(?:yes , |no , )?[AB]) , (?!if\b|not\b)[^,ABTP]{1,60} , (?=(?:is|are|sits|stands|appears|seems) )/,
      " ",
    )
    .replace(/(?<=^|, )(yes|no) : (?=[a-zA-Z])/, "$1 , ")
    .replace(/\b(?:it is the other way a?round|the opposite is true|on the contrary) [:,] /, "")
    .replace(
      /^(yes , |no , )?it is (?:actually |really )?([AB]) that is /,
      (_, verdict = "", who) => `${verdict}${who} is `,
    )
    .replace(/(?<=\bthan (?:[AB]|it)) (?:is|does)(?= ,|$)/g, "")
    .replace(/\bto ([AB])'s (left|right)(?: side)?\b/g, "to the $2 of $1")
    .replace(/\b(?:takes up|occupies|has) more (?:space|volume|room)\b/, "is bigger")
    .replace(/\bat a (higher|lower) (?:position|level|place|height)\b/, "$1")
    .replace(/ when (?:fully )?(?:open|opened|extended)$/, "")
    .replace(/\bby no means\b(?= [a-z])/, "not")
    .replace(/^not ([AB]) ,? ?but (?:rather )?([AB])$/, "$2")
    .replace(
      / rather than (?:to the |on the )?(?:left|right|above|below|behind|in front|taller|shorter|wider|narrower|bigger|smaller)(?: of| than)?(?: it| [AB])?(?=$| ,)/,
      "",
    )
    .replace(OWN_SIZE, (_, who, size, more, than) => comparison(who, more, size, than))
    .replace(HAS_SIZE, (_, who, more, size, than) => comparison(who, more, size, than))
    .replace(/\bthe (?:former|first (?:one|object|item))\b/g, "A")
    .replace(/\bthe (?:latter|second (?:one|object|item))\b/g, "B")
    .replace(
      / (?:the|a) (?:one|object|item) (?:(?:that|which) is )?(?=(?:on|to|at|in|further|farther|closer|nearer|located|positioned) )/,
      " ",
    )
    .replace(/ (?:the|a) (?:one|object|item) (?:that|which) is /, " ")
    .replace(VERBLESS, "$& is")
    .replace(/(?<=^[AB]) , (?:it|this) (?:seems|appears) , /, " ")
    .replace(/^(yes|no) (?=(?:it|they) )/, "$1 , ")
    .replace(/^yes (?=[AB] )/, "yes , ")
    .replace(/^(?:in short|in brief|briefly|long story short|in a nutshell)(?: [,:])? /, "")
    .replace(CONTRACTED, "$1 is ");
  return { ...sentence, text };
}

const DEGREE = "(?:much|slightly|somewhat|noticeably|clearly|considerably|significantly)";
const MORE = "greater|larger|bigger|more|higher|taller|wider|broader";
const LESS = "less|lesser|smaller|lower|shorter|narrower|slimmer|thinner";
/** "The gripper has a lesser height than the mug", "the gripper's width is less than the mug's". */
const OWN_SIZE = new RegExp(
  `\\b([AB])'s (height|width|diameter|size|volume) is (?:${DEGREE} )?(${MORE}|${LESS}) than (?:that of )?([AB])(?:'s(?: \\2)?)?`,
);
const HAS_SIZE = new RegExp(
  `\\b([AB]) has an? (?:${DEGREE} )?(${MORE}|${LESS}) (height|width|diameter|size|volume)(?: (?:than|compared (?:to|with)) ([AB])(?:'s)?)?$`,
);

/** What is compared, in the words of its relation. */
function comparison(who: string, more: string, size: string, than: string | undefined): string {
  const [greater, lesser] =
    size === "height"
      ? ["taller", "shorter"]
      : size === "width" || size === "diameter"
        ? ["wider", "narrower"]
        : ["bigger", "smaller"];
  const relation = new RegExp(`^(?:${MORE})$`).test(more) ? greater : lesser;
  return `${who} is ${relation}${than === undefined ? "" : ` than ${than}`}`;
}

/** "The gripper is on the left and the mug on the right." */
const VERBLESS =
  /(?<=\b(?:is|sits|stands|lies|hovers|rests|appears)\b.*(?:and|while|whereas|,) )[AB](?= (?:on|at|to) the (?:left|right|top|bottom|front|back)\b)/g;

/** "The gripper's to the left": no part of the gripper. */
const CONTRACTED =
  /\b([AB])'s (?=(?:(?:not|slightly|clearly|definitely|just|directly|much|far|a (?:bit|little)|located|positioned|placed|more|less) )*(?:to the|on the|in front|at the|above|below|behind|beneath|under|over|higher|lower|taller|shorter|wider|narrower|thinner|bigger|larger|smaller|closer|nearer|farther|further)\b)/g;

/** A field that is named after the relation asked for: "left: no". */
function axisLabel(question: SpatialQuestion): RegExp | undefined {
  if (question.kind === "open") return undefined;
  const relation = relationOf(question.kind);
  return new RegExp(
    `^(?:(?:is|A is|A|it is) )?(?:to the |on the )?(?:${[...RELATION_WORDS[relation]].join("|")})(?: (?:of|than|to))?(?: B)?$`,
  );
}

/** The clauses of a sentence, without what stands behind a label of something else. */
function clausesOf(
  text: string,
  question: SpatialQuestion,
  axis: RegExp | undefined,
): { readonly clauses: readonly string[]; readonly void: boolean } {
  const parts = text.split(/ ?: /);
  const value = parts.at(-1) ?? "";
  const labels = parts.slice(0, -1);
  const clauses: string[] = [];
  // "The gripper is taller: no" is a label with its value.
  const first = stripped(value.split(CLAUSE_ENDS)[0]?.trim() ?? "");
  const isDecided = YES.test(first) || NO.test(first);
  for (const label of labels) {
    const plainLabel = stripped(label.replace(/(?: ?, ?)+/g, " ").trim());
    const isVerdict = YES.test(plainLabel) || NO.test(plainLabel);
    if (isVerdict && /^(?:#|zero)/.test(value)) return { clauses: [], void: true };
    const spoken = label.split(CLAUSE_ENDS).map((clause) => clause.trim());
    if (isVerdict || CORRECTION.test(label) || contradicts(plainLabel, question)) {
      clauses.push(label);
    } else if (!isDecided && spoken.some((clause) => isStatement(stripped(clause), question))) {
      clauses.push(...spoken);
    } else if (
      !(
        plainLabel === "" ||
        LABEL.test(plainLabel) ||
        axis?.test(plainLabel) ||
        OPENING.test(plainLabel) ||
        (isHarmless(plainLabel) && !/[ABPT]|visible|seen/.test(plainLabel)) ||
        (question.kind !== "open" && relationLabel(plainLabel, question))
      )
    ) {
      // "The mug: right." says more of the mug than its name.
      const named = isChoice(question) && NAME.test(plainLabel) ? [value] : [];
      return { clauses: [label, ...named], void: voids(label) };
    }
  }
  const split = value.split(CLAUSE_ENDS).map((clause) => clause.trim());
  return { clauses: [...clauses, ...split.filter((clause) => clause !== "")], void: false };
}

/** "It is shorter: 7 cm versus 10 cm": what stands before the colon says it, with its verb. */
function isStatement(clause: string, question: SpatialQuestion): boolean {
  if (question.kind === "open" || !/^(?:A|B|it) (?:is|appears|seems|looks|has)\b/.test(clause)) {
    return false;
  }
  const axis = relationOf(question.kind);
  return axis !== undefined && relationIn(clause, axis)?.says === "relation";
}

/** "The taller object: the mug." */
function relationLabel(label: string, question: TypedQuestion): boolean {
  return isChoice(question) && relationIn(label, relationOf(question.kind)) !== undefined;
}

/** "Shorter: the mug", where the taller one is asked for. */
function contradicts(label: string, question: SpatialQuestion): boolean {
  if (question.kind === "open" || !isChoice(question)) return false;
  const said = relationIn(label, relationOf(question.kind));
  return said?.says === "relation" && said.relation !== relationOf(question.kind);
}

function isChoice({ kind }: SpatialQuestion): boolean {
  return kind !== "open" && kindInfo(kind).shape === "choice";
}
