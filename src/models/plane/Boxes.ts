import { jsonOrUndefined } from "../../base/index.js";
import {
  bestDetection,
  boxOfDetection,
  type CameraFrame,
  colorSize,
  decodeColor,
  type PixelBox,
} from "../../camera/index.js";
import { isPassing, type ObjectRef, type Refusal } from "../../language/index.js";
import { scoreInWords } from "../believed.js";
import type { BoxSource } from "../rgbd/Sources.js";
import type { SpatialVlm } from "../SpatialVlm.js";
import { repeatsName } from "../words/repeatsName.js";
import { FORM_SYSTEM_PROMPT } from "../words/templates.js";

/** How a language model counts the places in an image. */
export const BOX_FORMATS = ["xyxy_1000", "yxyx_1000", "xyxy_px", "xyxy_1"] as const;
export type BoxFormat = (typeof BOX_FORMATS)[number];

/** Says where in a colour image the objects are that nothing else finds. */
export interface BoxFinder {
  readonly name: string;
  readonly fingerprint: string;
  readonly usage?: SpatialVlm["usage"];
  /** For each object its box in pixels of the image, or why there is none. */
  find(
    frame: CameraFrame,
    refs: readonly ObjectRef[],
    signal: AbortSignal,
  ): Promise<readonly (PixelBox | Refusal)[]>;
  close(): Promise<void>;
}

export function isBox(found: PixelBox | Refusal): found is PixelBox {
  return Array.isArray(found);
}

/** An open-vocabulary detector: the best box of each phrase. */
export function detectorBoxes(detector: BoxSource): BoxFinder {
  return {
    name: detector.name,
    fingerprint: detector.fingerprint,
    async find(frame, refs, signal) {
      const phrases = [...new Set(refs.map(({ phrase }) => phrase))];
      const boxes = await detector.detect(await decodeColor(frame.image), phrases, signal);
      return refs.map(({ phrase }) => {
        const best = bestDetection(boxes, [phrase]);
        if (best) return boxOfDetection(best);
        const detail = `${detector.name} found no box of ${phrase} ${scoreInWords(detector.minScore)}`;
        return { reason: "no_object", detail };
      });
    },
    close: () => detector.close(),
  };
}

/** A language model that answers with boxes: one request for all objects of an image. */
export function vlmBoxes(vlm: SpatialVlm, format: BoxFormat, minScore: number): BoxFinder {
  return {
    name: vlm.id,
    fingerprint: `${vlm.fingerprint} ${format} ${minScore}`,
    get usage() {
      return vlm.usage;
    },
    async find({ camera, stampNs, frameId, episode, image }, refs, signal) {
      const size = await colorSize(image);
      const shown: CameraFrame = { camera, stampNs, frameId, episode, image };
      const text = asking(refs, format, size);
      const question = { kind: "open", text, system: FORM_SYSTEM_PROMPT } as const;
      const [answer] = await vlm.ask(shown, [question], signal);
      const refusal = answer?.refusal;
      const isSilent = refusal && (isPassing(refusal) || refusal.reason === "unsupported_question");
      if (!answer || isSilent) return refs.map(({ phrase }) => refusal ?? unread(vlm.id, phrase));
      return readBoxes(answer.text, refs, format, size, vlm.id, minScore);
    },
    close: () => vlm.close(),
  };
}

const PLACES: Readonly<Record<BoxFormat, string>> = {
  xyxy_1000: "[left, top, right, bottom], each from 0 to 1000 across the image",
  yxyx_1000: "[top, left, bottom, right], each from 0 to 1000 across the image",
  xyxy_px: "[left, top, right, bottom] in pixels",
  xyxy_1: "[left, top, right, bottom], each from 0 to 1 across the image",
};

interface Size {
  readonly width: number;
  readonly height: number;
}

function asking(refs: readonly ObjectRef[], format: BoxFormat, { width, height }: Size): string {
  const example = JSON.stringify(Object.fromEntries(refs.map(({ phrase }) => [phrase, "..."])));
  const pixels = format === "xyxy_px" ? ` The image has ${width}x${height} pixels.` : "";
  return (
    `Give the tight bounding box of each of these objects: ${refs.map(({ phrase }) => phrase).join("; ")}.\n` +
    `Reply with one JSON object like ${example}, where each value is ${PLACES[format]}.${pixels} ` +
    "Write null for what is not in the image."
  );
}

/** What is longer is no list of boxes. */
const MOST_TEXT = 20_000;

/**
 * The boxes in a model's words: JSON with a box for each phrase, or a list of boxes with labels. What
 * has no box, two boxes, or one that lies outside of the image, is refused, and so is one of which the model says
 * that it is less sure than `minScore`.
 */
export function readBoxes(
  text: string,
  refs: readonly ObjectRef[],
  format: BoxFormat,
  size: Size,
  model: string,
  minScore: number,
): readonly (PixelBox | Refusal)[] {
  const named: Named[] = [];
  for (const { json, isRepeating } of jsonIn(text.slice(0, MOST_TEXT))) {
    if (isRepeating) {
      const detail = `${model} gave an object of its JSON one name twice`;
      return refs.map(() => ({ reason: "ambiguous", detail }));
    }
    collect(json, undefined, named);
  }
  return refs.map(({ name, phrase }): PixelBox | Refusal => {
    const called = new Set([phrase, name].map(plain));
    const own = named.filter((it) => called.has(plain(it.name)));
    const given = own.filter(({ numbers }) => numbers);
    const believed = given.filter(({ score = 1 }) => score >= minScore);
    const boxes = believed.flatMap(({ numbers }) => (numbers ? [numbers] : []));
    const [numbers, other] = boxes;
    if (other?.some((value, i) => value !== numbers?.[i])) {
      return { reason: "ambiguous", detail: `${model} gave ${phrase} ${boxes.length} boxes` };
    }
    if (numbers) {
      const box = toPixels(numbers, format, size);
      if (box) return box;
      const detail = `${model} gave ${phrase} the box [${numbers.join(", ")}], which is none in ${format} (box_format)`;
      return { reason: "unclear", detail };
    }
    const [doubted] = given;
    if (doubted) {
      const detail = `${model} says ${doubted.score} of how sure it is of its box of ${phrase}, less than ${minScore} (min_score)`;
      return { reason: "no_object", detail };
    }
    if (own.length > 0) return { reason: "no_object", detail: `${model} does not see ${phrase}` };
    return unread(model, phrase);
  });
}

interface Named {
  readonly name: string;
  /** Undefined: said not to be there. */
  readonly numbers: readonly number[] | undefined;
  /** How sure the model says that it is, 0 to 1. */
  readonly score?: number | undefined;
}

function unread(model: string, phrase: string): Refusal {
  return { reason: "unclear", detail: `${model} gave no box for ${phrase}` };
}

/** Brackets of prose and JSON: more are not looked at. */
const MOST_STARTS = 50;

interface Found {
  readonly json: unknown;
  readonly isRepeating: boolean;
}

/** The JSON values in a text that are objects or lists: a correction may follow the first. */
function jsonIn(text: string): readonly Found[] {
  const found: Found[] = [];
  let end = 0;
  let tries = 0;
  for (const { index } of text.matchAll(/[[{]/g)) {
    if (index < end) continue;
    tries += 1;
    if (tries > MOST_STARTS) break;
    const part = text.slice(index, endOf(text, index));
    const json = jsonOrUndefined(part);
    if (json === undefined) continue;
    found.push({ json, isRepeating: repeatsName(part, json) });
    end = index + part.length;
  }
  return found;
}

/** Where the bracket at `start` is closed: brackets inside of texts are not looked for. */
function endOf(text: string, start: number): number {
  let depth = 0;
  for (let i = start; i < text.length; i++) {
    const letter = text[i];
    if (letter === "[" || letter === "{") depth += 1;
    if (letter === "]" || letter === "}") depth -= 1;
    if (depth === 0) return i + 1;
  }
  return text.length;
}

const LABEL_KEYS = ["label", "name", "object", "phrase"];
const BOX_KEYS = ["bbox_2d", "box_2d", "bbox", "box", "bounding_box"];
const SCORE_KEYS = ["confidence", "score", "probability", "conf"];
const DEEPEST = 6;

/** As a share, or in percent. */
function scoreIn(fields: ReadonlyMap<string, unknown>): number | undefined {
  const said = SCORE_KEYS.map((key) => fields.get(key)).find((it) => it !== undefined);
  const [, digits, percent] = /^\s*([\d.]+(?:e-?\d+)?)\s*(%?)\s*$/i.exec(String(said ?? "")) ?? [];
  const score = digits === undefined ? Number.NaN : Number(digits) / (percent ? 100 : 1);
  if (!(score >= 0 && score <= 100)) return undefined;
  return score > 1 ? score / 100 : score;
}

function collect(
  json: unknown,
  name: string | undefined,
  into: Named[],
  depth = 0,
  score?: number,
): void {
  if (depth > DEEPEST) return;
  if (json === null) {
    if (name !== undefined) into.push({ name, numbers: undefined });
    return;
  }
  if (Array.isArray(json)) {
    if (json.length === 4 && json.every((it) => typeof it === "number")) {
      if (name !== undefined) into.push({ name, numbers: json, score });
      return;
    }
    if (json.length === 0 && name !== undefined) into.push({ name, numbers: undefined });
    for (const item of json) collect(item, name, into, depth + 1, score);
    return;
  }
  if (typeof json !== "object") return;
  const fields = new Map<string, unknown>(Object.entries(json));
  const label = LABEL_KEYS.map((key) => fields.get(key)).find((it) => typeof it === "string");
  const boxKey = BOX_KEYS.find((key) => fields.has(key));
  if (boxKey !== undefined) {
    const called = typeof label === "string" ? label : name;
    collect(fields.get(boxKey), called, into, depth + 1, scoreIn(fields));
    return;
  }
  for (const [key, value] of fields) collect(value, key, into, depth + 1);
}

function plain(name: string): string {
  const words = name.toLowerCase().replaceAll(/[\s_-]+/g, " ");
  return words.trim().replace(/^(the|a|an) /, "");
}

function toPixels(
  numbers: readonly number[],
  format: BoxFormat,
  { width, height }: Size,
): PixelBox | undefined {
  const [a = 0, b = 0, c = 0, d = 0] = numbers;
  const [left, top, right, bottom] = format === "yxyx_1000" ? [b, a, d, c] : [a, b, c, d];
  const most = format === "xyxy_px" ? undefined : format === "xyxy_1" ? 1 : 1000;
  const [toX, toY] = most === undefined ? [1, 1] : [width / most, height / most];
  const box = [left * toX, top * toY, right * toX, bottom * toY] as const;
  const isInside = box[0] >= -1 && box[1] >= -1 && box[2] <= width + 1 && box[3] <= height + 1;
  // All between 0 and 1 in a format of 0..1000 is another format, and no thing of a thousandth.
  const isOther = most === 1000 && Math.max(...numbers) <= 1;
  return isInside && !isOther && box[0] < box[2] && box[1] < box[3] ? box : undefined;
}
