import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { rosTimeOf } from "../../../src/base/index.js";
import {
  BagError,
  BagWriter,
  findRecordings,
  openBag,
  openSource,
  readBagInfo,
  recordingName,
} from "../../../src/sources/index.js";
import { temporaryFolder } from "./recordings.js";

const folder = await temporaryFolder();
const T0 = 1_700_000_000_000_000_000n;
const IMAGES = 12;

/** 12 images of 75 kB that do not compress, one every 0.5 s: a chunk for each group of them. */
async function written(name: string): Promise<Buffer> {
  const path = join(folder, name);
  const writer = await BagWriter.create(path, { flushMs: 0 });
  await writer.addTopic({ name: "/cam/image_raw", type: "sensor_msgs/msg/Image" });
  await writer.addTopic({ name: "/note", type: "std_msgs/msg/String" });
  let state = 7;
  for (let i = 0; i < IMAGES; i++) {
    const logNs = T0 + BigInt(i) * 500_000_000n;
    const data = Uint8Array.from({ length: 160 * 160 * 3 }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state >>> 24;
    });
    const stamp = rosTimeOf(logNs);
    const image = { header: { stamp, frame_id: "cam" }, width: 160, height: 160, encoding: "rgb8" };
    await writer.write("/cam/image_raw", logNs, { ...image, step: 480, data });
  }
  await writer.write("/note", T0 + 9_000_000_000n, { data: "last" });
  await writer.close();
  return readFile(path);
}

const recording = await written("run.mcap");

interface Server {
  readonly address: string;
  /** Bytes that were sent so far. */
  readonly sent: () => number;
}

/** A web server that gives one file by ranges, unless `answer` does something else. */
async function served(
  answer?: (request: IncomingMessage, response: ServerResponse) => boolean,
): Promise<Server> {
  let sent = 0;
  const server = createServer((request, response) => {
    if (answer?.(request, response)) return;
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
    const [from, to] = [Number(range?.[1]), Number(range?.[2])];
    const bytes = recording.subarray(from, to + 1);
    sent += bytes.length;
    const end = from + bytes.length - 1;
    response.writeHead(206, {
      "content-range": `bytes ${from}-${end}/${recording.length}`,
      "content-length": bytes.length,
      etag: '"one"',
    });
    response.end(bytes);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { address: `http://127.0.0.1:${port}/runs/run.mcap`, sent: () => sent };
}

async function stampsOf(spec: string, selection = {}): Promise<bigint[]> {
  await using source = await openSource(spec);
  const found: bigint[] = [];
  for await (const { stampNs, fault } of source.frames({
    cameras: source.cameras([]),
    ...selection,
  })) {
    expect(fault).toBeUndefined();
    found.push(stampNs);
  }
  return found;
}

const all = Array.from({ length: IMAGES }, (_, i) => T0 + BigInt(i) * 500_000_000n);

describe("a recording on a web server", () => {
  it("is read by ranges, like a file", async () => {
    const { address } = await served();
    expect(await findRecordings([address])).toEqual([address]);
    expect(await recordingName(`${address}?token=secret`)).toBe("run");
    expect(await stampsOf(address)).toEqual(all);
  });

  it("is fetched only where it is needed", async () => {
    const { address, sent } = await served();
    const info = await readBagInfo(address);
    expect(info).toMatchObject({
      name: "run",
      messageCount: IMAGES + 1,
      sizeBytes: recording.length,
    });
    expect(sent()).toBeLessThan(recording.length / 4);
    await using bag = await openBag(address);
    const before = sent();
    const range = { startNs: all[10], endNs: all[11] } as { startNs: bigint; endNs: bigint };
    const found: bigint[] = [];
    for await (const { logNs } of bag.messages(range)) found.push(logNs);
    expect(found).toEqual([all[10], all[11]]);
    expect(sent() - before).toBeLessThan(recording.length / 3);
    const beforeNote = sent();
    for await (const { decode } of bag.messages({ topics: ["/note"] }))
      expect(decode).toBeDefined();
    expect(sent() - beforeNote).toBeLessThan(recording.length / 4);
  });

  it("shows no secrets of its address", async () => {
    const { address } = await served();
    const secret = `${address.replace("//", "//user:password@")}?X-Amz-Signature=secret`;
    const info = await readBagInfo(secret);
    expect(JSON.stringify([info.path, info.files, info.name])).not.toMatch(/secret|password/);
    const absent = await served((_, response) => {
      response.writeHead(403).end();
      return true;
    });
    const asked = `${absent.address.replace("//", "//user:password@")}?X-Amz-Signature=secret`;
    const error = await openBag(asked).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(BagError);
    expect((error as Error).message).toMatch(/run\.mcap: the server answers 403 Forbidden/);
    expect((error as Error).message).not.toMatch(/secret|password/);
  });

  it("is asked for again where the server is busy or the connection breaks", async () => {
    let asked = 0;
    const { address } = await served((request, response) => {
      asked++;
      if (asked % 3 === 1) response.writeHead(503).end();
      else if (asked % 3 === 2) request.socket.destroy();
      else return false;
      return true;
    });
    expect((await readBagInfo(address)).messageCount).toBe(IMAGES + 1);
  });

  it("is refused where the server gives no parts, or a file that changes", async () => {
    const whole = await served((_, response) => {
      response.writeHead(200).end(recording);
      return true;
    });
    await expect(openBag(whole.address)).rejects.toThrow(/does not give parts of files.*download/);
    let asked = 0;
    const changed = await served((request, response) => {
      asked++;
      const [, from = "0", to = "0"] =
        /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
      const bytes = recording.subarray(Number(from), Number(to) + 1);
      const range = `bytes ${from}-${Number(from) + bytes.length - 1}/${recording.length}`;
      response.writeHead(206, { "content-range": range, etag: `"${asked}"` }).end(bytes);
      return true;
    });
    await expect(openBag(changed.address)).rejects.toThrow(/has changed while it was read/);
  });

  it("is no damage where the server goes away", async () => {
    let isGone = false;
    const { address } = await served((_, response) => {
      if (isGone) response.writeHead(404).end();
      return isGone;
    });
    await using bag = await openBag(address);
    isGone = true;
    const read = async () => {
      for await (const { topic } of bag.messages()) expect(topic).toBeDefined();
    };
    await expect(read()).rejects.toThrow(/run\.mcap: the server answers 404/);
    expect(bag.info.damage).toEqual([]);
  });
});

describe("a recording in S3", () => {
  const S3rver = createRequire(import.meta.url)("s3rver") as new (
    options: unknown,
  ) => { run(): Promise<AddressInfo>; close(): Promise<void> };
  const server = new S3rver({
    ...{ address: "127.0.0.1", port: 0, silent: true, directory: join(folder, "s3") },
    configureBuckets: [{ name: "runs" }],
  });

  beforeAll(async () => {
    const { port } = await server.run();
    vi.stubEnv("AWS_ACCESS_KEY_ID", "S3RVER");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "S3RVER");
    vi.stubEnv("AWS_ENDPOINT_URL_S3", `http://127.0.0.1:${port}`);
    vi.stubEnv("AWS_REGION", undefined);
    const client = new S3Client({
      ...{ endpoint: `http://127.0.0.1:${port}`, forcePathStyle: true, region: "us-east-1" },
      requestChecksumCalculation: "WHEN_REQUIRED",
    });
    const [Bucket, Key] = ["runs", "night 1/run.mcap"];
    await client.send(new PutObjectCommand({ Bucket, Key, Body: recording }));
    client.destroy();
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await server.close();
  });

  it("is read by ranges, like a file", async () => {
    const address = "s3://runs/night 1/run.mcap";
    expect(await readBagInfo(address)).toMatchObject({
      ...{ path: address, name: "run", messageCount: IMAGES + 1, sizeBytes: recording.length },
    });
    expect(await stampsOf(address)).toEqual(all);
  });

  it("is refused where it is not there, and where the address is none", async () => {
    await expect(openBag("s3://runs/other.mcap")).rejects.toThrow(
      /other\.mcap: there is no such object/,
    );
    await expect(openBag("s3://runs")).rejects.toThrow(/S3 addresses are s3:\/\/BUCKET\/KEY/);
  });
});
