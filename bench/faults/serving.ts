import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { decode } from "@msgpack/msgpack";
import { Random } from "../../src/base/index.js";
import { echoingServer, KEY, leaksOf } from "../../test/support/echoingServer.js";
import { OpenApiReplies } from "../../test/support/openApiReplies.js";
import { halfOpen, type Message, sendBytes, stream } from "./connections.js";
import { bombs } from "./pictures.js";
import {
  type Attack,
  attackOf,
  changed,
  goodStep,
  type Samples,
  samplesOf,
  written,
} from "./requests.js";
import { type RawReply, ServedProcess } from "./ServedProcess.js";

const TASKS = resolve(import.meta.dirname, "../../examples/tasks");
const ERRORS = resolve(import.meta.dirname, "../../docs/errors.md");
const TOKEN = "token-f00dfeedbeefcafe99";

export interface ServeFigures {
  readonly requests: number;
  readonly byStatus: Readonly<Record<string, number>>;
  readonly connections: number;
  readonly messages: number;
  readonly sessions: number;
  readonly slowestMs: number;
  readonly memoryMib: number;
  readonly defects: readonly string[];
}

/** CPU time of one request. */
const LONGEST_MS = 3000;
/** The data that a run may hold, the bodies in flight, and the program. */
const MOST_MEMORY_MIB = 1024 + 256;
/** Kept after all clients have gone. */
const MOST_KEPT_MIB = 400;
/** The mistakes of a task are shown with their lines; more repeats what was sent. */
const LONGEST_PROBLEM = 32_768;
/** Requests between two looks at what else has to hold. */
const ROUND = 25;
const POOL = 6;

/**
 * Attacks two reward servers: one over TCP with a token, whose model is a server that repeats its API
 * key in every disguise; one over a Unix socket with `rgbd`. Replies are held to the OpenAPI document;
 * none has a stack, the key or the token; a session that nobody attacks gives the same rewards as ever;
 * nothing is kept of clients that have gone.
 */
export async function attackServe(
  folder: string,
  count: number,
  seed: number,
  ending: AbortSignal,
): Promise<ServeFigures> {
  const place = join(folder, "serve");
  await mkdir(place, { recursive: true });
  const tokenFile = join(place, "token");
  await writeFile(tokenFile, `${TOKEN}\n`, { mode: 0o600 });
  const echo = await echoingServer();
  const model = `${echo.url}?cache=off&retries=0&breaker_after=10000&timeout_s=5#m`;
  const tasks = ["--task", join(TASKS, "pick_and_place.yaml"), "--task-folder", TASKS];
  const total = {
    requests: 0,
    connections: 0,
    messages: 0,
    sessions: 0,
    slowestMs: 0,
    memoryMib: 0,
  };
  const byStatus: Record<string, number> = {};
  const defects: string[] = [];
  try {
    const servers = [
      { name: "TCP", words: ["--port", "0", "--token-file", tokenFile, "--vlm", model] },
      { name: "Unix socket", words: ["--socket", join(place, "s"), "--vlm", "rgbd"] },
    ];
    for (const [i, { name, words }] of servers.entries()) {
      const server = await ServedProcess.start([...tasks, ...words], {
        SPATIAL_REWARD_API_KEY: KEY,
      });
      const campaign = await Campaign.begin(
        server,
        `${name}, seed ${seed}`,
        new Random(seed, name),
      );
      const share = i === 0 ? Math.ceil(count / 2) : Math.floor(count / 2);
      try {
        await campaign.run(share, ending);
      } finally {
        await campaign.end();
      }
      defects.push(...campaign.defects);
      const { figures } = campaign;
      for (const [status, n] of Object.entries(campaign.byStatus)) {
        byStatus[status] = (byStatus[status] ?? 0) + n;
      }
      total.requests += figures.requests;
      total.connections += figures.connections;
      total.messages += figures.messages;
      total.sessions += figures.sessions;
      total.slowestMs = Math.max(total.slowestMs, figures.slowestMs);
      total.memoryMib = Math.max(total.memoryMib, figures.memoryMib);
    }
  } finally {
    echo.close();
  }
  return { ...total, byStatus, defects };
}

class Campaign {
  readonly defects: string[] = [];
  readonly byStatus: Record<string, number> = {};
  readonly figures = {
    ...{ requests: 0, connections: 0, messages: 0, sessions: 0, slowestMs: 0, memoryMib: 0 },
  };
  readonly #server: ServedProcess;
  readonly #name: string;
  readonly #random: Random;
  readonly #samples: Samples;
  readonly #replies: OpenApiReplies;
  readonly #codes: ReadonlySet<string>;
  readonly #pictures = bombs();
  #sessions: string[] = [];
  #control = "";
  #expected = "";
  #handles = 0;

  private constructor(
    server: ServedProcess,
    name: string,
    random: Random,
    samples: Samples,
    replies: OpenApiReplies,
    codes: ReadonlySet<string>,
  ) {
    this.#server = server;
    this.#name = name;
    this.#random = random;
    this.#samples = samples;
    this.#replies = replies;
    this.#codes = codes;
  }

  static async begin(server: ServedProcess, name: string, random: Random): Promise<Campaign> {
    const samples = await samplesOf(await readFile(join(TASKS, "reach.yaml"), "utf8"));
    const document = await server.ask("GET", "/openapi.json", AUTH);
    const errors = await readFile(ERRORS, "utf8");
    const codes = new Set([...errors.matchAll(/^\| `([\w.]+)` \|/gm)].map(([, code = ""]) => code));
    const replies = new OpenApiReplies(JSON.parse(document.bytes.toString()) as object);
    const campaign = new Campaign(server, name, random, samples, replies, codes);
    campaign.#control = await campaign.#begin();
    campaign.#expected = await campaign.#rewards();
    for (let i = 0; i < POOL; i++) campaign.#sessions.push(await campaign.#begin());
    server.hangUp();
    campaign.#handles = await server.handles();
    return campaign;
  }

  async run(count: number, ending: AbortSignal): Promise<void> {
    for (let done = 0; done < count && this.#server.isAlive && !ending.aborted; done++) {
      const attack = attackOf(this.#samples, this.#pictures, this.#sessions, this.#random);
      await this.#attack(`${this.#name}, request ${done}`, attack);
      if (done % ROUND !== ROUND - 1) continue;
      await this.#refill();
      await this.#connections(done);
      if ((await this.#rewards()) !== this.#expected) this.#defect("other rewards than before");
    }
    await this.#manySessions(Math.min(2000, 4 * count));
  }

  /** Ends the server, once all clients have gone. */
  async end(): Promise<void> {
    const server = this.#server;
    if (!server.isAlive) this.#defect(`the server has ended: ${server.said.slice(-2000)}`);
    for (const id of [...this.#sessions, this.#control]) {
      await server.ask("DELETE", `/v1/sessions/${id}`, AUTH).catch(() => undefined);
    }
    const metrics = await server
      .ask("GET", "/metrics", AUTH)
      .then(({ bytes }) => bytes.toString())
      .catch(() => "");
    for (const gauge of ["sessions", "steps_waiting"]) {
      const found = new RegExp(`^spatial_reward_${gauge} (\\S+)$`, "m").exec(metrics)?.[1];
      // Sessions that attacks began are the clients' own to end; there are not many.
      if (gauge === "steps_waiting" && found !== "0") this.#defect(`${found} ${gauge} at the end`);
      if (Number(found) > 256) this.#defect(`${found} ${gauge} at the end`);
    }
    server.hangUp();
    const handles = await this.#settled();
    if (handles > this.#handles + 4) {
      this.#defect(`${handles} open files at the end, ${this.#handles} at the beginning`);
    }
    const { now, most } = await server.memoryMib();
    this.figures.memoryMib = most;
    if (most > MOST_MEMORY_MIB) this.#defect(`${Math.round(most)} MiB at most`);
    if (now > MOST_MEMORY_MIB / 2 + MOST_KEPT_MIB)
      this.#defect(`${Math.round(now)} MiB at the end`);
    const code = await server.stop();
    if (code !== 0) this.#defect(`it ended with ${code}`);
    if (/internal error|^ {4}at \S+ \(?(file|node):/m.test(server.said)) {
      this.#defect(`its log has a defect: ${server.said.slice(0, 3000)}`);
    }
    this.#checkSecrets("its log", server.said);
  }

  async #attack(name: string, attack: Attack): Promise<void> {
    this.figures.requests += 1;
    const before = await this.#server.cpuMs();
    const headers = { ...AUTH, ...attack.headers };
    const what = `${name} (${attack.name}: ${attack.method} ${attack.path.slice(0, 80)})`;
    let reply: RawReply;
    try {
      reply = await this.#server.ask(attack.method, attack.path, headers, attack.body);
    } catch (error) {
      this.#defect(`${what}: no reply: ${(error as Error).message}`);
      return;
    }
    const tookMs = (await this.#server.cpuMs()) - before;
    this.figures.slowestMs = Math.max(this.figures.slowestMs, tookMs);
    if (tookMs > LONGEST_MS) this.#defect(`${what}: took ${tookMs} ms`);
    const { status } = reply;
    this.byStatus[status] = (this.byStatus[status] ?? 0) + 1;
    const fault = this.#faultOf(attack, reply);
    if (fault !== undefined) this.#defect(`${what}: ${fault}`);
  }

  #faultOf({ method, route }: Attack, { status, headers, bytes }: RawReply): string | undefined {
    const type = headers["content-type"] ?? "";
    const text = bytes.toString();
    this.#checkSecrets("a reply", text + JSON.stringify(headers));
    if (method === "HEAD" || status === 101) return undefined;
    if (status >= 400 && bytes.length > LONGEST_PROBLEM) return `an error of ${bytes.length} bytes`;
    if (/\n\s+at \S+ \(|node:internal|file:\/\/\/|node_modules/.test(text))
      return `a stack: ${text}`;
    let body: unknown;
    try {
      body = bodyOf(type, bytes);
    } catch (error) {
      return `${status} of ${type} that cannot be read: ${(error as Error).message}`;
    }
    const { code } = (body ?? {}) as { readonly code?: unknown };
    if (status === 500) return `500: ${text}`;
    if (status >= 400 && !this.#codes.has(String(code))) return `${status} without a code: ${text}`;
    // Chats that are streamed are events; their parts are no document's.
    if (type.startsWith("text/event-stream")) return undefined;
    return this.#replies.faultOf(method, route, { status, type, body });
  }

  async #connections(done: number): Promise<void> {
    const [session = ""] = this.#sessions;
    for (let i = 0; i < 3; i++) {
      this.figures.connections += 1;
      const { name, answer } = await sendBytes(this.#server, session, AUTH_LINE, this.#random);
      this.#checkSecrets(name, answer);
      if (/HTTP\/1.1 500/.test(answer)) this.#defect(`${this.#name}, ${name}: ${answer}`);
      if (/^HTTP\/1.1 4/.test(answer) && !answer.includes('"code"')) {
        this.#defect(`${this.#name}, ${name}: an error without a code: ${answer}`);
      }
    }
    const messages = Array.from({ length: this.#random.integer(1, 4) }, (): Message => {
      const step = changed(goodStep(this.#samples, this.#random), this.#random);
      const isText = this.#random.next() < 0.5;
      // Bytes that are no text end a stream that announces text (RFC 6455).
      return { isText, bytes: written(step, isText ? "application/json" : "application/msgpack") };
    });
    this.figures.messages += messages.length;
    const streamed = this.#sessions.at(-1) ?? "";
    const told = await stream(this.#server, streamed, TOKEN, messages, this.#random);
    this.#checkSecrets(told.name, told.text);
    const name = `${this.#name}, after request ${done}, ${told.name}`;
    if (told.answers.length < told.sent) {
      this.#defect(`${name}: ${told.answers.length} answers to ${told.sent} messages`);
    }
    for (const answer of told.answers) {
      const { error } = answer as { readonly error?: unknown };
      const fault = error
        ? this.#replies.schemaFault("Problem", error)
        : this.#replies.schemaFault("DenseReward", answer);
      if (fault !== undefined) this.#defect(`${name}: ${fault}`);
    }
    if (done % (4 * ROUND) !== 4 * ROUND - 1) return;
    const letGo = await halfOpen(this.#server, session, AUTH_LINE, 60);
    this.figures.connections += 60;
    if ((await this.#rewards()) !== this.#expected) {
      this.#defect("other rewards beside clients that stopped half-way");
    }
    letGo();
  }

  /** Sessions that come and go leave nothing; those that are too many are turned away. */
  async #manySessions(count: number): Promise<void> {
    const server = this.#server;
    const open: string[] = [];
    for (let i = 0; i < count && server.isAlive; i++) {
      const { status, bytes, headers } = await server.ask("POST", "/v1/sessions", AUTH);
      if (status === 201) {
        open.push((JSON.parse(bytes.toString()) as { session: string }).session);
        this.figures.sessions += 1;
      } else if (status !== 429 || headers["retry-after"] === undefined) {
        this.#defect(`session ${i}: ${status} ${bytes.toString()}`);
      }
      if (open.length < 200 && status !== 429) continue;
      for (const id of open.splice(0)) await server.ask("DELETE", `/v1/sessions/${id}`, AUTH);
    }
    for (const id of open) await server.ask("DELETE", `/v1/sessions/${id}`, AUTH);
  }

  async #begin(): Promise<string> {
    const { status, bytes } = await this.#server.ask("POST", "/v1/sessions", AUTH);
    if (status !== 201) throw new Error(`no session: ${status} ${bytes.toString()}`);
    return (JSON.parse(bytes.toString()) as { session: string }).session;
  }

  /** Attacks end sessions, as they may. */
  async #refill(): Promise<void> {
    const { ask } = this.#server;
    const kept: string[] = [];
    for (const id of this.#sessions) {
      const { status } = await ask.call(this.#server, "POST", `/v1/sessions/${id}/reset`, AUTH);
      if (status === 200) kept.push(id);
    }
    while (kept.length < POOL) kept.push(await this.#begin());
    this.#sessions = kept;
  }

  /** What the session says that is never attacked: of what no model says, and of depth. */
  async #rewards(): Promise<string> {
    const steps = new Random(1, "control");
    await this.#server.ask("POST", `/v1/sessions/${this.#control}/reset`, AUTH);
    const rewards: string[] = [];
    for (let i = 0; i < 3; i++) {
      const body = written(goodStep(this.#samples, steps), "application/msgpack");
      const headers = {
        ...AUTH,
        "content-type": "application/msgpack",
        accept: "application/json",
      };
      const path = `/v1/sessions/${this.#control}/step`;
      const { status, bytes } = await this.#server.ask("POST", path, headers, body);
      if (status !== 200) return `${status} ${bytes.toString()}`;
      const reward = JSON.parse(bytes.toString()) as Record<string, unknown>;
      // An echoing server says something else each time.
      const { stamp_ns, camera, frame_id } = reward;
      rewards.push(
        JSON.stringify(
          reward.model === "rgbd"
            ? { ...reward, latency_ms: 0, episode: "" }
            : { stamp_ns, camera, frame_id },
        ),
      );
    }
    return rewards.join("\n").replace(/"latency_ms":[\d.]+/g, "");
  }

  /** Open files once connections that were hung up have gone. */
  async #settled(): Promise<number> {
    let handles = await this.#server.handles();
    for (let i = 0; i < 50 && handles > this.#handles; i++) {
      await new Promise((done) => setTimeout(done, 100));
      handles = await this.#server.handles();
    }
    return handles;
  }

  #checkSecrets(where: string, text: string): void {
    for (const secret of [KEY, TOKEN]) {
      const leaks = leaksOf(text, secret);
      if (leaks.length === 0) continue;
      const named = secret === KEY ? "the API key" : "the token";
      this.#defect(`${this.#name}, ${where} shows ${named}: ${JSON.stringify(text.slice(0, 600))}`);
    }
  }

  #defect(text: string): void {
    this.defects.push(`serve: ${text.slice(0, 4000)}`);
  }
}

const AUTH = { authorization: `Bearer ${TOKEN}` };
const AUTH_LINE = `Authorization: Bearer ${TOKEN}\r\n`;

function bodyOf(type: string, bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined;
  if (type.includes("msgpack")) return decode(bytes);
  return type.includes("json") ? JSON.parse(bytes.toString()) : bytes.toString();
}
