import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { _Object, GetObjectCommandOutput, S3Client } from "@aws-sdk/client-s3";
import { type S3Address, s3Address } from "./S3Address.js";
import { S3Error, s3Failure } from "./S3Error.js";

type Sdk = typeof import("@aws-sdk/client-s3");

/** Where nothing names a region: servers of one's own accept any. */
const ANY_REGION = "us-east-1";
/** With pauses that double, up to 20 s: most of a minute. */
const ATTEMPTS = 10;
const CONNECT_MS = 10_000;
/** A connection that says nothing for so long is given up. */
const SILENT_MS = 60_000;
const PART_BYTES = 16 << 20;

/** An object as it is now; the tag differs where the content does. */
export interface S3Object {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
}

/**
 * Objects in S3 or what speaks like it (MinIO, Ceph, R2). Keys, region and endpoint come from where
 * AWS's tools have them: the environment (`AWS_ACCESS_KEY_ID`, `AWS_REGION`, `AWS_ENDPOINT_URL`, …),
 * `~/.aws`, or the machine's role. What may pass by itself is tried again for most of a minute.
 * All methods throw S3Error.
 */
export class S3Store {
  readonly #sdk: Sdk;
  readonly #client: S3Client;
  readonly #endpoint: string | undefined;

  private constructor(sdk: Sdk, client: S3Client, endpoint: string | undefined) {
    this.#sdk = sdk;
    this.#client = client;
    this.#endpoint = endpoint;
  }

  /** @param address what is wanted, for the error where the SDK is not installed */
  static async open(address: string): Promise<S3Store> {
    const sdk = await packageOf(address, "@aws-sdk/client-s3", () => import("@aws-sdk/client-s3"));
    const { AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, AWS_REGION, AWS_DEFAULT_REGION } = process.env;
    const endpoint = AWS_ENDPOINT_URL_S3 ?? AWS_ENDPOINT_URL;
    if (endpoint !== undefined && !URL.canParse(endpoint)) {
      throw new S3Error(address, "AWS_ENDPOINT_URL is no address: write https://HOST:PORT");
    }
    const region = AWS_REGION ?? AWS_DEFAULT_REGION;
    const client = withoutAge(
      () =>
        new sdk.S3Client({
          // Servers of one's own have no name for each bucket.
          forcePathStyle: endpoint !== undefined,
          ...(endpoint !== undefined && { endpoint, region: region ?? ANY_REGION }),
          ...(region !== undefined && { region }),
          followRegionRedirects: true,
          maxAttempts: ATTEMPTS,
          requestHandler: { connectionTimeout: CONNECT_MS, socketTimeout: SILENT_MS },
          // Ranges have no checksum, and some servers refuse what asks for one, or sends one at the end.
          responseChecksumValidation: "WHEN_REQUIRED",
          requestChecksumCalculation: "WHEN_REQUIRED",
        }),
    );
    return new S3Store(sdk, client, endpoint === undefined ? undefined : new URL(endpoint).origin);
  }

  close(): void {
    this.#client.destroy();
  }

  /** Undefined where there is no such object. */
  async head(address: S3Address, signal?: AbortSignal): Promise<S3Object | undefined> {
    const { HeadObjectCommand } = this.#sdk;
    try {
      const command = new HeadObjectCommand({ Bucket: address.bucket, Key: address.key });
      const { ContentLength = 0, ETag = "" } = await this.#client.send(command, options(signal));
      return { key: address.key, size: ContentLength, etag: ETag };
    } catch (error) {
      const status = statusOf(error);
      if (status === undefined || status >= 500) throw this.#failure(address, error, signal);
      return await this.#told(address, error, signal);
    }
  }

  /** An answer to HEAD has no text, which would say what is missing or denied; that to GET has. */
  async #told(
    address: S3Address,
    headError: unknown,
    signal: AbortSignal | undefined,
  ): Promise<undefined> {
    const asked = await this.get(address, { range: "bytes=0-0" }, signal).catch(
      (error: unknown) => error,
    );
    if (!(asked instanceof Error)) throw this.#failure(address, headError, signal);
    const cause = asked.cause as { readonly name?: unknown } | undefined;
    if (statusOf(cause) === 404 && cause?.name !== "NoSuchBucket") return undefined;
    throw asked;
  }

  /** The objects whose keys begin so, in the order of their keys. */
  async list(prefix: S3Address, signal?: AbortSignal): Promise<S3Object[]> {
    const found: S3Object[] = [];
    let token: string | undefined;
    do {
      const command = new this.#sdk.ListObjectsV2Command({
        ...{ Bucket: prefix.bucket, Prefix: prefix.key },
        ...(token !== undefined && { ContinuationToken: token }),
      });
      const page = await this.#client.send(command, options(signal)).catch((error: unknown) => {
        throw this.#failure(prefix, error, signal);
      });
      found.push(...(page.Contents ?? []).flatMap(objectOf));
      token = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
    return found;
  }

  /** The answer to a request for bytes of an object, all of it where no range is given. */
  async get(
    address: S3Address,
    { range, etag }: { readonly range?: string; readonly etag?: string | undefined } = {},
    signal?: AbortSignal,
  ): Promise<GetObjectCommandOutput> {
    const command = new this.#sdk.GetObjectCommand({
      ...{ Bucket: address.bucket, Key: address.key },
      ...(range !== undefined && { Range: range }),
      ...(etag !== undefined && { IfMatch: etag }),
    });
    try {
      return await this.#client.send(command, options(signal));
    } catch (error) {
      throw this.#failure(address, error, signal);
    }
  }

  /** Undefined where there is no such object. For small ones. */
  async readText(address: S3Address, signal?: AbortSignal): Promise<string | undefined> {
    try {
      const { Body } = await this.get(address, {}, signal);
      return await Body?.transformToString();
    } catch (error) {
      if (error instanceof S3Error && statusOf(error.cause) === 404) return undefined;
      throw this.#failure(address, error, signal);
    }
  }

  /** Puts a small object there, whole. */
  async put(address: S3Address, body: string | Uint8Array, signal?: AbortSignal): Promise<void> {
    const command = new this.#sdk.PutObjectCommand({
      ...{ Bucket: address.bucket, Key: address.key, Body: body },
    });
    await this.#client.send(command, options(signal)).catch((error: unknown) => {
      throw this.#failure(address, error, signal);
    });
  }

  /**
   * Puts a file there: it appears when it is complete, and is what was read. A large one goes in parts,
   * which are given up if it fails.
   */
  async upload(address: S3Address, path: string, signal?: AbortSignal): Promise<S3Object> {
    const name = s3Address(address);
    const { Upload } = await packageOf(
      name,
      "@aws-sdk/lib-storage",
      () => import("@aws-sdk/lib-storage"),
    );
    const { size } = await stat(path);
    const upload = new Upload({
      client: this.#client,
      params: { Bucket: address.bucket, Key: address.key, Body: createReadStream(path) },
      // At most 10,000 parts.
      ...{ partSize: Math.max(PART_BYTES, Math.ceil(size / 9000)), queueSize: 2 },
    });
    const stop = () => void upload.abort();
    signal?.addEventListener("abort", stop, { once: true });
    try {
      signal?.throwIfAborted();
      await upload.done();
    } catch (error) {
      throw this.#failure(address, error, signal);
    } finally {
      signal?.removeEventListener("abort", stop);
    }
    const there = await this.head(address, signal);
    if (there?.size === size) return there;
    throw new S3Error(name, `${size} bytes were sent and ${there?.size ?? 0} are there`, {
      isPassing: true,
    });
  }

  /** Gives up uploads of an object, or into the folder of that name, which killed processes left unfinished. */
  async abortUploads(address: S3Address, signal?: AbortSignal): Promise<void> {
    const { ListMultipartUploadsCommand, AbortMultipartUploadCommand } = this.#sdk;
    const command = new ListMultipartUploadsCommand({
      ...{ Bucket: address.bucket, Prefix: address.key },
    });
    const { Uploads = [] } = await this.#client
      .send(command, options(signal))
      .catch((error: unknown) => {
        // Not every server lists them, and not everyone may; the bucket's own rules remove them.
        const status = statusOf(error);
        if (status !== undefined && status !== 404) return { Uploads: [] };
        throw this.#failure(address, error, signal);
      });
    for (const { Key = "", UploadId } of Uploads) {
      // Of `a` and not of `ab`: another worker may put that there now.
      if (Key !== address.key && !Key.startsWith(`${address.key}/`)) continue;
      const abort = new AbortMultipartUploadCommand({ Bucket: address.bucket, Key, UploadId });
      // Another may have done it.
      await this.#client.send(abort, options(signal)).catch(() => undefined);
    }
  }

  async remove(address: S3Address, signal?: AbortSignal): Promise<void> {
    const command = new this.#sdk.DeleteObjectCommand({ Bucket: address.bucket, Key: address.key });
    await this.#client.send(command, options(signal)).catch((error: unknown) => {
      throw this.#failure(address, error, signal);
    });
  }

  #failure(address: S3Address, error: unknown, signal: AbortSignal | undefined): unknown {
    return signal?.aborted ? signal.reason : s3Failure(s3Address(address), error, this.#endpoint);
  }
}

const SAYS_AGE = "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED";

/** Without the SDK's word on which Node its later versions need: with each run it would be told. */
function withoutAge<T>(make: () => T): T {
  const before = process.env[SAYS_AGE];
  process.env[SAYS_AGE] = before ?? "true";
  try {
    return make();
  } finally {
    if (before === undefined) delete process.env[SAYS_AGE];
  }
}

async function packageOf<T>(address: string, name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const what = `this needs the package ${name}, which is not installed: npm install ${name}`;
    throw new S3Error(address, what, { cause: error });
  }
}

function options(signal: AbortSignal | undefined) {
  return signal === undefined ? {} : { abortSignal: signal };
}

function statusOf(error: unknown): number | undefined {
  const { $metadata } = (error ?? {}) as {
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  return $metadata?.httpStatusCode;
}

function objectOf({ Key, Size = 0, ETag = "" }: _Object): S3Object[] {
  return Key === undefined ? [] : [{ key: Key, size: Size, etag: ETag }];
}
