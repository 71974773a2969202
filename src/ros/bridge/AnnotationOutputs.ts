import type { Annotation } from "../../annotate/index.js";
import type { Task } from "../../task/index.js";
import type { LogLimit } from "../LogLimit.js";
import type { RosNode } from "../RosNode.js";
import type { BridgeParameters } from "./BridgeParameters.js";
import { markersMessage } from "./markersMessage.js";
import type { Outputs } from "./Outputs.js";
import {
  detectionsMessage,
  objectTransforms,
  posesMessage,
  seenObjects,
} from "./objectMessages.js";
import { Pictures } from "./Pictures.js";

/** Publishes what follows from each annotation, as far as it is wanted. */
export class AnnotationOutputs {
  readonly #node: RosNode;
  readonly #outputs: Outputs;
  readonly #parameters: () => BridgeParameters;
  readonly #pictures: Pictures;

  constructor(node: RosNode, outputs: Outputs, log: LogLimit, parameters: () => BridgeParameters) {
    this.#node = node;
    this.#outputs = outputs;
    this.#parameters = parameters;
    this.#pictures = new Pictures((message) => outputs.publish("image", message), log);
  }

  publish(annotation: Annotation, task: Task): void {
    const { publishAnnotatedImage, publishMarkers, corrections } = this.#parameters();
    const outputs = this.#outputs;
    outputs.publishAnnotation(annotation, task, corrections);
    // The rest shows images.
    if (annotation.isCorrection || annotation.outcome === "predicted") return;
    // Viewers show markers as what is.
    if (publishMarkers && !annotation.isLate && outputs.isWanted("markers")) {
      outputs.publish("markers", markersMessage(annotation));
    }
    if (!annotation.isLate) this.#publishObjects(annotation);
    if (publishAnnotatedImage && outputs.isWanted("image")) {
      this.#pictures.offer(annotation, task);
    }
  }

  #publishObjects(annotation: Annotation): void {
    const { targetFrame, publishTf } = this.#parameters();
    const outputs = this.#outputs;
    const wanted = (["objects", "objectPoses"] as const).filter((it) => outputs.isWanted(it));
    if (wanted.length === 0 && !publishTf) return;
    const seen = seenObjects(annotation, targetFrame);
    if (seen === undefined) return;
    if (wanted.includes("objects")) outputs.publish("objects", detectionsMessage(seen));
    if (wanted.includes("objectPoses")) outputs.publish("objectPoses", posesMessage(seen));
    if (publishTf && seen.objects.length > 0) {
      outputs.publish("tf", objectTransforms(seen, this.#node.fullName.slice(1)));
    }
  }
}
