import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  interpretQuestion,
  isQuestionKind,
  kindInfo,
  type ObjectRef,
  type QuestionKind,
} from "../../../src/language/index.js";
import { readQuestion } from "../../../src/models/embedded/readQuestion.js";

/**
 * Wordings that eleven authors wrote before they knew those of the package: "# kind", then a wording in
 * each line ({a}, {b} with articles, {A}, {B} without), and wordings of no kind. The grammar was fitted
 * to all but the fourth's.
 */
const linesOf = (name: string) =>
  readFileSync(new URL(`../../language/questions/${name}.txt`, import.meta.url), "utf8")
    .trim()
    .split("\n");

const OBJECTS: readonly ObjectRef[] = ["red mug", "blue box", "gripper"].map((name) => ({
  name: name.replace(" ", "_"),
  phrase: `the ${name}`,
}));
const filled = (wording: string) =>
  wording
    .replaceAll("{a}", "the red mug")
    .replaceAll("{b}", "the blue box")
    .replaceAll("{A}", "red mug")
    .replaceAll("{B}", "blue box");

const questions: { kind: QuestionKind; text: string }[] = [];
let kind: QuestionKind = "distance";
const AUTHORS = [
  "",
  "-second",
  "-third",
  "-fourth",
  "-fifth",
  "-sixth",
  "-seventh",
  "-eighth",
  "-ninth",
  "-tenth",
  "-eleventh",
  "-twelfth",
  "-seventeenth",
];
for (const line of AUTHORS.flatMap((author) => linesOf(`asked${author}`))) {
  const heading = line.slice(2);
  if (line.startsWith("# ") && isQuestionKind(heading)) kind = heading;
  else questions.push({ kind, text: filled(line) });
}
const others = AUTHORS.flatMap((author) => linesOf(`others${author}`)).map(filled);

const config = JSON.parse(
  readFileSync(new URL("../../../models/embedded/model.json", import.meta.url), "utf8"),
);

interface Understood {
  readonly kind: string;
  readonly names: readonly string[];
}
const nameOf = ({ phrase }: { phrase: string }) => phrase.toLowerCase().replace(/^the /, "");

function byEmbedded(text: string): Understood | undefined {
  const reading = readQuestion({ kind: "open", text }, config);
  if ("refusal" in reading) return undefined;
  const { kind, objects } = reading;
  return { kind, names: objects.map(nameOf) };
}

function ofKnownObjects(text: string): Understood | undefined {
  const question = interpretQuestion(text, OBJECTS);
  if (!("subject" in question)) return undefined;
  const { kind, subject, object } = question;
  return { kind, names: (object ? [subject, object] : [subject]).map(nameOf) };
}

describe.each([
  ["the embedded model", byEmbedded],
  ["interpretQuestion", ofKnownObjects],
] as const)("fresh wordings read by %s", (_, read) => {
  const readings = questions.map((question) => ({ ...question, found: read(question.text) }));

  it("are taken for what they ask, or for nothing", () => {
    const misread = readings.filter(({ kind, found }) => {
      if (found === undefined) return false;
      const names = ["red mug", "blue box"].slice(0, kindInfo(kind).arity);
      const isSymmetric = /choice|distance|gap/.test(kind);
      const inOrder = (all: readonly string[]) => (isSymmetric ? [...all].sort() : all).join();
      return found.kind !== kind || inOrder(found.names) !== inOrder(names);
    });
    expect(questions.length).toBeGreaterThan(1500);
    expect(misread).toEqual([]);
  });

  it("are understood but for one in ten", () => {
    const understood = readings.filter(({ found }) => found !== undefined);
    expect(understood.length / questions.length).toBeGreaterThan(0.9);
  });

  it("are refused where they ask something else, but for a few", () => {
    const accepted = others.filter((text) => read(text) !== undefined);
    expect(others.length).toBeGreaterThan(800);
    expect(accepted.length / others.length, accepted.join("\n")).toBeLessThan(0.01);
  });
});
