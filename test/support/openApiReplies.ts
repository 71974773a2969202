import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";

interface Responses {
  readonly [status: string]: { readonly content?: Readonly<Record<string, object>> };
}

interface Document {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly responses: Responses }>>>
  >;
}

export interface Reply {
  readonly status: number;
  /** Of the Content-Type header, with its parameters. */
  readonly type: string;
  /** JSON and msgpack as what they say; undefined where there is none. */
  readonly body: unknown;
}

/** Holds replies to what a server's OpenAPI document says of them. */
export class OpenApiReplies {
  readonly #document: Document;
  readonly #ajv = new Ajv2020({ strict: false, validateFormats: false });
  readonly #checks = new Map<string, ValidateFunction>();

  constructor(document: object) {
    this.#document = document as Document;
    this.#ajv.addSchema(document, "openapi");
  }

  /** @param path as in the document; any other has nothing but the answers of an error */
  faultOf(method: string, path: string, { status, type, body }: Reply): string | undefined {
    const known = this.#document.paths[path]?.[method.toLowerCase()];
    const responses = known?.responses;
    const of = responses?.[String(status)] ? String(status) : "default";
    if (of === "default" && status < 400) return `${status} is not in the document`;
    if (of === "default" && type !== "application/problem+json") return `${status} of ${type}`;
    const [media = ""] = type.split(";");
    const content = responses?.[of]?.content;
    if (of !== "default" && content === undefined) {
      return body === undefined ? undefined : `${status} has a body`;
    }
    if (of !== "default" && content?.[media] === undefined) return `${status} of ${media}`;
    const check = this.#check(
      of === "default"
        ? "/components/schemas/Problem"
        : pointer("paths", path, method.toLowerCase(), "responses", of, "content", media, "schema"),
    );
    if (check(body)) return undefined;
    return `${status}: ${this.#ajv.errorsText(check.errors, { dataVar: "body" })}`;
  }

  /** What is wrong with a value by one of the document's schemas. */
  schemaFault(name: string, value: unknown): string | undefined {
    const check = this.#check(`/components/schemas/${name}`);
    return check(value) ? undefined : this.#ajv.errorsText(check.errors);
  }

  #check(at: string): ValidateFunction {
    const known = this.#checks.get(at);
    if (known) return known;
    const check = this.#ajv.compile({ $ref: `openapi#${at}` });
    this.#checks.set(at, check);
    return check;
  }
}

function pointer(...parts: readonly string[]): string {
  return parts
    .map((part) => `/${encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"))}`)
    .join("");
}
