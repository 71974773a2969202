import * as z from "zod";
import { EndpointError } from "../errors.js";
import { integer, number, structure } from "../spec/settings.js";
import { promptSettings, samplingSettings } from "../words/promptSettings.js";
import { reliabilitySettings } from "../words/reliability.js";

/** Fields of a request that are this client's own; `extra` cannot set them. */
const OWN_FIELDS = [
  "model",
  "messages",
  "stream",
  "n",
  "seed",
  "temperature",
  "max_tokens",
  "max_completion_tokens",
  "response_format",
  "logprobs",
  "top_logprobs",
];

const extraFields = z
  .record(z.string(), z.json(), { error: 'must be a JSON object: {"reasoning_effort":"low"}' })
  .refine((extra) => !OWN_FIELDS.some((field) => field in extra), {
    message: `cannot set ${OWN_FIELDS.join(", ")}`,
  });

/** Settings that hold what a session may cost; a session is the life of the model object. */
const limitSettings = {
  ratePerMinute: number(0.1, 100000)
    .optional()
    .describe("requests a minute at most, evenly spaced"),
  budgetCalls: integer(1, 1_000_000_000)
    .optional()
    .describe("requests of a session, retries included; then nothing is asked any more"),
  budgetTokens: integer(1, 1_000_000_000_000)
    .optional()
    .describe("tokens of a session, in and out, as the server counts them"),
  budgetCost: number(0, 1_000_000)
    .optional()
    .describe("cost of a session, in the currency of the prices"),
  priceIn: number(0, 1_000_000).default(0).describe("price of a million tokens of prompt"),
  priceOut: number(0, 1_000_000).default(0).describe("price of a million tokens of answer"),
};

/** The settings of an `endpoint`, as its options and, in snake_case, in a model spec. */
export const endpointSettings = z.strictObject({
  ...promptSettings,
  ...samplingSettings,
  seed: integer(0, 2 ** 31 - 1)
    .optional()
    .describe("sampling seed of the first sample; each further one adds 1. Not sent where unset"),
  maxTokens: integer(1, 65536)
    .optional()
    .describe(
      "longest answer, tokens; 256, with the templates `reasoning` and `references` 2048. For each further question of a request half as much is added",
    ),
  logprobs: z
    .enum(["off", "on"])
    .default("off")
    .describe(
      "`on`: the server is asked how sure the model was of each word; that goes into sigma",
    ),
  check: z
    .enum(["none", "swap", "unit", "both"])
    .default("none")
    .describe(
      "asked twice: with subject and object swapped, in inches, or both; disagreement widens sigma or refuses",
    ),
  maxSide: integer(32, 8192)
    .default(1024)
    .describe("longest side of the image that is sent, pixels; larger ones are scaled down"),
  quality: integer(1, 100)
    .default(90)
    .describe("JPEG quality of the image that is sent; a JPEG that is small enough goes as it is"),
  extra: structure(extraFields)
    .optional()
    .describe("further fields of the request as a JSON object, for what only some servers know"),
  concurrency: integer(1, 256)
    .default(4)
    .describe("requests in flight at a time, over all frames and questions"),
  timeoutS: number(0.001, 300)
    .default(60)
    .describe("seconds until a request is given up; not tried again"),
  retries: integer(0, 20)
    .default(3)
    .describe("further tries after HTTP 408, 429, 5xx or a lost connection"),
  backoffS: number(0, 60)
    .default(0.5)
    .describe(
      "typical wait before the first retry, seconds; it doubles from try to try, with jitter",
    ),
  ...limitSettings,
  breakerAfter: integer(1, 10000)
    .default(5)
    .describe("failed requests in a row until the server is left alone"),
  breakerS: number(0, 3600)
    .default(10)
    .describe("how long it is left alone, seconds, until one request tries it again"),
  cache: z
    .string()
    .regex(/^(?:on|off)$|[/\\]/, { message: "must be on, off, or the path of a folder (with a /)" })
    .default("on")
    .describe("`on`: answers are kept in the user's cache folder; `off`; or another folder's path"),
  keyEnv: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]*$/, {
      message: "must be the name, in capitals, of an environment variable; never a key itself",
    })
    .default("SPATIAL_REWARD_API_KEY")
    .describe("environment variable that holds the API key, where the server wants one"),
  ...reliabilitySettings,
});

export type EndpointSettings = z.output<typeof endpointSettings>;

/** The settings of a model that is talked to in text, without images. */
export const chatSettings = endpointSettings
  .pick({
    temperature: true,
    seed: true,
    extra: true,
    concurrency: true,
    timeoutS: true,
    retries: true,
    backoffS: true,
    breakerAfter: true,
    breakerS: true,
    keyEnv: true,
  })
  .extend({
    maxTokens: z.coerce
      .number()
      .int()
      .min(1)
      .max(65536)
      .default(1024)
      .describe("longest reply, tokens; models that think before they speak need more"),
  });

/** The settings of requests as such, whatever they ask. */
export type RequestSettings = Pick<
  EndpointSettings,
  "concurrency" | "timeoutS" | "retries" | "backoffS" | "breakerAfter" | "breakerS"
> &
  Partial<Pick<EndpointSettings, keyof typeof limitSettings>>;

/** What `endpoint` is made with: `{ url: "http://127.0.0.1:8000/v1", model: "my-model", n: 4 }`. */
export type EndpointOptions = {
  /** Base URL of the API, usually ending in `/v1`. */
  readonly url: string;
  /** As the server calls it. */
  readonly model: string;
} & Readonly<Partial<EndpointSettings>>;

/** Checks settings and fills in the defaults. @throws EndpointError that names each bad one. */
export function checkSettings<Settings extends z.ZodObject>(
  schema: Settings,
  settings: z.input<Settings>,
): z.output<Settings> {
  const read = schema.safeParse(settings);
  if (read.success) return read.data;
  const problems = read.error.issues.map(({ path, message }) => `  ${path.join(".")}: ${message}`);
  const list = [...new Set(problems)].join("\n");
  throw new EndpointError(`endpoint: options that do not fit:\n${list}`);
}
