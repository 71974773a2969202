import { Validator } from "@seriousme/openapi-schema-validator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { denseRewardSchema, problemSchema } from "../../src/serve/openApi.js";
import { OpenApiReplies } from "../support/openApiReplies.js";
import { greyImage, TestServer } from "../support/rewardServer.js";

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

let server: TestServer;
let document: Document;
beforeAll(async () => {
  server = await TestServer.start();
  document = (await server.ask("GET", "/openapi.json")).body as Document;
});
afterAll(() => server[Symbol.asyncDispose]());

describe("/openapi.json", () => {
  it("is a valid OpenAPI 3.1 document", async () => {
    const result = await new Validator().validate({ ...document });
    expect(result.errors ?? []).toEqual([]);
    expect(result.valid).toBe(true);
    const named = ["Step", "Image", "Depth", "Labels", "Camera", "Pose", "DenseReward", "Problem"];
    expect(Object.keys(document.components.schemas)).toEqual(expect.arrayContaining(named));
  });

  it("names what the server has, and nothing else", async () => {
    for (const [path, operations] of Object.entries(document.paths)) {
      for (const method of Object.keys(operations)) {
        const body = method === "post" ? {} : undefined;
        const asked = path.replace("{id}", "nobody");
        const answer = await server.ask(method.toUpperCase(), asked, body);
        const { code } = (answer.body ?? {}) as { code?: string };
        expect(code, `${method} ${path}`).not.toBe("request.path");
      }
    }
  });

  it("is kept by the replies of every route, good and bad, in both types", async () => {
    const replies = new OpenApiReplies({ ...document });
    const step = { image: greyImage() };
    for (const type of ["application/json", "application/msgpack"]) {
      const id = await server.begin();
      const at = "/v1/sessions/{id}";
      const asked: readonly (readonly [string, string, unknown?])[] = [
        ["POST", "/v1/sessions", {}],
        ["POST", "/v1/sessions", { task: 7 }],
        ["POST", `${at}/step`, step],
        ["POST", `${at}/step`, { image: { data: "", encoding: "png" } }],
        ["POST", `${at}/step`, { image: 1 }],
        ["POST", "/v1/step_batch", { steps: [{ session: id, ...step }, { session: "nobody" }] }],
        ["POST", `${at}/reset`, {}],
        ["POST", "/v1/chat/completions", { model: "scripted", messages: [] }],
        ["POST", "/evaluate_batch", { samples: [] }],
        ["POST", "/evaluate_batch_npy", {}],
        ["GET", `${at}/stream`],
        ...["/v1/models", "/model_info", "/health", "/metrics", "/openapi.json"].map(
          (path) => ["GET", path] as const,
        ),
        ["DELETE", at],
        ["DELETE", at],
      ];
      expect(new Set(asked.map(([, path]) => path))).toEqual(new Set(Object.keys(document.paths)));
      for (const [method, path, body] of asked) {
        const reply = await server.ask(method, path.replace("{id}", id), body, { type });
        expect(replies.faultOf(method, path, reply), `${method} ${path}`).toBeUndefined();
      }
    }
  });

  it("describes the rewards and problems that the server gives", async () => {
    const session = await server.begin();
    for (const image of [greyImage(), { data: new Uint8Array(3), encoding: "png" }]) {
      const { body } = await server.post(`/v1/sessions/${session}/step`, { image });
      expect(denseRewardSchema.parse(body)).toEqual(body);
    }
    const { body } = await server.post(`/v1/sessions/${session}/step`, {});
    expect(problemSchema.parse(body)).toEqual(body);
  });
});
