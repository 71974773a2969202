import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { JournalCopy } from "../../src/cli/s3/JournalCopy.js";
import { S3Store } from "../../src/s3/index.js";
import { openBag, readBagInfo } from "../../src/sources/index.js";
import { type ChatServer, chatServer, say } from "../support/chatServer.js";
import { runCli } from "../support/cli.js";
import { HAS_REDIS, RedisServer } from "../support/redisServer.js";
import { HAS_MOTO, S3Server, startMoto } from "../support/s3Server.js";

const TASK = resolve("examples/tasks/pick_and_place.yaml");
const FIXTURES = resolve("test/sources/rosbag/fixtures");
const SECRET = "s3cr3t/keyThatNobodyMaySee+0123456789abcd";

describe("S3", () => {
  let folder: string;
  let s3: S3Server;
  let store: S3Store;
  let server: ChatServer;
  let spec: string;
  /** The model answers no further requests than these. */
  let most = Number.POSITIVE_INFINITY;
  const at = (...parts: string[]): string => join(folder, ...parts);
  const signal = new AbortController().signal;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "s3-test-"));
    s3 = await S3Server.start("runs");
    for (const [name, value] of Object.entries(s3.environment)) vi.stubEnv(name, value);
    vi.stubEnv("TMPDIR", at("scratch"));
    await mkdir(at("scratch"));
    store = await S3Store.open("s3://runs/");
    server = await chatServer((response, request) => {
      if (request > most) response.writeHead(503).end();
      else say(response, "It is about 23 cm.");
    });
    spec = server.spec.replace(
      "#",
      "?cache=off&concurrency=1&retries=0&backoff_s=0&breaker_s=0.1#",
    );
    const made = await runCli(
      ...["sim", "record", "--size", "64x48", "--rate", "1", "-o", at("in", "a.mcap")],
    );
    expect(made.code).toBe(0);
    await runCli("annotate", at("in", "a.mcap"), ...annotation(), "-o", at("whole"));
    await put(at("in", "a.mcap"), "in/a.mcap");
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    store?.close();
    await s3?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const annotation = () => ["-t", TASK, "--vlm", spec, "--rate", "1", "--format", "jsonl", "csv"];
  const put = async (path: string, key: string) =>
    await store.upload({ bucket: "runs", key }, path);
  const textOf = async (key: string) => await store.readText({ bucket: "runs", key });
  const keysIn = async (prefix: string) =>
    (await store.list({ bucket: "runs", key: prefix })).map(({ key }) => key.slice(prefix.length));
  /** Latency is measured anew in each run. */
  const rows = (text = "") => text.replaceAll(/"latency_ms":[\d.]+/g, "");
  const wholeRows = async () => rows(await readFile(at("whole", "a.jsonl"), "utf8"));
  const scratch = async () => await readdir(at("scratch"));

  describe("a recording there", () => {
    it("is read as on a disk, whatever its format and however its key is spelled", async () => {
      const names = ["db3_file_v9", "killed_wal", "lz4.mcap", "ros1_lz4.bag"];
      for (const [i, name] of names.entries()) {
        const strange = `größe ${i} #1?%41+/`;
        const path = join(FIXTURES, name);
        const files = await readdir(path).catch(() => undefined);
        const prefix = `formats/${strange}`;
        for (const file of files ?? [name]) {
          await put(files ? join(path, file) : path, `${prefix}${files ? `${name}/` : ""}${file}`);
        }
        const found = files ? `s3://runs/${prefix}${name}/` : `s3://runs/${prefix}${name}`;
        const read = async (each: string) => {
          await using bag = await openBag(each);
          const digest = createHash("sha256");
          for await (const { topic, logNs, data } of bag.messages()) {
            digest.update(`${topic} ${logNs} ${data.length}`).update(data);
          }
          const { messageCount, name: named, storage } = bag.info;
          return { digest: digest.digest("hex"), messageCount, named, storage };
        };
        expect(await read(found)).toEqual(await read(path));
        expect((await readBagInfo(found)).path).toBe(found);
      }
      expect(await scratch()).toEqual([]);
    });

    it("is found by the folder that it lies in, a rosbag2 folder as one", async () => {
      const { stdout, code } = await runCli(
        "bag",
        "info",
        "s3://runs/formats/größe 0 #1?%41+/db3_file_v9/",
      );
      expect([code, stdout.split("\n")[0]]).toEqual([
        0,
        "s3://runs/formats/größe 0 #1?%41+/db3_file_v9/",
      ]);
      for (const name of ["b", "c"]) await put(at("in", "a.mcap"), `many/${name}/${name}.mcap`);
      const metadata = await readFile(join(FIXTURES, "db3_file_v9", "metadata.yaml"), "utf8").then(
        (text) => text.replaceAll(/\S+\.db3(\.zstd)?/g, "b.mcap"),
      );
      await store.put({ bucket: "runs", key: "many/b/metadata.yaml" }, metadata);
      const annotated = await runCli(
        "annotate",
        "s3://runs/many",
        ...annotation(),
        "-o",
        at("many"),
      );
      expect(annotated.stderr).toBe("");
      const made = (await readdir(at("many"))).filter((name) => name.endsWith(".jsonl"));
      expect(made.sort()).toEqual(["b.jsonl", "c.jsonl"]);
    });

    it("is waited for while the network is away", async () => {
      const path = join(FIXTURES, "db3_file_v9");
      const [file = ""] = (await readdir(path)).filter((name) => name.includes(".db3"));
      await put(join(path, file), `away/${file}`);
      s3.cut();
      const read = readBagInfo(`s3://runs/away/${file}`);
      await s3.refuses(3);
      s3.mend();
      expect((await read).messageCount).toBe((await readBagInfo(join(path, file))).messageCount);
    });

    it("is refused where it changes while it is read", async () => {
      await put(at("in", "a.mcap"), "changing.mcap");
      await using bag = await openBag("s3://runs/changing.mcap");
      await writeFile(at("other"), Buffer.alloc((await readFile(at("in", "a.mcap"))).length));
      await put(at("other"), "changing.mcap");
      const read = async () => {
        for await (const { topic } of bag.messages()) expect(topic).toBeDefined();
      };
      await expect(read()).rejects.toThrow(
        "s3://runs/changing.mcap: the file has changed while it was read",
      );
    });

    it("is not brought where the disk has no room, and nothing is left", async () => {
      const small = at("small");
      await mkdir(small);
      const mount = spawnSync("mount", ["-t", "tmpfs", "-o", "size=16k", "tmpfs", small]);
      if (mount.status !== 0) return;
      onTestFinished(() => void spawnSync("umount", [small]));
      const path = join(FIXTURES, "db3_file_v9");
      const [file = ""] = (await readdir(path)).filter((name) => name.includes(".db3"));
      await put(join(path, file), `room/${file}`);
      vi.stubEnv("TMPDIR", small);
      const read = openBag(`s3://runs/room/${file}`).finally(() =>
        vi.stubEnv("TMPDIR", at("scratch")),
      );
      await expect(read).rejects.toThrow(
        /^s3:\/\/runs\/room\/.*has 1 MB, and the disk of TMPDIR has room for 0 MB: let TMPDIR name/,
      );
      expect(await readdir(small)).toEqual([]);
    });
  });

  describe("outputs there", () => {
    it("are those on a disk, and are not made twice", async () => {
      const run = () =>
        runCli("annotate", "s3://runs/in/", ...annotation(), "-o", "s3://runs/o 1/ü", "--resume");
      expect(await run()).toMatchObject({ code: 0, stderr: "" });
      expect(rows(await textOf("o 1/ü/a.jsonl"))).toBe(await wholeRows());
      expect((await keysIn("o 1/ü/")).sort()).toEqual([
        ".spatial-reward/a.csv.made",
        ".spatial-reward/a.jsonl.json",
        ".spatial-reward/a.jsonl.made",
        ".spatial-reward/a.jsonl.s3.json",
        "a.csv",
        "a.jsonl",
      ]);
      const asked = server.requests;
      expect((await run()).stdout).toContain("a: finished by an earlier run\n");
      expect(server.requests).toBe(asked);
      expect(await scratch()).toEqual([]);
    });

    it("of one name are told apart in what is said, as on a disk", async () => {
      for (const day of ["day1", "day2"]) {
        await put(at("in", "a.mcap"), `days/${day}/a.mcap`);
        await mkdir(at("days", day), { recursive: true });
        await copyFile(at("in", "a.mcap"), at("days", day, "a.mcap"));
      }
      for (const days of ["s3://runs/days/", at("days")]) {
        const out = at(days === at("days") ? "days of disk" : "days of s3");
        const { stdout } = await runCli("annotate", days, ...annotation(), "-o", out);
        expect(stdout.match(/^\S+(?= {2}\(task )/gm)).toEqual(["day1/a", "day2/a"]);
      }
    });

    it("are a folder of outputs like any other when they are copied to a disk", async () => {
      for (const key of await keysIn("o 1/ü/")) {
        await mkdir(at("copy", ".spatial-reward"), { recursive: true });
        await writeFile(at("copy", key), (await textOf(`o 1/ü/${key}`)) ?? "");
      }
      const words = ["annotate", at("in", "a.mcap"), ...annotation(), "-o", at("copy"), "--resume"];
      expect((await runCli(...words)).stdout).toContain("a: finished by an earlier run\n");
    });

    it("are gone on with: what was answered is not asked again", async () => {
      const before = server.requests;
      most = before + 10;
      const run = () =>
        runCli(
          "annotate",
          at("in", "a.mcap"),
          ...annotation(),
          "-o",
          "s3://runs/on/",
          "--resume",
          "--wait",
          "1s",
        );
      const ended = await run();
      most = Number.POSITIVE_INFINITY;
      expect(ended.code).toBe(75);
      expect(ended.stderr).toContain("run the same command with --resume to continue");
      const pieces = (await keysIn("on/")).filter((key) => key.includes(".answers/"));
      expect(pieces).not.toEqual([]);
      const askedOnce = server.requests;
      expect(await run()).toMatchObject({ code: 0, stderr: "" });
      expect(rows(await textOf("on/a.jsonl"))).toBe(await wholeRows());
      const perImage = 3;
      const images = (await wholeRows()).split("\n").length - 1;
      const saved = Math.floor(10 / perImage);
      expect(server.requests - askedOnce).toBe((images - saved) * perImage);
      expect((await keysIn("on/")).filter((key) => key.includes("answers"))).toEqual([]);
    });

    it("replace their own, and nothing of others", async () => {
      const run = (...more: string[]) =>
        runCli("annotate", at("in", "a.mcap"), ...annotation(), "-o", "s3://runs/own/", ...more);
      await store.put({ bucket: "runs", key: "own/a.csv" }, "his");
      const refused = await run();
      expect([refused.code, refused.stderr]).toEqual([
        1,
        "error: output s3://runs/own/a.csv is there already, and `annotate` has no record of having made " +
          "it: it is left alone. Choose another name, or add --overwrite to replace it\n",
      ]);
      expect(await run("--overwrite")).toMatchObject({ code: 0, stderr: "" });
      expect(await run()).toMatchObject({ code: 0, stderr: "" });
      await store.put({ bucket: "runs", key: "own/a.csv" }, "changed");
      expect((await run()).stderr).toContain(
        "a.csv is there already, and is not as `annotate` left it",
      );
      await put(at("in", "a.mcap"), "kept/a.mcap");
      const kept = await runCli(
        ...["annotate", at("in", "a.mcap"), "-t", TASK, "--vlm", spec, "--rate", "1"],
        ...["-o", "s3://runs/kept/a.mcap", "--overwrite"],
      );
      expect(kept.stderr).toContain("--overwrite does not replace a recording");
      expect(await store.head({ bucket: "runs", key: "kept/a.mcap" })).toMatchObject({
        size: (await readFile(at("in", "a.mcap"))).length,
      });
    });

    it("appear although the network is away when they are put there", async () => {
      const ended = runCli(
        "annotate",
        at("in", "a.mcap"),
        ...annotation(),
        "-o",
        "s3://runs/away/",
      );
      const before = server.requests;
      while (server.requests < before + 5) await sleep(10);
      s3.cut();
      await s3.refuses(3);
      s3.mend();
      expect(await ended).toMatchObject({ code: 0, stderr: "" });
      expect(rows(await textOf("away/a.jsonl"))).toBe(await wholeRows());
    });

    it("are read and written without a word of the SDK on Node's age", () => {
      const opening = `
        const { S3Store } = await import("./src/s3/index.ts");
        (await S3Store.open("s3://runs/")).close();
        console.log(process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ?? "as before");
        process.emitWarning("another");`;
      const words = ["--import", "tsx", "--input-type=module", "-e", opening];
      const { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: _, ...env } = process.env;
      const { stdout, stderr } = spawnSync(process.execPath, words, {
        encoding: "utf8",
        env: { ...env, AWS_REGION: "x" },
      });
      expect(stdout).toBe("as before\n");
      expect(stderr).toContain("another");
      expect(stderr).not.toContain("AWS");
    });

    it("are in parts where they are large", async () => {
      const bytes = Buffer.alloc(18 << 20, "two parts of 18 MiB ");
      await writeFile(at("large"), bytes);
      await store.upload({ bucket: "runs", key: "large" }, at("large"));
      const { Body } = await store.get({ bucket: "runs", key: "large" });
      const there = Buffer.from((await Body?.transformToByteArray()) ?? []);
      expect(there.equals(bytes)).toBe(true);
    });

    it.each([
      [["s3://runs/in/a.mcap"], "would change the input s3://runs/in/a.mcap"],
      [["s3://runs/in/a.mcap/"], "would change the input s3://runs/in/a.mcap"],
      [["s3://runs/x/", "OUT/y.csv"], "outputs lie either on a disk or in S3"],
      [["s3://runs/x/", "s3://other/x/"], "outputs lie in one bucket of S3"],
      [["s3://runs/x/../y/"], "s3://runs/x/../y/: `.` and `..` lead nowhere in S3"],
      [["s3://runs//x/"], "no empty parts"],
      [["s3://runs/x\u0007/"], "no control characters"],
      [["s3://"], "S3 addresses are s3://BUCKET/KEY"],
      [
        [`s3://AKIA:${SECRET.replaceAll("/", "")}@runs/x/`],
        "s3://…: S3 addresses are s3://BUCKET/KEY",
      ],
      [["s3://nobody/x/"], "there is no such bucket"],
    ])("are refused at %j", async (outputs, message) => {
      const named = outputs.map((output) => output.replace("OUT", folder));
      const { code, stderr } = await runCli(
        "annotate",
        "s3://runs/in/a.mcap",
        ...annotation(),
        "-o",
        ...named,
      );
      expect(code).toBeGreaterThan(0);
      expect(stderr).toContain(message);
      expect(stderr).not.toContain(SECRET.replaceAll("/", ""));
    });
  });

  describe("what cannot be", () => {
    /** A server that answers each request so. */
    async function answering(status: number, code: string, headers: Record<string, string> = {}) {
      const body = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>you sent ${SECRET}</Message></Error>`;
      const stub = createServer((request, response) => {
        request.resume();
        response.writeHead(status, { "content-type": "application/xml", ...headers });
        response.end(request.method === "HEAD" ? "" : body);
      });
      await new Promise<void>((ready) => stub.listen(0, "127.0.0.1", ready));
      onTestFinished(() => {
        stub.closeAllConnections();
        stub.close();
      });
      vi.stubEnv("AWS_ENDPOINT_URL", `http://127.0.0.1:${(stub.address() as AddressInfo).port}`);
      onTestFinished(() => void vi.stubEnv("AWS_ENDPOINT_URL", s3.environment.AWS_ENDPOINT_URL));
    }

    it.each([
      [403, "AccessDenied", {}, "access is denied"],
      [403, "SignatureDoesNotMatch", {}, "check AWS_SECRET_ACCESS_KEY"],
      [400, "ExpiredToken", {}, "the credentials have expired"],
      [
        301,
        "PermanentRedirect",
        { "x-amz-bucket-region": "eu-north-1" },
        "set AWS_REGION=eu-north-1",
      ],
      [400, "AuthorizationHeaderMalformed", {}, "another region: set AWS_REGION"],
      [418, "Teapot", {}, "the server answers 418 Teapot"],
    ] as const)(
      "%i %s is told with the key, without what the server says",
      async (status, code, headers, told) => {
        await answering(status, code, headers);
        vi.stubEnv("AWS_SECRET_ACCESS_KEY", SECRET);
        onTestFinished(
          () => void vi.stubEnv("AWS_SECRET_ACCESS_KEY", s3.environment.AWS_SECRET_ACCESS_KEY),
        );
        const { stderr } = await runCli("bag", "info", "s3://bucket/x/run.mcap");
        expect(stderr).toContain("s3://bucket/x/run.mcap: ");
        expect(stderr).toContain(told);
        expect(stderr).not.toContain(SECRET);
      },
    );

    it.each([
      ["s3://runs/none.mcap", "s3://runs/none.mcap: there is no such object"],
      ["s3://nobody/none.mcap", "there is no such bucket"],
      ["s3://runs/x/../none.mcap", "`.` and `..` lead nowhere in S3"],
    ])("%s is told", async (address, told) => {
      const { code, stderr } = await runCli("bag", "info", address);
      expect([code, stderr.includes(told), stderr]).toEqual([1, true, stderr]);
    });

    it("an object of no bytes is told", async () => {
      await store.put({ bucket: "runs", key: "empty.mcap" }, new Uint8Array(0));
      const { stderr } = await runCli("bag", "info", "s3://runs/empty.mcap");
      expect(stderr).toContain("s3://runs/empty.mcap: the object is empty (0 bytes)");
    });

    it("no folder, no recordings and missing credentials are told", async () => {
      const annotate = (from: string) =>
        runCli("annotate", from, ...annotation(), "-o", at("none"));
      expect((await annotate("s3://runs/nothing/")).stderr).toContain(
        "s3://runs/nothing/: there is no such object, and no folder with recordings",
      );
      for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
        vi.stubEnv(name, undefined);
      vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
      onTestFinished(() => {
        for (const [name, value] of Object.entries(s3.environment)) vi.stubEnv(name, value);
      });
      expect((await annotate("s3://runs/in/")).stderr).toContain(
        "no credentials: set AWS_ACCESS_KEY_ID",
      );
    });
  });

  describe("the copy of a journal", () => {
    const piecesOf = () => ({ bucket: "runs", key: "copy/.spatial-reward/a.answers/" });
    const header = '{"recording":"r","model":"m"}';
    const line = (i: number) => JSON.stringify({ camera: "c", stamp_ns: String(i), answers: [] });

    it("has every whole line once, of two workers too", async () => {
      const one = await JournalCopy.begin(store, piecesOf(), at("one.partial"), signal);
      const two = await JournalCopy.begin(store, piecesOf(), at("two.partial"), signal);
      await writeFile(at("one.partial"), `${header}\n${line(1)}\n{"cut`);
      await one.flush();
      await one.flush();
      await writeFile(at("one.partial"), `${header}\n${line(1)}\n${line(2)}\n`);
      await writeFile(at("two.partial"), `${header}\n${line(3)}\n`);
      await one.end();
      await two.end();
      const three = await JournalCopy.begin(store, piecesOf(), at("three.partial"), signal);
      const text = await readFile(at("three.partial"), "utf8");
      expect(text.split("\n")[0]).toBe(header);
      expect(text.split("\n").slice(1, -1).sort()).toEqual([1, 2, 3].map(line));
      await three.end();
      expect(await keysIn("copy/")).toHaveLength(3);
      await three.remove();
      expect(await keysIn("copy/")).toEqual([]);
    });
  });

  // s3rver lists no uploads and keeps objects as files, moto does not (`pip install "moto[server]"`);
  // skipped, and said, without it.
  describe.skipIf(!HAS_MOTO)("on another server", () => {
    let client: S3Client;
    let stop = () => {};
    beforeAll(async () => {
      const moto = await startMoto();
      vi.stubEnv("AWS_ENDPOINT_URL", moto.url);
      client = new S3Client({ endpoint: moto.url, forcePathStyle: true, region: "us-east-1" });
      await client.send(new CreateBucketCommand({ Bucket: "left" }));
      stop = () => moto.stop();
    });
    afterAll(() => {
      vi.stubEnv("AWS_ENDPOINT_URL", s3.environment.AWS_ENDPOINT_URL);
      client?.destroy();
      stop();
    });

    it("what a killed worker left of an upload is given up, and that of no other object", async () => {
      for (const Key of ["out/a.jsonl", "out/a.jsonl.other", "out/ab.jsonl"]) {
        await client.send(new CreateMultipartUploadCommand({ Bucket: "left", Key }));
      }
      const words = ["annotate", at("in", "a.mcap"), ...annotation(), "-o", "s3://left/out/"];
      expect(await runCli(...words)).toMatchObject({ code: 0, stderr: "" });
      const { Uploads = [] } = await client.send(
        new ListMultipartUploadsCommand({ Bucket: "left" }),
      );
      expect(Uploads.map(({ Key }) => Key)).toEqual(["out/a.jsonl.other", "out/ab.jsonl"]);
    });

    it("recordings whose keys are no addresses are named", async () => {
      for (const Key of ["odd/a.mcap", "odd/../b.mcap"]) {
        const Body = await readFile(at("in", "a.mcap"));
        await client.send(new PutObjectCommand({ Bucket: "left", Key, Body }));
      }
      const words = ["annotate", "s3://left/odd/", ...annotation(), "-o", at("odd")];
      const { code, stderr } = await runCli(...words);
      expect(code).toBe(0);
      expect(stderr).toMatch(/s3:\/\/left\/odd\/\.\.\/b\.mcap was passed over: .* another key/);
      expect(await readdir(at("odd"))).toContain("a.jsonl");
    });
  });

  // Without redis-server this is skipped, and vitest says so.
  describe.skipIf(!HAS_REDIS)("a fleet", () => {
    let redis: RedisServer;
    beforeAll(async () => {
      vi.stubEnv("TMPDIR", folder);
      redis = await RedisServer.start();
      vi.stubEnv("TMPDIR", at("scratch"));
    });
    afterAll(() => redis?.stop());

    it.each([
      ["whole", []],
      ["in slices", ["--slice", "4s"]],
    ] as const)("annotates recordings there into a folder there, %s", async (name, more) => {
      const queue = ["--redis", redis.url, "--queue", name];
      const out = `s3://runs/fleet ${name}/`;
      const submit = () =>
        runCli("fleet", "submit", "s3://runs/in/", ...annotation(), "-o", out, ...more, ...queue);
      expect(await submit()).toMatchObject({ code: 0, stderr: "" });
      const before = server.requests;
      const drained = await runCli(
        "fleet",
        "work",
        "--until-empty",
        "--stall-after",
        "2s",
        ...queue,
      );
      expect(drained).toMatchObject({ code: 0, stderr: "" });
      expect(rows(await textOf(`fleet ${name}/a.jsonl`))).toBe(await wholeRows());
      const images = (await wholeRows()).split("\n").length - 1;
      expect(server.requests - before).toBe(3 * images);
      expect((await submit()).stdout).toContain("1 are done");
      expect((await keysIn(`fleet ${name}/`)).filter((key) => key.includes("answers"))).toEqual([]);
      expect(await scratch()).toEqual([]);
      const queued = new Redis(redis.url);
      const jobs = await queued.keys(`bull:${name}:*`);
      const texts = await Promise.all(jobs.map((job) => queued.hgetall(job).catch(() => ({}))));
      queued.disconnect();
      expect(JSON.stringify(texts)).toContain(out);
      expect(JSON.stringify(texts)).not.toMatch(/S3RVER|AWS_/);
    });

    it("refuses at once what others have there", async () => {
      await store.put({ bucket: "runs", key: "taken/a.csv" }, "his");
      const queue = ["--redis", redis.url, "--queue", "taken"];
      const refused = await runCli(
        "fleet",
        "submit",
        "s3://runs/in/",
        ...annotation(),
        "-o",
        "s3://runs/taken",
        ...queue,
      );
      expect(refused.stderr).toContain("output s3://runs/taken/a.csv is there already");
    });
  });
});
