import * as z from "zod";
import { chatSchema } from "./chat/ChatRequest.js";
import { stepSchema } from "./Step.js";
import { batchSchema, beginSchema } from "./sessionRoutes.js";

const measured = z.looseObject({
  value: z.number().nullable().meta({ description: "m, or 0/1; null when invalid" }),
  sigma: z.number().nullable(),
  raw: z.number().nullable(),
  unit: z.string(),
  question: z.string(),
  answer: z.string(),
  model: z.string().nullable(),
  validity: z.enum(["ok", "stale", "invalid"]),
  reason: z.string(),
});

/** What clients can rely on in a reward: a row of annotate's JSON lines. */
export const denseRewardSchema = z
  .looseObject({
    stamp_ns: z.string(),
    camera: z.string(),
    episode: z.string(),
    reward: z.number().nullable().meta({ description: "null when invalid" }),
    validity: z.enum(["ok", "stale", "invalid"]),
    reason: z.string(),
    progress: z.number().min(0).max(1).nullable().meta({ description: "null when invalid" }),
    stage: z.string(),
    success: z.boolean(),
    ended: z.enum(["success", "failure", "timeout"]).nullable(),
    terms: z.record(z.string(), z.number()),
    measurements: z.record(z.string(), measured),
    latency_ms: z.number(),
    model: z.string(),
  })
  .meta({ id: "DenseReward" });

export const problemSchema = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string().meta({ description: "see docs/errors.md" }),
  })
  .meta({ id: "Problem", description: "RFC 9457" });

const session = z
  .object({
    session: z.string(),
    task: z.string(),
    camera: z.string(),
    optical_frame: z.string(),
    measurements: z.array(z.string()),
    terms: z.array(z.string()),
    may_be_negative: z.boolean().meta({
      description:
        "Whether the task's own terms can be below 0 in sum: then 0 is no stand-in for a reward that is unknown",
    }),
  })
  .meta({ id: "Session" });

const anything = z.looseObject({});
const nothing = z.strictObject({});

interface Operation {
  readonly summary: string;
  readonly path: string;
  readonly method: "get" | "post" | "delete";
  readonly body?: z.ZodType;
  /** The type of the body where it is not JSON or msgpack. */
  readonly type?: string;
  /** None: 204. */
  readonly answer?: z.ZodType;
  readonly status?: number;
  readonly isText?: boolean;
}

const ID = "/v1/sessions/{id}";

const OPERATIONS: readonly Operation[] = [
  {
    ...{ method: "post", path: "/v1/sessions", summary: "Begin a session for one environment" },
    ...{ body: beginSchema, answer: session, status: 201 },
  },
  {
    ...{ method: "post", path: `${ID}/step`, summary: "The reward of the next step" },
    ...{ body: stepSchema, answer: denseRewardSchema },
  },
  {
    ...{ method: "post", path: `${ID}/reset`, summary: "Begin the next episode" },
    ...{ body: nothing, answer: z.object({ episode: z.int() }) },
  },
  { method: "delete", path: ID, summary: "End a session", status: 204 },
  {
    ...{ method: "post", path: "/v1/step_batch", summary: "Steps of many sessions at once" },
    body: batchSchema,
    answer: z.object({
      rewards: z.array(z.union([denseRewardSchema, z.object({ error: problemSchema })])),
    }),
  },
  {
    ...{ method: "get", path: `${ID}/stream`, summary: "WebSocket: a step in, a reward out" },
    ...{ status: 101 },
  },
  {
    ...{ method: "post", path: "/v1/chat/completions", summary: "Ask about an image (OpenAI)" },
    ...{ body: chatSchema, answer: anything },
  },
  { method: "get", path: "/v1/models", summary: "The model (OpenAI)", answer: anything },
  {
    ...{ method: "post", path: "/evaluate_batch", summary: "Judge trajectories (Robometer)" },
    ...{ body: anything, answer: anything },
  },
  {
    ...{ method: "post", path: "/evaluate_batch_npy", summary: "The same with arrays as .npy" },
    ...{ body: anything, answer: anything, type: "multipart/form-data" },
  },
  { method: "get", path: "/model_info", summary: "The model (Robometer)", answer: anything },
  { method: "get", path: "/health", summary: "Whether the server answers", answer: anything },
  { method: "get", path: "/metrics", summary: "Counts for Prometheus", isText: true },
  { method: "get", path: "/openapi.json", summary: "This document", answer: anything },
];

type Json = Record<string, unknown>;

/** The server's interface as an OpenAPI 3.1 document; schemas are those that bodies are checked by. */
export function openApi(version: string): Json {
  const schemas: Json = {};
  const schemaOf = (schema: z.ZodType): Json => {
    const {
      $defs,
      $schema: _,
      ...own
    } = z.toJSONSchema(schema, {
      ...{ io: "input", unrepresentable: "any", reused: "inline" },
    }) as Json;
    Object.assign(schemas, $defs);
    return own;
  };
  const paths: Record<string, Json> = {};
  for (const operation of OPERATIONS) {
    const { path, method } = operation;
    paths[path] = { ...paths[path], [method]: operationOf(operation, schemaOf) };
  }
  const document = {
    openapi: "3.1.0",
    info: {
      title: "spatial-reward serve",
      version,
      description: "Dense rewards and spatial facts from camera images. See docs/serve.md.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    paths,
    components: {
      schemas,
      securitySchemes: { token: { type: "http", scheme: "bearer" } },
    },
    security: [{}, { token: [] }],
  };
  const text = JSON.stringify(document).replaceAll('"#/$defs/', '"#/components/schemas/');
  return JSON.parse(text) as Json;
}

function operationOf(
  { path, summary, body, type, answer, status = 200, isText }: Operation,
  schemaOf: (schema: z.ZodType) => Json,
): Json {
  const content = (schema: z.ZodType, types: readonly string[]) =>
    Object.fromEntries(types.map((each) => [each, { schema: schemaOf(schema) }]));
  const both = ["application/json", "application/msgpack"];
  const answered = isText
    ? { "text/plain": { schema: { type: "string" } } }
    : answer && content(answer, both);
  return {
    summary,
    ...(path.includes("{id}") && {
      parameters: [{ name: "id", in: "path", required: true, schema: { type: "string" } }],
    }),
    ...(body && {
      requestBody: { required: true, content: content(body, type === undefined ? both : [type]) },
    }),
    responses: {
      [status]: { description: summary, ...(answered && { content: answered }) },
      default: {
        description: "What was wrong",
        content: content(problemSchema, ["application/problem+json"]),
      },
    },
  };
}
