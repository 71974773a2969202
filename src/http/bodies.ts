import { decode, encode } from "@msgpack/msgpack";
import * as z from "zod";
import { messageOf } from "../base/index.js";
import type { BodyType } from "./BodyType.js";
import { countValues } from "./countValues.js";
import { BodyError, FieldError } from "./errors.js";

export const MSGPACK_TYPES = ["application/msgpack", "application/x-msgpack"];

/**
 * @param admit is told how many values it holds before they are made, and may throw
 * @throws BodyError for bytes that are not of that type; BodySizeError for more values than make
 *   sense
 */
export function parseBody(
  bytes: Uint8Array,
  type: BodyType,
  admit: (values: number) => void = () => undefined,
): unknown {
  admit(countValues(bytes, type));
  try {
    if (type === "application/msgpack") return withBin(decode(bytes));
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8"));
  } catch (error) {
    const why = messageOf(error);
    const what = `${bytes.length} bytes of ${type} cannot be read`;
    throw new BodyError(`${what}: ${why}`, { cause: error });
  }
}

/**
 * Bytes in a body. They have no fields: a schema that looks for the fields of a map would take each
 * byte for one.
 */
class Bin {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get bytes(): Uint8Array {
    return this.#bytes;
  }
}

/** What was decoded, with every Uint8Array in it as a Bin. */
function withBin(decoded: unknown): unknown {
  const root = { decoded };
  const waiting: object[] = [root];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const members = next as Record<string, unknown>;
    for (const name of Object.keys(members)) {
      const member = members[name];
      if (member instanceof Uint8Array) members[name] = new Bin(member);
      else if (typeof member === "object" && member !== null) waiting.push(member);
    }
  }
  return root.decoded;
}

/** @param value plain data; what is undefined in it is left out */
export function writeBody(value: unknown, type: BodyType): Buffer {
  if (type === "application/json") return Buffer.from(JSON.stringify(value));
  const { buffer, byteOffset, byteLength } = encode(value, { ignoreUndefined: true });
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** The type of an answer: what `Accept` names, else that of the request. */
export function answerType(accept: string | undefined, contentType: string | undefined): BodyType {
  const named = (text = ""): BodyType | undefined => {
    if (/\bapplication\/(x-)?msgpack\b/.test(text)) return "application/msgpack";
    return /\bapplication\/json\b/.test(text) ? "application/json" : undefined;
  };
  return named(accept) ?? named(contentType) ?? "application/json";
}

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** Bytes of a body: binary in msgpack, base64 in JSON. */
export const bytes: z.ZodType<Uint8Array> = z
  .custom<Bin | string>(
    (value) =>
      value instanceof Bin ||
      (typeof value === "string" && value.length % 4 === 0 && BASE64.test(value)),
    { error: "must be bytes: bin in msgpack, base64 in JSON" },
  )
  .transform((value) => (value instanceof Bin ? value.bytes : Buffer.from(value, "base64")))
  .meta({ type: "string", format: "byte" });

/**
 * A schema that looks at a list or map only where it has no more members than that: each member that
 * is wrong costs the memory of its own complaint.
 */
export function atMost<T extends z.ZodType>(most: number, what: string, schema: T) {
  return z.preprocess((value, context) => {
    const isMap = typeof value === "object" && value !== null;
    const width = Array.isArray(value) ? value.length : isMap ? Object.keys(value).length : 0;
    if (width <= most) return value;
    context.addIssue({ code: "custom", message: `must be at most ${most} ${what}`, input: value });
    return z.NEVER;
  }, schema);
}

/** More characters of a complaint help nobody. */
const MOST_COMPLAINT = 300;

/**
 * What a body has to be.
 *
 * @throws FieldError naming each field that is wrong
 */
export function readBody<T>(schema: z.ZodType<T>, body: unknown): T {
  if (body instanceof Bin) throw new FieldError("the body is bytes, and has to be a map");
  const result = schema.safeParse(body === undefined || body === null ? {} : body);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => {
    const where = path.map(String).join(".");
    const said = where === "" ? message : `${where}: ${message}`;
    return said.length <= MOST_COMPLAINT ? said : `${said.slice(0, MOST_COMPLAINT)}…`;
  });
  const more = problems.length > 8 ? `; and ${problems.length - 8} more` : "";
  throw new FieldError(problems.slice(0, 8).join("; ") + more);
}
