import { decode, encode } from "@msgpack/msgpack";
import * as z from "zod";
import { BodyError, FieldError } from "./errors.js";

/** The types of bodies that are read and written. */
export type BodyType = "application/json" | "application/msgpack";

export const MSGPACK_TYPES = ["application/msgpack", "application/x-msgpack"];

/** @throws BodyError for bytes that are not of that type */
export function parseBody(bytes: Uint8Array, type: BodyType): unknown {
  try {
    if (type === "application/msgpack") return decode(bytes);
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8"));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const what = `${bytes.length} bytes of ${type} cannot be read`;
    throw new BodyError(`${what}: ${why}`, { cause: error });
  }
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
export const bytes = z
  .custom<Uint8Array | string>(
    (value) =>
      value instanceof Uint8Array ||
      (typeof value === "string" && value.length % 4 === 0 && BASE64.test(value)),
    { error: "must be bytes: bin in msgpack, base64 in JSON" },
  )
  .transform((value) => (typeof value === "string" ? Buffer.from(value, "base64") : value))
  .meta({ type: "string", format: "byte" });

/**
 * What a body has to be.
 *
 * @throws FieldError naming each field that is wrong
 */
export function readBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body === undefined || body === null ? {} : body);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => {
    const where = path.map(String).join(".");
    return where === "" ? message : `${where}: ${message}`;
  });
  const more = problems.length > 8 ? `; and ${problems.length - 8} more` : "";
  throw new FieldError(problems.slice(0, 8).join("; ") + more);
}
