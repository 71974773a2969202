import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Subject } from "rxjs";
import { onTestFinished } from "vitest";
import type { Annotation } from "../../../src/annotate/index.js";
import type { SpatialVlm } from "../../../src/models/index.js";
import type { CreateModel } from "../../../src/ros/bridge/ModelSlot.js";
import {
  type Bridge,
  type BridgeStatus,
  DEFAULT_QOS,
  type ManagedNode,
  type RosPublisher,
  SENSOR_QOS,
  startBridge,
} from "../../../src/ros/index.js";
import { InMemoryRos } from "../../support/InMemoryRos.js";
import { scriptedVlm } from "../../support/models.js";

export const TASK = `name: reach
objects:
  gripper: { phrase: the robot gripper, labels: [1] }
  mug: { phrase: the red mug, labels: [2] }
measurements:
  reach: { kind: distance, subject: gripper, object: mug }
# A busy machine makes no answer late.
staleness: 60 s
reward:
  terms:
    closer: 1 - reach / 1 m
`;

export const COLOR = "/camera/color/image_raw";

interface SetResult {
  readonly successful: boolean;
  readonly reason: string;
}

export interface BenchOptions {
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly task?: string;
  readonly vlm?: SpatialVlm;
  readonly createModel?: CreateModel;
  readonly remap?: Readonly<Record<string, string>>;
  readonly name?: string;
}

/** A bridge on a graph in memory, with a clock and a beat that the test drives. */
export class Bench {
  readonly ros = new InMemoryRos();
  readonly beat$ = new Subject<void>();
  readonly camera = this.ros.join("/camera_driver");
  readonly folder = mkdtempSync(join(tmpdir(), "bridge-"));
  readonly taskPath: string;
  readonly node: ManagedNode;
  readonly bridge: Bridge;
  readonly annotations: Annotation[] = [];
  readonly #publishers = new Map<string, RosPublisher>();
  nowMs = 1_000_000;

  constructor({ parameters = {}, task = TASK, vlm, createModel, remap, name }: BenchOptions = {}) {
    this.taskPath = this.write("task.yaml", task);
    const model = vlm ?? scriptedVlm(() => 0.3);
    const given = { task: this.taskPath, camera: "/camera/color", ...parameters };
    this.node = this.ros.node(
      name ?? "/spatial_reward",
      Object.entries(given).map(([key, value]) => ({
        ...{ node: "/**", name: key, value, origin: "the test" },
      })),
      remap,
    );
    this.bridge = startBridge(this.node, {
      createModel: createModel ?? (async () => model),
      beat$: this.beat$,
      nowMs: () => this.nowMs,
    });
    this.bridge.annotations$.subscribe((annotation) => this.annotations.push(annotation));
  }

  /** In the test's own folder. */
  write(file: string, text: string): string {
    const path = join(this.folder, file);
    writeFileSync(path, text);
    return path;
  }

  settle(): Promise<void> {
    return this.ros.settle();
  }

  publish(topic: string, type: string, message: unknown, qos = SENSOR_QOS): void {
    this.offer(topic, type, qos).publish(message);
  }

  offer(topic: string, type: string, qos = SENSOR_QOS): RosPublisher {
    let publisher = this.#publishers.get(topic);
    if (publisher === undefined) {
      publisher = this.camera.advertise(topic, type, qos);
      this.#publishers.set(topic, publisher);
    }
    return publisher;
  }

  withdraw(topic: string): void {
    this.#publishers.get(topic)?.close();
    this.#publishers.delete(topic);
  }

  /** Sends an image stamped so many milliseconds, and waits for what comes of it. */
  async image(stampMs: number, topic = COLOR, fields: object = {}): Promise<void> {
    this.publish(topic, "sensor_msgs/msg/Image", imageMessage(stampMs, fields));
    await this.settle();
  }

  /** Sends transforms of one stamp; each is `parent>child`, at a metre beside it. */
  async tf(stampMs: number, ...links: string[]): Promise<void> {
    this.publish("/tf", "tf2_msgs/msg/TFMessage", tfMessage(stampMs, links), DEFAULT_QOS);
    await this.settle();
  }

  async staticTf(...links: string[]): Promise<void> {
    const qos = { ...DEFAULT_QOS, durability: "transient_local" } as const;
    this.publish("/tf_static", "tf2_msgs/msg/TFMessage", tfMessage(0, links), qos);
    await this.settle();
  }

  /** So many seconds later, the beat. */
  async beat(seconds = 1): Promise<BridgeStatus> {
    let status: BridgeStatus | undefined;
    const listening = this.bridge.status$.subscribe((now) => {
      status = now;
    });
    this.nowMs += seconds * 1000;
    this.beat$.next();
    listening.unsubscribe();
    await this.settle();
    return status!;
  }

  /** What is published on a topic from now on. */
  listen(topic: string, type: string): unknown[] {
    const heard: unknown[] = [];
    this.ros
      .join("/listener")
      .subscribe(topic, type, { ...DEFAULT_QOS, depth: 1000 }, (message) => {
        heard.push(message);
      });
    return heard;
  }

  async set(name: string, value: unknown): Promise<SetResult> {
    const response = (await this.ros.call(`${this.node.fullName}/set_parameters`, {
      parameters: [parameterMessage(name, value)],
    })) as { results: [SetResult] };
    return response.results[0];
  }

  /** All of them or none, in the order given. */
  async setAtomically(values: readonly (readonly [string, unknown])[]): Promise<SetResult> {
    const response = (await this.ros.call(`${this.node.fullName}/set_parameters_atomically`, {
      parameters: values.map(([name, value]) => parameterMessage(name, value)),
    })) as { result: SetResult };
    return response.result;
  }

  /** The values that `ros2 param get` shows. */
  async parameters(names: readonly string[]): Promise<unknown> {
    return this.ros.call(`${this.node.fullName}/get_parameters`, { names });
  }

  call(service: string, request: object): Promise<Record<string, unknown>> {
    return this.ros.call(`${this.node.fullName}/${service}`, request) as Promise<
      Record<string, unknown>
    >;
  }

  async close(): Promise<void> {
    await this.bridge.close();
    await this.node.close();
  }
}

/** A bench that closes when its test ends. */
export function testBench(options: BenchOptions = {}): Bench {
  const bench = new Bench(options);
  onTestFinished(() => bench.close());
  return bench;
}

/** The same, settled. */
export async function startBench(options: BenchOptions = {}): Promise<Bench> {
  const bench = testBench(options);
  await bench.settle();
  return bench;
}

/** rcl_interfaces/msg/Parameter as a client sends it. */
function parameterMessage(name: string, value: unknown) {
  const type = typeof value === "boolean" ? 1 : typeof value === "number" ? 3 : 4;
  const field = { 1: "bool_value", 3: "double_value", 4: "string_value" }[type as 1 | 3 | 4];
  const empty = {
    ...{ bool_value: false, integer_value: 0n, double_value: 0, string_value: "" },
    ...{ byte_array_value: [], bool_array_value: [], integer_array_value: [] },
    ...{ double_array_value: [], string_array_value: [] },
  };
  return { name, value: { ...empty, type, [field]: value } };
}

export function header(stampMs: number, frameId = "camera_color_optical_frame") {
  const nanosec = (stampMs % 1000) * 1_000_000;
  return { stamp: { sec: Math.floor(stampMs / 1000), nanosec }, frame_id: frameId };
}

export function imageMessage(stampMs: number, fields: object = {}) {
  return {
    header: header(stampMs),
    ...{ width: 2, height: 1, encoding: "rgb8", is_bigendian: 0, step: 6 },
    data: new Uint8Array(6),
    ...fields,
  };
}

function tfMessage(stampMs: number, links: readonly string[]) {
  const transforms = links.map((link) => {
    const [parent = "", child = ""] = link.split(">");
    const transform = {
      translation: { x: 1, y: 0, z: 0 },
      rotation: { x: 0, y: 0, z: 0, w: 1 },
    };
    return { header: header(stampMs, parent), child_frame_id: child, transform };
  });
  return { transforms };
}

export const NO_IMAGE = {
  ...imageMessage(0, { width: 0, height: 0, step: 0, data: new Uint8Array() }),
};

/** spatial_reward_msgs/msg/CameraImages as a client sends it. */
export function cameraImages(fields: object = {}) {
  return {
    camera: "",
    color: NO_IMAGE,
    compressed: { header: header(0), format: "", data: new Uint8Array() },
    depth: NO_IMAGE,
    labels: NO_IMAGE,
    camera_info: {
      ...{ header: header(0), width: 0, height: 0, distortion_model: "" },
      ...{ d: [], k: new Float64Array(9), r: new Float64Array(9), p: new Float64Array(12) },
    },
    label_ids: new Uint16Array(),
    label_names: [],
    ...fields,
  };
}

export function infoMessage(stampMs: number, focal = 100) {
  return {
    header: header(stampMs),
    ...{ width: 2, height: 1, distortion_model: "plumb_bob", d: [] },
    k: [focal, 0, 0.5, 0, focal, 0, 0, 0, 1],
    r: [1, 0, 0, 0, 1, 0, 0, 0, 1],
    p: [focal, 0, 0.5, 0, 0, focal, 0, 0, 0, 0, 1, 0],
  };
}
