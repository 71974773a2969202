import { describe, expect, it } from "vitest";
import { askQuestion, interpretQuestion, parseAnswer } from "../../src/language/index.js";
import { gripper, mug } from "./objects.js";

/** Words that every JavaScript object has a property of: no table may be asked for them by accident. */
const NAMES = Object.getOwnPropertyNames(Object.prototype);

describe.each(NAMES)("the word %s", (name) => {
  it.each(["distance", "left_predicate", "tall_choice", "left_right"] as const)(
    "is no answer to a %s",
    (kind) => {
      const question = askQuestion(kind, gripper, mug);
      for (const text of [name, `\\${name}`, `more ${name}`, `{"${name}": 1}`, `etwa ${name}`]) {
        expect(parseAnswer(text, question).value).toBeUndefined();
      }
    },
  );

  it("stays itself in a question", () => {
    for (const text of [`How ${name} is the mug?`, `more ${name} than the mug`]) {
      expect(interpretQuestion(text, [mug])).toMatchObject({ kind: "open", text });
    }
    const asked = `How far is the ${name} from the mug?`;
    expect(interpretQuestion(asked, [gripper, mug])).toMatchObject({
      detail: expect.not.stringMatching(/native code|\[object|null/),
    });
  });
});
