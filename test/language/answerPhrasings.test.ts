import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type AnswerValue,
  answerPhrasings,
  askQuestion,
  KINDS,
  type KindInfo,
  type ObjectRef,
  parseAnswer,
  phrasings,
  wordAnswer,
} from "../../src/language/index.js";

const phrases = [
  "the red mug",
  "the robot gripper",
  "the small green box",
  "the blue tray",
  "the yellow ball",
  "the nearer box",
  "the left-hand can",
];

/** Data sets tell look-alikes apart by what a question is not about. */
function isOwnAxis(kind: string, said: string): boolean {
  if (/left|right/.test(kind)) return /left|right/.test(said);
  return /behind|front/.test(kind) && /nearer|farther/.test(said);
}

/** Every answer a kind can have; quantities as centimetres to one decimal. */
function values({ shape, signed, relations }: KindInfo, cm: number): AnswerValue[] {
  const confidence = 1;
  switch (shape) {
    case "quantity":
      return (signed ? [cm, -cm] : [cm]).map((each) => ({
        shape,
        valueM: each / 100,
        sigmaM: 0,
      }));
    case "yes_no":
      return [true, false].map((yes) => ({ shape, yes, confidence }));
    case "choice":
      return (["subject", "object"] as const).map((choice) => ({ shape, choice, confidence }));
    case "class":
      return relations.map((relation) => ({ shape, relation, confidence }));
  }
}

describe("answer phrasings", () => {
  it.each([...KINDS.keys()])("answer %s in at least eight ways, ask in fifteen", (kind) => {
    const wordings = answerPhrasings(kind).map(({ holds }) => holds);
    expect(new Set(wordings).size).toBeGreaterThanOrEqual(8);
    expect(new Set(phrasings(kind)).size).toBeGreaterThanOrEqual(15);
  });

  it.each([...KINDS.values()])(
    "$kind: the parser reads every value back from every wording",
    (info) => {
      const bad: string[] = [];
      let pair = 0;
      for (const subject of phrases) {
        for (const object of info.arity === 2 ? phrases : [undefined]) {
          if (subject === object) continue;
          if (isOwnAxis(info.kind, `${subject} ${object}`)) continue;
          pair += 1;
          const a: ObjectRef = { name: "a", phrase: subject };
          const b = object === undefined ? undefined : { name: "b", phrase: object };
          for (const question of phrasings(info.kind).keys()) {
            const asked = askQuestion(info.kind, a, b, { phrasing: question });
            // Wordings of questions and answers and pairs are crossed, not every one with every one.
            for (const phrasing of answerPhrasings(info.kind).keys()) {
              if ((question + phrasing + pair) % 15 !== 0) continue;
              for (const value of values(info, 12.5)) {
                const said = { phrasing, subject, object, length: "12.5 cm" };
                const text = wordAnswer(info.kind, value, said);
                const read = parseAnswer(text, asked).value;
                if (!same(read, value))
                  bad.push(`${asked.text} | ${text} | ${JSON.stringify(read)}`);
              }
            }
          }
        }
      }
      expect(bad.slice(0, 10)).toEqual([]);
    },
  );

  it("reads lengths of any size back", () => {
    const quantities = [...KINDS.values()].filter(({ shape }) => shape === "quantity");
    fc.assert(
      fc.property(
        fc.constantFrom(...quantities),
        fc.nat(30),
        fc.integer({ min: 1, max: 5000 }),
        (info, phrasing, mm) => {
          const object = info.arity === 2 ? "the blue tray" : undefined;
          const b = object === undefined ? undefined : { name: "b", phrase: object };
          const asked = askQuestion(info.kind, { name: "a", phrase: "the red mug" }, b);
          for (const value of values(info, mm / 10)) {
            const length = mm < 1000 ? `${mm / 10} cm` : `${mm / 1000} m`;
            const text = wordAnswer(info.kind, value, {
              phrasing,
              subject: "the red mug",
              object,
              length,
            });
            expect(same(parseAnswer(text, asked).value, value), text).toBe(true);
          }
        },
      ),
    );
  });
});

function same(read: AnswerValue | undefined, value: AnswerValue): boolean {
  if (read?.shape !== value.shape) return false;
  switch (value.shape) {
    case "quantity":
      return Math.abs((read as typeof value).valueM - value.valueM) < 1e-9;
    case "yes_no":
      return (read as typeof value).yes === value.yes;
    case "choice":
      return (read as typeof value).choice === value.choice;
    case "class":
      return (read as typeof value).relation === value.relation;
  }
}
