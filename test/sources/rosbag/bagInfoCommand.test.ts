import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { bagInfoCommand } from "../../../src/cli/bagInfo.js";
import { BagWriter } from "../../../src/sources/index.js";
import { colorPart, depthPart, infoPart, writeRgbd } from "../../support/rgbdRecording.js";
import { T0, temporaryFolder } from "./recordings.js";

const folder = await temporaryFolder();

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

async function run(...args: string[]) {
  const out = vi.spyOn(console, "log").mockReturnValue();
  const errors = vi.spyOn(console, "error").mockReturnValue();
  await bagInfoCommand().parseAsync(args, { from: "user" });
  const exitCode = process.exitCode ?? 0;
  process.exitCode = undefined;
  const lines = [out, errors].map((spy) => spy.mock.calls.map(([line]) => String(line)));
  vi.restoreAllMocks();
  return { exitCode, out: lines[0]!, errors: lines[1]! };
}

async function recording(name: string): Promise<string> {
  const path = join(folder, name);
  const writer = await BagWriter.create(path);
  await writer.addTopic({ name: "/cam/color/image_raw", type: "sensor_msgs/msg/Image" });
  await writer.addTopic({ name: "/cam/depth/image_raw", type: "sensor_msgs/msg/Image" });
  for (let i = 0n; i < 3n; i++) {
    for (const part of ["color", "depth"]) {
      await writer.write(`/cam/${part}/image_raw`, T0 + i * 500_000_000n, {
        data: new Uint8Array(500_000).map((_, at) => Number(i) * at),
      });
    }
  }
  await writer.close();
  return path;
}

describe("bag info", () => {
  it("shows topics, times and cameras with their siblings", async () => {
    const path = await recording("whole.mcap");
    const { out, exitCode } = await run(path);
    expect(out.join("\n")).toMatch(
      /duration {2}1\.000 s[\s\S]*\/cam\/color\/image_raw {2}sensor_msgs\/msg\/Image {2}3[\s\S]*cameras\n {4}\/cam\/color\/image_raw\n {6}color {2}.*\n {6}depth {2}\/cam\/depth\/image_raw/,
    );
    expect(out.join("\n")).not.toContain("damage");
    expect(exitCode).toBe(0);
  });

  it("says what topics of images were chosen, or not, and why", async () => {
    const path = await writeRgbd(join(folder, "roles.mcap"), [
      colorPart(),
      infoPart(),
      depthPart("/cam/stereo/image_raw"),
      colorPart("/tracker/out"),
    ]);
    const text = (await run(path)).out.join("\n");
    expect(text).toMatch(/depth +\/cam\/stereo\/image_raw +16UC1; frame cam_optical/);
    expect(text).toMatch(/other images\n +\/tracker\/out +made of \/cam\/color\/image_raw/);
    const { out } = await run("--json", path);
    expect(JSON.parse(out[0] ?? "").topics).toContainEqual(
      expect.objectContaining({
        ...{ name: "/cam/stereo/image_raw", role: "depth", is_camera: false },
        ...{ encoding: "16UC1", frame_id: "cam_optical" },
      }),
    );
  });

  it("prints JSON that keeps every digit of the stamps", async () => {
    const { out } = await run("--json", await recording("json.mcap"));
    expect(JSON.parse(out[0]!)).toMatchObject({
      name: "json",
      start_ns: String(T0),
      duration_s: 1,
      message_count: 6,
      cameras: [{ color: "/cam/color/image_raw", depth: "/cam/depth/image_raw" }],
      damage: [],
    });
  });

  it("shows what is left of a damaged recording, and fails only where nothing is", async () => {
    const path = await recording("cut.mcap");
    const bytes = await readFile(path);
    await writeFile(path, bytes.subarray(0, bytes.byteLength * 0.9));
    const damaged = await run(path);
    expect(damaged.out.join("\n")).toMatch(/damage\n {4}cut\.mcap: /);
    expect(damaged.exitCode).toBe(0);

    await writeFile(path, bytes.subarray(0, 60));
    expect((await run(path)).exitCode).toBe(1);

    await writeFile(path, "");
    const empty = await run(path, await recording("after.mcap"));
    expect(empty.errors).toEqual([expect.stringContaining("is empty (0 bytes)")]);
    expect(empty.out).toHaveLength(1);
    expect(empty.exitCode).toBe(1);
  });
});
