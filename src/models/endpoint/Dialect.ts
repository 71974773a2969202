/** The body of a chat request, without what depends on the server's dialect. */
export type ChatBody = Readonly<Record<string, unknown>>;

/** What a server makes of the parts of the API in which servers differ. */
export interface Dialect {
  /** What it calls the longest length of an answer. */
  readonly lengthField: "max_tokens" | "max_completion_tokens";
  /** It answers in streams only. */
  readonly streams: boolean;
  /** The strongest kind of structured output that it takes. */
  readonly format: "json_schema" | "json_object" | "none";
  readonly logprobs: boolean;
}

/** What servers are taken for until they complain. */
export const FIRST_DIALECT: Dialect = {
  lengthField: "max_tokens",
  streams: false,
  format: "json_schema",
  logprobs: true,
};

/** The request in the server's dialect. `body` has the fields of FIRST_DIALECT. */
export function inDialect(body: ChatBody, dialect: Dialect): ChatBody {
  const { max_tokens, response_format, logprobs, top_logprobs, ...rest } = body;
  const { lengthField, streams, format } = dialect;
  return {
    ...rest,
    [lengthField]: max_tokens,
    ...(streams && { stream: true }),
    ...(response_format !== undefined && responseFormat(response_format, format)),
    ...(logprobs === true && dialect.logprobs && { logprobs, top_logprobs }),
  };
}

function responseFormat(asked: unknown, format: Dialect["format"]): ChatBody {
  if (format === "none") return {};
  return { response_format: format === "json_schema" ? asked : { type: "json_object" } };
}

/** A dialect that avoids what the server complained of, and a note for the reader. */
export interface Adaptation {
  readonly dialect: Dialect;
  readonly note?: string;
}

/** @param said The server's words when it rejected `body` in `dialect`. */
export function adapted(dialect: Dialect, body: ChatBody, said: string): Adaptation | undefined {
  if (dialect.lengthField === "max_tokens" && said.includes("max_completion_tokens")) {
    return { dialect: { ...dialect, lengthField: "max_completion_tokens" } };
  }
  if (body.logprobs === true && dialect.logprobs && /log_?probs?/i.test(said)) {
    return {
      dialect: { ...dialect, logprobs: false },
      note: "the server does not support logprobs",
    };
  }
  if (body.response_format !== undefined && dialect.format !== "none" && FORMAT.test(said)) {
    const format = dialect.format === "json_schema" ? "json_object" : "none";
    const then =
      format === "none" ? "JSON is requested only in the prompt" : "json_object is requested";
    return {
      dialect: { ...dialect, format },
      note: `the server does not support ${dialect.format} as response_format: ${then}`,
    };
  }
  if (!dialect.streams && /\bstream/i.test(said)) {
    return { dialect: { ...dialect, streams: true }, note: "the server supports only streaming" };
  }
  return undefined;
}

const FORMAT = /response_?format|json_?schema|json_?object|structured|guided|grammar/i;
