import { parseS3Address, type S3Address, S3Store, s3Address } from "../../s3/index.js";

/** A folder in S3: what lies in it, however deep, by path from there. */
export interface S3Folder {
  /** `s3://BUCKET/PREFIX/` */
  readonly address: string;
  readonly names: readonly string[];
  /** Those that have `.` or `..` in them, which are no addresses (`parseS3Address`). */
  readonly unreachable: readonly string[];
  readText(name: string): Promise<string>;
}

/**
 * Lists a folder, and gives it to the work. Objects of no bytes whose keys end in `/` stand for folders
 * and are none.
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
    const all = objects
      .map((object) => object.key.slice(folder.key.length))
      .filter((name) => name !== "" && !name.endsWith("/"));
    const hasDots = (name: string) => name.split("/").some((part) => /^\.\.?$/.test(part));
    return await work({
      address: s3Address(folder),
      names: all.filter((name) => !hasDots(name)),
      unreachable: all.filter(hasDots),
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
