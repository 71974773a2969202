/** Whether a recording is named by an address rather than a path. */
export function isRemote(spec: string): boolean {
  return /^(https?|s3):\/\//i.test(spec);
}

/** Whether it is named by its bucket and key in S3. */
export function isS3(spec: string): boolean {
  return /^s3:\/\//i.test(spec);
}

/**
 * The file's name in an address: without folders, and without a query, which may hold secrets. Keys of
 * S3 have neither queries nor escapes; one that ends in `/` is a folder, and has a name too.
 */
export function remoteName(spec: string): string {
  if (isS3(spec)) return spec.replace(/\/+$/, "").replace(/^.*\//s, "");
  const path = spec.replace(/[?#].*$/, "");
  const name = path.slice(path.lastIndexOf("/") + 1);
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** A path as it is; an address as it may be shown: without a query, user and password. */
export function shownAddress(spec: string): string {
  if (!isRemote(spec)) return spec;
  const address = isS3(spec) ? spec : spec.replace(/[?#].*$/, "");
  return address.replace(/^(\w+:\/\/)[^/@]*@/, "$1");
}
