import { wordSet } from "./words.js";

/** What an answer is made of, as clauses and whole sentences about its form say. */
export const ANSWER_WORDS = wordSet(
  "number numbers value values integer integers float decimal decimals digit digits unit units mm cm m metre metres " +
    "meter meters centimetre centimetres centimeter centimeters millimetre millimetres millimeter millimeters inch " +
    "inches foot feet json csv key keys field tags sentence sentences word words line explanation explanations " +
    "reasoning justification rationale text format yes no true false name names label labels letter letters token " +
    "brackets quotes capitals uppercase lowercase bold output option options precision estimate guess answer answers " +
    "reply response result figure figures places prose explain",
);
