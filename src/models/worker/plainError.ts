import { RelayedError, UserError } from "../../base/index.js";
import { FrameError } from "../../camera/index.js";

/** An error as it crosses between threads, which forget its class. */
export interface PlainError {
  readonly of: "frame" | "user" | "other";
  /** Of a user's error. */
  readonly code: string;
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
}

export function toPlainError(error: unknown): PlainError {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const of = error instanceof FrameError ? "frame" : error instanceof UserError ? "user" : "other";
  const code = error instanceof UserError ? error.code : "";
  return { of, code, name, message, stack };
}

/** A FrameError, a UserError or an Error, under the name and the code that it had. */
export function fromPlainError({ of, code, name, message, stack }: PlainError): Error {
  const error =
    of === "frame"
      ? Object.assign(new FrameError(message), { code })
      : of === "user"
        ? new RelayedError(code, message)
        : new Error(message);
  error.name = name;
  if (stack !== undefined) error.stack = stack;
  return error;
}
