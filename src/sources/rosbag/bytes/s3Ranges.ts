import { type GetRange, PassingError, RemoteError } from "./RemoteError.js";

type S3 = typeof import("@aws-sdk/client-s3");

/** Where nothing names a region: servers of one's own accept any. */
const ANY_REGION = "us-east-1";

/**
 * Ranges of an object in S3 or what speaks like it (MinIO, Ceph, R2). Keys, region and endpoint come
 * from where AWS's tools have them: the environment (`AWS_ACCESS_KEY_ID`, `AWS_REGION`,
 * `AWS_ENDPOINT_URL`, …), `~/.aws`, or the machine's role.
 */
export async function s3Ranges(address: string): Promise<GetRange> {
  const [, bucket = "", key = ""] = /^s3:\/\/([^/]+)\/(.+)$/i.exec(address) ?? [];
  if (bucket === "") throw new RemoteError(address, "S3 addresses are s3://BUCKET/KEY");
  const { GetObjectCommand, S3Client } = await loadS3(address);
  const { AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, AWS_REGION, AWS_DEFAULT_REGION } = process.env;
  const endpoint = AWS_ENDPOINT_URL_S3 ?? AWS_ENDPOINT_URL;
  const client = new S3Client({
    // Servers of one's own have no name for each bucket.
    forcePathStyle: endpoint !== undefined,
    ...(endpoint !== undefined && { endpoint }),
    ...(AWS_REGION === undefined && AWS_DEFAULT_REGION === undefined && { region: ANY_REGION }),
    // Ranges have no checksum; asking for one makes some servers refuse.
    responseChecksumValidation: "WHEN_REQUIRED",
  });
  return async (offset, length, tag) => {
    const command = new GetObjectCommand({
      ...{ Bucket: bucket, Key: key, Range: `bytes=${offset}-${offset + length - 1}` },
      ...(tag !== undefined && { IfMatch: tag }),
    });
    try {
      const { Body, ContentRange, ETag } = await client.send(command);
      const bytes = await Body?.transformToByteArray();
      const totalBytes = Number(/\/(\d+)$/.exec(ContentRange ?? "")?.[1]);
      if (!bytes || !Number.isSafeInteger(totalBytes)) {
        throw new RemoteError(address, "the server does not give parts of objects");
      }
      return { bytes, totalBytes, ...(ETag !== undefined && { tag: ETag }) };
    } catch (error) {
      throw refusal(address, error);
    }
  };
}

async function loadS3(address: string): Promise<S3> {
  try {
    return await import("@aws-sdk/client-s3");
  } catch (error) {
    throw new RemoteError(
      address,
      "this needs the package @aws-sdk/client-s3, which is not installed: npm install @aws-sdk/client-s3",
      { cause: error },
    );
  }
}

function refusal(address: string, error: unknown): Error {
  if (error instanceof RemoteError) return error;
  const { name, message, $metadata } = error as Error & {
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  const status = $metadata?.httpStatusCode;
  if (status === 412) {
    return new RemoteError(address, "the object has changed while it was read", { cause: error });
  }
  const what = message === "" || message === name ? name : `${name}: ${message}`;
  const isFinal = status === undefined ? /Credential/i.test(name) : status < 500 && status !== 429;
  return isFinal
    ? new RemoteError(address, what, { cause: error })
    : new PassingError(what, { cause: error });
}
