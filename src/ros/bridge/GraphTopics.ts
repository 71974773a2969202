import { type Observable, Subject, type Subscription } from "rxjs";
import {
  type ImageVerdict,
  judgeImages,
  type TopicContent,
  type TopicInfo,
} from "../../camera/index.js";
import { contentOfCdr, hasContent } from "../../sources/cdr.js";
import { rawFromTopic } from "../fromTopic.js";
import type { RosNode, RosQos } from "../RosNode.js";

/** Works with every publisher that sends more than once. */
const PEEK_QOS: RosQos = { reliability: "best_effort", durability: "volatile", depth: 1 };
/** So many topics are asked for their first message at a time. */
const AT_A_TIME = 8;
/** One that is silent for so long makes room for another, and is asked again much later. */
const PATIENCE_MS = 5000;
const AGAIN_MS = 30_000;

interface Peek {
  readonly sinceMs: number;
  readonly subscription: Subscription;
}

interface Known {
  readonly type: string;
  readonly content: TopicContent;
}

/**
 * The topics of the graph that can be of a camera, with what the first message of each says, as in a
 * recording. Each is subscribed for one message; what is subscribed anyway may be told by `learn`.
 */
export class GraphTopics {
  /** Emits when a first message has come. Never completes. */
  readonly news$: Observable<void>;
  readonly #news = new Subject<void>();
  readonly #node: RosNode;
  readonly #types: ReadonlySet<string>;
  readonly #nowMs: () => number;
  readonly #known = new Map<string, Known>();
  readonly #peeks = new Map<string, Peek>();
  readonly #triedAtMs = new Map<string, number>();

  /** @param types those that are looked for */
  constructor(node: RosNode, types: ReadonlySet<string>, nowMs: () => number) {
    this.#node = node;
    this.#types = types;
    this.#nowMs = nowMs;
    this.news$ = this.#news;
  }

  /** Those that somebody but this node publishes at present. */
  published(): TopicInfo[] {
    return this.#node.topics().flatMap(({ name, types }): TopicInfo[] => {
      // This node's own topics are not cameras.
      if (name.startsWith(`${this.#node.fullName}/`)) return [];
      const wanted = types.filter((type) => this.#types.has(type));
      if (wanted.length === 0) return [];
      const spoken = new Set(this.#node.publishersOf(name).map(({ type }) => type));
      return wanted
        .filter((type) => spoken.has(type))
        .map((type) => {
          const known = this.#known.get(name);
          const content = known?.type === type ? known.content : undefined;
          return { name, type, messageCount: 1, ...(content && { content }) };
        });
    });
  }

  /** Whether it is known what a topic's messages are. */
  isKnown(topic: string): boolean {
    return this.#known.has(topic);
  }

  /** What a topic of images shows, and how that is known. */
  verdictOn(topic: string): ImageVerdict | undefined {
    return judgeImages(this.published()).get(topic);
  }

  /** Takes a message that has come on a topic; all but the first change nothing. */
  learn(topic: string, type: string, cdr: Uint8Array): void {
    if (this.#known.has(topic) || !hasContent(type)) return;
    this.#end(topic);
    try {
      const content = contentOfCdr(type, cdr);
      this.#known.set(topic, { type, content });
    } catch {
      // Whoever reads the topic says what is wrong with it.
      return;
    }
    this.#news.next();
  }

  /** Asks topics that have appeared for their first message, and forgets those that are gone. */
  look(): void {
    const nowMs = this.#nowMs();
    const published = this.published();
    const names = new Set(published.map(({ name }) => name));
    for (const topic of this.#known.keys()) if (!names.has(topic)) this.#known.delete(topic);
    for (const [topic, { sinceMs }] of this.#peeks) {
      if (!names.has(topic) || nowMs - sinceMs > PATIENCE_MS) this.#end(topic);
    }
    const triedAtMs = ({ name }: TopicInfo) => this.#triedAtMs.get(name) ?? -AGAIN_MS;
    const waiting = published
      .filter(({ name, type, content }) => !content && hasContent(type) && !this.#peeks.has(name))
      .filter((topic) => nowMs - triedAtMs(topic) >= AGAIN_MS)
      .sort((a, b) => triedAtMs(a) - triedAtMs(b));
    for (const topic of waiting.slice(0, AT_A_TIME - this.#peeks.size)) this.#ask(topic, nowMs);
  }

  close(): void {
    for (const topic of [...this.#peeks.keys()]) this.#end(topic);
  }

  #ask({ name, type }: TopicInfo, nowMs: number): void {
    this.#triedAtMs.set(name, nowMs);
    const subscription = rawFromTopic(this.#node, name, type, PEEK_QOS).subscribe({
      next: (cdr) => this.learn(name, type, cdr),
      // A type that is not installed: whoever reads the topic says so.
      error: () => undefined,
    });
    if (!subscription.closed) this.#peeks.set(name, { sinceMs: nowMs, subscription });
  }

  #end(topic: string): void {
    this.#peeks.get(topic)?.subscription.unsubscribe();
    this.#peeks.delete(topic);
  }
}
