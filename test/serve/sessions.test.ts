import { encode } from "@msgpack/msgpack";
import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CameraFrame } from "../../src/camera/index.js";
import { REACH_TASK } from "../support/annotations.js";
import { scriptedVlm } from "../support/models.js";
import { greyImage, TestServer } from "../support/rewardServer.js";

let server: TestServer;
beforeEach(async () => {
  server = await TestServer.start();
});
afterEach(() => server[Symbol.asyncDispose]());

/** A model that keeps the frames that it was asked about. */
function watchingVlm() {
  const seen: CameraFrame[] = [];
  const vlm = scriptedVlm((frame) => {
    seen.push(frame);
    return 0.2;
  });
  return { seen, vlm };
}

describe("a session", () => {
  it("begins, gives rewards, begins its next episode, and ends", async () => {
    const begun = await server.post("/v1/sessions", {});
    expect(begun).toMatchObject({
      status: 201,
      body: {
        ...{ task: "reach", camera: "camera", optical_frame: "camera", measurements: ["reach"] },
        may_be_negative: true,
      },
    });
    const { session } = begun.body as { session: string };
    const step = () => server.post(`/v1/sessions/${session}/step`, { image: greyImage() });
    expect((await step()).body).toMatchObject({ stamp_ns: "0", episode: "1", validity: "ok" });
    expect((await step()).body).toMatchObject({ stamp_ns: "100000000", episode: "1" });
    const reset = await server.post(`/v1/sessions/${session}/reset`, {});
    expect(reset).toMatchObject({ status: 200, body: { episode: 2 } });
    expect((await step()).body).toMatchObject({ stamp_ns: "0", episode: "2" });
    expect(await server.ask("DELETE", `/v1/sessions/${session}`)).toMatchObject({ status: 204 });
    expect(await step()).toMatchObject({
      status: 404,
      type: expect.stringContaining("application/problem+json"),
      body: { code: "session.unknown", status: 404, title: "Not Found" },
    });
  });

  it("takes the time of a wall clock", async () => {
    const { session } = (await server.post("/v1/sessions", {})).body as { session: string };
    const step = { image: greyImage(), time_s: 1_790_000_000.25 };
    expect((await server.post(`/v1/sessions/${session}/step`, step)).body).toMatchObject({
      stamp_ns: "1790000000250000000",
    });
  });

  it("refuses a picture that is not of the size that its step says", async () => {
    const { session } = (await server.post("/v1/sessions", {})).body as { session: string };
    const create = { width: 8, height: 6, channels: 3, background: "#805040" } as const;
    const data = (await sharp({ create }).png().toBuffer()).toString("base64");
    const ask = (size: object) =>
      server.post(`/v1/sessions/${session}/step`, { image: { data, encoding: "png", ...size } });
    expect(await ask({ width: 16, height: 12 })).toMatchObject({
      status: 422,
      body: { detail: "image: it is 8x6, not 16x12 as the step says: leave width and height out" },
    });
    expect(await ask({ width: 8, height: 6 })).toMatchObject({ status: 200 });
  });

  it("is that of one camera: of several, one has to be named", async () => {
    const cameras = "cameras:\n  front: { color: /front/image }\n  side: { color: /side/image }\n";
    const task_text = `${cameras}${REACH_TASK.source}`;
    for (const camera of [undefined, "top"]) {
      const answer = await server.post("/v1/sessions", { task_text, camera });
      expect(answer).toMatchObject({ status: 422, body: { code: "request.field" } });
      expect((answer.body as { detail: string }).detail).toMatch(/^camera: .*front, side/);
    }
    for (const camera of ["side", "/side/image"]) {
      const answer = await server.post("/v1/sessions", { task_text, camera });
      expect(answer).toMatchObject({ status: 201, body: { camera: "side" } });
    }
  });

  it("speaks msgpack and JSON, as Accept or the request say", async () => {
    const session = await server.begin();
    const path = `/v1/sessions/${session}/step`;
    const asked = async (type: string, accept?: string) => {
      const headers = accept === undefined ? {} : { accept };
      return (await server.post(path, { image: greyImage() }, { type, headers })).type;
    };
    expect(await asked("application/json")).toContain("application/json");
    expect(await asked("application/msgpack")).toBe("application/msgpack");
    expect(await asked("application/msgpack", "application/json")).toContain("application/json");
    expect(await asked("application/json", "application/msgpack")).toBe("application/msgpack");
  });

  it.each([
    ["an encoding that is none", { image: { ...greyImage(), encoding: "yuv" } }, "image.encoding"],
    ["too few bytes", { image: { ...greyImage(), width: 9 } }, "image.data: must be 162 bytes"],
    ["a text for a number", { image: greyImage(), time_s: "now" }, "time_s"],
    ["a misspelt field", { image: greyImage(), dept: 1 }, "dept"],
    ["no image", {}, "image"],
    ["text that is not base64", { image: { ...greyImage(), data: "???" } }, "image.data"],
    ["a time that no stamp can hold", { image: greyImage(), time_s: 9.3e9 }, "time_s"],
    ["a stamp of over 2^63", { image: greyImage(), stamp_ns: "9223372036854775808" }, "stamp_ns"],
    ["two times", { image: greyImage(), time_s: 1, stamp_ns: "1" }, "stamp_ns"],
    [
      "depth of floats with bytes for words",
      { image: greyImage(), depth: { ...greyImage(), encoding: "16UC1" } },
      "depth.data",
    ],
    [
      "a quaternion of zeros",
      {
        image: greyImage(),
        poses: [{ frame: "a", parent: "b", position: [0, 0, 0], orientation: [0, 0, 0, 0] }],
      },
      "poses.0.orientation",
    ],
  ])("refuses %s, names the field, and goes on", async (_, step, named) => {
    const session = await server.begin();
    const path = `/v1/sessions/${session}/step`;
    const answer = await server.post(path, step);
    expect(answer).toMatchObject({ status: 422, body: { code: "request.field" } });
    expect((answer.body as { detail: string }).detail).toContain(named);
    expect(await server.post(path, { image: greyImage() })).toMatchObject({
      body: { stamp_ns: "0" },
    });
  });

  it("refuses numbers that are none", async () => {
    const session = await server.begin();
    const bad = [Number.NaN, Number.POSITIVE_INFINITY];
    for (const time_s of bad) {
      const type = "application/msgpack";
      const step = { image: greyImage(), time_s, joints: { finger: Number.NaN } };
      const answer = await server.post(`/v1/sessions/${session}/step`, step, { type });
      expect(answer.status).toBe(422);
      expect((answer.body as { detail: string }).detail).toMatch(/time_s.*joints\.finger/);
    }
  });

  const K = [10, 0, 3.5, 0, 10, 2.5, 0, 0, 1];
  const changed = (at: number, value: number) => K.map((n, i) => (i === at ? value : n));
  it.each<[string, object, string]>([
    ["no focal length", { k: [0, 0, 0, 0, 0, 0, 0, 0, 1] }, "focal lengths"],
    ["one focal length of 0", { k: changed(4, 0) }, "focal lengths"],
    ["a negative focal length", { k: changed(0, -10) }, "focal lengths"],
    ["NaN", { k: changed(0, Number.NaN) }, "k.0"],
    ["infinity", { k: changed(2, Number.POSITIVE_INFINITY) }, "k.2"],
    ["a principal point outside", { k: changed(2, 40) }, "outside"],
    ["a principal point of zeros", { k: [10, 0, 0, 0, 10, 0, 0, 0, 1] }, "principal point"],
    ["a matrix of columns", { k: [10, 0, 0, 0, 10, 0, 3.5, 2.5, 1] }, "transposed"],
    ["a last row of zeros", { k: changed(8, 0) }, "0 0 1"],
    ["the matrix of a much larger image", { k: [800, 0, 320, 0, 800, 240, 0, 0, 1] }, "8x6"],
    ["a field of view of no lens", { k: changed(0, 1e6).with(4, 1e6) }, "field of view"],
    [
      "the size of another image",
      { k: [70, 0, 31.5, 0, 70, 31.5, 0, 0, 1], width: 64, height: 64 },
      "64x64, but the image has 8x6",
    ],
    [
      "a lens that nobody knows",
      { k: K, distortion: { model: "barrel", coefficients: [0.1] } },
      '"barrel"',
    ],
  ])("refuses a camera with %s before the step leaves a trace", async (_, camera, named) => {
    const { seen, vlm } = watchingVlm();
    await using own = await TestServer.start({ vlm });
    const session = await own.begin();
    const path = `/v1/sessions/${session}/step`;
    const type = "application/msgpack";
    const answer = await own.post(path, { image: greyImage(), time_s: 9, camera }, { type });
    expect(answer).toMatchObject({ status: 422, body: { code: "request.field" } });
    const { detail } = answer.body as { detail: string };
    expect(detail).toContain("camera.k");
    expect(detail).toContain(named);
    expect(await own.post(path, { image: greyImage() })).toMatchObject({
      status: 200,
      body: { stamp_ns: "0" },
    });
    expect(seen.map(({ info }) => info)).toEqual([undefined]);
    expect((await own.post(path, { image: greyImage(), camera: { k: K } })).status).toBe(200);
  });

  it("keeps the camera that it has when a step tells an impossible one", async () => {
    const { seen, vlm } = watchingVlm();
    await using own = await TestServer.start({ vlm });
    const session = await own.begin();
    const path = `/v1/sessions/${session}/step`;
    await own.post(path, { image: greyImage(), camera: { k: K } });
    await own.post(path, { image: greyImage(), camera: { k: changed(0, -1) } });
    await own.post(path, { image: greyImage() });
    expect(seen).toHaveLength(2);
    expect(seen[1]?.info).toBe(seen[0]?.info);
    expect(seen[0]?.info).toMatchObject({ fx: 10, cx: 3.5, width: 8, height: 6 });
  });

  it("takes the matrix of an image twice as large as that of its own", async () => {
    const { seen, vlm } = watchingVlm();
    await using own = await TestServer.start({ vlm });
    const session = await own.begin();
    const camera = { k: [20, 0, 7.5, 0, 20, 5.5, 0, 0, 1] };
    await own.post(`/v1/sessions/${session}/step`, { image: greyImage(), camera });
    expect(seen[0]?.info).toMatchObject({ fx: 10, fy: 10, cx: 3.5, cy: 2.5, width: 8, height: 6 });
  });

  it("holds a camera that came with an image of unknown size", async () => {
    const { seen, vlm } = watchingVlm();
    await using own = await TestServer.start({ vlm });
    const session = await own.begin();
    const path = `/v1/sessions/${session}/step`;
    const broken = { data: new Uint8Array([1, 2, 3]), encoding: "jpeg" };
    await own.post(path, { image: broken, camera: { k: K } });
    await own.post(path, { image: greyImage() });
    expect(seen.at(-1)?.info).toMatchObject({ fx: 10, width: 8, height: 6 });
  });

  it("refuses another size and time that goes back, until it is reset", async () => {
    const session = await server.begin();
    const step = (width: number, time_s: number) =>
      server.post(`/v1/sessions/${session}/step`, { image: greyImage(width), time_s });
    await step(8, 5);
    expect((await step(16, 6)).body).toMatchObject({
      code: "request.field",
      detail: expect.stringContaining("16x6"),
    });
    expect((await step(8, 4)).body).toMatchObject({
      code: "request.field",
      detail: expect.stringContaining("reset"),
    });
    expect((await step(8, 5)).body).toMatchObject({ stamp_ns: "5000000000" });
    await server.post(`/v1/sessions/${session}/reset`, {});
    expect((await step(16, 0)).status).toBe(200);
  });

  it("says of an image that cannot be read what annotate says", async () => {
    const session = await server.begin();
    const image = { data: new Uint8Array([1, 2, 3]), encoding: "jpeg" };
    expect(await server.post(`/v1/sessions/${session}/step`, { image })).toMatchObject({
      status: 200,
      body: {
        ...{ validity: "invalid", reward: null, progress: null, terms: {} },
        reason: expect.stringContaining("JPEG"),
      },
    });
  });
});

describe("step_batch", () => {
  it("gives the rewards in order, and an error only where there is one", async () => {
    const [a, b] = [await server.begin(), await server.begin()];
    const steps = [
      { session: a, image: greyImage() },
      { session: "nobody", image: greyImage() },
      { session: b, image: greyImage(), time_s: 3 },
      { session: b, image: {} },
    ];
    const { status, body } = await server.post("/v1/step_batch", { steps });
    expect(status).toBe(200);
    const { rewards } = body as { rewards: object[] };
    expect(rewards).toMatchObject([
      { stamp_ns: "0" },
      { error: { code: "session.unknown" } },
      { stamp_ns: "3000000000" },
      { error: { code: "request.field" } },
    ]);
  });
});

describe("the server", () => {
  it("says what it does not read, and what is nowhere", async () => {
    const session = await server.begin();
    const path = `/v1/sessions/${session}/step`;
    expect(await server.post(path, {}, { type: "text/plain" })).toMatchObject({
      status: 415,
      body: { code: "request.type" },
    });
    expect(await server.ask("GET", "/v1/nothing")).toMatchObject({
      status: 404,
      body: { code: "request.path" },
    });
    const halves = {
      "application/json": '{"image": {',
      "application/msgpack": encode({ a: [1, 2, 3] }).subarray(0, 4),
    };
    for (const [type, body] of Object.entries(halves)) {
      const answer = await fetch(`${server.url}${path}`, {
        method: "POST",
        body,
        headers: { "content-type": type },
      });
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ code: "request.body" });
    }
  });

  it("is well", async () => {
    expect(await server.ask("GET", "/health")).toMatchObject({
      body: { status: "healthy", model: "scripted" },
    });
  });
});
