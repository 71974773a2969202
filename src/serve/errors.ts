import { UserError } from "../base/index.js";

/** A session that is not there: never begun, ended, or idle for too long. */
export class SessionUnknownError extends UserError {
  override readonly code = "session.unknown";
  readonly status = 404;

  constructor(id: string) {
    super(
      `no session ${JSON.stringify(id.slice(0, 64))}: it was never begun, was ended, or was idle for ` +
        "too long. Begin one: POST /v1/sessions",
    );
  }
}

/** A second request to a session that is at work: its steps come one after the other. */
export class SessionBusyError extends UserError {
  override readonly code = "session.busy";
  readonly status = 409;

  constructor(id: string) {
    super(
      `session ${id} is at work on another request: a session is for one environment, whose steps ` +
        "come one after the other. Begin a session for each client",
    );
  }
}
