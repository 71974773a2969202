import type { QuantityKind } from "../QuestionKind.js";
import { UNIT } from "./plainSentences.js";

/**
 * The clauses that state a quantity, for each kind: patterns over the words of `plainSentences`. In
 * them `{name}` is a part from `PARTS`; A and B stand for the things with the ends that the kind
 * measures to; X and Y are the one and the other of A and B, or one of them and "it"; L is a length
 * or a bound.
 */
interface Forms {
  /** Nouns of the quantity, and what may stand before them. */
  readonly nouns: string;
  readonly adjectives?: string;
  /** Parts of the things that the quantity may be given between, or of. */
  readonly ends?: string;
  /** Clauses beside those with a noun. */
  readonly clauses: readonly string[];
  /** What may follow a statement without changing it. */
  readonly tail?: string;
}

const AWAY = [
  "X {pos} L (?:(?:away|apart|off|distant|far) )?(?:from|of|off|to) Y",
  "{both} {pos} L (?:apart|away from (?:each other|one another))",
  "they {pos} L away",
  "{both} (?:have|has) {noun} of L",
  "(?:i|we) (?:(?:would|can) )?(?:place|put|see|estimate) X L (?:away )?from Y",
  "puts X L (?:away )?from Y",
  "(?:an?|the) {noun} {be} L wide",
  "(?:it {be} )?L from (?:A to B|B to A)",
  "{both} {pos} L from (?:each other|one another)",
  "{both} {pos} (?:separated|spaced) by (?:{noun} of )?L",
  "X {pos} separated from Y by (?:{noun} of )?L",
  "(?:A|B|it) {pos} L away",
  "there (?:is|are) (?:{noun} of )?L(?: of {noun})?(?: {pair})?",
  "{both} {pos} (?:{way} )?at {noun} of L(?: from (?:each other|one another))?",
  "X {pos} (?:{way} Y )?at {noun} of L(?: (?:from|to) Y)?",
  "(?:A|B|it) {pos} (?:{way} )?(?:at )?{noun} of L (?:from|to) [AB]",
  "{noun} of L(?: (?:exists |lies )?{pair})?",
  "(?:(?:from )?A to B|(?:from )?B to A|between P)(?: ,)? (?:(?:it|there) (?:is|are) )?(?:{noun} of )?L(?: of {noun})?",
  "X's {noun} (?:from|to) Y {be} L",
  "(?:{noun} of )?L(?: of {noun})? separates? (?:P|A from B|B from A)",
  "L (?:away|apart|distant|{pair}|of {noun}(?: {pair})?)",
  "(?:there (?:is|are) )?(?:an? )?L {noun}(?: {pair})?",
  "it {be} L {pair}",
  "at {noun} of L(?: (?:from|to) [AB])?",
  "there remains? L(?:(?: to go)?(?: to [AB])?| {pair})",
  "L (?:to go|remains?|remaining)(?: (?:to [AB]|{pair}))?",
  "{noun}(?: {pair})? (?:has|is) (?:(?:been|closed|shrunk|narrowed|reduced|decreased|grown|widened|increased|down|up) )+to L",
];

const DIRECTION = {
  above:
    "(?:(?:directly |right )?(?:above|over|below|under|beneath|underneath)|(?:higher|lower)(?: up| down)?(?: than)?)",
  behind:
    "(?:behind|in front of|in front|(?:farther|further|closer|nearer|deeper)(?: away| back)?(?: (?:from|to) (?:the )?C)?(?: than)?)",
  left: "(?:(?:(?:further|farther|more) )?(?:to |on |toward |towards )?(?:the |its |[AB]'s )?(?:left|right)(?: side)?(?: (?:of|from|than))?)",
} as const;

const signed = (direction: string): readonly string[] => [
  `X {pos} L ${direction} (?:that of )?Y`,
  `X {pos} ${direction} Y by L`,
  `(?:A|B|it) {pos} (?:offset |shifted |displaced )?(?:by )?L ${direction}`,
  `(?:A|B|it) {pos} ${direction} by L`,
  `L ${direction}(?: [AB]| it)?`,
  `${direction} by L`,
  "by L",
  "{noun} of L",
];

const size = (adjective: string, measured: string): readonly string[] => [
  `(?:A|it) {pos}(?: at)? L(?: ${adjective})?`,
  `(?:A|it) (?:is|measures|reaches|spans|has) L ${measured}`,
  "(?:A|it) (?:has|with|of|reaches|shows) {noun} of L",
  `L(?: ${adjective}| ${measured})`,
  `A {pos} one L ${adjective}`,
];

const FORMS: Readonly<Record<QuantityKind, Forms>> = {
  distance: {
    nouns: "distance|separation|spacing|gap|space|clearance|dist|d",
    adjectives: "straight line|direct|linear|euclidean|3d|center to center|centre to centre",
    ends: "center|centre|middle|tip|handle",
    clauses: [
      ...AWAY,
      "(?:{noun} , )?(?:center|centre) to (?:center|centre)(?: ,)? (?:: |= |it {be} |{both} {pos} )?L(?: apart)?",
    ],
    tail: "(?:(?:if|when) )?(?:measured )?(?:center to center|centre to centre)|from (?:its |their )?(?:center to center|centre to centre)|in a straight line",
  },
  gap: {
    nouns: "gap|clearance|space|spacing|separation|distance|opening|air|room",
    adjectives:
      "open|empty|closest|nearest|shortest|smallest|minimum|minimal|free|air|narrow|small|tiny|remaining|surface to surface|edge to edge|closest point",
    ends: "edge|surface|rim|side|tip|handle|body|outside|outer (?:wall|surface|edge|rim)|closest point|nearest point|closest surface|nearest surface|nearest edge|closest edge|wall",
    clauses: [
      ...AWAY,
      "(?:{noun} , )?(?:edge to edge|surface to surface|nearest (?:surfaces|points|edges))(?: ,)? (?:: |= |it {be} |{both} {pos} )?L(?: apart)?",
      "(?:(?:the|their) )?(?:nearest|closest) (?:points|surfaces|edges) {pos} (?:by )?L(?: apart| of {noun})?",
      "at (?:the|their) (?:closest|nearest) points?(?: ,)? {both} {pos} L apart",
      "L(?: (?:apart|away))? at (?:the|their|its) (?:closest|nearest)(?: points?)?",
    ],
    tail: "at (?:the|their) (?:closest|nearest)(?: points?)?|surface to surface|edge to edge",
  },
  height: {
    nouns: "height|h",
    ends: "body",
    clauses: size(
      "(?:tall|high|in height)",
      "(?:tall|high|in height|from (?:(?:its|the) )?(?:base|bottom|top) to (?:(?:its|the) )?(?:rim|top|bottom))",
    ),
  },
  width: {
    nouns: "width|diameter|breadth|w",
    ends: "body|widest (?:point|part)",
    clauses: [
      ...size(
        "(?:wide|broad|across|in width|in diameter)",
        "(?:wide|across|in width|in diameter|(?:from )?side to side)",
      ),
      "L at (?:the|its) (?:rim|top|base|opening|widest(?: point| part)?)",
    ],
    tail: "at (?:the|its) (?:rim|top|base|opening|widest(?: point)?)|(?:without|excluding|not (?:including|counting)) (?:the |its )?handle",
  },
  elevation: {
    nouns: "(?:elevation|height|clearance) (?:above|over|off|from) S|elevation|clearance",
    ends: "bottom|base|underside|lowest point|bottom edge",
    clauses: [
      "(?:A|it) (?:{pos}|{held} (?:lifted|raised|elevated|suspended|held))(?: by)? L (?:above|over|off|from|clear of) S(?: surface)?",
      "(?:A|it) (?:{held}|has been) (?:lifted|raised|elevated)(?: by)? L(?: (?:above|off|from) S)?",
      "(?:A|it) (?:{held}|has been) (?:lifted|raised|elevated) (?:above|off|from|clear of) S(?: surface)? by L",
      "L (?:above|over|off|from) S(?: surface)?",
      "(?:lifted|raised|elevated)(?: by)? L(?: (?:above|off|from) S)?",
      "(?:A|it) (?:has|with) {noun} of L",
    ],
  },
  vertical_distance: {
    nouns: "distance|separation|offset|difference|gap|spacing|component|part|one",
    adjectives: "vertical|height|elevation",
    ends: "center|centre|tip|rim|top",
    clauses: [
      "{both} {pos} L apart (?:vertically|in height|in the vertical(?: direction)?)",
      "(?:vertically|in the vertical(?: direction)?|(?:in terms of|in) height) ?,? (?:{both} {pos} L apart|X {pos} L {above} Y|{both} (?:are|differ by) L(?: apart)?|X {pos} L (?:away )?from Y|(?:it is )?L)",
      "X {pos} L {above} Y",
      "X {pos} {above} Y by L",
      "{both} {pos} (?:vertically separated|separated vertically) by L",
      "X {pos} L (?:away )?from Y vertically",
      "{both} differ by L (?:in height|vertically)",
      "(?:there (?:is|are) )?L of {noun}(?: {pair})?",
      "(?:there (?:is|are) )?L {pair} (?:vertically|in height|in the vertical(?: direction)?)",
      "difference in (?:height|elevation)(?: {pair})? {be} L",
      "vertical : L",
      "L (?:vertically|{above}(?: [AB]| it)?|in height|in the vertical(?: direction)?)",
    ],
  },
  horizontal_distance: {
    nouns: "distance|separation|offset|difference|gap|spacing|component|part|one",
    adjectives: "horizontal|lateral|ground|planar",
    ends: "center|centre|tip",
    clauses: [
      "{both} {pos} L apart (?:horizontally|in the horizontal(?: plane| direction)?|along S|on S)",
      "(?:horizontally|in the horizontal(?: plane| direction)?|measured along S|seen from above|ignoring height|along S) ?,? (?:{both} {pos} L apart|it is L from (?:A to B|B to A)|X {pos} L (?:away )?from Y|X {pos} (?:offset|displaced|shifted) from Y by L|(?:it is )?L)",
      "(?:there (?:is|are) )?L of {noun}(?: {pair})?",
      "(?:there (?:is|are) )?L {pair} (?:horizontally|in the horizontal(?: plane| direction)?)",
      "{both} {pos} (?:horizontally separated|separated horizontally) by L",
      "X {pos} L (?:away )?from Y horizontally",
      "horizontal : L",
      "L (?:horizontally|in the horizontal(?: plane| direction)?|along S|across S)",
    ],
  },
  above_difference: {
    nouns: "difference|offset",
    adjectives: "vertical|height|z",
    ends: "top|rim",
    clauses: signed(DIRECTION.above),
    tail: DIRECTION.above,
  },
  below_difference: {
    nouns: "difference|offset",
    adjectives: "vertical|height|z",
    ends: "bottom",
    clauses: signed(DIRECTION.above),
    tail: DIRECTION.above,
  },
  behind_difference: {
    nouns: "difference|offset",
    adjectives: "depth|range",
    clauses: signed(DIRECTION.behind),
    tail: DIRECTION.behind,
  },
  front_difference: {
    nouns: "difference|offset",
    adjectives: "depth|range",
    clauses: signed(DIRECTION.behind),
    tail: DIRECTION.behind,
  },
  left_difference: {
    nouns: "difference|offset",
    adjectives: "horizontal|lateral|sideways",
    clauses: signed(DIRECTION.left),
    tail: DIRECTION.left,
  },
  right_difference: {
    nouns: "difference|offset",
    adjectives: "horizontal|lateral|sideways",
    clauses: signed(DIRECTION.left),
    tail: DIRECTION.left,
  },
};

/** Kinds whose noun needs its adjective: "the vertical distance", "the depth difference". */
const BOUND_NOUNS: ReadonlySet<QuantityKind> = new Set([
  "vertical_distance",
  "horizontal_distance",
]);

const DET = "(?:(?:the|a|an|its|their|this|that|my|our) )?";
const MEASURED =
  "est|estimated|predicted|most likely|approximate|rough|ballpark|correct|corrected|precise|exact|likely|actual|real|true|physical|real world|total|overall|current|final|measured|calculated|computed|resulting|full|combined|apparent";
const VERBS =
  "is|are|measures?|equals?|(?:is |are )?equal to|comes? (?:out )?(?:to|at|as)(?: be)?|amounts to|works out (?:to|at|as)|turns out to be|" +
  "(?:seems?|appears?|looks?)(?: to be| like| to measure)?|(?:can|could|may|might) be(?: (?:estimated|calculated|approximated) (?:at|as|to be))?|" +
  "to be|at|as|would be|lies? (?:at|between)|(?:is|are|was|were) (?:estimated|calculated|measured|computed|approximated|judged) (?:to be|at|as)|(?:is |are )?:|(?:is |are )?=";

function partsOf(
  { nouns, adjectives = "" }: Forms,
  kind: QuantityKind,
): Readonly<Record<string, string>> {
  const adjective = [MEASURED, adjectives].filter(Boolean).join("|");
  const own = BOUND_NOUNS.has(kind) ? `(?:(?:${MEASURED}) )*(?:${adjectives}) ` : "";
  return {
    noun: `${DET}(?:(?:A(?: to)? B|B(?: to)? A) )?(?:(?:${adjective}) )*${own}(?:${nouns})(?: estimate| estimation)?`,
    be: `(?:${VERBS})`,
    unit: `(?:${UNIT})`,
    pos: "(?:is|are|to be|sits?|stands?|lies?|hovers?|rests?|floats?|hangs?|remains?|measures?|extends|(?:seems?|appears?|looks?)(?: to be| like)?|(?:may|might|could|can) be)(?: (?:located|positioned|situated|placed|standing|sitting|hovering|held|resting|lying|suspended|being held|floating|spaced|separated))?",
    // "Can be lifted by 5 cm" says what may be done.
    held: "(?:is|(?:seems|appears|looks)(?: to be)?)",
    pair: "(?:(?:between|of|for|separating) P|between A & B|between B & A|(?:from )?A(?: to)? B|(?:from )?B(?: to)? A|(?:from|to|of) [AB]|separating A from B|separating B from A|of A from B|of B from A)",
    both: "(?:P|they)",
    above: DIRECTION.above,
    way: "(?:(?:to|on) the (?:left|right)(?: of| from)?|behind|in front of|next to|beside|near|above|below|in front)",
  };
}

function compile(kind: QuantityKind, clause: string): string {
  const forms = FORMS[kind];
  const parts = partsOf(forms, kind);
  let pattern = clause;
  while (/\{[a-z]+\}/.test(pattern)) {
    pattern = pattern.replace(/\{([a-z]+)\}/g, (_, name: string) => parts[name] ?? "");
  }
  const either = pattern.includes("X")
    ? [
        ["A", "(?:B|it)"],
        ["B", "(?:A|it)"],
        ["it", "(?:A|B|it)"],
      ].map(([x = "", y = ""]) => pattern.replaceAll("X", x).replaceAll("Y", y))
    : [pattern];
  return either
    .map((one) => one.replaceAll("[AB]", "(?:A|B)").replace(/\bL\b/g, "[LUG]\\d+"))
    .join("|");
}

/** Whether a form fits a clause, or the clause with the things in place of their ends. */
function fits(form: RegExp, clause: string, kind: QuantityKind): boolean {
  if (form.test(clause)) return true;
  const plain = withoutEnds(clause, kind);
  return plain !== clause && form.test(plain);
}

/** A clause with the things themselves in place of the ends that its kind measures to. */
function withoutEnds(clause: string, kind: QuantityKind): string {
  const { ends } = FORMS[kind];
  if (ends === undefined) return clause;
  let forms = compiledEnds.get(kind);
  if (!forms) {
    const end = `(?:(?:${ends})s?)(?= |$)`;
    forms = [
      [new RegExp(`(?:^|(?<= ))(?:the )?${end} of (?=[ABP]\\b)`, "g"), ""],
      [new RegExp(`(?<=(?:^| )[ABP])'s ${end}`, "g"), ""],
      [new RegExp(`(?:^|(?<= ))(?:their|the) (?:${ends})s(?= |$)`, "g"), "P"],
      [new RegExp(`(?:^|(?<= ))its ${end}`, "g"), "it"],
    ];
    compiledEnds.set(kind, forms);
  }
  return forms.reduce((plain, [form, by]) => plain.replace(form, by), clause);
}
const compiledEnds = new Map<QuantityKind, readonly (readonly [form: RegExp, by: string])[]>();

/** Said after a statement of any kind, it changes nothing. */
export const TAIL =
  "(?:with|at) (?:(?:about|very|fairly|quite|an?) )*(?:high|good|reasonable|fair|moderate|medium|limited|low|# %) (?:confidence|certainty)(?: level)?|measured|to me|from (?:the )?C's (?:perspective|point of view|viewpoint|view)|from (?:this|our) (?:perspective|viewpoint|angle|view)|in (?:the )?(?:real|physical) (?:world|space|scene|units|life)(?: terms)?|in real world terms|in (?:3|#) ?d(?: space)?|in space|as the crow flies|(?:(?:(?:if|when) )?measured )?in a straight line|in (?:the|this) (?:image|picture|photo|scene|view|frame)|visually|in total|overall|here|in reality|in real life|at present|currently|now|right now|at the moment|as seen|each way";

const TOUCHES =
  "(?:touch|touches|makes? (?:(?:direct|physical|full|firm) )*contact with|(?:is|are) (?:(?:now|already|physically|directly|currently|clearly|actually) )?(?:touching|in (?:(?:direct|physical|full|firm|close) )*contact with))";
const HELD = "(?:firmly|securely|tightly|now|already|being)";
const RESTS =
  "(?:is|rests|sits|stands|lies)(?: (?:resting|sitting|standing|lying|placed|positioned|located|flat|right|squarely|firmly))*";
const LEVEL: readonly string[] = [
  "(?:{both} (?:are )?)?(?:(?:at|on) )?(?:the )?same (?:height|level|elevation)",
  "X (?:is|are) (?:at|on) the same (?:height|level|elevation) as Y",
  "X is level with Y",
  "(?:there is )?(?:no|zero) (?:vertical|height) (?:distance|offset|difference|separation)(?: {pair})?",
];
const EQUALLY_FAR: readonly string[] = [
  "(?:{both} (?:are )?)?(?:at )?the same (?:depth|range|distance from (?:the )?C)",
  "X is at the same (?:depth|range|distance from (?:the )?C) as Y",
  "(?:{both} (?:are )?)?equally far from (?:the )?C",
];
const noOffset = (axis: string) => [
  `(?:there is )?(?:no|zero) (?:${axis}) (?:distance|offset|difference|separation)(?: {pair})?`,
];

/** Clauses that say that a quantity is zero, and nothing else. */
const ZERO_CLAUSES: Readonly<Partial<Record<QuantityKind, readonly string[]>>> = {
  gap: [
    `X ${TOUCHES} Y`,
    "(?:{both} (?:are )?)?(?:(?:touch|touching)|in (?:(?:direct|physical|full|firm) )*contact)(?: (?:with )?(?:each other|one another))?",
    "(?:there is )?(?:no|zero) (?:gap|space|clearance|separation)(?: {pair})?(?: at all)?",
  ],
  elevation: [
    `(?:A|it) ${RESTS} on(?: top of)? S`,
    `(?:A|it) ${TOUCHES} S`,
    "(?:A|it) (?:is|has) (?:not|no longer) (?:been )?(?:lifted|raised)(?: (?:off|from) S)?",
  ],
  vertical_distance: LEVEL,
  horizontal_distance: noOffset("horizontal"),
  above_difference: LEVEL,
  below_difference: LEVEL,
  behind_difference: EQUALLY_FAR,
  front_difference: EQUALLY_FAR,
  left_difference: noOffset("horizontal|lateral|sideways"),
  right_difference: noOffset("horizontal|lateral|sideways"),
};

/** Clauses that a zero may stand beside: who holds a thing touches it, but does not say how far it is. */
const HOLDING: readonly string[] = [
  `X (?:(?:holds?|grasps?|grips?|clutches|has (?:grasped|gripped|grabbed)|(?:is|are) (?:${HELD} )*(?:holding|grasping|gripping|clutching|closed around|pressed against)) Y(?: ${HELD})?)`,
  `X (?:is|are) (?:${HELD} )*(?:held|grasped|gripped|grabbed)(?: ${HELD})? by Y`,
];
let compiledHolding: RegExp | undefined;

/** Whether a clause says that one of the things holds the other. */
export function statesHolding(clause: string): boolean {
  compiledHolding ??= new RegExp(`^(?:${HOLDING.map((one) => compile("gap", one)).join("|")})$`);
  return fits(compiledHolding, clause.replace(/\bthe (?:left|right) (?=[AB]\b)/g, ""), "gap");
}

const compiledZeros = new Map<QuantityKind, RegExp>();

/** Whether a clause says that the kind's quantity is zero: that the things touch, or stand level. */
export function statesZero(clause: string, kind: QuantityKind): boolean {
  const clauses = ZERO_CLAUSES[kind];
  if (!clauses) return false;
  let form = compiledZeros.get(kind);
  if (!form) {
    form = new RegExp(`^(?:${clauses.map((one) => compile(kind, one)).join("|")})$`);
    compiledZeros.set(kind, form);
  }
  return fits(form, clause, kind);
}

const compiled = new Map<QuantityKind, RegExp>();

/** Whether a clause states the kind's quantity, of the question's things, and says nothing else. */
export function statesQuantity(clause: string, kind: QuantityKind): boolean {
  let form = compiled.get(kind);
  if (!form) {
    const { clauses, tail } = FORMS[kind];
    const isSize = kind === "height" || kind === "width" || kind === "elevation";
    const of = isSize ? "(?: of (?:A|it))?" : "(?: {pair})?";
    const named = [
      ...(isSize ? ["A's {noun} {be} L", "A {noun} {be} L"] : []),
      `{noun}${of}(?:(?: in| ,)? {unit}(?: ,)?)?(?: {be})? L`,
      `(?:A|it) (?:has|with) {noun} of L`,
      `(?:${kind.replace("_difference", " (?:difference|offset)").replace("_", " ")})(?: {unit})? (?:: |= |is )?L`,
      ...(isSize ? ["{noun} of L"] : []),
      ...(isSize ? [] : ["(?:A(?: to| /)? B|B(?: to| /)? A)(?: {unit})? {be} L"]),
    ];
    const all = [...named, ...clauses].map((clause) => compile(kind, clause)).join("|");
    const end = [TAIL, tail].filter(Boolean).join("|");
    form = new RegExp(`^(?:${all})(?:(?: ,)? (?:${end}))*$`);
    compiled.set(kind, form);
  }
  return fits(form, clause, kind);
}
