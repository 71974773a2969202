/** What is reported while a model is created. */
export type VlmNotice =
  /** Weights are being read. */
  | {
      readonly kind: "progress";
      /** For the reader: "SmolVLM-256M-Instruct: onnx/vision_encoder_q4.onnx". */
      readonly text: string;
      readonly doneBytes: number;
      readonly totalBytes: number;
    }
  /** Something differs from what was requested; work continues in another way. */
  | { readonly kind: "warning"; readonly text: string };

export type OnNotice = (notice: VlmNotice) => void;

/** Where nobody listens, warnings become warnings of the process, and progress is nobody's concern. */
export const warnOnly: OnNotice = (notice) => {
  if (notice.kind === "warning") process.emitWarning(notice.text);
};

/** What the creation of a model gets besides its spec. */
export interface VlmContext {
  /** Ends the making of the model (a server is asked for its models, weights are loaded). */
  readonly signal?: AbortSignal;
  /** Told of progress and of what goes another way than it was asked for. */
  readonly onNotice?: OnNotice;
  /**
   * Nothing newer is to be asked about: requests wait for as long as their server wants (Retry-After, up
   * to 60 s), and it is told. Absent: they are refused at once during a pause of more than 2 s.
   */
  readonly waits?: boolean;
  /**
   * The images are of a live stream, which goes on: a server has answered all that is asked about one
   * within its `timeout_s` (10 s unless it is set), or what is missing is refused.
   */
  readonly live?: boolean;
}
