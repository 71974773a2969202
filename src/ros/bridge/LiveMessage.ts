import { MessageChannel } from "node:worker_threads";
import { IMAGE, type VideoMessage, videoOf } from "../../camera/index.js";
import { stampOfCdr } from "./cdrMessages.js";
import { isSameButStamp } from "./ImageFlow.js";
import type { LivePicture } from "./LiveVideo.js";

/** A message, decoded when it is read. */
export interface LiveMessage {
  decode(): unknown;
  /** As it was sent, where it was taken so. */
  readonly cdr?: Uint8Array;
  readonly stampNs?: bigint;
}

/** The packet of a video that a message of colour brings; an error where that cannot be read. */
export function packetIn(type: string, { decode }: LiveMessage): VideoMessage | Error | undefined {
  if (type === IMAGE) return undefined;
  try {
    return videoOf(type, decode());
  } catch (error) {
    return error as Error;
  }
}

/** Whoever reads it says what is wrong with it. */
export function unreadable(error: Error): LiveMessage {
  const decode = (): never => {
    throw error;
  };
  return { decode };
}

export async function decodedPicture(picture: LivePicture): Promise<() => unknown> {
  try {
    const message = await picture.message();
    return () => message;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

export function decoded(message: unknown): LiveMessage {
  return { decode: () => message };
}

export function undecoded(cdr: Uint8Array, decode: (cdr: Uint8Array) => unknown): LiveMessage {
  const stampNs = stampOfCdr(cdr);
  return { decode: () => decode(cdr), cdr, ...(stampNs !== undefined && { stampNs }) };
}

/**
 * Gives back the memory of a message that nobody has seen, now and not with the next collection of
 * garbage: until then the next images would take new memory, page by page. What is posted to a
 * closed port is moved away from here and dropped.
 */
export function release({ cdr }: LiveMessage): void {
  if (cdr === undefined || cdr.byteLength < cdr.buffer.byteLength) return;
  closedPort.postMessage(undefined, [cdr.buffer as ArrayBuffer]);
}

const { port1: closedPort } = new MessageChannel();
closedPort.close();

/** Whether a message says what the one before said, but for its stamp. */
export function isRepeated(before: LiveMessage | undefined, { cdr }: LiveMessage): boolean {
  return before?.cdr !== undefined && cdr !== undefined && isSameButStamp(before.cdr, cdr);
}
