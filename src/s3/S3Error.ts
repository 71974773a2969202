import { UserError } from "../base/index.js";

/** S3, or what speaks like it, does not give or take an object: which, why, and what to do. */
export class S3Error extends UserError {
  override readonly code = "storage.failed";
  /** Another try may do better: it was away, busy, or short of room. */
  readonly isPassing: boolean;
  /** The message without the address. */
  readonly reason: string;

  /** @param address of the object or folder, `s3://BUCKET/KEY` */
  constructor(
    address: string,
    what: string,
    { isPassing = false, ...options }: ErrorOptions & { readonly isPassing?: boolean } = {},
  ) {
    super(`${address}: ${what}`, options);
    this.isPassing = isPassing;
    this.reason = what;
  }
}

/** What the SDK throws, as far as it can be told. */
interface Failure {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly headers?: Readonly<Record<string, string | undefined>> };
}

const ADVICE: Readonly<Record<string, string>> = {
  NoSuchBucket: "there is no such bucket: create it, or check its name and AWS_ENDPOINT_URL",
  NoSuchKey: "there is no such object: check the key",
  AccessDenied:
    "access is denied: these credentials may not do that there (or there is no such object, and they may not list the bucket)",
  InvalidAccessKeyId:
    "the server does not know this access key: check AWS_ACCESS_KEY_ID or AWS_PROFILE",
  SignatureDoesNotMatch:
    "the server does not take this secret key: check AWS_SECRET_ACCESS_KEY or AWS_PROFILE",
  ExpiredToken: "the credentials have expired: get new ones",
  InvalidToken: "the session token is not valid: check AWS_SESSION_TOKEN",
  RequestTimeTooSkewed: "this machine's clock is wrong by more than the server bears: set it",
  PermanentRedirect: "the bucket lies in another region: set AWS_REGION",
  AuthorizationHeaderMalformed: "the bucket lies in another region: set AWS_REGION",
  IllegalLocationConstraintException: "the bucket lies in another region: set AWS_REGION",
  PreconditionFailed: "the object has changed while it was read",
  InvalidRange: "the object is empty (0 bytes), or has changed while it was read",
  EntityTooLarge: "the object is larger than the server takes",
  QuotaExceeded: "the bucket's quota is used up",
  KeyTooLongError: "the key is longer than S3 takes (1024 bytes)",
  InvalidObjectState: "the object is archived: restore it first",
};

/** Where only a status is known: answers to HEAD have no text. */
const BY_STATUS: Readonly<Record<number, string>> = {
  301: "PermanentRedirect",
  403: "AccessDenied",
  404: "NoSuchKey",
  412: "PreconditionFailed",
  416: "InvalidRange",
};

/**
 * Says what failed in words of our own. A server's text is not repeated: it may hold what it was sent.
 *
 * @param endpoint where the server is, if it is not AWS
 */
export function s3Failure(address: string, error: unknown, endpoint: string | undefined): S3Error {
  if (error instanceof S3Error) return error;
  const { name, code, message, $metadata, $response } = error as Failure;
  const status = $metadata?.httpStatusCode;
  const options = { cause: error };
  if (status === undefined) {
    const said = `${String(name)} ${String(message)}`;
    if (/credential|token.*(expired|refresh)|profile/i.test(said)) {
      return new S3Error(
        address,
        "no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or give this machine a role",
        options,
      );
    }
    if (/region is missing/i.test(said)) {
      return new S3Error(address, "no region: set AWS_REGION", options);
    }
    const cause = typeof code === "string" ? code : String(name);
    const where = endpoint === undefined ? "S3" : endpoint;
    return new S3Error(
      address,
      `${where} cannot be reached (${cause}): check AWS_ENDPOINT_URL and the network`,
      {
        ...options,
        isPassing: true,
      },
    );
  }
  const known = typeof name === "string" && name in ADVICE ? name : BY_STATUS[status];
  const kind = typeof name === "string" && /^\w{1,64}$/.test(name) ? ` ${name}` : "";
  const region = $response?.headers?.["x-amz-bucket-region"];
  const advice = known === undefined ? "" : (ADVICE[known] ?? "");
  if (advice !== "") {
    const to = /AWS_REGION$/.test(advice) && /^[\w-]{1,32}$/.test(region ?? "") ? `=${region}` : "";
    return new S3Error(address, `${advice}${to}`, {
      ...options,
      isPassing: known === "QuotaExceeded",
    });
  }
  const isPassing = status >= 500 || status === 429 || status === 408;
  return new S3Error(address, `the server answers ${status}${kind}`, { ...options, isPassing });
}
