import { STATUS_CODES } from "node:http";
import { UserError } from "../base/index.js";

export const PROBLEM_TYPE = "application/problem+json";

/** What an error is for a client (RFC 9457, application/problem+json). */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** Of docs/errors.md; `internal` for a defect of this program. */
  readonly code: string;
}

/** Errors that know no HTTP, by the beginning of their codes: what was asked for is wrong. */
const CLIENTS_OWN = /^(task|simulator|estimator|frame|camera|depth|image|question|expression)\./;
/** What the server in turn asked did not answer. */
const BEHIND = /^(model|endpoint|vlm)\./;

/** Nothing of a defect's message goes out: it may name files of this machine. */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof UserError)) {
    const detail = "The server has a defect; its log says more.";
    return problem(500, "internal", detail);
  }
  return problem(statusOf(error), error.code, error.message);
}

/** As it goes over a connection that has no request to answer. */
export function problemText(problem: Problem): string {
  const body = JSON.stringify(problem);
  const head = [`HTTP/1.1 ${problem.status} ${problem.title}`, `Content-Type: ${PROBLEM_TYPE}`];
  const more = [`Content-Length: ${Buffer.byteLength(body)}`, "Connection: close"];
  return `${[...head, ...more].join("\r\n")}\r\n\r\n${body}`;
}

function problem(status: number, code: string, detail: string): Problem {
  const title = STATUS_CODES[status] ?? "Error";
  return { type: `urn:spatial-reward:${code}`, title, status, detail, code };
}

function statusOf(error: UserError): number {
  if ("status" in error && typeof error.status === "number") return error.status;
  if (CLIENTS_OWN.test(error.code)) return 422;
  return BEHIND.test(error.code) ? 502 : 500;
}
