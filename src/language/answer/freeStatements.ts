import { kindInfo, type QuantityKind } from "../QuestionKind.js";
import { wordSet } from "./tokens.js";

/** The words in which a kind's quantity may be stated in any order. */
interface Vocabulary {
  /** What says that it is this quantity. */
  readonly cue: RegExp;
  readonly words: ReadonlySet<string>;
  /** Its name, which can stand for the names of its things. */
  readonly noun?: RegExp;
  /** What makes it another one. */
  readonly not?: RegExp;
}

/** Words that say neither what a length is of, nor that it is otherwise. */
const COMMON =
  "the a an of to between & and in by with there is are be being been appears appear seems seem looks look like " +
  "measures measure comes works out estimated approximate total overall actual real physical visible apparent current measured " +
  "= : it its their they this image picture scene photo view frame can could may might has have i would we estimate read metric real world question spatial # explicit compared relative";
const PLACED =
  "from at located positioned situated placed standing sitting hovering resting lying floating suspended held sits stands hovers " +
  "rests lies floats hangs remain remains exists left each other one another both clear clearly small short large some";
const ENDS = "tip tips fingertip fingertips body point points part side sides main";
const CENTERS = "center centers centre centres middle";
const NEAREST =
  "closest nearest shortest smallest minimum minimal edge edges surface surfaces rim rims wall walls opening free open empty";
const APART =
  "away apart distance separation separated separates separating spacing spaced space distant straight line direct linear " +
  "euclidean # d 3d";
/** "Both are 30 cm away", of somebody else. */
const NO_DIRECTION = /\bleft\b|\bP\b.*\baway$/;

/** "In image 1", one of several. */
const OF_ONE_IMAGE = /\b(?:image|picture|photo|frame|view|scene) #/;

/** "It can be lifted by 5 cm" says what may be done. */
const MAY_BE_DONE = /\b(?:can|could|may|might) be (?:lifted|raised|elevated|shifted|displaced)\b/;

/** "At 1.2 m", "35 cm from" may be of somewhere else than the difference. */
const withoutPlace = (words: string) => words.replace(/\b(?:from|at) /g, "");
const signed = (cue: RegExp, words: string, not: RegExp): Vocabulary => ({
  cue,
  words: wordSet(
    `${COMMON} ${withoutPlace(PLACED)} ${ENDS} ${CENTERS} ${words} difference offset amount than that more actually`,
  ),
  not,
});
const VERTICAL = signed(
  /\b(?:above|below|over|under|beneath|higher|lower)\b/,
  "above below over under beneath higher lower up down height vertical vertically top bottom directly",
  /\bbottom\b.*\btop\b|\btop\b.*\bbottom\b|\bleft\b/,
);
const DEPTH = signed(
  /\b(?:behind|front|farther|further|closer|nearer|deeper)\b/,
  "behind front farther further closer nearer deeper away back from C C's depth scene",
  /[LUG]\d+ (?:from|to) |\bleft\b/,
);
const SIDEWAYS = signed(
  /\b(?:left|right)\b/,
  "left right on further farther lateral horizontal horizontally laterally sideways shifted displaced",
  /\bleft\b.*\bright\b|\bright\b.*\bleft\b|\bleft (?:between|over)\b|\bare left\b/,
);

const VOCABULARIES: Readonly<Record<QuantityKind, Vocabulary>> = {
  distance: {
    cue: /\b(?:away|apart|distance|separat\w+|spac\w+|between|from)\b/,
    words: wordSet(`${COMMON} ${PLACED} ${ENDS} ${CENTERS} ${APART}`),
    noun: /\b(?:distance|separation|spacing)\b/,
    not: NO_DIRECTION,
  },
  gap: {
    cue: /\b(?:away|apart|distance|separat\w+|spac\w+|between|from|gap|clearance)\b/,
    words: wordSet(`${COMMON} ${PLACED} ${ENDS} ${APART} ${NEAREST} gap clearance air`),
    noun: /\b(?:gap|clearance|distance|separation|space)\b/,
    not: NO_DIRECTION,
  },
  height: {
    cue: /\b(?:tall|height|high)\b/,
    words: wordSet(
      `${COMMON} tall height high body from base rim top bottom vertical extent stands`,
    ),
  },
  width: {
    cue: /\b(?:wide|width|across|diameter)\b/,
    words: wordSet(
      `${COMMON} wide width across diameter body rim at widest point part outer handle not without including excluding`,
    ),
    noun: /\b(?:width|diameter)\b/,
    not: /(?<!(?:including|excluding|without) (?:the |its )?)\bhandle\b|(?<!(?:at|across) (?:the |its )?)\brim\b/,
  },
  elevation: {
    cue: /\b(?:above|over|off|from|between)\b.*\bS\b/,
    words: wordSet(
      `${COMMON} ${PLACED} above over off S S's surface elevation clearance height distance gap vertical bottom base underside ` +
        "lowest point raised lifted elevated up air separation space",
    ),
    not: NO_DIRECTION,
  },
  vertical_distance: {
    cue: /\b(?:vertical(?:ly)?|above|below|over|under|beneath|higher|lower|height (?:difference|offset|gap|distance|separation)|(?:difference|offset|separation) in height)\b/,
    words: wordSet(
      `${COMMON} ${PLACED} ${ENDS} ${CENTERS} ${APART} above below over under beneath higher lower than vertical vertically height direction ` +
        "difference offset gap directly",
    ),
    noun: /\bvertical (?:distance|separation|offset|gap|difference)\b|\bheight (?:difference|offset)\b/,
    not: NO_DIRECTION,
  },
  horizontal_distance: {
    cue: /\b(?:horizontal(?:ly)?|lateral(?:ly)?|sideways|along S)\b/,
    words: wordSet(
      `${COMMON} ${PLACED} ${ENDS} ${CENTERS} ${APART} horizontal horizontally lateral laterally sideways plane direction difference offset gap ` +
        "shifted displaced along S surface right",
    ),
    noun: /\b(?:horizontal|lateral) (?:distance|separation|offset|gap)\b/,
  },
  above_difference: VERTICAL,
  below_difference: VERTICAL,
  behind_difference: DEPTH,
  front_difference: DEPTH,
  left_difference: SIDEWAYS,
  right_difference: SIDEWAYS,
};

const LENGTH = /^[LUG]\d+$/;
const NAME = /^[ABP](?:'s)?$/;

/**
 * Whether a clause states the kind's quantity in an order of words that no form lists: it holds one
 * length, what the quantity is called, the names of all its things, and no word that could belong to
 * anything else.
 */
export function statesFreely(clause: string, kind: QuantityKind): boolean {
  const { cue, words, noun, not } = VOCABULARIES[kind];
  const said = clause.split(" ");
  if (said.filter((word) => LENGTH.test(word)).length !== 1) return false;
  if (!said.every((word) => LENGTH.test(word) || NAME.test(word) || words.has(word))) return false;
  if (!cue.test(clause) || not?.test(clause) || OF_ONE_IMAGE.test(clause)) return false;
  if (MAY_BE_DONE.test(clause)) return false;
  if (namesAll(said, kind)) return true;
  return !said.some((word) => NAME.test(word)) && noun?.test(clause) === true;
}

function namesAll(said: readonly string[], kind: QuantityKind): boolean {
  const has = (symbol: string) => said.some((word) => word[0] === symbol && NAME.test(word));
  if (kindInfo(kind).arity === 1) return has("A");
  return has("P") || (has("A") && has("B"));
}
