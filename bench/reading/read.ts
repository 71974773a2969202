import { openBag } from "../../dist/sources/rosbag/index.js";

/** Reads and decodes every message of a recording; prints JSON. */
const [path = "", rounds = "1"] = process.argv.slice(2);
const ms: number[] = [];
let messages = 0;
for (let round = 0; round < Number(rounds); round++) {
  const startMs = performance.now();
  messages = 0;
  const bag = await openBag(path);
  for await (const message of bag.messages()) {
    message.decode();
    messages++;
  }
  await bag.close();
  ms.push(performance.now() - startMs);
}
console.log(JSON.stringify({ messages, ms, peakMb: process.resourceUsage().maxRSS / 1024 }));
