import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import sharp from "sharp";
import { mean } from "simple-statistics";
import { afterAll } from "vitest";
import { z } from "zod";
import { Random } from "../../src/base/index.js";
import { say } from "../support/chatServer.js";
import { trueDistanceOf } from "../support/graspRecording.js";

const bodySchema = z.object({
  messages: z.array(
    z.object({ content: z.union([z.string(), z.array(z.record(z.string(), z.unknown()))]) }),
  ),
});

export interface SickServer {
  /** `http://127.0.0.1:port/v1#test-model` */
  readonly spec: string;
  readonly requests: number;
}

/**
 * A model server on loopback that says what a disease makes of the distance that the image's green
 * tells (`writeGraspRecording`).
 */
export async function sickServer(
  sayOf: (trueM: number, random: Random) => string,
): Promise<SickServer> {
  let requests = 0;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (!request.url?.endsWith("/chat/completions")) {
      response.statusCode = 404;
      response.end();
      return;
    }
    requests += 1;
    const { messages } = bodySchema.parse(JSON.parse(Buffer.concat(chunks).toString()));
    const url = /data:image\/[a-z]+;base64,([^"]+)/.exec(JSON.stringify(messages));
    const { data, info } = await sharp(Buffer.from(url?.[1] ?? "", "base64"))
      .raw()
      .toBuffer({ resolveWithObject: true });
    // Of one colour: sharp's statistics take ten times as long.
    const meanOf = (channel: number) =>
      mean([...data].filter((_, i) => i % info.channels === channel));
    const [red, green] = [meanOf(0), meanOf(1)];
    // Each image has its own noise, whenever and however often it is asked about.
    const random = new Random(Math.round(red) * 1000 + Math.round(green), "sick");
    say(response, sayOf(trueDistanceOf(green), random));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    spec: `http://127.0.0.1:${port}/v1#test-model`,
    get requests() {
      return requests;
    },
  };
}

/** As SpatialVLM's figure 5: a slope, a floor, noise, refusals. */
export function figure5(trueM: number, random: Random): string {
  if (random.next() < 0.1) return "I cannot tell the distance from this image.";
  const said = Math.max(0.57 * trueM + 0.06, 0.11) * Math.exp(0.15 * random.normal());
  return `About ${Math.round(100 * said)} cm.`;
}
