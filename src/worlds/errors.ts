import { UserError } from "../base/index.js";

/** A world that is not there: never begun, ended, or idle for too long. */
export class WorldUnknownError extends UserError {
  override readonly code = "world.unknown";
  readonly status = 404;

  constructor(id: string) {
    super(
      `no world ${JSON.stringify(id.slice(0, 64))}: it was never begun, was ended, or was idle for ` +
        "too long. Begin one: POST /v1/worlds",
    );
  }
}

/** A second request to a world that is at work: its steps come one after the other. */
export class WorldBusyError extends UserError {
  override readonly code = "world.busy";
  readonly status = 409;

  constructor(id: string) {
    super(
      `world ${id} is at work on another request: its steps come one after the other. Begin a ` +
        "world for each client",
    );
  }
}
