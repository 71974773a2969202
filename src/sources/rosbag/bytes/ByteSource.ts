/** The bytes of a file, wherever it lies. Several reads may run side by side. */
export interface ByteSource {
  readonly byteLength: number;
  /** What a read is rounded up to: asking twice costs more than what is not needed. */
  readonly windowBytes: number;
  /** Up to `length` bytes from `offset` into `target` at `at`; 0 at the end. */
  read(
    target: Uint8Array,
    at: number,
    length: number,
    offset: number,
  ): Promise<{ readonly bytesRead: number }>;
  close(): Promise<void>;
}
