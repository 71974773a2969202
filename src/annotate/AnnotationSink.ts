import type { Annotation } from "./Annotation.js";

/** The port through which annotations go out. Writes come one at a time, in stamp order. */
export interface AnnotationSink {
  /** The file that appears on `close`. */
  readonly path: string;
  write(annotation: Annotation): Promise<void>;
  /** Completes the output and gives it its name. */
  close(): Promise<void>;
  /** Stops early and removes what was written. */
  abort(): Promise<void>;
}
