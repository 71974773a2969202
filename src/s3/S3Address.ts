import { S3Error } from "./S3Error.js";

/** Where an object lies, or with a key that ends in `/` (or none) a folder of them. */
export interface S3Address {
  readonly bucket: string;
  readonly key: string;
}

/**
 * `s3://BUCKET/KEY`. A key is taken as it stands: S3 knows no escapes, and `?` and `#` are letters.
 *
 * @throws S3Error where it is no such address, or has parts that other programs take for folders above
 */
export function parseS3Address(spec: string): S3Address {
  const [, bucket = "", key = ""] = /^s3:\/\/([^/]*)(?:\/(.*))?$/is.exec(spec) ?? [];
  if (!/^[a-z0-9][a-z0-9._-]{1,254}$/i.test(bucket)) {
    // What is none may hold keys: it is not repeated.
    throw new S3Error("s3://…", "S3 addresses are s3://BUCKET/KEY");
  }
  if (key.split("/").some((part) => part === "." || part === "..")) {
    throw new S3Error(spec, "`.` and `..` lead nowhere in S3: write the key out");
  }
  return { bucket, key };
}

export function s3Address({ bucket, key }: S3Address): string {
  return `s3://${bucket}/${key}`;
}

/** An object in a folder. @param folder its key ends in `/`, or is empty */
export function inFolder(folder: S3Address, name: string): S3Address {
  return { bucket: folder.bucket, key: `${folder.key}${name}` };
}
