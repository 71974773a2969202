import { byRendezvous } from "../src/models/endpoint/Replicas.js";
import type { BenchRow } from "./BenchRow.js";

const SERVERS = 4;
const IMAGES = 4000;
const QUESTIONS = 6;
/** Images whose questions are on their way at the same time. */
const IN_FLIGHT = 32;
/** Images that a server's prefix cache holds: 100,000 tokens of 500. */
const CACHED = 200;

/** How often a server that is chosen so has to read an image, per image; the least is 1. */
function prefillsPerImage(serverOf: (image: number, request: number) => string): number {
  const caches = new Map<string, Set<number>>();
  let [misses, requests] = [0, 0];
  for (let from = 0; from < IMAGES; from += IN_FLIGHT) {
    // The questions of the images in flight arrive mixed.
    for (let question = 0; question < QUESTIONS; question++) {
      for (let image = from; image < Math.min(from + IN_FLIGHT, IMAGES); image++) {
        const server = serverOf(image, requests++);
        const cache = caches.get(server) ?? new Set<number>();
        caches.set(server, cache);
        if (!cache.delete(image)) misses += 1;
        cache.add(image);
        const [oldest] = cache;
        if (cache.size > CACHED && oldest !== undefined) cache.delete(oldest);
      }
    }
  }
  return misses / IMAGES;
}

const hitRate = (prefills: number) => 1 - prefills / QUESTIONS;

/**
 * The prefix caches of several VLM servers, simulated: how many images a server must read anew when
 * requests go to the server of their image, and when they go round.
 */
export default async function bench(): Promise<readonly BenchRow[]> {
  const names = Array.from({ length: SERVERS }, (_, i) => `http://vlm-${i + 1}:8000/v1`);
  const own = (image: number) => byRendezvous(names, `image ${image}`)[0] ?? "";
  const lost = (image: number) =>
    byRendezvous(image < IMAGES / 2 ? names : names.slice(1), `image ${image}`)[0] ?? "";
  const ours = prefillsPerImage(own);
  // One request more now and then, so that a question does not always meet the same server.
  const round = prefillsPerImage((_, request) => names[(request + (request >> 5)) % SERVERS] ?? "");
  const about = `${SERVERS} servers, ${QUESTIONS} questions an image`;
  return [
    {
      name: `image read by a server (${about}; hit rate ${hitRate(ours).toFixed(2)} and ${hitRate(round).toFixed(2)})`,
      ...{ ours, base: round, unit: "times", baseName: "round robin", goalRatio: 0.4 },
    },
    {
      name: "the same, where one server is lost half-way",
      ...{
        ours: prefillsPerImage(lost),
        base: 1,
        unit: "times",
        baseName: "least",
        goalRatio: 1.01,
      },
    },
  ];
}
