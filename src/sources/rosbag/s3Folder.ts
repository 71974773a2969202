import { parseS3Address, type S3Address, S3Store, s3Address } from "../../s3/index.js";

/** A folder in S3: what lies in it, however deep, by path from there. */
export interface S3Folder {
  /** `s3://BUCKET/PREFIX/` */
  readonly address: string;
  readonly names: readonly string[];
  readText(name: string): Promise<string>;
}

/**
 * Lists a folder, and gives it to the work. Objects of no bytes whose keys end in `/` stand for folders
 * and are none; a key with `..` in it is no file of the folder.
 *
 * @throws S3Error
 */
export async function inS3Folder<T>(
  spec: string,
  work: (folder: S3Folder) => Promise<T>,
): Promise<T> {
  const { bucket, key } = parseS3Address(spec);
  const folder: S3Address = { bucket, key: key === "" || key.endsWith("/") ? key : `${key}/` };
  const store = await S3Store.open(spec);
  try {
    const objects = await store.list(folder);
    const names = objects
      .map((object) => object.key.slice(folder.key.length))
      .filter((name) => name !== "" && !name.endsWith("/"))
      .filter((name) => !name.split("/").some((part) => part === "." || part === ".."));
    return await work({
      address: s3Address(folder),
      names,
      readText: async (name) =>
        (await store.readText({ bucket, key: `${folder.key}${name}` })) ?? "",
    });
  } finally {
    store.close();
  }
}

/** Whether there is an object, and no folder. @throws S3Error */
export async function isS3Object(spec: string): Promise<boolean> {
  const object = parseS3Address(spec);
  if (object.key === "" || object.key.endsWith("/")) return false;
  const store = await S3Store.open(spec);
  try {
    return (await store.head(object)) !== undefined;
  } finally {
    store.close();
  }
}
