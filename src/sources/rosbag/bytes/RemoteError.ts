import { BagError } from "../BagError.js";
import { shownAddress } from "./isRemote.js";

/** A server does not give a recording, or no longer the same one. */
export class RemoteError extends BagError {
  override readonly code: string = "recording.remote";

  /** Another try may do better. */
  readonly isPassing: boolean;

  constructor(
    address: string,
    what: string,
    { isPassing = false, ...options }: ErrorOptions & { readonly isPassing?: boolean } = {},
  ) {
    super(`${shownAddress(address)}: ${what}`, options);
    this.isPassing = isPassing;
  }
}

/** A part of a file as a server gave it. */
export interface Range {
  readonly bytes: Uint8Array;
  /** Of the whole file. */
  readonly totalBytes: number;
  /** Differs where the file's content does. */
  readonly tag?: string;
}

/** Asks a server for bytes; `tag` is that of the file that they shall be of. */
export type GetRange = (offset: number, length: number, tag?: string) => Promise<Range>;

/** A failure that may pass by itself: the server is busy, or the connection broke. */
export class PassingError extends Error {}
