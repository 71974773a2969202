import { oppositeOf, type Relation, relationOf } from "../QuestionKind.js";
import type { SpatialQuestion, TypedQuestion } from "../SpatialQuestion.js";
import { isHarmless } from "./harmless.js";
import { CONCLUSION, CORRECTION, INTRODUCTIONS } from "./introductions.js";
import { mentionsIn } from "./mentions.js";
import { Names } from "./names.js";
import { type PlainSentence, plainSentences } from "./plainSentences.js";
import { RELATION_WORDS } from "./relations.js";
import { takenBack } from "./takenBack.js";
import { type Token, tokenise } from "./tokens.js";

/** What a clause says in one of the known forms. */
export type Evidence =
  | { readonly says: "verdict"; readonly yes: boolean; readonly soft: boolean }
  | {
      readonly says: "relation";
      /** The relation of the question's subject to its object. */
      readonly relation: Relation;
      readonly negated: boolean;
      /** The clause names whom it speaks of. */
      readonly named: boolean;
    }
  | { readonly says: "equal" }
  | { readonly says: "name"; readonly who: "subject" | "object" };

/** The clauses of an answer that count, or why none does. */
export type Reading =
  | { readonly evidence: readonly Evidence[] }
  | { readonly reason: "no_object" | "refused" | "unclear"; readonly detail: string };

const SURE =
  "(?:very|most|quite|absolutely|definitely|certainly|indeed|clearly|really|probably|likely|maybe|perhaps|possibly|still|simply|also)";
const IS = "(?:is|would be|must be)";
const ANSWER =
  "(?:(?:the|my|a|your) )?(?:(?:final|short|correct|best|direct|simple|overall) )*(?:answer|result|verdict|conclusion|response|decision|prediction|output|guess|choice|relation|relationship|position)";
/** What introduces a verdict or a statement without changing it. */
const LEAD = new RegExp(
  `^(?:(?:${INTRODUCTIONS}|while|whereas|because|since|oh|indeed|i|we|yeah i|assistant|clearly|(?:i|we) (?:would )?(?:say|think|believe|guess|see|conclude|can see|can conclude)(?: that)?|(?:this|which|it) (?:means|indicates|shows|suggests|implies)(?: that)?|(?:meaning|indicating|showing|suggesting)(?: that)?|${ANSWER} ${IS}(?: that)?|(?:compared|relative|in comparison) (?:to|with) [AB]|with respect to [AB]|${SURE})(?: |$))+`,
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

/** Adverbs and prepositions before the word of a relation. */
const BEFORE =
  "(?:more|much|far|slightly|somewhat|noticeably|clearly|visibly|significantly|considerably|notably|obviously|definitely|certainly|probably|likely|perhaps|maybe|a (?:bit|little|lot)|bit|directly|immediately|indeed|now|currently|actually|even|marginally|substantially|well|vertically|physically|visually|overall|the|to|on|in|at|towards|toward|both|of|further|farther|about|# (?:cm|m|mm|inch|inches|feet|ft|meters|metres|centimeters|centimetres|centimetre|meter|metre)|(?:cm|m|mm))";
const PLACED =
  "(?:located|positioned|situated|placed|standing|sitting|lying|resting|hovering|held|found|being)";
const VERB = `(?:(?:is|are|sits|stands|lies|hovers|rests|remains|looks|seems|appears|has(?= (?:a|the) )|(?:may|might|could) be|would be|=)(?: (?:(?:currently|now|clearly|indeed|definitely|probably|likely|${PLACED}) )*${PLACED})?(?: to be| like)?(?: ${PLACED})?)`;
const PERSPECTIVE =
  "from (?:(?:the|this|our|my|a) )?(?:C(?:'s)?|viewer's|observer's|camera's|image's|this|our)(?: (?:perspective|viewpoint|point of view|view|angle|side))?";
const TAIL = `(?: (?:in (?:the|this|our) (?:image|picture|photo|scene|view|frame|foreground|background)|${PERSPECTIVE}|here|indeed|as (?:seen|shown|viewed)(?: (?:in|from) (?:the|this) (?:image|picture|photo|scene)| ${PERSPECTIVE})?|by (?:about )?# [a-z]+|at the moment|right now|currently|now|horizontally|vertically|overall))*`;
const ONE = "(?: (?:one|object|item|thing))?(?: (?:(?:out )?(?:of|among|between) )?(?:P|two))?";

/** What may stand after the word of a relation on its axis, before whom it is compared with. */
const AFTER: Readonly<Record<Relation, string>> = {
  left: "(?: (?:hand side|side|hand))?",
  right: "(?: (?:hand side|side|hand))?",
  above:
    "(?: (?:up|in (?:height|elevation|position|the air|space)|position|level|elevation|height))*",
  below: "(?: (?:down|in (?:height|elevation|position)|position|level|elevation|height))*",
  behind:
    "(?: (?:away|back|in depth|in the (?:background|back|distance|scene)|from C|from the viewer|from us|to the (?:back|rear)))*",
  front: "(?: (?:to C|to the (?:viewer|front|foreground)|to us|in depth))*",
  tall: "(?: (?:in height|in stature|height))?",
  short: "(?: (?:in height|in stature|height))?",
  wide: "(?: (?:in width|in diameter|width))?",
  thin: "(?: (?:in width|in diameter|width))?",
  big: "(?: (?:in (?:overall )?(?:size|volume)|overall|size|volume))?",
  small: "(?: (?:in (?:overall )?(?:size|volume)|overall|size|volume))?",
};
const COMPARED =
  "(?: ,)?(?: (?:of|from|than|to|as|(?:when )?compared (?:to|with)|relative to|with respect to|in comparison (?:to|with)))?";
/** These say a relation only with what they are compared with, or with a noun. */
const POSITIVE = new Set(
  "low high deeper up down over back rear tall short wide broad large big small little tiny thin narrow slim slender compact huge".split(
    " ",
  ),
);

interface Forms {
  readonly statement: RegExp;
  readonly inverted: RegExp;
  readonly bare: RegExp;
}
const compiled = new Map<Relation, Forms>();

function formsOf(relation: Relation): Forms {
  const known = compiled.get(relation);
  if (known) return known;
  const opposite = oppositeOf(relation);
  const word = `(?<word>${[...RELATION_WORDS[relation], ...RELATION_WORDS[opposite]].join("|")})`;
  const after = `(?:${AFTER[relation]}|${AFTER[opposite]})${ONE}`;
  const said = `(?<before>(?:${BEFORE} |less )*)${word}${after}`;
  const compared = `(?:${COMPARED} (?:that of )?(?<than>[AB]|it|the other(?: one| object)?))?`;
  const made = {
    statement: new RegExp(
      `^(?:(?<who>[AB]|it)(?:'s (?:position|center|centre|height|width|size))? (?<verb>${VERB}|does not (?:appear|seem|look)(?: to be)?)(?<not> not)? )(?<not2>not )?${said}${compared}${TAIL}$`,
    ),
    inverted: new RegExp(
      `^(?<before>(?:${BEFORE} |less |one |object |item )*)${word}${after}${compared} (?:is|would be|:) (?<who>[AB])${TAIL}$`,
    ),
    bare: new RegExp(`^(?<not>not )?${said}${compared}${TAIL}$`),
  };
  compiled.set(relation, made);
  return made;
}

/** Words that speak of the relation or of its opposite, or say that there is none. */
function sidesOf(relation: Relation): RegExp {
  const words = [...RELATION_WORDS[relation], ...RELATION_WORDS[oppositeOf(relation)]];
  return new RegExp(`\\b(?:${words.join("|")}|in line|level|aligned|same)\\b`);
}

/** What a clause says of the relation between the two things, as one of the question's subject. */
function relationIn(clause: string, axis: Relation): Evidence | undefined {
  const { statement, inverted, bare } = formsOf(axis);
  const full = statement.exec(clause) ?? inverted.exec(clause);
  const match = full ?? bare.exec(clause);
  const { word = "", before = "", who, than, verb = "", not, not2 } = match?.groups ?? {};
  if (!match || (who !== undefined && who === than)) return undefined;
  if (
    POSITIVE.has(word) &&
    than === undefined &&
    !/\b(?:the|in|at|more|less|farther|further) $/.test(before)
  ) {
    return undefined;
  }
  // "It is right" agrees, "A is left" may be what remains: a side has its preposition or its object.
  const isSide = word === "left" || word === "right";
  if (
    isSide &&
    full &&
    than === undefined &&
    !/\b(?:the|on|to|more|further|farther) $/.test(before)
  ) {
    return undefined;
  }
  const stated = RELATION_WORDS[axis].has(word) ? axis : oppositeOf(axis);
  const said = /\bless $/.test(before) ? oppositeOf(stated) : stated;
  const spokenOf = who === "A" || who === "B" ? who : than === "A" ? "B" : "A";
  return {
    says: "relation",
    relation: spokenOf === "B" ? oppositeOf(said) : said,
    negated: (not ?? not2) !== undefined || verb.includes(" not"),
    named: full !== null && (who !== "it" || than === "A" || than === "B"),
  };
}

const EQUAL = new RegExp(
  `^(?:(?:P|they|A|B|it|neither(?: of P)?) (?:is|are|have|has|appears?|seems?|looks?)(?: to be| to have)? )?(?:${BEFORE} |roughly |approximately |almost |nearly |exactly )*(?:same|equal|equally|identical)(?: (?:tall|high|wide|big|large|height|width|size|level|depth|heights?|distance|far|in|as|to|from|C|A|B|the|at|position|horizontally|vertically))*${TAIL}$|^neither(?: (?:one|of P|is|A|B|taller|wider|bigger|larger))*$`,
);
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
  if (EQUAL.test(clause)) return { says: "equal" };
  const related = relationIn(clause, axis);
  if (related) return related;
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
  /\b(?:kidding|joking|ignore|disregard|example|hypothetical(?:ly)?|placeholder|template|dummy|invalid|n \/ a|if|unless|whether|suppose|imagine|mistaken|mistake|misread|wrong|incorrect|false|untrue|not sure|unsure|uncertain|unclear|unknown|would be yes|would be no|opposite|not the case|guessing|random|robot's|T's (?:perspective|point|view|viewpoint|frame)|A's (?:perspective|point|view|viewpoint)|B's (?:perspective|point|view|viewpoint)|previous|previously|earlier|was|were|will|should|used to|no longer|or no|or not|options?|choose|answer (?:yes|with)|user|asked|let (?:me|us) (?:check|look|see|have|think|analy[sz]e|verify|examine|compare|start|begin)|to answer this|depends?|ambiguous)\b|§|\?/;
/** A clause beside a statement that gives its reason or its place. */
const BESIDE =
  /^(?:based on|looking at|since|because|as|while|whereas|with|[AB]'s [xyz] coordinate|where|which|indicating|meaning|making|given|judging|from|in|considering|according to|relative to|compared|when|by|due to|for|its|though|although|between)\b/;
/** Talk with the person who asks, which a "yes" beside it belongs to. */
const TALK =
  /^(?:i (?!see|can see|would|think|believe|am (?:sure|certain|confident))|you|let|please|how)\b/;
/** Labels before a verdict. */
const LABEL = new RegExp(
  `^(?:${ANSWER}|assistant|[a-d]|option [a-d]|is (?:it|A)(?: [a-z]+)*|(?:final )?(?:answer|spatial relation))$`,
);
const OPENING =
  /^(?:[a-d]|sure|certainly|of course|absolutely|great question|good question|no doubt|without (?:a )?doubt|no problem|let us see|hmm|well|ok|okay|thanks|thank you|(?:yes )?i can help(?: with that)?|happy to help|(?:of|between|from) P|based on .*|looking at .*|(?:in|from) (?:the|this) (?:image|picture|photo|scene))$/;
const CLAUSE_ENDS =
  / ?, | (?=(?:but|while|whereas|because|since|so|although|though) )| and(?= (?:A|B|it|they) )/;
/** What "yes" agrees to, if it stands before it. */
const CHATTER =
  /^(?:great question|good question|no problem|thanks|thank you|happy to help|i can help)\b/;
/** How sure an answer must be of itself, in percent. */
const LEAST_PERCENT = 50;

/** What an answer says of yes and no, of the relation, and of the things by name. */
export function readVerdicts(normalised: string, question: SpatialQuestion): Reading {
  const tokens = tokenise(normalised);
  const sentences = plainSentences(tokens, [], new Names(question)).map(withOrdinals);
  const lost = takenBack(sentences);
  if (lost && lost.reason !== "contradiction") {
    return { reason: lost.reason as "unclear", detail: lost.detail };
  }
  const doubt = doubtIn(normalised);
  if (doubt !== undefined) return { reason: "unclear", detail: doubt };
  const evidence: { it: Evidence; restarts: boolean }[] = [];
  const sides = question.kind === "open" ? undefined : sidesOf(relationOf(question.kind));
  let isOnlySoft = true;
  let restarts = false;
  for (const { text, asked } of sentences) {
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
      if (!out && !isOpening && VOID.test(clause)) {
        return { reason: "unclear", detail: `the answer also says "${clause}"` };
      }
      if (!out && /^(?:\w+ ){0,3}(?:not|never)(?: \w+){0,1}$/.test(clause) && !isOpening) {
        return { reason: "unclear", detail: `the answer also says "${clause}"` };
      }
    }
    if (read.some(({ clause, out }) => !out && !OPENING.test(clause) && TALK.test(clause)))
      continue;
    const isKnown = read.every(
      ({ clause, rest, out }, index) =>
        out ||
        ((isHarmless(clause) || isHarmless(rest)) && !sides?.test(clause)) ||
        (OPENING.test(rest) && !(index > 0 && CHATTER.test(rest))) ||
        BESIDE.test(clause),
    );
    // "Yes, it is left of the tray" agrees to something else; a statement of ours says to what.
    const isBacked = read.some(({ out }) => out?.it.says === "relation" && out.it.named);
    const hasVerdict = read.some(({ out }) => out?.it.says === "verdict");
    for (const { out } of read) {
      if (out && (isKnown || (isBacked && hasVerdict))) evidence.push(out);
    }
  }
  const from = evidence.findLastIndex((one) => one.restarts);
  const counted = evidence.slice(Math.max(0, from)).map(({ it }) => it);
  const hard = counted.filter((it) => it.says !== "verdict" || !it.soft);
  // "Certainly! To answer this, …" opens an answer and gives none.
  return { evidence: hard.length > 0 ? hard : isOnlySoft ? counted : [] };
}

function stripped(clause: string): string {
  return clause.replace(LEAD, "").trim();
}

function withOrdinals(sentence: PlainSentence): PlainSentence {
  const text = sentence.text
    .replace(/\bthe (?:former|first (?:one|object|item))\b/g, "A")
    .replace(/\bthe (?:latter|second (?:one|object|item))\b/g, "B")
    .replace(/ (?:the|a) (?:one|object|item) (?:that|which) is /, " ")
    .replace(/(?<=^[AB]) , (?:it|this) (?:seems|appears) , /, " ")
    .replace(/^(yes|no) (?=(?:it|they) )/, "$1 , ")
    .replace(/^yes (?=[AB] )/, "yes , ")
    .replace(/^(?:in short|in brief|briefly|long story short|in a nutshell)(?: [,:])? /, "")
    .replace(CONTRACTED, "$1 is ");
  return { ...sentence, text };
}

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
  for (const label of labels) {
    const plainLabel = stripped(label.replace(/(?: ?, ?)+/g, " ").trim());
    const isVerdict = YES.test(plainLabel) || NO.test(plainLabel);
    if (isVerdict && /^(?:#|zero)/.test(value)) return { clauses: [], void: true };
    if (isVerdict || CORRECTION.test(label) || contradicts(plainLabel, question)) {
      clauses.push(label);
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
      return { clauses: [label, ...named], void: VOID.test(label) };
    }
  }
  const split = value.split(CLAUSE_ENDS).map((clause) => clause.trim());
  return { clauses: [...clauses, ...split.filter((clause) => clause !== "")], void: false };
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
  return kind.endsWith("_choice");
}

const PERCENT = /\b(\d{1,3}(?:\.\d{1,6})?)\s?%/g;
const CONFIDENCE =
  /\b(?:confidence|certainty|probability|score|likelihood)\b["\s]{0,3}[:=]\s{0,3}(\d{1,3}(?:\.\d{1,9})?)(?![\d%])/g;

/** Why an answer that gives its own confidence, or several verdicts to choose from, is none. */
function doubtIn(normalised: string): string | undefined {
  for (const [said, percent] of normalised.matchAll(PERCENT)) {
    if (Number(percent) < LEAST_PERCENT) return `the answer is sure of itself by ${said} only`;
  }
  for (const [said, share] of normalised.matchAll(CONFIDENCE)) {
    const value = Number(share);
    if (value < LEAST_PERCENT / 100) return `the answer gives its ${said}`;
  }
  return undefined;
}
