import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setImmediate } from "node:timers/promises";
import { Random } from "../../src/base/index.js";
import {
  type AnswerReading,
  askQuestion,
  KINDS,
  kindInfo,
  type ObjectRef,
  parseAnswer,
  type SpatialQuestion,
} from "../../src/language/index.js";
import { readCompletion } from "../../src/models/endpoint/Completion.js";
import { RequestError } from "../../src/models/index.js";

const CORPUS = resolve(import.meta.dirname, "../../test/language/answers");
/** CPU time. */
const LONGEST_MS = 3000;
const SUBJECT: ObjectRef = { name: "gripper", phrase: "the robot gripper" };
const OBJECT: ObjectRef = { name: "mug", phrase: "the red mug" };

/** What a model, a server or somebody in between puts into an answer. */
const STRANGE = [
  ...["\u0000", "\u001b[2J", "\u200b", "\u202e", "\ufeff", "\ud800", "\u0660\u0661", "½", "１２"],
  ...["NaN", "Infinity", "1e400", "-0", "1e-400", "0x1F", "1,5", "1.2.3", "3 1/0", "−5", "±", "‰"],
  ...[
    "<think>",
    "</think>",
    "```json",
    "{",
    "}",
    '"',
    "\\",
    "$\\frac{1}{0}$",
    "**",
    "Answer:",
    "\n",
  ],
  ...["cm", "m", "inches", "furlongs", "pixels", "between", "to", "-", "or", "not", "I cannot"],
];

export interface AnswerFigures {
  readonly answers: number;
  /** Of them, those in which a value was found. */
  readonly values: number;
  /** Those that came as the body of a server's reply that was damaged itself. */
  readonly bodies: number;
  readonly slowestMs: number;
  readonly defects: readonly string[];
}

/**
 * Changes answers of models, and reads them: each is a finite value or a refusal, soon. One in ten
 * is in a server's reply whose bytes are damaged as well.
 */
export async function mutateAnswers(
  count: number,
  seed: number,
  ending: AbortSignal,
): Promise<AnswerFigures> {
  const random = new Random(seed, "answers");
  const said = await corpus();
  const defects: string[] = [];
  let [answers, values, bodies, slowestMs] = [0, 0, 0, 0];
  for (let i = 0; i < count && !ending.aborted; i++) {
    answers += 1;
    // A signal is heard between two turns.
    if (i % 1000 === 0) await setImmediate();
    const question = questionOf(random);
    let text = changed(said, random);
    const before = process.cpuUsage();
    const name = () => `seed ${seed}, answer ${i} ${JSON.stringify(text.slice(0, 200))}`;
    try {
      if (random.next() < 0.1) {
        bodies += 1;
        text = textOfBody(text, random);
      }
      const reading = parseAnswer(text, question);
      if (reading.value) values += 1;
      const fault = faultOf(reading);
      if (fault) defects.push(`${name()}: ${fault}`);
    } catch (error) {
      if (!(error instanceof RequestError)) {
        defects.push(`${name()}: ${error instanceof Error ? error.stack : String(error)}`);
      }
    }
    const { user, system } = process.cpuUsage(before);
    const tookMs = (user + system) / 1000;
    slowestMs = Math.max(slowestMs, tookMs);
    if (tookMs > LONGEST_MS) defects.push(`${name()}: took ${Math.round(tookMs)} ms`);
  }
  return { answers, values, bodies, slowestMs, defects };
}

function questionOf(random: Random): SpatialQuestion {
  if (random.next() < 0.05) return { kind: "open", text: "How far is the mug?" };
  const kind = random.pick([...KINDS.keys()]);
  return askQuestion(kind, SUBJECT, kindInfo(kind).arity === 2 ? OBJECT : undefined);
}

/** What an answer must be. */
function faultOf({ value, refusal }: AnswerReading): string | undefined {
  if ((value === undefined) === (refusal === undefined)) return "neither a value nor a refusal";
  if (value === undefined) return undefined;
  const numbers = value.shape === "quantity" ? [value.valueM, value.sigmaM] : [value.confidence];
  if (!numbers.every(Number.isFinite)) return `not finite: ${numbers.join(", ")}`;
  if (value.shape === "quantity") return value.sigmaM > 0 ? undefined : "sigma is not above 0";
  return value.confidence >= 0 && value.confidence <= 1 ? undefined : "no confidence";
}

async function corpus(): Promise<string[]> {
  const names = (await readdir(CORPUS)).filter((name) => name.endsWith(".jsonl")).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(CORPUS, name), "utf8")));
  return texts.flatMap((text) =>
    text
      .split("\n")
      .filter((line) => line.trim() !== "")
      .map((line) => (JSON.parse(line) as { readonly a: string }).a),
  );
}

/** Words left out, doubled, moved, of other answers, strange ones; ends cut off; many times over. */
function changed(said: readonly string[], random: Random): string {
  let words = random.pick(said).split(/(?<=\s)/);
  for (let changes = random.integer(1, 6); changes > 0; changes--) {
    const at = random.integer(0, Math.max(0, words.length - 1));
    const kind = random.next();
    if (kind < 0.15) words.splice(at, 1);
    else if (kind < 0.3) words.splice(at, 0, words[random.integer(0, words.length)] ?? "");
    else if (kind < 0.5) words.splice(at, 0, random.pick(STRANGE));
    else if (kind < 0.65)
      words[at] = (words[at] ?? "").replace(/\d/g, () => random.pick([..."0123456789."]));
    else if (kind < 0.8)
      words = [
        ...words.slice(0, at),
        ...random
          .pick(said)
          .split(/(?<=\s)/)
          .slice(at),
      ];
    else if (kind < 0.9) words = words.slice(0, at);
    else words.splice(at, 0, String.fromCodePoint(random.integer(1, 0x10ffff)));
  }
  const text = words.join("");
  return random.next() < 0.001 ? text.repeat(random.integer(2, 2000)) : text;
}

/** What is left of an answer in a reply whose bytes were damaged. @throws RequestError */
function textOfBody(content: string, random: Random): string {
  const usage = { prompt_tokens: 100, completion_tokens: 12 };
  const choices = [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }];
  const bytes = Buffer.from(JSON.stringify({ id: "x", choices, usage }));
  for (let flips = random.integer(1, 4); flips > 0; flips--) {
    bytes[random.integer(0, bytes.length - 1)] = random.integer(0, 255);
  }
  return readCompletion("http://127.0.0.1/v1", bytes.toString("utf8")).samples[0].text;
}
