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
    .describe("maximum number of requests per minute, evenly spaced"),
  budgetCalls: integer(1, 1_000_000_000)
    .optional()
    .describe(
      "maximum number of requests in a session, including retries; then no further requests are sent",
    ),
  budgetTokens: integer(1, 1_000_000_000_000)
    .optional()
    .describe(
      "maximum number of tokens in a session, prompts and answers, as counted by the server",
    ),
  budgetCost: number(0, 1_000_000)
    .optional()
    .describe("maximum cost of a session, in the currency of the prices"),
  priceIn: number(0, 1_000_000).default(0).describe("price per million prompt tokens"),
  priceOut: number(0, 1_000_000).default(0).describe("price per million answer tokens"),
};

/** The settings of an `endpoint`, as its options and, in snake_case, in a model spec. */
export const endpointSettings = z.strictObject({
  ...promptSettings,
  ...samplingSettings,
  seed: integer(0, 2 ** 31 - 1)
    .optional()
    .describe("sampling seed of the first sample; each further sample adds 1. Not sent if unset"),
  maxTokens: integer(1, 65536)
    .optional()
    .describe(
      "maximum length of an answer, tokens; 256, or 2048 with the templates `reasoning` and `references`. Each further question in a request adds half as much",
    ),
  logprobs: z
    .enum(["off", "on"])
    .default("off")
    .describe(
      "`on`: asks the server for the probability of each token, which is included in sigma",
    ),
  check: z
    .enum(["none", "swap", "unit", "both"])
    .default("none")
    .describe(
      "asks again with subject and object swapped, in inches, or both; disagreement widens sigma or causes a refusal",
    ),
  maxSide: integer(32, 8192)
    .default(1024)
    .describe("longest side of the sent image, pixels; larger images are scaled down"),
  quality: integer(1, 100)
    .default(90)
    .describe("JPEG quality of the sent image; a JPEG that is small enough is sent unchanged"),
  extra: structure(extraFields)
    .optional()
    .describe("further fields of the request as a JSON object, for options of particular servers"),
  concurrency: integer(1, 256)
    .default(4)
    .describe("maximum number of requests in flight, over all frames and questions"),
  endpoints: structure(z.array(z.string().min(1)).min(1).max(256))
    .optional()
    .describe(
      "base URLs of further servers with the same model: all questions about an image go to the same " +
        "one; `concurrency` and `rate_per_minute` are for each",
    ),
  timeoutS: number(0.001, 300)
    .optional()
    .describe(
      "time-out of a request, seconds, which is not retried: 60. In a live stream, of all requests about an image: 10",
    ),
  retries: integer(0, 20)
    .default(3)
    .describe("number of retries after HTTP 408, 429, 5xx or a lost connection"),
  backoffS: number(0, 60)
    .default(0.5)
    .describe(
      "typical wait before the first retry, seconds; it doubles with each retry, with jitter",
    ),
  ...limitSettings,
  breakerAfter: integer(1, 10000)
    .default(5)
    .describe("number of consecutive failed requests before the server is given a pause"),
  breakerS: number(0, 3600)
    .default(10)
    .describe("length of that pause, seconds; then one request tries the server again"),
  cache: z
    .string()
    .regex(/^(?:on|off)$|[/\\]/, { message: "must be on, off, or the path of a folder (with a /)" })
    .default("on")
    .describe(
      "`on`: caches answers in the user's cache folder; `off`; or the path of another folder",
    ),
  keyEnv: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]*$/, {
      message: "must be the name, in capitals, of an environment variable; never a key itself",
    })
    .default("SPATIAL_REWARD_API_KEY")
    .describe("environment variable with the API key, if the server needs one"),
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
      .describe(
        "maximum length of a reply, tokens; models that think before they answer need more",
      ),
  });

/** The settings of requests themselves, regardless of what they ask. */
export type RequestSettings = Pick<
  EndpointSettings,
  "concurrency" | "timeoutS" | "retries" | "backoffS" | "breakerAfter" | "breakerS"
> &
  Partial<Pick<EndpointSettings, keyof typeof limitSettings>> &
  StreamSettings;

/** What the stream of questions is like. */
export interface StreamSettings {
  /** It goes on; see VlmContext. */
  readonly live?: boolean;
  /** Aborts when no answer is wanted any more. */
  readonly closing?: AbortSignal;
  /** The longest one that a request waits for, ms; 2000 at least, which is what it is without. */
  readonly longestPauseMs?: number;
  /** Told when a pause begins that is waited for, and is longer than a live stream's. */
  readonly onPause?: (detail: string) => void;
}

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
  throw new EndpointError(`endpoint: options with errors:\n${list}`);
}
