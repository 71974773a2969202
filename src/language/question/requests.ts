import { isMapping, jsonOrUndefined } from "../../base/index.js";
import { isQuestionKind, kindInfo, type QuestionKind } from "../QuestionKind.js";
import { askQuestion } from "./askQuestion.js";
import { wordSet } from "./words.js";

/** What a program asks: the name of a measure or a relation, and what of. */
interface Request {
  readonly name: string;
  readonly subject: string;
  readonly object?: string;
  /** Which of the two is the subject is not said: "from" and "to". */
  readonly isUnordered: boolean;
  /** ", center to center" */
  readonly points: string;
  /** "left or right" */
  readonly choices: string | undefined;
}

/** Fields that say what is asked. */
const NAMES = wordSet(
  "task type query kind metric measure measurement quantity property attribute function name tool action op operation " +
    "relation predicate intent request method command question",
);
/** Fields that hold the others. */
const WRAPPERS = wordSet(
  "arguments args parameters params input inputs query request task question",
);
const SUBJECTS = wordSet(
  "subject a object_a obj_a object1 object_1 obj1 obj_1 first item_a item1 thing_a entity_a entity1 of",
);
const OBJECTS = wordSet(
  "b object_b obj_b object2 object_2 obj2 obj_2 second item_b item2 thing_b entity_b entity2 reference ref relative_to " +
    "reference_object compared_to than other",
);
/** The only thing, or the second. */
const LONE = wordSet("object obj item thing");
const STARTS = wordSet("from source start");
const ENDS = wordSet("to target destination end");
const LISTS = wordSet("objects between items entities things pair");
/** Fields that change nothing, and those that hold a unit. */
const FORMS = wordSet("id request_id format output precision decimals return answer_format image");
/** Fields that say between which points of the things. */
const POINTS = wordSet("reference points mode method measured");
const CENTRES = /^(center|centre|centroid|middle)s?(?:[ _-](?:to|2)[ _-]\1s?)?$/;
const NEAREST =
  /^(surface|edge|nearest|closest|minimum|min)s?(?:[ _-](?:points?|(?:to|2)[ _-]\1s?))?$/;
const UNITS = wordSet("unit units");
const LENGTH_UNIT =
  /^(?:mm|cm|m|km|in|ft|inch|inches|foot|feet|(?:milli|centi)?met(?:er|re)s?|si|metric)$/;
/** Fields that may say that what things stand on is meant, or the world that it is level in. */
const PLANES = wordSet("reference ref relative_to above over surface plane support frame");
const PLANE =
  /^(?:the )?(?:(?:table|tabletop|desk|floor|ground|support|supporting|work)(?:[ _](?:plane|surface|level|top))?|surface)$/;
/** Names of what is measured along it, whichever way its axes point. */
const LEVEL = /(?:^|_)(?:xy|planar|horizontal|ground|floor)_/;
/** Names that only say that something is asked. */
const EMPTY = wordSet("measure measurement query question spatial spatial_query function quantity");
/** What begins the name of a function that returns its rest. */
const VERBS =
  /^(?:(?:get|measure|compute|estimate|calc|calculate|query|ask|find|predict|return|metric|spatial) )+/;

/**
 * A request in the notation of programs, as a question in words: JSON, lines of "key: value", or the
 * call of a function. Any other text, and a request with a field that is not known, stays as it is.
 *
 * @example requestInWords('{"task": "gap", "between": ["the mug", "the tray"]}')
 *   // "What is the gap between the mug and the tray?"
 */
export function requestInWords(text: string): string {
  const whole = said(text.trim());
  if (whole !== undefined) return whole;
  // "assert wider(the mug, the tray)"
  const [call = "", other] = text.match(CALLS) ?? [];
  const words = other === undefined ? said(call) : undefined;
  return words === undefined ? text : text.replace(call, ` ${words} `);
}

function said(text: string): string | undefined {
  const fields = fieldsOf(text);
  const request = fields && requestOf(fields);
  return request && inWords(request);
}

/** The field for what a call may return. */
const CHOICES = "|";

type Field = readonly [key: string, value: unknown];

function fieldsOf(text: string): readonly Field[] | undefined {
  if (text.startsWith("{") && text.endsWith("}")) return flat(jsonOrUndefined(text), 0);
  const [, name, args, one, other] = CALL.exec(text) ?? [];
  if (name !== undefined && args !== undefined) {
    const fields = args.replace(/[[\]]/g, "").split(",").map(argumentOf);
    // "argmax(height, [the mug, the tray])"
    const [[key, measured] = ["", ""]] = fields;
    if (EXTREME.test(name) && key === "") {
      return [
        ["name", `${name}_${measured}`],
        ["objects", fields.slice(1).map(([, it]) => it)],
      ];
    }
    const things = fields.flatMap(([key, value]) => (key === "" ? [value] : []));
    const named = fields.filter(([key]) => key !== "");
    const list: readonly Field[] = things.length > 0 ? [["objects", things]] : [];
    // "-> LEFT | RIGHT": which of the two holds.
    const isChoice = other !== undefined && !/^(?:yes|no|true|false|y|n)$/i.test(other);
    const choices: readonly Field[] = isChoice ? [[CHOICES, `${one} or ${other}`]] : [];
    return [["name", name], ...named, ...list, ...choices];
  }
  const lines = text
    .replace(HEADING, "")
    .split(/[\n;]|,(?=\s?\w{1,20}\s?=)/)
    .filter((line) => line.trim() !== "");
  const fields = lines.map((line) => LINE.exec(line));
  if (fields.length < 2) return undefined;
  return fields.every((field) => field !== null)
    ? fields.map(([, key = "", value = ""]) => [keyOf(key), plain(value)])
    : undefined;
}

/** What says that fields follow: "query: object=…". */
const HEADING = /^(?:query|request|question|task)\s?:\s?(?=\w{1,20}\s?=)/i;
const CALLS = /(?<![\w.)])[a-z]\w{2,40}\([^(),]{1,80}(?:,[^(),]{1,80}){1,4}\)/gi;
const EXTREME = /^(?:arg_?)?(?:max|min)(?:_by)?$/i;
const CALL =
  /^(?:[a-z]\w{0,20}\.)?([a-z]\w{2,40})\s?\(([^()]{1,200})\)\s?(?:(?:->|[:=])\s?["']?(\w{1,20})["']?(?:\s?(?:\||\/|or)\s?["']?(\w{1,20})["']?)?)?[;?]?$/i;
const LINE = /^\s{0,8}(?:- )?["']?([A-Za-z][\w ]{0,20})["']?\s?[:=]\s?([^:=]{1,80})$/;

function argumentOf(text: string): Field {
  const [, key = "", value = ""] = /^\s*(?:(\w+)\s?[=:]\s?)?([^=:]*)$/.exec(text) ?? [];
  const said = plain(value);
  return key === "" && LENGTH_UNIT.test(said) ? ["unit", said] : [keyOf(key), said];
}

/** The fields of an object and of the objects that wrap them; undefined where one is nested otherwise. */
function flat(value: unknown, depth: number): readonly Field[] | undefined {
  if (!isMapping(value) || depth > 2) return undefined;
  const all: Field[] = [];
  for (const [name, inner] of Object.entries(value)) {
    const key = keyOf(name);
    if (!isMapping(inner)) {
      all.push([key, typeof inner === "string" ? plain(inner) : inner]);
      continue;
    }
    const fields = flat(inner, depth + 1);
    if (fields === undefined) return undefined;
    // {"distance": {"from": …, "to": …}}
    if (!WRAPPERS.has(key)) all.push(["name", name]);
    all.push(...fields);
  }
  return all;
}

const keyOf = (name: string): string =>
  name
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .trim()
    .toLowerCase()
    .replace(/ /g, "_");

const plain = (value: string): string => value.trim().replace(/^["']|["']$/g, "");

/** What some fields ask; undefined where one is not known, said twice, or missing. */
function requestOf(fields: readonly Field[]): Request | undefined {
  const keys = fields.map(([key]) => key);
  const names: string[] = [];
  const things: { subject?: string; object?: string } = {};
  let [points, plane, choices] = ["", "", undefined as string | undefined];
  for (const [key, value] of fields) {
    if (FORMS.has(key)) continue;
    if (LISTS.has(key)) {
      const [subject, object, third] = listOf(value);
      if (subject === undefined || third !== undefined || things.subject) return undefined;
      Object.assign(things, { subject, ...(object !== undefined && { object }) });
      continue;
    }
    if (typeof value !== "string" || value === "") return undefined;
    if (PLANES.has(key) && (PLANE.test(value) || (key === "frame" && value === "world"))) {
      if (plane !== "") return undefined;
      plane = value;
      continue;
    }
    const role = roleOf(key, keys);
    if (key === CHOICES) choices = value;
    else if (POINTS.has(key) && (CENTRES.test(value) || NEAREST.test(value))) {
      points = CENTRES.test(value) ? ", center to center" : ", between the nearest points";
    } else if (UNITS.has(key)) {
      if (!LENGTH_UNIT.test(value.toLowerCase())) return undefined;
    } else if (NAMES.has(key)) names.push(value);
    else if (role === undefined || things[role] !== undefined) return undefined;
    else things[role] = value;
  }
  const said = names.filter((name) => !EMPTY.has(keyOf(name)));
  const [name] = said;
  const { subject, object } = things;
  if (name === undefined || said.length > 1 || subject === undefined) return undefined;
  const isUnordered = keys.some((key) => STARTS.has(key));
  if (plane !== "" && object !== undefined && !LEVEL.test(keyOf(name))) return undefined;
  if (plane !== "" && object === undefined) {
    if (plane === "world" || points !== "") return undefined;
    points = " relative to the table";
  }
  const rest = { name, subject, isUnordered, points, choices };
  return object === undefined ? rest : { ...rest, object };
}

function listOf(value: unknown): readonly string[] {
  const isList = Array.isArray(value) && value.every((item) => typeof item === "string");
  return isList ? (value as string[]) : [];
}

/** Which of two things a field holds, beside the other fields. */
function roleOf(key: string, keys: readonly string[]): "subject" | "object" | undefined {
  const has = (others: ReadonlySet<string>) => keys.some((it) => it !== key && others.has(it));
  if (SUBJECTS.has(key) || STARTS.has(key)) return "subject";
  if (OBJECTS.has(key)) return "object";
  // "object" is the second beside a subject, "target" the first beside a reference.
  if (LONE.has(key)) return has(SUBJECTS) ? "object" : "subject";
  if (ENDS.has(key)) return has(OBJECTS) ? "subject" : "object";
  return undefined;
}

/** Names of relations, without "is" before them and "of" or "than" behind them. */
const RELATION =
  /^(?:(?:to the )?(?:left|right)|above|below|under|over|beneath|behind|in front|\w+er(?: (?:to|from) (?:the )?camera)?)(?: of| than)?$/;
/** Of those, the ones that need it. */
const SIDED = /(?:left|right|in front)$/;
/** "offset_left", "distance_in_front_of" */
const OFFSET_TO =
  /^(?:offset|distance|dist|displacement|how far|how much) (?:to the )?(left|right|above|below|under|beneath|behind|in front)(?: of)?$/;
/** "left_offset" */
const SIDE_OF_OFFSET =
  /^(left|right|above|below|behind|front|in front) (?:offset|distance|dist|displacement)$/;
const PLACES: Readonly<Record<string, string>> = {
  left: "to the left of",
  right: "to the right of",
  front: "in front of",
  "in front": "in front of",
};
/** "height_gt" */
const LESS_THAN = /^(?:is )?(height|width|size|depth) (lt|gt)$/;
/** "max_height", "argmin_by_size", and "leftmost", "nearest_to_camera", "which_is_taller" */
const MOST_OF =
  /^(?:arg ?)?(max|min) (?:by )?(height|width|size|depth|elevation|vertical position)$/;
const MOST =
  /^(?:(?:which (?:is )?)?(?:the )?\w+(?:est|most)(?: (?:to|from) camera)?(?: of)?|which (?:is )?(?:the )?\w+er(?: (?:to|from) camera)?|\w+er of|(?:select|pick|choose|get|find) \w+er)$/;
/** Names of calls that return one of two relations. */
const COMPARED =
  /^(?:(?:cmp|compare|relation|relative|position|order|side|side of|which side|vertical|horizontal|lateral|depth|height|width|size)(?: |$))+$/;
const COMPARATIVE = /(?:er|er to camera|er from camera)$/;

function inWords(request: Request): string | undefined {
  const { name, isUnordered, points, choices } = request;
  const key = keyOf(name);
  const a = withArticle(request.subject);
  const b = request.object === undefined ? undefined : withArticle(request.object);
  const words = key.replaceAll("_", " ").replace(VERBS, "");
  if (choices !== undefined) {
    return b !== undefined && !isUnordered && COMPARED.test(words)
      ? `Is ${a} ${choicesOf(choices)} ${b}?`
      : undefined;
  }
  if (isQuestionKind(key) && points === "") {
    return isUnordered && isOrdered(key) ? undefined : ours(key, a, b);
  }
  if (b === undefined) return `What is the ${words} of ${a}${points}?`;
  const [, side = words.match(SIDE_OF_OFFSET)?.[1]] = OFFSET_TO.exec(words) ?? [];
  if (side !== undefined) {
    const place = PLACES[side] ?? side;
    return isUnordered || points !== "" ? undefined : `How far ${place} ${b} is ${a}?`;
  }
  const [, most, property] = MOST_OF.exec(words) ?? [];
  const one = property ? `has the ${most === "max" ? "greater" : "smaller"} ${property}` : "";
  const ofBoth = [words, key.replaceAll("_", " ")].find((it) => MOST.test(it));
  const which =
    one ||
    (ofBoth && `is the ${words.replace(/^(?:which|select|pick|choose)(?: is)? | of$/g, "")}`);
  if (which) return points === "" ? `Which ${which}, ${a} or ${b}?` : undefined;
  const [, size, than] = LESS_THAN.exec(words) ?? [];
  const isRelation = RELATION.test(words) || words.startsWith("is ");
  if (size === undefined && !isRelation) {
    return `What is the ${words} between ${a} and ${b}${points}?`;
  }
  if (isUnordered || points !== "") return undefined;
  if (size !== undefined) {
    return `Is the ${size} of ${a} ${than === "lt" ? "less" : "greater"} than that of ${b}?`;
  }
  const relation = words.replace(/^is /, "").replace(/ (?:than|of)$/, "");
  const joint = SIDED.test(relation) ? " of" : COMPARATIVE.test(relation) ? " than" : "";
  return `Is ${a} ${relation}${joint} ${b}?`;
}

/** "left or right of", "bigger or smaller than" */
function choicesOf(choices: string): string {
  const words = choices.toLowerCase().replace(/(?<!in_)\bfront\b|in_front/, "in front of");
  return words + (/er$/.test(words) ? " than" : /(?:left|right)$/.test(words) ? " of" : "");
}

function isOrdered(kind: QuestionKind): boolean {
  return kind !== "gap" && !kind.endsWith("distance") && !kind.endsWith("choice");
}

function ours(kind: QuestionKind, a: string, b: string | undefined): string | undefined {
  const isPair = b !== undefined;
  if ((kindInfo(kind).arity === 2) !== isPair) return undefined;
  const subject = { name: a, phrase: a };
  return askQuestion(kind, subject, isPair ? { name: b, phrase: b } : undefined).text;
}

/** "red_mug" is the name of the red mug. */
function withArticle(thing: string): string {
  const words = thing.trim().replaceAll("_", " ");
  return /^(?:the|a|an|my|your|this|that) /i.test(words) ? words : `the ${words}`;
}
