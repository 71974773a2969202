import { parseS3Address, S3Error, S3Store } from "../../../s3/index.js";
import { type GetRange, PassingError, RemoteError } from "./RemoteError.js";

/** Ranges of an object in S3 or what speaks like it; see `S3Store`. */
export async function s3Ranges(
  address: string,
): Promise<{ readonly get: GetRange; readonly close: () => void }> {
  const object = named(address, () => parseS3Address(address));
  if (object.key === "") throw new RemoteError(address, "S3 addresses are s3://BUCKET/KEY");
  const store = await S3Store.open(address).catch((error: unknown) => {
    throw remote(address, error);
  });
  // Servers differ in what they say of a range of nothing.
  const there = await store.head(object).catch((error: unknown) => {
    throw remote(address, error);
  });
  if (!there?.size) {
    store.close();
    throw new RemoteError(
      address,
      there ? "the object is empty (0 bytes)" : "there is no such object: check the key",
    );
  }
  const get: GetRange = async (offset, length, tag) => {
    const range = `bytes=${offset}-${offset + length - 1}`;
    const { Body, ContentRange, ETag } = await store
      .get(object, { range, etag: tag })
      .catch((error: unknown) => {
        throw remote(address, error);
      });
    const totalBytes = Number(/\/(\d+)$/.exec(ContentRange ?? "")?.[1]);
    if (!Body || !Number.isSafeInteger(totalBytes)) {
      throw new RemoteError(address, "the server does not give parts of objects");
    }
    const bytes = await Body.transformToByteArray().catch((error: unknown) => {
      throw new PassingError("the connection broke", { cause: error });
    });
    return { bytes, totalBytes, ...(ETag !== undefined && { tag: ETag }) };
  };
  return { get, close: () => store.close() };
}

function named<T>(address: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw remote(address, error);
  }
}

/** The store has tried again already. */
function remote(address: string, error: unknown): unknown {
  if (!(error instanceof S3Error)) return error;
  return new RemoteError(address, error.reason, { cause: error, isPassing: error.isPassing });
}
