import { z } from "zod";
import { EndpointError } from "./EndpointError.js";

/** Fields of a request that are this client's own; `extra` cannot set them. */
const OWN_FIELDS = ["model", "messages", "stream", "n", "seed", "temperature", "max_tokens"];

const extraFields = z
  .record(z.string(), z.json())
  .refine((extra) => !OWN_FIELDS.some((field) => field in extra), {
    message: `cannot set ${OWN_FIELDS.join(", ")}`,
  });

const jsonText = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({
      code: "custom",
      message: 'must be a JSON object: {"reasoning_effort":"low"}',
    });
    return z.NEVER;
  }
});

/** The settings of an `endpoint`, as its options and, in snake_case, in a model spec. */
export const endpointSettings = z.object({
  n: z.coerce
    .number()
    .int()
    .min(1)
    .max(64)
    .default(1)
    .describe("answers sampled for each question and averaged"),
  temperature: z.coerce
    .number()
    .min(0)
    .max(2)
    .optional()
    .describe("sampling temperature; 0 where `n` is 1, else 0.7"),
  seed: z.coerce
    .number()
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .optional()
    .describe("sampling seed of the first sample; each further one adds 1. Not sent where unset"),
  maxTokens: z.coerce
    .number()
    .int()
    .min(1)
    .max(65536)
    .default(256)
    .describe("longest answer, tokens; models that think before they speak need 1000 and more"),
  maxSide: z.coerce
    .number()
    .int()
    .min(32)
    .max(8192)
    .default(1024)
    .describe("longest side of the image that is sent, pixels; larger ones are scaled down"),
  quality: z.coerce
    .number()
    .int()
    .min(1)
    .max(100)
    .default(90)
    .describe("JPEG quality of the image that is sent; a JPEG that is small enough goes as it is"),
  system: z
    .string()
    .min(1)
    .max(20000)
    .optional()
    .describe("system prompt; `none`: none. Without it, one that asks for a short metric answer"),
  prompt: z
    .string()
    .max(20000)
    .refine((text) => text.includes("{question}"), { message: "must contain {question}" })
    .default("{question}")
    .describe("what is said beside the image; `{question}` stands for the question"),
  extra: z
    .union([extraFields, jsonText.pipe(extraFields)])
    .optional()
    .describe("further fields of the request as a JSON object, for what only some servers know"),
  concurrency: z.coerce
    .number()
    .int()
    .min(1)
    .max(256)
    .default(4)
    .describe("requests in flight at a time, over all frames and questions"),
  timeoutS: z.coerce
    .number()
    .gt(0)
    .max(300)
    .default(60)
    .describe("seconds until a request is given up; not tried again"),
  retries: z.coerce
    .number()
    .int()
    .min(0)
    .max(20)
    .default(3)
    .describe("further tries after HTTP 408, 429, 5xx or a lost connection"),
  backoffS: z.coerce
    .number()
    .min(0)
    .max(60)
    .default(0.5)
    .describe(
      "typical wait before the first retry, seconds; it doubles from try to try, with jitter",
    ),
  breakerAfter: z.coerce
    .number()
    .int()
    .min(1)
    .max(10000)
    .default(5)
    .describe("failed requests in a row until the server is left alone"),
  breakerS: z.coerce
    .number()
    .min(0)
    .max(3600)
    .default(10)
    .describe("how long it is left alone, seconds, until one request tries it again"),
  cache: z
    .string()
    .min(1)
    .default("on")
    .describe("`on`: answers are kept in the user's cache folder; `off`; or another folder"),
  keyEnv: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]*$/, {
      message: "must be the name, in capitals, of an environment variable; never a key itself",
    })
    .default("SPATIAL_REWARD_API_KEY")
    .describe("environment variable that holds the API key, where the server wants one"),
});

export type EndpointSettings = z.output<typeof endpointSettings>;

/** What `endpoint` is made with: `{ url: "http://127.0.0.1:8000/v1", model: "my-model", n: 4 }`. */
export type EndpointOptions = {
  /** Base URL of the API, usually ending in `/v1`. */
  readonly url: string;
  /** As the server calls it. */
  readonly model: string;
} & Readonly<Partial<EndpointSettings>>;

/** Checks settings and fills in the defaults. @throws EndpointError that names each bad one. */
export function checkSettings(settings: Partial<EndpointSettings>): EndpointSettings {
  const read = endpointSettings.safeParse(settings);
  if (read.success) return read.data;
  const problems = read.error.issues.map(({ path, message }) => `  ${path.join(".")}: ${message}`);
  throw new EndpointError(`endpoint: options that do not fit:\n${problems.join("\n")}`);
}
