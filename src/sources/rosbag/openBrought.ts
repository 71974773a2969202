import { statfs } from "node:fs/promises";
import { join } from "node:path";
import { OutputError, PartialFile } from "../../base/index.js";
import { parseS3Address, S3Store } from "../../s3/index.js";
import type { BagFile } from "./BagFile.js";
import type { ByteSource } from "./bytes/ByteSource.js";
import { isS3, remoteName, shownAddress } from "./bytes/isRemote.js";
import { openBytes } from "./bytes/openBytes.js";
import { RemoteError } from "./bytes/RemoteError.js";
import { inTemporaryFolder, TemporaryFolder } from "./TemporaryFolder.js";

/** Asked for at a time. */
const PIECE_BYTES = 8 << 20;
/** Of the disk, for others. */
const SPARE_BYTES = 64 << 20;
/** What SQLite keeps beside a database while it is written. */
const BESIDE_DATABASE = ["-wal", "-journal"];

/**
 * Opens a recording that lies elsewhere and cannot be read in parts: it is brought into a temporary
 * folder, which is removed when the recording is closed. Its length and tag are held to those at the
 * beginning, as with all that is read in parts.
 *
 * @throws RemoteError where the disk has no room for it
 */
export async function openBrought(
  address: string,
  bytes: ByteSource,
  openFile: (path: string) => Promise<BagFile>,
): Promise<BagFile> {
  const folder = new TemporaryFolder();
  // Any name may stand in an address: here it has its ending only.
  const path = join(
    folder.path,
    `brought${/(\.(mcap|db3|zstd?))+$/.exec(remoteName(address))?.[0] ?? ""}`,
  );
  try {
    const { byteLength } = bytes;
    await checkRoom(address, byteLength, folder.path);
    await bring(address, bytes, path);
    for (const ending of await beside(address)) {
      await bring(address, await openBytes(`${address}${ending}`), `${path}${ending}`);
    }
    return inTemporaryFolder(await openFile(path), folder, { byteLength });
  } catch (error) {
    await folder.remove();
    if (!(error instanceof Error)) throw error;
    error.message = error.message.replaceAll(path, () => shownAddress(address));
    throw error;
  }
}

async function bring(address: string, bytes: ByteSource, path: string): Promise<void> {
  const out = await PartialFile.create(path, "wx");
  try {
    const piece = new Uint8Array(PIECE_BYTES);
    for (let at = 0; at < bytes.byteLength; ) {
      const { bytesRead } = await bytes.read(piece, 0, PIECE_BYTES, at);
      await out.write(piece.subarray(0, bytesRead));
      at += bytesRead;
    }
  } catch (error) {
    if (!(error instanceof OutputError)) throw error;
    throw new RemoteError(
      address,
      `it cannot be brought here: ${error.message}; TMPDIR says where to`,
      { cause: error, isPassing: true },
    );
  } finally {
    await out.drop();
    await bytes.close();
  }
}

/** The endings of the files that belong to a database in S3. */
async function beside(address: string): Promise<string[]> {
  if (!isS3(address)) return [];
  const store = await S3Store.open(address);
  try {
    const object = parseS3Address(address);
    const found = await store.list({ ...object, key: `${object.key}-` });
    const keys = new Set(found.filter(({ size }) => size > 0).map(({ key }) => key));
    return BESIDE_DATABASE.filter((ending) => keys.has(`${object.key}${ending}`));
  } finally {
    store.close();
  }
}

async function checkRoom(address: string, size: number, folder: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const room = Math.max(0, bavail * bsize - SPARE_BYTES);
  if (size <= room) return;
  const mb = (bytes: number) => `${Math.ceil(bytes / 1e6)} MB`;
  throw new RemoteError(
    address,
    `it cannot be read in parts, has ${mb(size)}, and the disk of TMPDIR has room for ${mb(room)}: let ` +
      "TMPDIR name a folder with more",
    { isPassing: true },
  );
}
