import { Validator } from "@seriousme/openapi-schema-validator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { denseRewardSchema, problemSchema } from "../../src/serve/openApi.js";
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
