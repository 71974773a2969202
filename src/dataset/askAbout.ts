import { itemAt, Random } from "../base/index.js";
import {
  type AnswerValue,
  answerPhrasings,
  askQuestion,
  KINDS,
  type KindInfo,
  phrasings,
  type QuestionKind,
  wordAnswer,
} from "../language/index.js";
import { type NamedObject, nameObjects, revealsAnswer } from "./nameObjects.js";
import { type SpeechOptions, spokenLength } from "./spokenLength.js";
import type { VqaRow } from "./VqaRow.js";
import type { Split, VqaScene } from "./VqaScene.js";

export interface AskAboutOptions extends SpeechOptions {
  readonly seed: number;
  /** Questions an image. */
  readonly perImage: number;
  /** Standard deviation of the factor that spoken lengths are multiplied by. */
  readonly noise: number;
}

const QUALITATIVE = [...KINDS.values()].filter(({ shape }) => shape !== "quantity");
const QUANTITATIVE = [...KINDS.values()].filter(({ shape }) => shape === "quantity");

/** Share of signed quantities that are asked the wrong way round, and answered so. */
const CONTRARY_SHARE = 0.1;
/** Share of the pictures in which everything stands on the support that still ask how high it is. */
const ZERO_SHARE = 0.25;
/** A signed quantity below this has no direction that one could see. */
const LEAST_DIFFERENCE_M = 0.01;

/** Every fifth phrasing is kept for the test split. */
const PHRASING_FOLDS = 5;

/**
 * Questions and answers about one picture: half qualitative, half quantitative. Kinds take turns
 * from picture to picture (`turn` counts them), yes and no are drawn before the pair is, and
 * pairs so that lengths spread over what the picture offers.
 */
export function askAbout(scene: VqaScene, turn: number, options: AskAboutOptions): VqaRow[] {
  const random = new Random(options.seed, `rows ${scene.id}`);
  const named = nameObjects(scene, random);
  if (named.length === 0) return [];
  const half = Math.floor(options.perImage / 2);
  const found: Asked[] = [];
  const asked = new Set<string>();
  const add = (kinds: readonly KindInfo[], count: number) => {
    // In an order of the seed's own, so that opposite kinds seldom meet in one picture.
    const order = new Random(options.seed, "kinds").shuffle(kinds);
    const start = turn * count;
    const goal = found.length + count;
    // Kinds that cannot be asked here give their turn to the next.
    for (let step = 0; step < 3 * kinds.length + count && found.length < goal; step++) {
      const info = itemAt(order, (start + step) % order.length);
      const pair = candidate(scene, named, info, random, asked);
      if (pair) found.push({ info, pair });
    }
  };
  add(QUALITATIVE, half);
  add(QUANTITATIVE, options.perImage - half);
  return random
    .shuffle(found)
    .map(({ info, pair }, number) => wordRow(scene, info, pair, number, random, options));
}

interface Asked {
  readonly info: KindInfo;
  readonly pair: Candidate;
}

interface Candidate {
  readonly a: NamedObject;
  readonly b: NamedObject | undefined;
  readonly value: AnswerValue;
}

function candidate(
  scene: VqaScene,
  named: readonly NamedObject[],
  info: KindInfo,
  random: Random,
  asked: Set<string>,
): Candidate | undefined {
  if (info.needsUp && !scene.supportPlane && !scene.knowsUp) return undefined;
  const usable = named.filter((each) => !revealsAnswer(each, info.kind));
  const all: Candidate[] = [];
  const wantsHeld = random.next() < 0.5;
  const isContrary = random.next() < CONTRARY_SHARE;
  for (let i = 0; i < usable.length; i++) {
    const a = itemAt(usable, i);
    if (info.arity === 1) {
      if (asked.has(`${info.kind} ${a.object.name}`)) continue;
      const value = scene.answer(info.kind, a.object);
      if (value) all.push({ a, b: undefined, value });
      continue;
    }
    for (let j = i + 1; j < usable.length; j++) {
      const found = oriented(scene, info, a, itemAt(usable, j), wantsHeld, isContrary, random);
      if (found && !asked.has(keyOf(info, found))) all.push(found);
    }
  }
  const chosen = info.shape === "quantity" ? spread(all, random) : pickOne(all, random);
  if (chosen) asked.add(keyOf(info, chosen));
  return chosen;
}

/** The pair in the order in which the answer is the one wanted. */
function oriented(
  scene: VqaScene,
  info: KindInfo,
  a: NamedObject,
  b: NamedObject,
  wantsHeld: boolean,
  isContrary: boolean,
  random: Random,
): Candidate | undefined {
  const value = scene.answer(info.kind, a.object, b.object);
  if (!value) return undefined;
  const swapped = (): Candidate | undefined => {
    const other = scene.answer(info.kind, b.object, a.object);
    return other && { a: b, b: a, value: other };
  };
  if (value.shape !== "quantity")
    return isHeld(value, info) === wantsHeld ? { a, b, value } : swapped();
  if (!info.signed) return random.next() < 0.5 ? { a, b, value } : swapped();
  if (Math.abs(value.valueM) < LEAST_DIFFERENCE_M) return undefined;
  return value.valueM > 0 === !isContrary ? { a, b, value } : swapped();
}

function isHeld(value: AnswerValue, { relations }: KindInfo): boolean {
  if (value.shape === "yes_no") return value.yes;
  if (value.shape === "choice") return value.choice === "subject";
  return value.shape === "class" && value.relation === relations[0];
}

/** The pair whose length is nearest to one drawn evenly from the range there is. */
function spread(all: readonly Candidate[], random: Random): Candidate | undefined {
  const lengthOf = ({ value }: Candidate) => (value.shape === "quantity" ? value.valueM : 0);
  const lengths = all.map(lengthOf);
  const [low, high] = [Math.min(...lengths), Math.max(...lengths)];
  const [share, tie, keepsZero] = [random.next(), random.next(), random.next() < ZERO_SHARE];
  if (all.length === 0 || (high <= 0.002 && low >= 0 && !keepsZero)) return undefined;
  const target = low + (high - low) * share;
  const nearest = Math.min(...lengths.map((length) => Math.abs(length - target)));
  const best = all.filter((each) => Math.abs(lengthOf(each) - target) <= nearest + 1e-6);
  return best[Math.floor(tie * best.length)];
}

function pickOne(all: readonly Candidate[], random: Random): Candidate | undefined {
  return all.length === 0 ? undefined : random.pick(all);
}

function keyOf({ kind }: KindInfo, { a, b }: Candidate): string {
  const names = b ? [a.object.name, b.object.name].sort() : [a.object.name];
  return `${kind} ${names.join(" ")}`;
}

function wordRow(
  scene: VqaScene,
  { kind }: KindInfo,
  { a, b, value }: Candidate,
  number: number,
  random: Random,
  options: AskAboutOptions,
): VqaRow {
  const question = drawQuestionPhrasing(kind, scene.split, random);
  const answers = answerPhrasings(kind).length;
  // Short answers come first in the list and are preferred.
  const answer = random.next() < 0.5 ? random.integer(0, 2) : random.integer(0, answers - 1);
  const refOf = ({ object: { name }, phrase }: NamedObject) => ({ name, phrase });
  const asked = askQuestion(kind, refOf(a), b && refOf(b), { phrasing: question });
  const noisy = Math.max(0, 1 + options.noise * random.normal());
  const length =
    value.shape === "quantity"
      ? spokenLength(Math.abs(value.valueM) * noisy, random, options)
      : undefined;
  const words = { phrasing: answer, subject: a.phrase, object: b?.phrase, length };
  const said = wordAnswer(kind, value, words);
  return {
    id: `${scene.id}-${number}`,
    image: `images/${scene.id}.jpg`,
    messages: [
      { role: "user", content: [{ type: "image" }, { type: "text", text: asked.text }] },
      { role: "assistant", content: [{ type: "text", text: said }] },
    ],
    frame: scene.id,
    kind,
    subject: a.object.name,
    object: b?.object.name ?? null,
    subject_phrase: a.phrase,
    object_phrase: b?.phrase ?? null,
    question_phrasing: question,
    answer_phrasing: answer,
    truth: truthOf(value),
  };
}

function drawQuestionPhrasing(kind: QuestionKind, split: Split, random: Random): number {
  const isHeldOut = (index: number) => index % PHRASING_FOLDS === PHRASING_FOLDS - 1;
  const indices = [...phrasings(kind).keys()];
  return random.pick(indices.filter((index) => isHeldOut(index) === (split === "test")));
}

function truthOf(value: AnswerValue): VqaRow["truth"] {
  switch (value.shape) {
    case "quantity":
      return { shape: "quantity", value_m: Math.round(value.valueM * 1e6) / 1e6 };
    case "yes_no":
      return { shape: "yes_no", yes: value.yes };
    case "choice":
      return { shape: "choice", choice: value.choice };
    case "class":
      return { shape: "class", relation: value.relation };
  }
}
