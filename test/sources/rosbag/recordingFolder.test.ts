import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import zstd from "@foxglove/wasm-zstd";
import { describe, expect, it } from "vitest";
import { BagWriter, openBag } from "../../../src/sources/index.js";
import { BagError } from "../../../src/sources/rosbag/BagError.js";
import {
  readAll,
  STRING,
  strings,
  T0,
  temporaryFolder,
  writeDb3,
  writeMcap,
} from "./recordings.js";

const folder = await temporaryFolder();
const fixtures = new URL("./fixtures/", import.meta.url).pathname;
const all = strings(30);

/** A folder of three files that follow one another, without metadata.yaml. */
async function split(name: string, write: typeof writeMcap | typeof writeDb3, extension: string) {
  const path = join(folder, name);
  await mkdir(path, { recursive: true });
  for (const part of [0, 1, 2]) {
    // rosbag2 numbers without leading zeros: 2 comes before 10.
    const file = join(path, `${name}_${[2, 9, 10][part]}.${extension}`);
    await write(file, all.slice(part * 10, part * 10 + 10));
  }
  return path;
}

function metadata(version: number, files: readonly string[], more = ""): string {
  return `rosbag2_bagfile_information:
  version: ${version}
  storage_identifier: mcap
  duration: {nanoseconds: 290000000}
  starting_time: {nanoseconds_since_epoch: ${T0}}
  message_count: 30
  topics_with_message_count: []
  relative_file_paths:
${files.map((file) => `    - ${file}`).join("\n")}
${more}`;
}

describe("openBag of a folder", () => {
  for (const [extension, write] of [
    ["mcap", writeMcap],
    ["db3", writeDb3],
  ] as const) {
    it(`reads the ${extension} files of a killed recorder in order, and says what is missing`, async () => {
      const path = await split(`killed_${extension}`, write, extension);
      const bag = await openBag(path);
      expect(await readAll(bag)).toEqual(all);
      expect(bag.info).toMatchObject({ name: `killed_${extension}`, messageCount: 30 });
      expect(bag.info.files).toHaveLength(3);
      expect(bag.info.damage).toEqual([expect.stringContaining("metadata.yaml is missing")]);
      await bag.close();
    });
  }

  it("merges files that overlap in time", async () => {
    const path = join(folder, "overlap");
    await mkdir(path);
    await writeMcap(
      join(path, "overlap_0.mcap"),
      all.filter((_, at) => at % 2 === 0),
    );
    await writeMcap(
      join(path, "overlap_1.mcap"),
      all.filter((_, at) => at % 2 === 1),
    );
    const bag = await openBag(path);
    expect(await readAll(bag)).toEqual(all);
    await bag.close();
  });

  for (const version of [1, 2, 3, 4, 5, 6, 7, 8, 9]) {
    it(`takes metadata.yaml of version ${version} with keys it does not know`, async () => {
      const name = `v${version}`;
      const path = await split(name, writeMcap, "mcap");
      // The first versions wrote the folder's name before the file's.
      const listed = [2, 9, 10].map((n) => `${version < 4 ? `${name}/` : ""}${name}_${n}.mcap`);
      const more = "  ros_distro: humble\n  custom_data: {operator: Ada}\n  weather: [1, 2]\n";
      await writeFile(join(path, "metadata.yaml"), metadata(version, listed, more));
      const bag = await openBag(path);
      expect(await readAll(bag)).toEqual(all);
      expect(bag.info.damage).toEqual([]);
      await bag.close();
    });
  }

  it("reads only the files that metadata.yaml names, and says which of them are missing", async () => {
    const path = await split("missing", writeMcap, "mcap");
    const listed = ["missing_2.mcap", "missing_3.mcap"];
    await writeFile(join(path, "metadata.yaml"), metadata(5, listed));
    const bag = await openBag(path);
    expect(await readAll(bag)).toEqual(all.slice(0, 10));
    expect(bag.info.damage).toEqual([expect.stringMatching(/missing_3\.mcap is missing/)]);
    await bag.close();
  });

  it("reads a folder whose metadata.yaml is broken, and says so", async () => {
    const path = await split("broken", writeMcap, "mcap");
    for (const broken of ["", "a: [1, 2", "rosbag2_bagfile_information: {version: 5}"]) {
      await writeFile(join(path, "metadata.yaml"), broken);
      const bag = await openBag(path);
      expect(await readAll(bag)).toEqual(all);
      expect(bag.info.damage[0]).toMatch(/metadata\.yaml is no/);
      await bag.close();
    }
  });

  it("goes on where one of several files is empty or cut off", async () => {
    const path = await split("partly", writeMcap, "mcap");
    await writeFile(join(path, "partly_9.mcap"), "");
    const last = await readFile(join(path, "partly_10.mcap"));
    await writeFile(join(path, "partly_10.mcap"), last.subarray(0, last.indexOf("hello 25")));
    const bag = await openBag(path);
    expect(await readAll(bag)).toEqual([...all.slice(0, 10), ...all.slice(20, 25)]);
    expect(bag.info.damage.join("\n")).toMatch(/partly_9\.mcap is empty/);
    expect(bag.info.damage.join("\n")).toMatch(/partly_10\.mcap: .* lost/);
    await bag.close();
  });

  it("asks which is meant where a folder holds several recordings", async () => {
    const path = join(folder, "several");
    await mkdir(path);
    for (const name of ["monday", "tuesday"]) await writeMcap(join(path, `${name}.mcap`), all);
    await expect(openBag(path)).rejects.toThrow(/but several recordings.*\n.*monday\.mcap\n.*tues/);
  });
});

describe("openBag of compressed recordings", () => {
  for (const fixture of ["db3_file_v9", "mcap_message_v9"]) {
    it(`reads ${fixture}, which rosbags wrote`, async () => {
      const bag = await openBag(join(fixtures, fixture));
      const heights: number[] = [];
      const words: string[] = [];
      for await (const message of bag.messages()) {
        const content = message.decode() as { height: number; data: Uint8Array | string };
        if (message.type === STRING) words.push(content.data as string);
        else heights.push(content.height, content.data.length);
      }
      expect(words).toEqual([0, 1, 2, 3, 4, 5].map((n) => `hello ${n}`));
      expect(heights).toEqual(Array.from({ length: 6 }, () => [4, 72]).flat());
      expect(bag.info.damage).toEqual([]);
      expect(bag.info.compression.join()).toMatch(/zstd (\(file\)|message)/);
      await bag.close();
    });
  }

  it("reads a compressed file without its folder, and what is left of a cut one", async () => {
    await zstd.isLoaded;
    const plain = join(folder, "plain.mcap");
    const many = strings(20_000);
    await writeMcap(plain, many, { chunkSize: 10_000 });
    const packed = zstd.compress(await readFile(plain));
    const path = join(folder, "packed.mcap.zstd");
    await writeFile(path, packed);
    const bag = await openBag(path);
    expect(bag.info).toMatchObject({ name: "packed", messageCount: 20_000, damage: [] });
    await bag.close();

    await writeFile(path, packed.subarray(0, packed.byteLength / 2));
    const cut = await openBag(path);
    const read = await readAll(cut);
    expect(read.length).toBeGreaterThan(1000);
    expect(read).toEqual(many.slice(0, read.length));
    expect(cut.info.damage.join()).toMatch(/zstd compression is damaged/);
    await cut.close();
  });

  it("names a compressed file, and nothing temporary, where nothing of it can be read", async () => {
    await zstd.isLoaded;
    const path = join(folder, "bad.mcap.zstd");
    // One frame of one block, of a kind that there is none of (RFC 8878, 3.1.1.2.2).
    const head = [0x28, 0xb5, 0x2f, 0xfd, 0x20, 8];
    const packed = Uint8Array.from([...head, (8 << 3) | (3 << 1) | 1, 0, 0, ...Array(8).fill(0)]);
    for (const [bytes, reason] of [
      [packed, "the zstd compression is damaged"],
      [zstd.compress(new TextEncoder().encode("no bag at all")), "MCAP"],
    ] as const) {
      await writeFile(path, bytes);
      const error = await openBag(path).catch((thrown: Error) => thrown);
      expect(error).toBeInstanceOf(BagError);
      expect((error as Error).message).toContain(reason);
      expect((error as Error).message).toMatch(new RegExp(`^${path}`));
    }
  });

  it("names the topic of a message whose own compression is damaged, and goes on", async () => {
    await zstd.isLoaded;
    const path = join(folder, "message.mcap");
    const packed = all
      .slice(0, 3)
      .map((m) => ({ ...m, data: Uint8Array.from(zstd.compress(m.data)) }));
    packed[1]!.data = packed[1]!.data.subarray(0, 9);
    await writeMcap(path, packed);
    const bag = await openBag(path);
    const results: unknown[] = [];
    for await (const message of bag.messages()) {
      try {
        results.push(message.decode());
      } catch (error) {
        results.push((error as Error).message);
      }
    }
    expect(results).toEqual([
      { data: "hello 0" },
      expect.stringMatching(/^\/chatter: the compression of a message is damaged/),
      { data: "hello 2" },
    ]);
    await bag.close();
  });

  it("does not take a folder that is still being written for a recording", async () => {
    const writer = await BagWriter.create(join(folder, "busy"));
    await expect(openBag(join(folder, "busy"))).rejects.toThrow(/no such file/);
    await writer.abort();
  });
});
