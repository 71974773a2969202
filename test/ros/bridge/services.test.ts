import { describe, expect, it } from "vitest";
import { scriptedVlm } from "../../support/models.js";
import { COLOR, cameraImages, imageMessage, startBench, TASK } from "./bench.js";

const QUESTION = "How far is the gripper from the red mug?";
const NOTHING = { question: "", kind: "", subject: "", object: "", timeout: 0 };

describe("services of a bridge that is not active", () => {
  it("answer what to do", async () => {
    const bench = await startBench({ parameters: { autostart: false } });
    const ask = { ...NOTHING, question: QUESTION, images: cameraImages() };
    for (const [service, request] of [
      ["ask_spatial", ask],
      ["evaluate_reward", { episode: "", images: [cameraImages()], timeout: 0 }],
      ["set_task", { path: "", yaml: TASK }],
      ["reset_episode", { episode: "" }],
    ] as const) {
      expect(await bench.call(service, request)).toMatchObject({
        success: false,
        message:
          "the node is unconfigured: ros2 lifecycle set /spatial_reward configure, then activate",
      });
    }
    await bench.node.transition("configure");
    expect(await bench.call("reset_episode", { episode: "" })).toMatchObject({
      success: false,
      message: "the node is inactive: ros2 lifecycle set /spatial_reward activate",
    });
  });
});

describe("ask_spatial", () => {
  it("answers about the newest image", async () => {
    const bench = await startBench();
    const request = { ...NOTHING, question: QUESTION, images: cameraImages() };
    expect(await bench.call("ask_spatial", request)).toMatchObject({
      success: false,
      message: `no image of the camera ${COLOR} has been received yet`,
    });
    await bench.image(1000);
    await bench.image(1200);
    expect(await bench.call("ask_spatial", request)).toMatchObject({
      success: true,
      header: { stamp: { sec: 1, nanosec: 200_000_000 } },
      camera: COLOR,
      fact: { relation: "distance", subject: "gripper", object: "mug", value: 0.3, unit: "m" },
      model: "scripted",
    });
  });

  it("answers about an image in the request, by kind and objects", async () => {
    const bench = await startBench();
    const images = cameraImages({ color: imageMessage(7000) });
    const request = { ...NOTHING, kind: "width", subject: "the red mug", images };
    expect(await bench.call("ask_spatial", request)).toMatchObject({
      success: true,
      header: { stamp: { sec: 7 } },
      fact: { relation: "width", subject: "mug", valid: true },
    });
  });

  it("says what it does not understand", async () => {
    const bench = await startBench();
    await bench.image(1000);
    const images = cameraImages();
    const messageOf = async (request: object) =>
      (await bench.call("ask_spatial", { ...NOTHING, images, ...request })).message;
    expect(await messageOf({})).toContain("the question is empty");
    expect(await messageOf({ kind: "distanc", subject: "mug" })).toContain(
      "did you mean distance?",
    );
    expect(await messageOf({ kind: "width", subject: "spoon" })).toContain('no object "spoon"');
    expect(await messageOf({ kind: "distance", subject: "mug" })).toContain(
      "name the second object",
    );
    expect(
      await messageOf({ kind: "width", subject: "mug", images: cameraImages({ camera: "left" }) }),
    ).toContain('no camera "left"');
  });

  it("gives up after the request's timeout", async () => {
    const bench = await startBench({
      vlm: scriptedVlm(() => new Promise<number>(() => undefined)),
    });
    const images = cameraImages({ color: imageMessage(7000) });
    const request = { ...NOTHING, kind: "width", subject: "mug", images, timeout: 0.01 };
    expect(await bench.call("ask_spatial", request)).toMatchObject({
      success: false,
      message: "the model has not answered within the request's timeout",
    });
  });

  it("leaves other services free while the model is busy", async () => {
    const release: (() => void)[] = [];
    const vlm = scriptedVlm(async () => {
      await new Promise<void>((resolve) => release.push(resolve));
      return 0.3;
    });
    const bench = await startBench({ vlm });
    const order: string[] = [];
    const images = cameraImages({ color: imageMessage(7000) });
    const asked = bench
      .call("ask_spatial", { ...NOTHING, kind: "width", subject: "mug", images })
      .then(() => order.push("answer"));
    await bench.call("reset_episode", { episode: "" });
    order.push("reset");
    await bench.settle();
    for (const go of release) go();
    await asked;
    expect(order).toEqual(["reset", "answer"]);
  });

  it("leaves nothing behind: no listener of a call that is answered", async () => {
    const warnings: Error[] = [];
    const listen = (warning: Error) => warnings.push(warning);
    process.on("warning", listen);
    const bench = await startBench();
    const images = cameraImages({ color: imageMessage(7000) });
    for (let call = 0; call < 25; call++) {
      const request = { ...NOTHING, kind: "width", subject: "mug", images };
      expect(await bench.call("ask_spatial", request)).toMatchObject({ success: true });
    }
    await bench.settle();
    process.off("warning", listen);
    expect(warnings).toEqual([]);
  });

  it("answers when the node is deactivated meanwhile", async () => {
    const bench = await startBench({
      vlm: scriptedVlm(() => new Promise<number>(() => undefined)),
    });
    const images = cameraImages({ color: imageMessage(7000) });
    const asked = bench.call("ask_spatial", { ...NOTHING, kind: "width", subject: "mug", images });
    await bench.settle();
    await bench.node.transition("deactivate");
    expect(await asked).toMatchObject({
      success: false,
      message: "the node was deactivated meanwhile",
    });
  });
});

describe("evaluate_reward", () => {
  const step = (ms: number, episode = "") => ({
    episode,
    images: [cameraImages({ color: imageMessage(ms) })],
    timeout: 0,
  });

  it("gives the reward of each step, apart from the camera topics", async () => {
    const bench = await startBench();
    expect(await bench.call("evaluate_reward", step(100, "a"))).toMatchObject({
      success: true,
      reward: { episode: "a", header: { stamp: { nanosec: 100_000_000 } }, validity: 0 },
    });
    expect(await bench.call("evaluate_reward", step(200))).toMatchObject({
      reward: { episode: "a" },
    });
    expect(await bench.call("evaluate_reward", step(100, "b"))).toMatchObject({
      reward: { episode: "b" },
    });
    expect(bench.annotations).toEqual([]);
  });

  it("ends a step as invalid where its image cannot be read", async () => {
    const bench = await startBench();
    const images = [cameraImages({ color: imageMessage(100, { step: 4 }) })];
    const answer = await bench.call("evaluate_reward", { episode: "", images, timeout: 0 });
    expect(answer).toMatchObject({ success: true, reward: { validity: 2 } });
    expect((answer.reward as { reason: string }).reason).toContain(COLOR);
  });

  it("asks for an image where there is none", async () => {
    const bench = await startBench();
    const request = { episode: "", images: [cameraImages()], timeout: 0 };
    expect((await bench.call("evaluate_reward", request)).message).toContain("no colour image");
    expect(
      (await bench.call("evaluate_reward", { episode: "", images: [], timeout: 0 })).message,
    ).toContain("request has no image");
  });
});

describe("set_task and reset_episode", () => {
  it("give another task, from text or file", async () => {
    const bench = await startBench();
    const yaml = TASK.replace("name: reach", "name: near");
    expect(await bench.call("set_task", { path: "", yaml })).toEqual({
      ...{ success: true, message: "", task: "near" },
    });
    expect(await bench.call("set_task", { path: bench.taskPath, yaml: "" })).toMatchObject({
      task: "reach",
    });
    const broken = await bench.call("set_task", { path: "", yaml: "name: x" });
    expect(broken).toMatchObject({ success: false, task: "reach" });
    expect(broken.message).toContain("objects");
  });

  it("keep the model when the task stands on another support", async () => {
    let made = 0;
    const supports: (string | undefined)[] = [];
    const vlm = scriptedVlm((_, { support }) => {
      supports.push(support?.name);
      return 0.3;
    });
    const bench = await startBench({
      createModel: async () => {
        made += 1;
        return vlm;
      },
    });
    const onFloor = TASK.replace("measurements:", "  floor: { phrase: the floor }\nmeasurements:");
    await bench.image(1000);
    await bench.call("set_task", { path: "", yaml: `${onFloor}support: floor\n` });
    await bench.settle();
    expect((await bench.beat()).model_state).toBe(2);
    await bench.image(1100);
    await bench.call("ask_spatial", { ...NOTHING, question: QUESTION, images: cameraImages() });
    expect(supports).toEqual([undefined, "floor", "floor"]);
    expect(made).toBe(1);
  });

  it("begin an attempt, named or numbered", async () => {
    const bench = await startBench();
    await bench.image(1000);
    expect(await bench.call("reset_episode", { episode: "take 7" })).toMatchObject({
      ...{ success: true, episode: "take 7" },
    });
    await bench.image(1100);
    expect(await bench.call("reset_episode", { episode: "" })).toMatchObject({ episode: "3" });
    await bench.image(1200);
    expect(bench.annotations.map(({ reward }) => reward.episode)).toEqual(["1", "take 7", "3"]);
  });
});
