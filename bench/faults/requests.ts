import { encode } from "@msgpack/msgpack";
import sharp from "sharp";
import type { Random } from "../../src/base/index.js";
import { mutation } from "./mutations.js";
import type { bombs } from "./pictures.js";

/** A request to a reward server. */
export interface Attack {
  /** What was done, for the report. */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  /** The path of the server's OpenAPI document that it belongs to. */
  readonly route: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/** Stands for raw bytes of its own in a body of either type. */
class Raw {
  constructor(
    readonly json: string,
    readonly msgpack: Buffer,
  ) {}
}

const hex = (text: string) => Buffer.from(text, "hex");
const deep = (depth: number) =>
  new Raw("[".repeat(depth) + "]".repeat(depth), Buffer.alloc(depth, 0x91));
const wide = (count: number, json: string, member: number) => {
  const packed = Buffer.alloc(5 + count, member);
  packed[0] = 0xdd;
  packed.writeUInt32BE(count, 1);
  return new Raw(`[${Array(count).fill(json).join(",")}]`, packed);
};

/** Values that nobody expects where they come. */
const STRANGE: readonly (() => unknown)[] = [
  ...[null, true, false, 0, -1, 1.5, 1e308, -1e308, 5e-324, 2 ** 53, -0, [], {}, ""].map(
    (value) => () => value,
  ),
  ...[
    "\u0000",
    "\u001b[2J\u0007",
    "\u202e",
    "\ud800",
    "__proto__",
    "../../etc/passwd",
    "%00",
    "NaN",
  ].map((value) => () => value),
  ...[
    "9".repeat(19),
    "-1",
    "1e400",
    "constructor",
    "a".repeat(100_000),
    "=1+1",
    "{{7*7}}",
    "'--",
  ].map((value) => () => value),
  () => ({ __proto__: null, constructor: { prototype: {} } }),
  () => ({ length: 1e9, 0: 1 }),
  () => Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`k${i}`, i])),
  () => new Uint8Array(70_000),
  () => new Raw("1e400", hex("cb7ff0000000000000")),
  () => new Raw("NaN", hex("cb7ff8000000000000")),
  () => new Raw("-Infinity", hex("ca ff800000".replace(" ", ""))),
  () => new Raw("123456789012345678901234567890", hex("cfffffffffffffffff")),
  () => new Raw('"\\ud800"', hex("a3eda080")),
  () => new Raw('{"__proto__":1}', hex("81a95f5f70726f746f5f5f01")),
  () => new Raw('{"a":1,"a":2}', hex("82a16101a16102")),
  () => new Raw("[1,]", hex("dd01000000")),
  () => new Raw("tru", hex("df7fffffff")),
  () => new Raw('"', hex("c6ffffffff00")),
  () => new Raw("\u0000", hex("c1")),
  () => new Raw("/**/", hex("d6ff00000000")),
  () => new Raw("undefined", hex("c70cff000000000000000000000000")),
  () => new Raw("{'a':1}", hex("8191010191")),
  () => deep(20_000),
  () => wide(300_000, "null", 0xc0),
  () => wide(200_000, "[]", 0x90),
  () => wide(100_000, "{}", 0x80),
];

/** A small recording's worth of what clients send. */
export interface Samples {
  readonly raw: object;
  readonly jpeg: object;
  readonly png: object;
  readonly task: string;
}

export async function samplesOf(task: string): Promise<Samples> {
  const [width, height] = [16, 12];
  const data = new Uint8Array(3 * width * height).map((_, i) => (i * 37) & 255);
  const picture = () => sharp(Buffer.from(data), { raw: { width, height, channels: 3 } });
  return {
    raw: { data, encoding: "rgb8", width, height },
    jpeg: { data: new Uint8Array(await picture().jpeg().toBuffer()), encoding: "jpeg" },
    png: { data: new Uint8Array(await picture().png().toBuffer()), encoding: "png" },
    task,
  };
}

const K = [20, 0, 8, 0, 20, 6, 0, 0, 1];

/** A step that the server takes, with all that it may have. */
export function goodStep({ raw, jpeg, png }: Samples, random: Random): Record<string, unknown> {
  const pixels = 16 * 12;
  const depth = new Uint8Array(
    Float32Array.from({ length: pixels }, (_, i) => 0.4 + i / 500).buffer,
  );
  const labels = Uint8Array.from({ length: pixels }, (_, i) => Math.floor(i / 48) + 1);
  const pose = (frame: string, x: number) => ({
    ...{ frame, parent: "world", position: [x, 0.2, 0.1], orientation: [0, 0, 0, 1] },
  });
  return {
    image: random.pick([raw, jpeg, png]),
    ...(random.next() < 0.6 && {
      depth: { data: depth, encoding: "32FC1", width: 16, height: 12 },
    }),
    ...(random.next() < 0.6 && {
      labels: {
        ...{ data: labels, encoding: "8UC1", width: 16, height: 12 },
        names: { "1": "gripper", "2": "red mug" },
      },
    }),
    ...(random.next() < 0.6 && { camera: { k: K, width: 16, height: 12 } }),
    ...(random.next() < 0.5 && { poses: [pose("gripper", 0.1), pose("red_mug", 0.5)] }),
    ...(random.next() < 0.5 && { joints: { finger_left: 0.03, finger_right: 0.03 } }),
  };
}

interface Sent {
  readonly to: Pick<Attack, "method" | "path" | "route">;
  readonly content?: unknown;
}

/** A request as a client means it. */
function goodRequest(samples: Samples, sessions: readonly string[], random: Random): Sent {
  const id = random.pick(sessions);
  const post = (path: string, content: unknown, route = path): Sent => ({
    ...{ to: { method: "POST", path, route }, content },
  });
  const step = () => goodStep(samples, random);
  const at = `/v1/sessions/${id}`;
  const kinds: readonly (() => Sent)[] = [
    () => post(`${at}/step`, step(), "/v1/sessions/{id}/step"),
    () => post(`${at}/step`, step(), "/v1/sessions/{id}/step"),
    () => post(`${at}/reset`, {}, "/v1/sessions/{id}/reset"),
    () =>
      post("/v1/sessions", {
        ...(random.next() < 0.5 ? { task_text: samples.task } : { task: "reach" }),
        ...{ camera: "camera", optical_frame: "camera", rate_hz: 10 },
      }),
    () =>
      post("/v1/step_batch", {
        steps: [
          { session: id, ...step() },
          { session: random.pick(sessions), ...step() },
        ],
      }),
    () => post("/v1/chat/completions", chat(samples, random)),
    () => post("/evaluate_batch", { samples: [trajectory()] }),
    () => ({ to: { method: "DELETE", path: at, route: "/v1/sessions/{id}" } }),
    ...["/v1/models", "/model_info", "/health", "/metrics", "/openapi.json"].map((path) => () => ({
      to: { method: "GET", path, route: path },
    })),
  ];
  return random.pick(kinds)();
}

function chat({ png }: Samples, random: Random) {
  const { data } = png as { readonly data: Uint8Array };
  const url = `data:image/png;base64,${Buffer.from(data).toString("base64")}`;
  const text = random.pick([
    "How far is the gripper from the red mug?",
    "1. How far is the gripper from the red mug?\n2. Is the mug on the tray?",
    "What is this?",
  ]);
  const content = [
    { type: "image_url", image_url: { url } },
    { type: "text", text },
  ];
  return {
    ...{ model: "m", messages: [{ role: "user", content }], n: random.integer(1, 3) },
    stream: random.next() < 0.3,
  };
}

function trajectory() {
  const frames = Array.from({ length: 2 }, () =>
    Array.from({ length: 4 }, () => Array.from({ length: 5 }, () => [10, 20, 30])),
  );
  const task = "Put the red mug on the blue tray.";
  return { sample_type: "progress", trajectory: { task, frames, metadata: { fps: 2 } } };
}

/** Of what may be a megabyte itself. */
const MOST_COPIES = 12;

/** A copy with a few of its values exchanged, left out, doubled, or given names that nobody knows. */
export function changed(value: unknown, random: Random): unknown {
  const root: { value: unknown } = { value: structuredClone(value) };
  for (let changes = random.integer(1, 3); changes > 0; changes--) {
    let holder: Record<string, unknown> = root;
    let name = "value";
    // Down to any depth.
    for (;;) {
      const inner = holder[name];
      const isMap = typeof inner === "object" && inner !== null && !(inner instanceof Uint8Array);
      const names = isMap && !(inner instanceof Raw) ? Object.keys(inner) : [];
      if (names.length === 0 || random.next() < 0.15) break;
      holder = inner as Record<string, unknown>;
      name = random.pick(names);
    }
    const kind = random.next();
    if (kind < 0.65) holder[name] = random.pick(STRANGE)();
    else if (kind < 0.75) Reflect.deleteProperty(holder, name);
    else if (kind < 0.85) holder[`${name}\u0000`] = holder[name];
    else if (kind < 0.9)
      holder[random.pick(["__proto__x", "constructor", "toString", "extra"])] = 1;
    else holder[name] = Array(random.integer(2, MOST_COPIES)).fill(holder[name]);
  }
  return root.value;
}

type BodyType = "application/json" | "application/msgpack";

/** A body of either type, raw parts in their places. */
export function written(value: unknown, type: BodyType): Buffer {
  const raws: Raw[] = [];
  const marked = mark(value, raws, type);
  if (type === "application/json") {
    const text = JSON.stringify(marked) ?? "";
    return Buffer.from(
      text.replace(/"@raw(\d+)@"/g, (_, i: string) => raws[Number(i)]?.json ?? ""),
    );
  }
  let bytes = Buffer.from(encode(marked, { ignoreUndefined: true }));
  for (const [i, { msgpack }] of raws.entries()) {
    const text = encode(`@raw${i}@`);
    for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + msgpack.length)) {
      bytes = Buffer.concat([bytes.subarray(0, at), msgpack, bytes.subarray(at + text.length)]);
    }
  }
  return bytes;
}

function mark(value: unknown, raws: Raw[], type: BodyType): unknown {
  if (value instanceof Raw) return `@raw${raws.push(value) - 1}@`;
  if (value instanceof Uint8Array) {
    return type === "application/json" ? Buffer.from(value).toString("base64") : value;
  }
  // Not `map`: a list may have been given a `constructor` of its own.
  if (Array.isArray(value)) return Array.from(value, (each) => mark(each, raws, type));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, mark(each, raws, type)]),
  );
}

const TYPES = [
  ...["text/plain", "application/xml", "application/json; charset=utf-16", "application/x-msgpack"],
  ...[
    "multipart/form-data",
    "multipart/form-data; boundary=x",
    "application/json, text/html",
    "*/*",
  ],
  ...["application/octet-stream", "application/jsonp", "application/json;;;=", "image/png", "a"],
];
const HEADERS: readonly Readonly<Record<string, string>>[] = [
  { accept: "application/msgpack" },
  { accept: "image/webp, */*;q=0.1" },
  { accept: "application/json".repeat(500) },
  { "content-encoding": "gzip" },
  { "content-encoding": "br, deflate" },
  { origin: "http://evil.example" },
  { authorization: "Bearer 0" },
  { authorization: `Bearer ${"x".repeat(8000)}` },
  { "x-http-method-override": "DELETE" },
  { range: "bytes=0-1" },
  { "if-none-match": "*" },
  { host: "evil.example:99999" },
  { cookie: "a=".repeat(4000) },
  { "transfer-encoding": "chunked" },
];
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"];
const PATHS = [
  ...["/", "//", "/v1", "/v1/sessions/", "/v1/sessions/%00/step", "/v1/sessions/%zz/step"],
  ...[
    "/v1/sessions/%1b%5b2J%0d%0a/step",
    "/v1/sessions/../../etc/passwd",
    "/v1/sessions/%2e%2e/step",
  ],
  ...["/v1/sessions/%f0%9f%98%80/reset", "/v1/sessions/%ff%fe/step", "/v1/sessions/__proto__/step"],
  ...[`/v1/sessions/${"a".repeat(4000)}/step`, "/health?x=%00&y[]=1", "/openapi.json/"],
  ...["/v1/sessions/constructor/stream", "/HEALTH", "/health;jsessionid=1", "/v1/sessions//step"],
];

/** The next request of a campaign. */
export function attackOf(
  samples: Samples,
  pictures: ReturnType<typeof bombs>,
  sessions: readonly string[],
  random: Random,
): Attack {
  const { to, content } = goodRequest(samples, sessions, random);
  const type: BodyType = random.next() < 0.5 ? "application/json" : "application/msgpack";
  const typed = (body: unknown): Pick<Attack, "headers" | "body"> =>
    body === undefined
      ? { headers: {} }
      : { headers: { "content-type": type }, body: written(body, type) };
  const kind = random.next();
  if (kind < 0.1) return { name: "as it should be", ...to, ...typed(content) };
  if (kind < 0.5) return { name: "other values", ...to, ...typed(changed(content, random)) };
  if (kind < 0.62) {
    const { headers, body } = typed(content);
    const bytes = body && mutation(Buffer.from(body), random);
    return { name: "other bytes", ...to, headers, ...(bytes && { body: bytes }) };
  }
  if (kind < 0.68) return { ...form(random), method: "POST" };
  if (kind < 0.76) {
    const picture = random.pick(pictures);
    const encoding = random.pick(["png", "jpeg", "webp"]);
    const part = { data: new Uint8Array(picture.data), encoding };
    const at = random.next();
    const step = { ...goodStep(samples, random), image: part };
    const path = `/v1/sessions/${random.pick(sessions)}/step`;
    const url = `data:image/${encoding};base64,${picture.data.toString("base64")}`;
    const parts = [
      { type: "image_url", image_url: { url } },
      { type: "text", text: "How far?" },
    ];
    return {
      ...{ name: picture.name, method: "POST" },
      ...(at < 0.6
        ? { path, route: "/v1/sessions/{id}/step", ...typed(step) }
        : {
            ...{ path: "/v1/chat/completions", route: "/v1/chat/completions" },
            ...typed({ model: "m", messages: [{ role: "user", content: parts }] }),
          }),
    };
  }
  if (kind < 0.84) {
    const { headers, body } = typed(content);
    const other = { "content-type": random.pick(TYPES) };
    return {
      name: "another type",
      ...to,
      headers: { ...headers, ...other },
      ...(body && { body }),
    };
  }
  if (kind < 0.92) {
    const { headers, body } = typed(content);
    const more = { ...headers, ...random.pick(HEADERS) };
    return { name: "strange headers", ...to, headers: more, ...(body && { body }) };
  }
  const isPath = random.next() < 0.6;
  const path = isPath ? random.pick(PATHS) : to.path;
  const method = random.pick(METHODS);
  const { headers, body } =
    method === "GET" || method === "HEAD" ? { headers: {} } : typed(content);
  return {
    ...{ name: "another place", method, path, route: isPath ? "" : to.route, headers },
    ...(body && { body }),
  };
}

/** A form as Robometer's clients send it, with something wrong. */
function form(random: Random): Omit<Attack, "method"> {
  const boundary = random.pick(["b", "--", "x".repeat(200), ""]);
  const npy = (shape: string, bytes: number) => {
    const header = `{'descr': '|u1', 'fortran_order': False, 'shape': ${shape}, }`;
    const length = Buffer.alloc(2);
    length.writeUInt16LE(header.length);
    return Buffer.concat([
      hex("934e554d50590100"),
      length,
      Buffer.from(header),
      Buffer.alloc(bytes),
    ]);
  };
  const files = [
    npy("(2, 4, 5, 3)", 120),
    npy("(99999999999999999999, 4, 5, 3)", 120),
    npy("(0, 0, 0, 3)", 0),
    npy("(2000, 1, 1, 3)", 6000),
    mutation(npy("(2, 4, 5, 3)", 120), random),
    Buffer.alloc(0),
  ];
  const frames = random.pick([{ __numpy_file__: "f" }, { __numpy_file__: "\u0000" }, 1, null]);
  const sample = changed(
    { ...trajectory(), trajectory: { ...trajectory().trajectory, frames } },
    random,
  );
  const body = Buffer.concat([
    Buffer.from(`--${boundary}\r\ncontent-disposition: form-data; name="sample_0"\r\n\r\n`),
    written(
      random.next() < 0.5
        ? { ...trajectory(), trajectory: { ...trajectory().trajectory, frames } }
        : sample,
      "application/json",
    ),
    Buffer.from(
      `\r\n--${boundary}\r\ncontent-disposition: form-data; name="f"; filename="f\u0000.npy"\r\n\r\n`,
    ),
    random.pick(files),
    Buffer.from(random.next() < 0.8 ? `\r\n--${boundary}--\r\n` : ""),
  ]);
  const route = "/evaluate_batch_npy";
  const type = `multipart/form-data; boundary=${random.next() < 0.5 ? `"${boundary}"` : boundary}`;
  return { name: "a form", path: route, route, headers: { "content-type": type }, body };
}
