import { escapeRegExp } from "../../../base/index.js";
import { type ObjectRef, type Refusal, withoutThoughts } from "../../../language/index.js";
import { isDoubted, isPlainProse, isPlainRemark, isVoid, otherNumber } from "./nameDoubts.js";

/** Longer answers are loops or pages, and no list of names. */
const LONGEST_CHARS = 20_000;

/**
 * What a model said, name by name. A name with two numbers, or a number with two names, is refused, and so
 * is a number beside doubts ("3 or 4", "not the mug: 3", "the blue mug: 3"), or one of another thing. What is said around the
 * statements counts too: a doubt there is one about the names in its sentence, or about all of them.
 */
export function readNames(
  text: string,
  refs: readonly ObjectRef[],
  count: number,
  model: string,
): readonly (number | Refusal)[] {
  const called = callsOf(refs);
  const numbers = refs.map(() => new Set<number>());
  const doubts = refs.map((): string | undefined => undefined);
  const meant = (name: string) => [...(called.get(plain(name)) ?? [])];
  const others = new Map<number, string>();
  const said = text.length > LONGEST_CHARS ? "" : withoutThoughts(text);
  const phrases = new Set(refs.map(({ phrase }) => plain(phrase)));
  for (const { words, stated, doubted } of partsOf(said, [...called.keys()], phrases)) {
    const other = otherNumber(words);
    if (other > 0 && doubted.length === 0 && !stated) others.set(other, words);
    if (stated) for (const i of meant(stated.name)) numbers[i]?.add(stated.number);
    const about = doubted === "all" ? refs.map((_, i) => i) : doubted.flatMap(meant);
    for (const i of about) doubts[i] ??= words;
  }
  return refs.map(({ phrase }, i): number | Refusal => {
    const twins = [...(called.get(plain(phrase)) ?? [])].flatMap((j) => refs[j]?.name ?? []);
    if (twins.length > 1) {
      const detail = `${twins.join(" and ")} are both called "${phrase}": give each a phrase of its own`;
      return { reason: "ambiguous", detail };
    }
    const [number, other] = numbers[i] ?? [];
    if (number === undefined) return unread(model, phrase);
    if (other !== undefined) {
      const detail = `${model} gave ${phrase} the numbers ${[...(numbers[i] ?? [])].join(" and ")}`;
      return { reason: "ambiguous", detail };
    }
    const doubt = doubts[i] ?? others.get(number);
    if (doubt !== undefined) {
      const detail = `${model} gave ${phrase} the number ${number}, but also said "${doubt.slice(0, 160)}"`;
      return { reason: "unclear", detail };
    }
    if (number === 0) {
      return { reason: "no_object", detail: `${phrase} is none of ${count} things (${model})` };
    }
    if (number > count) {
      const detail = `${model} gave ${phrase} the number ${number}, but there are ${count}`;
      return { reason: "unclear", detail };
    }
    const twin = refs.find((_, j) => j !== i && numbers[j]?.has(number));
    if (twin) {
      const detail = `${model} gave ${phrase} and ${twin.phrase} the same number ${number}`;
      return { reason: "ambiguous", detail };
    }
    return number - 1;
  });
}

export function unread(model: string, phrase: string): Refusal {
  return { reason: "unclear", detail: `${model} gave no number for ${phrase}` };
}

/** Whom a word means: a phrase with or without its article, else a name of the task that is no other's phrase. */
function callsOf(refs: readonly ObjectRef[]): ReadonlyMap<string, ReadonlySet<number>> {
  const called = new Map<string, Set<number>>();
  refs.forEach(({ phrase }, i) => {
    const own = called.get(plain(phrase)) ?? new Set();
    called.set(plain(phrase), own.add(i));
  });
  const phrases = new Set(called.keys());
  refs.forEach(({ name }, i) => {
    for (const word of [name, name.replaceAll("_", " ")].map(plain))
      if (!phrases.has(word)) called.set(word, (called.get(word) ?? new Set()).add(i));
  });
  return called;
}

function plain(phrase: string): string {
  return phrase
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/\s+/g, " ")
    .trim()
    .replace(/^(?:the|an?) /, "");
}

/** A sentence, line or field of an answer. */
interface Part {
  readonly words: string;
  readonly stated: { readonly name: string; readonly number: number } | undefined;
  /** The names whose numbers are in doubt by it. */
  readonly doubted: readonly string[] | "all";
}

const NUMBERED = "(?:(?:box|number|mark|label|no\\.|#)\\s*)";
/** Nothing but the number of a line and "and" stand before a name: another word may deny or change it. */
const BEFORE = "^\\W*(?:\\d+[.)]\\s*)?(?:and\\s+)?";
const BETWEEN = `\\s*(?:[:=]|\\bis\\b|\\bare\\b|->|→|[-–—])+\\s*(?:in\\s+)?${NUMBERED}*`;
/** The statement ends with its number, but for a remark: no unit, no other number, no question. */
const AFTER = "(?=\\s*(?:$|[;(]|[,.](?!\\s*\\d)|and\\b))";

function partsOf(
  said: string,
  calls: readonly string[],
  phrases: ReadonlySet<string>,
): readonly Part[] {
  const longestFirst = calls.toSorted((a, b) => b.length - a.length);
  const names = longestFirst.map((word) => {
    // "A mug" need not be the red mug that the task calls "mug".
    const article = phrases.has(word) ? "(?:(?:the|an?)\\s+)?" : "(?:the\\s+)?";
    return article + escapeRegExp(word).replaceAll(" ", "\\s+");
  });
  const name = `(?:${names.join("|")})`;
  const statement = new RegExp(`${BEFORE}(${name})${BETWEEN}(\\d{1,3})${AFTER}`, "i");
  const mention = new RegExp(`(?<![\\p{L}\\p{N}])${name}(?![\\p{L}\\p{N}])`, "giu");
  const ends = new RegExp(
    `(?<=[.?!])(?<!^[ \\t]*\\d{1,2}[.])(?=\\s)|(?<=;)|,(?=\\s*(?:and\\s+)?${name}\\b)|\\band(?=\\s+${name}\\b)`,
    "gi",
  );
  const lines = inPlainForm(said, name).split("\n");
  return lines.flatMap((line) => {
    const parts: Part[] = [];
    const numbered: string[] = [];
    let loose: readonly string[] = [];
    for (const words of line.split(ends).map((it) => it.trim())) {
      const found = statement.exec(words);
      const mentioned = [...words.matchAll(mention)].map(([it]) => it);
      // "The mug and the tray may be exchanged": a doubt is one of all that it follows.
      if (found) loose = [];
      else if (mentioned.length > 0) loose = [...loose, ...mentioned];
      const part = partOf(words, found, mentioned, loose, parts.at(-1), numbered);
      if (part.stated) numbered.push(part.stated.name);
      parts.push(part);
    }
    return parts;
  });
}

/**
 * @param loose the names of this part and of those before it that state nothing
 * @param last the part before it in its line
 * @param numbered the names that the parts before it give numbers to
 */
function partOf(
  words: string,
  found: RegExpExecArray | null,
  mentioned: readonly string[],
  loose: readonly string[],
  last: Part | undefined,
  numbered: readonly string[],
): Part {
  const stated = undefined;
  const [subject] = mentioned;
  if (subject === undefined) {
    const about = numbered.length > 0 && !isVoid(words) ? [...numbered] : "all";
    return { words, stated, doubted: isPlainProse(words) ? [] : about };
  }
  if (found) {
    const [statement, name = "", number] = found;
    // "The mug, the tray: 4"
    const isOfTwo = last !== undefined && last.doubted[0] === last.words;
    const own = new Set(plain(name).split(" "));
    const isPlain = !isOfTwo && isPlainRemark(words.slice(statement.length), own);
    return { words, stated: { name, number: Number(number) }, doubted: isPlain ? [] : [name] };
  }
  // "I will answer like this: the mug: 3"
  const head = words.slice(0, words.indexOf(subject));
  if (isVoid(words) || (head.includes(":") && !isPlainProse(head))) {
    return { words, stated, doubted: "all" };
  }
  if (isDoubted(words)) return { words, stated, doubted: loose };
  // A number that is said of a thing in another way may be another number for it.
  const isOfIt = words.length === subject.length || /\d/.test(words);
  return { words, stated, doubted: isOfIt ? [subject] : [] };
}

/** Marks, JSON and tables undone, and "box 3 is the mug" turned round: one statement looks like another. */
function inPlainForm(said: string, name: string): string {
  const turned = new RegExp(
    `(^|[\\n.;,]\\s*|\\band\\s+)(?:the\\s+)?${NUMBERED}+(\\d{1,3})\\s*(?:\\bis\\b|\\bshows\\b|\\bcontains\\b|\\bholds\\b|[:=(]|->|→)\\s*(${name})\\)?(?=\\s*(?:$|[\\n.;,]|and\\b))`,
    "gi",
  );
  return (
    said
      .normalize("NFKC")
      .replace(/<br ?\/?>/gi, "\n")
      .replace(/(?<=\S)\t+(?=\d)/g, ": ")
      .replace(/(?!\n)\p{Cc}|[*`✓✔✅]|<\/?(?:answer|final|result|output)>/giu, " ")
      // The dictionaries of Python, and not "the mug's".
      .replace(/(?<![\p{L}\p{N}])'|'(?![\p{L}\p{N}])/gu, '"')
      // A heading may say of what follows that it is an example.
      .replace(
        /("\w+")\s*:\s*(?:\[\s*(?=[{[])|\{\s*(?="(?!(?:number|box|mark|id|index)")))/g,
        "\n$1\n",
      )
      .replace(
        /"(?:number|box|mark)"\s*:\s*"?(\d{1,3})"?\s*,\s*"(?:name|object|item|phrase|label|thing)"\s*:\s*("[^"\n]*")/gi,
        "$2: $1",
      )
      .replace(
        /"(?:name|object|item|phrase|label|thing)"\s*:\s*("[^"\n]*")\s*,\s*"(?:number|box|mark|id|index)"/gi,
        "$1",
      )
      .replace(/:\s*\{\s*"(?:number|box|mark|id|index)"\s*:/gi, ":")
      .replace(/,(?=\s*["{])/g, "\n")
      .replace(/[[\]{}"]/g, " ")
      .replace(/^[ \t]*\|([^|\n]+)\|([^|\n]+)\|[ \t]*$/gm, "$1:$2")
      .replace(
        /\bis (?:labell?ed|numbered|marked)(?: (?:as|with))?\b|\bhas (?:the )?(?=number|label|mark)|\bcorresponds to\b|\bis (?:enclosed|located|shown|contained|surrounded|outlined) (?:in|by|with|inside)\b/gi,
        ":",
      )
      .replace(/([:=]\s*)\((\d{1,3})\)/g, "$1$2")
      .replace(turned, "$1$3: $2")
  );
}
