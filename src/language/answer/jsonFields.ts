import type { Segment } from "./declaredAnswer.js";

/** A key with its colon, in JSON that may be broken off. */
const KEY = /([{,[]|^)\s{0,40}"([A-Za-z][\w ]{0,40})"\s{0,8}:/g;
/** `"distance": {"value": 21`: the value of the outer key. */
const NESTED = /:\s{0,8}\{\s{0,8}"(?:value|estimate|amount)"\s{0,8}:/g;
const UNIT_SUFFIX =
  / (m|cm|mm|in|ft|inch|inches|feet|meters?|metres?|centimeters?|centimetres?|px|pixels?)$/i;

/** `{"meters": 0.35}`: units are all that the keys say, and none says that it is of something else. */
const BARE_UNIT = /^(?:in )?((?:centi|milli)?met(?:er|re)s|inches|feet)$/i;

/** `'distance_m': 0.35`, as Python prints it. */
const PYTHON_KEY = /(?<=[{,]\s{0,40})'([A-Za-z][\w ]{0,40})'(?=\s{0,8}:)/g;
/** ", contact: no", " | occluded: false", " contact=false": a field of yes or no beside others. */
const BESIDE =
  /(?<=\S)(?:\s{0,8}[,;|(]\s{0,8}(?=[A-Za-z_ ]{1,40}[:=])|\s{1,8}(?=[A-Za-z_]{1,40}=))([A-Za-z]\w{0,30}(?: \w{1,20}){0,2})\s?[:=]\s?(true|false|yes|no|none|null|high|medium|low)\b(?=\s{0,8}(?:[.,;|)\n]|$|[A-Za-z_]{1,40}=))/gi;

/** `<distance unit="cm">35</distance>` */
const XML = /<([a-z_]{1,40})\s{1,8}units?\s?=\s?["']([a-z]{1,12})["']\s{0,8}>([^<]{1,80})<\/\1>/gi;

/** `<occluded>false</occluded>` */
const XML_FLAG = /<([a-z]\w{0,40})>\s{0,8}(true|false|yes|no|none)\s{0,8}<\/\1>/gi;

/** `<distance_cm>35</distance_cm>` */
const FIELD =
  /<((?:[a-z]{1,20}_){0,3}(?:distance|separation|gap|clearance|height|width|diameter|elevation|offset|difference|confidence)(?:_[a-z]{1,20}){0,3})>\s{0,8}([^<]{1,80}?)\s{0,8}<\/\1>/gi;

/**
 * JSON as one line for each field: "distance (m): 0.35", "unit: cm". What a length is of stands in
 * its key, and the other fields are sentences of their own.
 */
export function undoJson(text: string): string {
  const plain = text
    .replace(PYTHON_KEY, '"$1"')
    .replace(BESIDE, "\n$1: $2")
    .replace(XML_FLAG, (_, key: string, value: string) => `\n${labelOf(key)}: ${value}\n`)
    .replace(XML, "\n$1 ($2): $3\n")
    .replace(FIELD, (_, key: string, value: string) => `\n${labelOf(key)}: ${value}\n`);
  if (!/"\s{0,8}:/.test(plain)) return plain;
  const flat = plain.replace(NESTED, ":");
  const outer = outerKeys(flat);
  const hasUnitsOnly = [...flat.matchAll(KEY)].every(([, , key = ""]) =>
    BARE_UNIT.test(wordsOf(key)),
  );
  return flat.replace(KEY, (whole, _open: string, key: string, at: number) => {
    const opensObject = /^\s{0,40}\{/.test(flat.slice(at + whole.length, at + whole.length + 50));
    if (opensObject && PLAIN_KEY.test(wordsOf(key))) return "\n";
    const words = hasUnitsOnly
      ? wordsOf(key).replace(BARE_UNIT, "answer $1")
      : [...(outer.get(at) ?? []), key].join(" ");
    return `\n${labelOf(words)}:`;
  });
}

function wordsOf(key: string): string {
  return key
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .replaceAll("_", " ")
    .trim();
}

/** "distance_cm" → "distance (cm)" */
function labelOf(key: string): string {
  const words = wordsOf(key);
  const isIn = / in /.test(words);
  return words.replace(UNIT_SUFFIX, (_, unit: string) => (isIn ? ` ${unit}` : ` (${unit})`));
}

/** Keys around fields that say nothing of whose they are. */
const PLAIN_KEY =
  /^(?:(?:the|final|estimated?|spatial|answers?|results?|outputs?|responses?|data|measurements?|estimates?|estimations?|predictions?|distances?|analysis|relations?|relationships?|values?|quantity|quantities|gap|clearance|height|width|elevation|offset|difference|details?|info|json|report|summary|metrics?|objects?|items?|scene|dimensions?|arguments?|args|parameters|params|input|function|call|tool|in|m|cm|to)(?: |$))+$/i;

/** Keys further out say nothing of a field. */
const DEEPEST = 4;

/** For the place of each key, the keys around it that can say whose it is: "tray" of `{"tray": {"distance_cm": 20}}`. */
function outerKeys(text: string): ReadonlyMap<number, readonly string[]> {
  const found = new Map<number, readonly string[]>();
  const open: (string | undefined)[] = [];
  let last: { readonly key: string; readonly end: number } | undefined;
  let at = 0;
  const skipTo = (end: number) => {
    for (; at < end; at++) {
      if (text[at] === "{") {
        const isValue = last !== undefined && text.slice(last.end, at).trim() === "";
        open.push(isValue ? last?.key : undefined);
      } else if (text[at] === "}") open.pop();
    }
  };
  for (const match of text.matchAll(KEY)) {
    const [whole, sign = "", key = ""] = match;
    skipTo(match.index + sign.length);
    found.set(
      match.index,
      open
        .slice(-DEEPEST)
        .flatMap((it) => (it === undefined || PLAIN_KEY.test(wordsOf(it)) ? [] : [it])),
    );
    last = { key, end: match.index + whole.length };
    at = Math.max(at, last.end);
  }
  return found;
}

/** Fields in which a model says what it thought. */
const THOUGHT =
  /^(?:reason|explanation|rationale|thought|analysis|note|comment|justification|step)/i;

/** The fields of JSON as declared answers, if a model's thoughts stand beside them. */
export function jsonFields(fields: string, spoken: string): readonly Segment[] {
  if (fields === spoken) return [];
  const lines = fields.split("\n");
  if (!lines.some((line) => THOUGHT.test(line))) return [];
  return lines
    .filter((line) => !THOUGHT.test(line) && /^[A-Za-z][\w ()]*:/.test(line))
    .map((text) => ({ text, before: "", isOneOfSeveral: false }));
}
