import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { spokenWords } from "../../../src/language/index.js";
import { endpoint } from "../../../src/models/endpoint/endpoint.js";
import { createVlm, type EndpointOptions, SYSTEM_PROMPTS } from "../../../src/models/index.js";
import { numberedAnswers } from "../../../src/models/words/Inquiry.js";
import { greyFrame, howFar, leftOf, never } from "./builders.js";
import { FakeServer, json, says } from "./FakeServer.js";

let server: FakeServer;
beforeEach(async () => {
  server = await FakeServer.start();
});
afterEach(() => server.stop());

function model(options: Partial<EndpointOptions> = {}) {
  return endpoint({ url: server.url, model: "m", cache: "off", backoffS: 0, ...options });
}

async function ask(vlm: ReturnType<typeof model>, ...questions: ReturnType<typeof howFar>[]) {
  return await vlm.ask(await greyFrame(), questions, never);
}

const textOf = (request: number): string =>
  server.seen[request]!.body.messages.at(-1).content[1].text;

describe("endpoint: templates", () => {
  it.each([
    ["plain", 256],
    ["reasoning", 2048],
    ["references", 2048],
    ["json", 256],
  ] as const)("%s has its own system prompt and length of answer", async (template, length) => {
    await ask(model({ template }), howFar());
    const { messages, max_tokens } = server.seen[0]!.body;
    expect(messages[0].content).toBe(SYSTEM_PROMPTS[template]);
    expect(max_tokens).toBe(length);
  });

  it("give way to what the user says", async () => {
    await ask(model({ template: "reasoning", system: "Measure.", maxTokens: 50 }), howFar());
    const { messages, max_tokens } = server.seen[0]!.body;
    expect([messages[0].content, max_tokens]).toEqual(["Measure.", 50]);
  });

  it("are told the sizes that are known", async () => {
    await ask(model({ references: "The tray is 30 cm wide." }), howFar("How far?"));
    expect(textOf(0)).toBe("Known sizes: The tray is 30 cm wide.\n\nHow far?");
  });

  it.each(["plain", "reasoning", "references", "json"] as const)(
    "%s gives way to a question that says how it is answered",
    async (template) => {
      const question = { kind: "open", text: "Which number is the mug?", system: "Name." } as const;
      const references = "The tray is 30 cm wide.";
      const examples = [{ question: "How far?", answer: "0.4 m" }];
      const vlm = model({ template, references, examples });
      await vlm.ask(await greyFrame(), [question], never);
      const { messages, max_tokens, response_format } = server.seen[0]!.body;
      expect(messages).toHaveLength(2);
      expect(messages[0]).toEqual({ role: "system", content: "Name." });
      expect(textOf(0)).toBe("Which number is the mug?");
      expect(response_format).toBeUndefined();
      expect(max_tokens).toBeGreaterThanOrEqual(1024);
      await model({ template, system: "My own." }).ask(await greyFrame(), [question], never);
      expect(server.seen[1]!.body.messages[0].content).toBe("My own.");
    },
  );

  it("read the conclusion of a model that measures by yardsticks", async () => {
    const steps =
      "1. The mug is about 9.5 cm tall.\n2. It covers 95 px, so 1 cm is 10 px there.\n" +
      "3. The gripper is 300 px away: 30 cm.\nAnswer: 30 cm";
    server.next(says(steps));
    const [answer] = await ask(model({ template: "references" }), howFar());
    expect(answer!.value).toMatchObject({ valueM: 0.3 });
  });
});

describe("endpoint: models that think before they speak", () => {
  it.each([
    ["<think>90 cm?</think>\n30 cm", "30 cm"],
    ["90 cm? Or so.</think>30 cm", "30 cm"],
    ["<thinking>90 cm</thinking> 30 cm", "30 cm"],
    ["<think>a</think><think>b</think>30 cm", "30 cm"],
    ["[THINK]90 cm[/THINK]30 cm", "30 cm"],
    ["◁think▷90 cm◁/think▷30 cm", "30 cm"],
    [
      "<|channel|>analysis<|message|>90 cm<|end|><|start|>assistant<|channel|>final<|message|>30 cm<|return|>",
      "30 cm",
    ],
    [
      "<|begin_of_thought|>9 m<|end_of_thought|><|begin_of_solution|>30 cm<|end_of_solution|>",
      "30 cm",
    ],
    ["30 cm", "30 cm"],
  ])("have their thoughts dropped: %s", async (text, spoken) => {
    server.next(says(text));
    const [answer] = await ask(model({ template: "reasoning" }), howFar());
    expect(answer).toMatchObject({ text: spoken, value: { valueM: 0.3 } });
  });

  it.each(["<think>It is 90 cm", "[THINK]90 cm", "<|channel|>analysis<|message|>It is 90 cm"])(
    "say nothing while they think: %s",
    async (text) => {
      server.next(says(text));
      const [answer] = await ask(model({ template: "reasoning" }), howFar());
      expect(answer!.refusal).toMatchObject({ reason: "unclear" });
      expect(answer!.refusal!.detail).toContain("raise max_tokens");
    },
  );

  it("are read as they are where there are no thoughts", () => {
    const words = fc.string().filter((text) => !/[<[◁]/.test(text));
    fc.assert(
      fc.property(words, words, (thought, said) => {
        expect(spokenWords(said)).toBe(said.trim());
        expect(spokenWords(`<think>${thought}</think>${said}`)).toBe(said.trim());
      }),
    );
  });
});

describe("endpoint: all questions in one request", () => {
  const together = { questions: "together" } as const;
  const three = [howFar("First?"), howFar("Second?"), howFar("Third?")];

  it("sends the image once and gives each question its answer", async () => {
    server.next(says("1: 10 cm\n2: 20 cm\n3: 30 cm"));
    const answers = await ask(model(together), ...three);
    expect(answers.map(({ value }) => value)).toMatchObject([
      { valueM: 0.1 },
      { valueM: 0.2 },
      { valueM: 0.3 },
    ]);
    expect(answers.map(({ text }) => text)).toEqual(["10 cm", "20 cm", "30 cm"]);
    expect(server.seen).toHaveLength(1);
    expect(textOf(0)).toContain("1. First?\n2. Second?\n3. Third?");
  });

  it("asks singly what was left out, refused or said in doubt", async () => {
    server.next(says("1: 10 cm\n3: I cannot tell.\n4: between 20 and 60 cm"));
    const answers = await ask(model(together), ...three, howFar("Fourth?"));
    expect(answers.map(({ text }) => text)).toEqual(["10 cm", "0.42 m", "0.42 m", "0.42 m"]);
    expect([1, 2, 3].map(textOf)).toEqual(["Second?", "Third?", "Fourth?"]);
  });

  it("believes that an object is not visible", async () => {
    server.next(says("1: 10 cm\n2: It is not visible.\n3: 30 cm"));
    const answers = await ask(model(together), ...three);
    expect(answers[1]!.refusal).toMatchObject({ reason: "no_object" });
    expect(server.seen).toHaveLength(1);
  });

  it("keeps a doubtful answer where asking again fails", async () => {
    server.next(says("1: 10 cm\n2: between 20 and 60 cm\n3: 30 cm"), json({ error: "gone" }, 404));
    const answers = await ask(model(together), ...three);
    expect(answers[1]!.value).toMatchObject({ valueM: 0.4 });
  });

  it("asks nothing singly where the server fails", async () => {
    server.always(json({ error: "down" }, 500));
    const answers = await ask(model({ ...together, retries: 0 }), ...three);
    expect(answers.map(({ refusal }) => refusal?.reason)).toEqual(Array(3).fill("transport"));
    expect(server.seen).toHaveLength(1);
  });

  it("asks singly where several are too many for the server", async () => {
    server.next(json({ error: "maximum context length is 100" }, 400));
    const answers = await ask(model(together), ...three);
    expect(answers.every(({ value }) => value !== undefined)).toBe(true);
    expect(server.seen).toHaveLength(4);
  });

  it("does not believe the number at which the answer was cut off", async () => {
    const message = { content: "1: 10 cm\n2: 20 cm\n3: 3" };
    server.next(json({ choices: [{ message, finish_reason: "length" }] }));
    const answers = await ask(model(together), ...three);
    expect(answers.map(({ text }) => text)).toEqual(["10 cm", "20 cm", "0.42 m"]);
  });

  it("averages each question over the samples", async () => {
    server.next(says("1: 10 cm\n2: 20 cm", "1: 12 cm\n2: 22 cm"));
    const answers = await ask(model({ ...together, n: 2 }), howFar("A?"), howFar("B?"));
    expect(answers.map(({ value }) => value)).toMatchObject([
      { valueM: expect.closeTo(0.11, 9) },
      { valueM: expect.closeTo(0.21, 9) },
    ]);
  });

  it("asks for one JSON object with all answers", async () => {
    const left = leftOf("Is A left of B?");
    server.next(
      says(
        '{"answer_1": {"visible": true, "value": 10, "unit": "cm"}, "answer_2": {"visible": true, "answer": "yes"}}',
      ),
    );
    const vlm = model({ ...together, template: "json" });
    const answers = await vlm.ask(await greyFrame(), [howFar("How far?"), left], never);
    expect(answers.map(({ value }) => value)).toMatchObject([{ valueM: 0.1 }, { yes: true }]);
    const { schema } = server.seen[0]!.body.response_format.json_schema;
    expect(schema.required).toEqual(["answer_1", "answer_2"]);
  });
});

describe("numberedAnswers", () => {
  it.each([
    ["1: a\n2: b", ["a", "b"]],
    ["1. a\n2) b", ["a", "b"]],
    ["**1:** a\n**Answer 2:** b", ["a", "b"]],
    ["Q1: a\nA2 - b", ["a", "b"]],
    ["2: b\n1: a", ["a", "b"]],
    ["1: a\nand more\n\n2: b", ["a\nand more", "b"]],
    ["First I look.\n1: x\n2: y\nSo:\n1: a\n2: b", ["a", "b"]],
    ["1.5 m and 2.5 m", [undefined, undefined]],
    ["1: 1.5 m", ["1.5 m", undefined]],
    ["7: a", [undefined, undefined]],
    ["1:\n2: b", [undefined, "b"]],
    ["", [undefined, undefined]],
  ])("of %j", (text, answers) => {
    expect(numberedAnswers(text, 2)).toEqual(answers);
  });

  it("gives back what was numbered, in any style and order", () => {
    const answer = fc.constantFrom("0.4 m", "yes", "1.5 m", "3 cm to the left", "not visible");
    const style = fc.constantFrom("%: ", "%. ", "%) ", "Answer %: ", "**%.** ", "- %: ", "(%) - ");
    fc.assert(
      fc.property(fc.array(answer, { minLength: 1, maxLength: 9 }), style, (answers, style) => {
        const lines = answers.map((text, i) => style.replace("%", String(i + 1)) + text);
        expect(numberedAnswers(lines.join("\n"), answers.length)).toEqual(answers);
        expect(numberedAnswers(lines.toReversed().join("\n\n"), answers.length)).toEqual(answers);
      }),
    );
  });
});

describe("endpoint: examples", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "examples-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("are shown before the question, with their images", async () => {
    const { image } = await greyFrame(40);
    await writeFile(join(folder, "mug.jpg"), image.data);
    const file = join(folder, "model.yaml");
    await writeFile(
      file,
      `vlm: ${server.url}#m\ncache: off\nprompt: "Q: {question}"\nexamples:\n` +
        "  - image: mug.jpg\n    question: How tall is the mug?\n    answer: 9.5 cm\n" +
        "  - question: And wide?\n    answer: 8 cm\n",
    );
    const vlm = await createVlm(file);
    await vlm.ask(await greyFrame(), [howFar("How far?")], never);
    const { messages } = server.seen[0]!.body;
    const turns = messages.map(({ role }: { role: string }) => role).join(" ");
    expect(turns).toBe("system user assistant user assistant user");
    const [shown, asked] = messages[1].content;
    expect(shown.image_url.url).toContain(Buffer.from(image.data).toString("base64"));
    expect(asked.text).toBe("Q: How tall is the mug?");
    expect(messages[2].content).toBe("9.5 cm");
    expect(messages[3].content).toEqual([{ type: "text", text: "Q: And wide?" }]);
  });

  it("belong to the fingerprint, images included", async () => {
    const path = join(folder, "mug.jpg");
    const prints: string[] = [model().fingerprint];
    for (const shade of [40, 50]) {
      await writeFile(path, (await greyFrame(shade)).image.data);
      prints.push(model({ examples: [{ image: path, question: "a", answer: "b" }] }).fingerprint);
    }
    expect(new Set(prints).size).toBe(3);
  });

  it("name the image that is not there, and the field that is wrong", async () => {
    const examples = [{ image: join(folder, "none.jpg"), question: "a", answer: "b" }];
    expect(() => model({ examples })).toThrow(/examples\[0\]\.image: .*none\.jpg: no such file/);
    const file = join(folder, "model.yaml");
    await writeFile(file, `vlm: ${server.url}#m\nexamples:\n  - question: a\n    anser: b\n`);
    await expect(createVlm(file)).rejects.toThrow(/model\.yaml:3:.*examples\[0\]/);
  });
});
