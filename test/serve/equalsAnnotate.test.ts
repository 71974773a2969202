import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { annotateRecording } from "../../src/annotate/index.js";
import type { Calibration } from "../../src/estimate/index.js";
import { createVlm, type DisposableVlm, type SpatialVlm, wrapVlm } from "../../src/models/index.js";
import { type EpisodeWriter, recordEpisode } from "../../src/sim/index.js";
import { jsonLinesSink } from "../../src/sinks/index.js";
import { BagWriter, openBag, openSource } from "../../src/sources/index.js";
import { loadTask, type Task } from "../../src/task/index.js";
import { scriptedVlm } from "../support/models.js";
import { TestServer } from "../support/rewardServer.js";

const TASK = "examples/tasks/pick_and_place.yaml";
const COLOR = "/camera/color/image_raw/compressed";

type Row = Readonly<Record<string, unknown>>;

const CALIBRATION: Calibration = {
  model: "",
  kinds: new Map(),
  pooled: {
    curve: { slope: 0.7, offsetM: 0.04 },
    spread: { relativeSigma: 0.1, absoluteSigmaM: 0.01, wildShare: 0.05 },
    correlationS: 0,
    conformal: { factor68: 1, factor95: 2 },
    range: { fromM: 0, toM: 0.8 },
    curveSigma: { relativeSlope: 0.02, offsetM: 0.005 },
  },
  provenance: { fingerprint: "", task: "", recordings: [], episodes: 5, answers: 500 },
};

let folder: string;
let bag: string;
let task: Task;
let steps: readonly object[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "serve-"));
  bag = join(folder, "episode.mcap");
  task = await loadTask(TASK);
  const writer = await BagWriter.create(bag);
  const options = { seed: 7, width: 160, height: 120, rateHz: 2, workers: 0 };
  await recordEpisode(statesOfImages(writer), options);
  await writer.close();
  steps = await stepsOf(bag);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("a session of the server", () => {
  it.each<[string, () => Promise<DisposableVlm>, Calibration?]>([
    ["rgbd", () => createVlm("rgbd")],
    ["rgbd, calibrated", () => createVlm("rgbd"), CALIBRATION],
    ["embedded", () => createVlm("embedded")],
    ["a crude model, fused with the robot's kinematics", async () => crudeVlm()],
    ["a crude model, calibrated and fused", async () => crudeVlm(), CALIBRATION],
  ])(
    "gives the rows of annotate on the same images: %s",
    async (name, createModel, calibration) => {
      await using vlm = await createModel();
      const expected = await annotated(vlm, calibration);
      expect(expected.length).toBeGreaterThan(10);
      await using server = await TestServer.start({ vlm, task, calibration });
      const told = {
        camera: "/camera/color/image_raw/compressed",
        optical_frame: "camera_color_optical_frame",
      };
      const session = await server.begin(told);
      // Another environment, in step with it, changes nothing.
      const other = await server.begin(told);
      const rows: Row[] = [];
      for (const [i, step] of steps.entries()) {
        const type = i % 2 === 0 ? "application/msgpack" : "application/json";
        const beside = steps[steps.length - 1 - i];
        const [{ body, status }] = await Promise.all([
          server.post(`/v1/sessions/${session}/step`, step, { type }),
          server.post(`/v1/sessions/${other}/step`, beside, { type }),
        ]);
        expect(status, JSON.stringify(body)).toBe(200);
        rows.push(body as Row);
      }
      expect(rows.map(plain)).toEqual(expected.map(plain));
      const said = JSON.stringify(rows);
      expect(said).toContain('"truth"');
      expect(said).toMatch(/"value":0\.\d+/);
      expect(said.includes('"basis":"fused"')).toBe(name.startsWith("a crude"));
      expect(said.includes('"calibrated":0.')).toBe(calibration !== undefined);
      expect(server.defects).toEqual([]);
    },
  );
});

/** A row without what a clock and the name of the recording decide. */
function plain({ latency_ms, episode, ...row }: Row): Row {
  expect(latency_ms).toEqual(expect.any(Number));
  expect(episode).toEqual(expect.any(String));
  return row;
}

async function annotated(vlm: SpatialVlm, calibration?: Calibration): Promise<readonly Row[]> {
  const path = join(folder, `${vlm.id}${calibration ? "_calibrated" : ""}.jsonl`);
  await using source = await openSource(bag);
  const sinks = [() => jsonLinesSink(path, task)];
  await annotateRecording(source, task, vlm, { sinks, ...(calibration && { calibration }) });
  const lines = (await readFile(path, "utf8")).trim().split("\n");
  return lines.map((line) => JSON.parse(line) as Row);
}

/** Says lengths that are decided by question and stamp, 10 % wrong, and knows that. */
function crudeVlm(): DisposableVlm {
  const reliability = { relativeSigma: 0.1, absoluteSigmaM: 0.02, wildShare: 0.05 };
  const scripted = scriptedVlm(
    ({ stampNs }, { text }) =>
      0.2 + Number((stampNs / 1_000_000n + BigInt(text.length)) % 97n) / 500,
  );
  return wrapVlm(scripted, {
    async ask(frame, questions, signal) {
      const answers = await scripted.ask(frame, questions, signal);
      return answers.map((answer) => ({ ...answer, reliability }));
    },
  });
}

/** Transforms and joints at the stamps of images alone: a step has no others. */
function statesOfImages(writer: BagWriter): EpisodeWriter {
  let last: readonly [topic: string, stampNs: bigint, message: unknown][] = [];
  return {
    addTopic: (topic) => writer.addTopic(topic),
    addMetadata: (name, entries) => writer.addMetadata(name, entries),
    async write(topic, stampNs, message) {
      if (topic === "/tf" || topic === "/joint_states") {
        last = [...last.filter(([each]) => each !== topic), [topic, stampNs, message]];
        return;
      }
      if (topic.endsWith("camera_info")) {
        for (const held of last) await writer.write(...held);
      }
      await writer.write(topic, stampNs, message);
    },
  };
}

interface Stamp {
  readonly header: { readonly stamp: { readonly sec: number; readonly nanosec: number } };
}

interface Pixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** What a simulator would tell of each image: read from the messages without the code under test. */
async function stepsOf(path: string): Promise<readonly object[]> {
  await using opened = await openBag(path);
  const byStamp = new Map<string, Record<string, unknown>>();
  const fixed: object[] = [];
  let names: Record<string, string> = {};
  const at = ({ header: { stamp } }: Stamp) => {
    const key = String(BigInt(stamp.sec) * 1_000_000_000n + BigInt(stamp.nanosec));
    const step = byStamp.get(key) ?? {};
    byStamp.set(key, step);
    return step;
  };
  for await (const message of opened.messages()) {
    const content = message.decode() as Stamp & Pixels & { readonly k: Iterable<number> };
    const raw = (encoding: string) => {
      const { data, width, height } = content;
      return { data: Uint8Array.from(data), encoding, width, height };
    };
    if (message.topic === COLOR) {
      at(content).image = { data: Uint8Array.from(content.data), encoding: "jpeg" };
    } else if (message.topic === "/camera/depth/image_rect_raw") {
      at(content).depth = raw("16UC1");
    } else if (message.topic === "/camera/labels") at(content).labels = raw("8UC1");
    else if (message.topic === "/camera/color/camera_info") {
      const { k, width, height } = content;
      at(content).camera = { k: [...k], width, height };
    } else if (message.topic === "/joint_states") {
      const { name, position } = content as unknown as { name: string[]; position: number[] };
      at(content).joints = Object.fromEntries(name.map((joint, i) => [joint, position[i]]));
    } else if (message.topic.startsWith("/tf")) {
      const { transforms } = content as unknown as { transforms: (Stamp & Transform)[] };
      for (const transform of transforms) {
        const isStatic = message.topic === "/tf_static";
        const pose = poseOf(transform, isStatic);
        if (isStatic) fixed.push(pose);
        else {
          const step = at(transform);
          step.poses = [...((step.poses as object[]) ?? []), pose];
        }
      }
    } else if (message.topic.endsWith("label_info")) {
      const { class_map } = content as unknown as {
        class_map: { class_id: number; class_name: string }[];
      };
      names = Object.fromEntries(class_map.map((each) => [each.class_id, each.class_name]));
    }
  }
  const found = [...byStamp].filter(([, step]) => step.image !== undefined);
  return found.map(([stamp_ns, { labels, poses, ...step }], i) => ({
    ...{ ...step, stamp_ns },
    // Told once, it holds.
    labels: { ...(labels as object), ...(i === 0 && { names }) },
    poses: [...(i === 0 ? fixed : []), ...((poses as object[]) ?? [])],
  }));
}

interface Transform {
  readonly header: { readonly frame_id: string };
  readonly child_frame_id: string;
  readonly transform: {
    readonly translation: { readonly x: number; readonly y: number; readonly z: number };
    readonly rotation: {
      readonly x: number;
      readonly y: number;
      readonly z: number;
      readonly w: number;
    };
  };
}

function poseOf(
  { header, child_frame_id: frame, transform }: Stamp & Transform,
  isStatic: boolean,
) {
  const { translation: t, rotation: r } = transform;
  return {
    ...{ frame, parent: header.frame_id, position: [t.x, t.y, t.z] },
    orientation: [r.x, r.y, r.z, r.w],
    ...(isStatic && { static: true }),
  };
}
