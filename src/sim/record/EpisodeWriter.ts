/** Where simulated messages go: a bag, or the topics of a live node. */
export interface MessageWriter {
  addTopic(topic: {
    readonly name: string;
    /** `pkg/msg/Type` */
    readonly type: string;
    readonly qos?: "sensor" | "reliable" | "latched";
  }): Promise<void>;
  write(topic: string, logNs: bigint, message: unknown): Promise<void>;
}

/** What a recording needs of a bag; `BagWriter` of bag/ is one. */
export interface EpisodeWriter extends MessageWriter {
  addMetadata(name: string, entries: ReadonlyMap<string, string>): Promise<void>;
}
