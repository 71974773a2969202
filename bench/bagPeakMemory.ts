/** Reads a bag through bagFrames and prints the frames read and the peak memory (RSS, MB). */

import { findCameras } from "../src/camera/index.js";
import { bagFrames, openBag } from "../src/sources/index.js";

const bag = await openBag(process.argv[2]!);
let frames = 0;
for await (const frame of bagFrames(bag, { cameras: findCameras(bag.info, []) })) {
  if (frame.fault === undefined && frame.depth !== undefined) frames++;
}
await bag.close();
console.log(JSON.stringify({ frames, peakMb: process.resourceUsage().maxRSS / 1024 }));
