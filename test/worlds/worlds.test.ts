import { decode, encode } from "@msgpack/msgpack";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Listening } from "../../src/http/index.js";
import { serve } from "../../src/serve/index.js";
import { loadTaskSync } from "../../src/task/index.js";
import { serveWorlds, WorldBusyError } from "../../src/worlds/index.js";
import { Worlds } from "../../src/worlds/Worlds.js";
import { scriptedVlm } from "../support/models.js";

const SMALL = { width: 32, height: 24, task: "reach_tray" } as const;

interface Observation {
  readonly state: readonly number[];
  readonly step: number;
  readonly image?: { readonly data: Uint8Array; readonly width: number };
  readonly depth?: { readonly data: Uint8Array };
  readonly labels?: { readonly data: Uint8Array; readonly names: Record<string, string> };
  readonly camera?: { readonly k: readonly number[] };
  readonly poses: readonly { readonly frame: string }[];
  readonly joints: Record<string, number>;
  readonly stamp_ns: string;
  readonly truth: { readonly poses: readonly { readonly frame: string }[] };
}

interface Body {
  readonly world: string;
  readonly observations: readonly Observation[];
  readonly detail?: string;
  readonly code?: string;
}

const defects: unknown[] = [];
let server: Listening;
beforeAll(async () => {
  server = await serveWorlds({
    address: { host: "127.0.0.1", port: 0 },
    limits: { instances: 4 },
    onDefect: (error) => defects.push(error),
  });
});
afterAll(async () => {
  await server.close();
  expect(defects).toEqual([]);
});

async function ask(
  method: string,
  path: string,
  body: unknown = {},
  url = server.url,
): Promise<{ status: number; body: Body }> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { "content-type": "application/msgpack" },
    body: encode(body),
  });
  const bytes = new Uint8Array(await response.arrayBuffer());
  const isMsgpack = response.headers.get("content-type")?.includes("msgpack");
  const read = () => (isMsgpack ? decode(bytes) : JSON.parse(Buffer.from(bytes).toString()));
  return { status: response.status, body: (bytes.length === 0 ? {} : read()) as Body };
}

/** Begins a world, works with it, ends it. */
async function withWorld(
  options: object,
  work: (world: string, first: readonly Observation[]) => Promise<void>,
): Promise<void> {
  const begun = await ask("POST", "/v1/worlds", { ...SMALL, ...options });
  expect(begun.status).toBe(201);
  try {
    await work(begun.body.world, begun.body.observations);
  } finally {
    expect((await ask("DELETE", `/v1/worlds/${begun.body.world}`)).status).toBe(204);
  }
}

describe("worlds behind HTTP", () => {
  it("begin with an observation, go on by actions, and start again", async () => {
    await withWorld({ seed: 3 }, async (world, [first]) => {
      expect(first?.image).toMatchObject({ width: 32 });
      expect(first?.image?.data).toHaveLength(3 * 32 * 24);
      expect(first?.depth?.data).toHaveLength(4 * 32 * 24);
      expect(first?.labels?.names["2"]).toBe("red mug");
      const stepped = await ask("POST", `/v1/worlds/${world}/step`, { actions: [[1, 0, 0]] });
      expect(stepped.body.observations[0]).toMatchObject({ step: 1, truncated: false });
      expect(stepped.body.observations[0]?.state).not.toEqual(first?.state);
      const again = await ask("POST", `/v1/worlds/${world}/reset`, { seeds: [3] });
      expect(again.body.observations[0]).toEqual(first);
    });
  });

  it("have several instances, each with its own seed and action", async () => {
    await withWorld({ seed: 3, instances: 2, parts: [] }, async (world, first) => {
      expect(first).toHaveLength(2);
      const actions = [
        [1, 0, 0],
        [-1, 0, 0],
      ];
      const { body } = await ask("POST", `/v1/worlds/${world}/step`, { actions, parts: [] });
      const moved = body.observations.map(
        ({ state }, i) => (state[0] ?? 0) - (first[i]?.state[0] ?? 0),
      );
      expect(moved[0]).toBeGreaterThan(0.02);
      expect(moved[1]).toBeLessThan(-0.02);
      const reset = await ask("POST", `/v1/worlds/${world}/reset`, { only: [1], parts: [] });
      expect(reset.body.observations).toHaveLength(1);
      expect(reset.body.observations[0]?.step).toBe(0);
    });
  });

  it("show the present moment without going on", async () => {
    await withWorld({ parts: [] }, async (world, [first]) => {
      const { body } = await ask("POST", `/v1/worlds/${world}/observe`, { parts: ["image"] });
      const { image, camera, ...numbers } = body.observations[0] ?? {};
      expect(image?.width).toBe(32);
      expect(camera?.k).toHaveLength(9);
      expect(numbers).toEqual(first);
    });
  });

  it("draw only what is wanted", async () => {
    await withWorld({ parts: ["labels"] }, async (_, [first]) => {
      expect(first?.labels).toBeDefined();
      expect(first?.image).toBeUndefined();
    });
  });

  it("tell the robot's own poses as evidence, and those of things as truth", async () => {
    await withWorld({ parts: [] }, async (_, [first]) => {
      const evidence = ["gripper", "camera_color_optical_frame", "table"];
      expect(first?.poses.map(({ frame }) => frame)).toEqual(evidence);
      const truth = first?.truth.poses.map(({ frame }) => frame) ?? [];
      expect(truth).toContain("red_mug");
      expect(truth).not.toContain("gripper");
    });
  });

  it("give observations that the reward server takes as they are", async () => {
    const task = loadTaskSync("examples/tasks/reach.yaml");
    const vlm = scriptedVlm(() => 0.2);
    const address = { host: "127.0.0.1", port: 0 };
    const rewards = await serve({ address, task, vlm, onDefect: (error) => defects.push(error) });
    try {
      const { body } = await ask("POST", "/v1/sessions", {}, rewards.url);
      const { session } = body as unknown as { session: string };
      await withWorld({}, async (_, [first]) => {
        if (first === undefined) throw new Error("a world has an instance");
        const { image, depth, labels, camera, poses, joints, stamp_ns } = first;
        const step = { image, depth, labels, camera, poses, joints, stamp_ns };
        const answer = await ask("POST", `/v1/sessions/${session}/step`, step, rewards.url);
        expect(answer).toMatchObject({ status: 200, body: { validity: "ok", stamp_ns } });
      });
    } finally {
      await rewards.close();
    }
  });

  it.each([
    ["an unknown task", "/v1/worlds", { task: "fly" }, "task"],
    ["a misspelt field", "/v1/worlds", { sed: 1 }, "sed"],
    ["a picture of one pixel", "/v1/worlds", { width: 1 }, "width"],
    ["no instances", "/v1/worlds", { instances: 0 }, "instances"],
    ["an action too few", "step", { actions: [] }, "actions: must be 1"],
    ["an action too short", "step", { actions: [[1, 2]] }, "actions.0: must be 3"],
    ["an action that is no number", "step", { actions: [[0, Number.NaN, 0]] }, "actions.0.1"],
    ["a text for an action", "step", { actions: ["up"] }, "actions.0"],
    ["a negative seed", "reset", { seeds: [-1] }, "seeds.0"],
    ["seeds for nobody", "reset", { seeds: [1, 2] }, "seeds: must be 1"],
    ["an instance that is not there", "reset", { only: [1] }, "only"],
    ["a part that is none", "step", { actions: [[0, 0, 0]], parts: ["smell"] }, "parts.0"],
  ])("refuse %s, name the field, and go on", async (_, path, body, named) => {
    await withWorld({ parts: [] }, async (world) => {
      const at = path.startsWith("/") ? path : `/v1/worlds/${world}/${path}`;
      const answer = await ask("POST", at, body);
      expect(answer).toMatchObject({ status: 422, body: { code: "request.field" } });
      expect(answer.body.detail).toContain(named);
      const good = { actions: [[0, 0, 0]], parts: [] };
      const next = await ask("POST", `/v1/worlds/${world}/step`, good);
      expect(next.body.observations[0]?.step).toBe(1);
    });
  });

  it("refuse one instance more than there may be", async () => {
    await withWorld({ instances: 4, parts: [] }, async () => {
      const answer = await ask("POST", "/v1/worlds", SMALL);
      expect(answer).toMatchObject({ status: 429, body: { code: "server.busy" } });
    });
  });

  it("are unknown once they have ended", async () => {
    let ended = "";
    await withWorld({ parts: [] }, async (world) => {
      ended = world;
    });
    const answer = await ask("POST", `/v1/worlds/${ended}/step`, { actions: [[0, 0, 0]] });
    expect(answer).toMatchObject({ status: 404, body: { code: "world.unknown" } });
  });
});

describe("the worlds of a server", () => {
  it("are each for one request at a time", async () => {
    const worlds = new Worlds({ instances: 1, idleMs: 1000 }, () => 0);
    try {
      const world = await worlds.begin(SMALL, 1);
      let end: () => void = () => undefined;
      const work = world.alone(() => new Promise<void>((resolve) => (end = resolve)));
      await expect(world.alone(() => undefined)).rejects.toThrow(WorldBusyError);
      await expect(worlds.end(world.id)).rejects.toThrow(WorldBusyError);
      end();
      await work;
      await worlds.end(world.id);
    } finally {
      worlds.close();
    }
  });

  it("end where nobody uses them, and make room", async () => {
    let nowMs = 0;
    const worlds = new Worlds({ instances: 1, idleMs: 1000 }, () => nowMs);
    try {
      const world = await worlds.begin(SMALL, 1);
      await expect(worlds.begin(SMALL, 1)).rejects.toThrow("1 instances are there");
      nowMs = 2000;
      const next = await worlds.begin(SMALL, 1);
      expect(() => worlds.get(world.id)).toThrow("no world");
      expect(worlds.get(next.id)).toBe(next);
    } finally {
      worlds.close();
    }
  });
});
