import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CameraFrame } from "../../src/camera/index.js";
import type { Calibration } from "../../src/estimate/index.js";
import {
  type AnswerValue,
  askQuestion,
  KINDS,
  parseAnswer,
  type SpatialAnswer,
  type SpatialQuestion,
  UNMEASURED,
} from "../../src/language/index.js";
import { createVlm, endpoint, type SpatialVlm } from "../../src/models/index.js";
import { sayAnswer } from "../../src/serve/chat/sayAnswer.js";
import { TestServer } from "../support/rewardServer.js";
import { REACH_M, SIZE, squareIds } from "../support/rgbdRecording.js";

const QUESTION = "How far is the gripper from the red mug?";

const CALIBRATION: Calibration = {
  model: "ruler",
  kinds: new Map(),
  pooled: {
    curve: { slope: 0.57, offsetM: 0.06 },
    spread: { relativeSigma: 0.1, absoluteSigmaM: 0.01, wildShare: 0.03 },
    correlationS: 0,
    conformal: { factor68: 1, factor95: 2 },
    range: { fromM: 0, toM: 0.8 },
    curveSigma: { relativeSlope: 0.01, offsetM: 0.002 },
  },
  provenance: { fingerprint: "", task: "", recordings: [], episodes: 5, answers: 500 },
};

/** Says 34.2 cm of every length, and refuses what is about a ghost. */
const vlm: SpatialVlm & { asked: SpatialQuestion[] } = {
  ...{ id: "ruler", fingerprint: "ruler 1", concurrency: 1, needs: [], asked: [] },
  async ask(_frame, questions) {
    this.asked.push(...questions);
    return questions.map((question): SpatialAnswer => {
      const common = { question, model: "ruler", latencyMs: 1, text: "0.342 m" };
      if (question.text.includes("ghost")) {
        return { ...common, refusal: { reason: "no_object", detail: "no ghost within 30 cm" } };
      }
      const evidence = [{ object: "red_mug", centerPx: [4, 5], centerM: [0, 0.1, 0.5] }] as const;
      const reliability = question.text.includes("tray") && { reliability: UNMEASURED };
      const value = { shape: "quantity", valueM: 0.342, sigmaM: 0.006 } as const;
      return { ...common, evidence, value, ...reliability };
    });
  },
  close: async () => {},
};

let server: TestServer;
let url: string;
beforeEach(async () => {
  vlm.asked = [];
  server = await TestServer.start({ vlm });
  url = await pictureUrl();
});
afterEach(() => server[Symbol.asyncDispose]());

async function picture(): Promise<Buffer> {
  const create = { width: 64, height: 48, channels: 3, background: "#805040" } as const;
  return sharp({ create }).jpeg().toBuffer();
}

async function pictureUrl(): Promise<string> {
  return `data:image/jpeg;base64,${(await picture()).toString("base64")}`;
}

function chat(text: string, images: readonly string[] = [url], more: object = {}) {
  const shown = images.map((each) => ({ type: "image_url", image_url: { url: each } }));
  const messages = [
    { role: "system", content: "You are a robot." },
    { role: "user", content: [...shown, { type: "text", text }] },
  ];
  return server.post("/v1/chat/completions", { model: "ruler", messages, ...more });
}

/** Each part is short enough, and all together are not. */
function longContent(): object[] {
  const image = { type: "image_url", image_url: { url } };
  return [image, ...Array.from({ length: 3 }, () => ({ type: "text", text: "far ".repeat(4000) }))];
}

describe("/v1/chat/completions", () => {
  it("says in words what was measured, and gives it as data", async () => {
    expect(await chat(`Be brief. ${QUESTION} Answer in metres.`)).toMatchObject({
      status: 200,
      body: {
        object: "chat.completion",
        model: "ruler",
        choices: [
          {
            message: {
              role: "assistant",
              content: "The robot gripper is 34 ± 1 cm from the red mug.",
            },
            finish_reason: "stop",
          },
        ],
        spatial_answers: [
          {
            kind: "distance",
            subject: "the robot gripper",
            object: "the red mug",
            value: 0.342,
            sigma: 0.006,
            unit: "m",
            refusal: null,
            evidence: [{ object: "red_mug", center_px: [4, 5], center_m: [0, 0.1, 0.5] }],
          },
        ],
      },
    });
  });

  it("says lengths as the server's calibration has them, and what the model said as data", async () => {
    // 0.57 x + 6 cm: 34.2 cm are said of 49.5 cm.
    await using calibrated = await TestServer.start({ vlm, calibration: CALIBRATION });
    const content = [
      { type: "image_url", image_url: { url } },
      {
        type: "text",
        text: "1. How far is the gripper from the red mug?\n2. How far is the ghost?",
      },
    ];
    const { body } = await calibrated.post("/v1/chat/completions", {
      model: "ruler",
      messages: [{ role: "user", content }],
    });
    const { choices, spatial_answers } = body as {
      choices: { message: { content: string } }[];
      spatial_answers: Record<string, unknown>[];
    };
    const [answer, ghost] = spatial_answers;
    expect(answer).toMatchObject({ raw: 0.342, raw_sigma: 0.006 });
    expect(Math.abs(Number(answer?.value) - 0.495)).toBeLessThan(0.02);
    expect(Number(answer?.sigma)).toBeGreaterThan(0.03);
    const [, saidCm, aboutCm] = / (\d+) ± (\d+) cm/.exec(choices[0]?.message.content ?? "") ?? [];
    expect(Math.abs(Number(saidCm) / 100 - Number(answer?.value))).toBeLessThan(0.05);
    expect(Math.abs(Number(aboutCm) / 100 - 2 * Number(answer?.sigma))).toBeLessThan(0.05);
    expect(ghost).toMatchObject({ value: null });
    expect(ghost).not.toHaveProperty("raw");
  });

  it("says the interval of a model that only words its lengths by what the model is worth", async () => {
    const { body } = await chat("How far is the gripper from the blue tray?");
    // √(0.6² + 8² + (0.5 · 34.2)²) cm, twice.
    expect(body).toMatchObject({
      choices: [{ message: { content: expect.stringContaining(" 34 ± 38 cm ") } }],
      spatial_answers: [{ value: 0.342, reliability: { relative_sigma: 0.5 } }],
    });
    const { spatial_answers } = body as { spatial_answers: { sigma: number }[] };
    expect(spatial_answers[0]?.sigma).toBeCloseTo(0.189, 3);
  });

  it("refuses in words without numbers, and gives the reason as data", async () => {
    const { body } = await chat("How far is the ghost from the red mug?");
    expect(body).toMatchObject({
      choices: [{ message: { content: "I cannot tell from this image." } }],
      spatial_answers: [{ value: null, refusal: { reason: "no_object" } }],
    });
  });

  it("is a model for our own endpoint, question by question or together", async () => {
    const frame: CameraFrame = {
      ...{ camera: "front", episode: "", frameId: "", stampNs: 0n },
      image: { kind: "compressed", format: "jpeg", data: await picture() },
    };
    const gripper = { name: "gripper", phrase: "the gripper" };
    const questions = ["the red mug", "the ghost", "the box"].map((phrase) =>
      askQuestion("distance", gripper, { name: phrase.replaceAll(" ", "_"), phrase }),
    );
    for (const asked of ["single", "together"] as const) {
      await using model = await endpoint({
        url: `${server.url}/v1`,
        model: "ruler",
        questions: asked,
      });
      const answers = await model.ask(frame, questions, new AbortController().signal);
      expect(answers.map(({ value }) => value?.shape === "quantity" && value.valueM)).toEqual([
        0.34,
        false,
        0.34,
      ]);
      expect(answers[1]?.refusal?.reason).toBe("refused");
    }
  });

  it("knows the objects of the server's task by their names, with their labels", async () => {
    await chat("How far is the gripper from the mug?");
    expect(vlm.asked).toMatchObject([{ kind: "distance", subject: { labels: [1] } }]);
  });

  it("measures with depth and labels that are sent along", async () => {
    await using rgbd = await createVlm("rgbd");
    await using other = await TestServer.start({ vlm: rgbd });
    const ids = squareIds();
    const mm = Uint16Array.from(ids, (id) => (id > 0 ? 800 : 2000));
    const k = [60, 0, SIZE.width / 2 - 0.5, 0, 60, SIZE.height / 2 - 0.5, 0, 0, 1];
    const names = { "1": "left square", "2": "right square" };
    const answer = await other.post("/v1/chat/completions", {
      model: "rgbd",
      messages: [
        {
          role: "user",
          content: [
            {
              type: "text",
              text: "What is the distance between the left square and the right square?",
            },
            { type: "image_url", image_url: { url } },
          ],
        },
      ],
      spatial: {
        depth: { ...SIZE, encoding: "16UC1", data: new Uint8Array(mm.buffer) },
        labels: { ...SIZE, encoding: "8UC1", data: ids, names },
        camera: { k },
      },
    });
    const { spatial_answers } = answer.body as { spatial_answers: { value: number }[] };
    expect(spatial_answers[0]?.value).toBeCloseTo(REACH_M, 1);
  });

  it("streams, and gives as many choices as are asked for", async () => {
    const { type, body } = await chat(QUESTION, [url], { stream: true });
    expect(type).toContain("text/event-stream");
    const events = String(body)
      .trim()
      .split("\n\n")
      .map((line) => line.replace("data: ", ""));
    expect(events.at(-1)).toBe("[DONE]");
    expect(JSON.parse(events[0] ?? "")).toMatchObject({
      object: "chat.completion.chunk",
      choices: [{ delta: { content: expect.stringContaining("34 ± 1 cm") } }],
    });
    const three = (await chat(QUESTION, [url], { n: 3 })).body as { choices: unknown[] };
    expect(three.choices).toHaveLength(3);
  });

  it.each([
    [
      "an address to fetch",
      () => chat(QUESTION, ["http://127.0.0.1:1/secret.jpg"]),
      422,
      "fetches no addresses",
    ],
    ["a file", () => chat(QUESTION, ["file:///etc/passwd"]), 422, "fetches no addresses"],
    [
      "text that is not base64",
      () => chat(QUESTION, ["data:image/png;base64,@@@"]),
      422,
      "no image",
    ],
    ["bytes that are no picture", () => chat(QUESTION, ["data:image/png;base64,AAAA"]), 422, "PNG"],
    ["no image", () => chat(QUESTION, []), 422, "no image"],
    ["two images", () => chat(QUESTION, [url, url]), 422, "one at a time"],
    [
      "more questions than anybody asks",
      () => chat("1. How far is the gripper from the red mug?\n".repeat(65)),
      422,
      "at most 64",
    ],
    [
      "more words than anybody reads",
      () => chat("", [url], { messages: [{ role: "user", content: longContent() }] }),
      422,
      "characters of text",
    ],
    ["no question", () => chat(" "), 422, "no text"],
    [
      "a form of JSON",
      () => chat(QUESTION, [url], { response_format: { type: "json_object" } }),
      422,
      "response_format",
    ],
    ["another model", () => chat(QUESTION, [url], { model: "gpt" }), 404, "name ruler"],
  ])("does not take %s, and says so where OpenAI's clients look", async (_, ask, status, words) => {
    const answer = await ask();
    expect(answer.status).toBe(status);
    const { detail, error } = answer.body as { detail: string; error: { message: string } };
    expect(detail).toContain(words);
    expect(error.message).toBe(detail);
  });

  it("names its model", async () => {
    const { body } = await server.ask("GET", "/v1/models");
    expect(body).toMatchObject({ object: "list", data: [{ id: "ruler", object: "model" }] });
  });
});

describe("the words of an answer", () => {
  it.each([...KINDS.keys()])("are understood again: %s", (kind) => {
    const info = KINDS.get(kind);
    const [mug, box] = ["the red mug", "the green box"].map((phrase) => ({
      name: phrase.replaceAll(" ", "_"),
      phrase,
    }));
    if (!info || !mug) throw new Error("a kind has its entry");
    const question = askQuestion(kind, mug, info.arity === 2 ? box : undefined);
    const values: readonly AnswerValue[] =
      info.shape === "quantity"
        ? [0.034, 0.342, 1.7, ...(info.signed ? [-0.12] : [])].map((valueM) => ({
            ...{ shape: "quantity", valueM, sigmaM: Math.abs(valueM) / 30 },
          }))
        : info.shape === "class"
          ? info.relations.map((relation) => ({ shape: "class", relation, confidence: 0.9 }))
          : info.shape === "choice"
            ? (["subject", "object"] as const).map((choice) => ({
                shape: "choice",
                choice,
                confidence: 0.9,
              }))
            : [true, false].map((yes) => ({ shape: "yes_no", yes, confidence: 0.9 }));
    for (const value of values) {
      const text = sayAnswer({ question, value, text: "", model: "", latencyMs: 0 });
      const read = parseAnswer(text, question);
      if (value.shape !== "quantity") {
        const { confidence: _, ...verdict } = value;
        expect(read, text).toMatchObject({ value: verdict });
        continue;
      }
      if (read.value?.shape !== "quantity") throw new Error(`${text}: ${JSON.stringify(read)}`);
      expect(Math.abs(read.value.valueM - value.valueM), text).toBeLessThan(value.sigmaM);
      // A reader takes it for no more exact than it is.
      expect(read.value.sigmaM, text).toBeGreaterThan(0.8 * value.sigmaM);
    }
  });
});
