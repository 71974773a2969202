import { type Calibration, calibrated } from "../../estimate/index.js";
import {
  isQuestionKind,
  kindInfo,
  type QuantityKind,
  type SpatialAnswer,
} from "../../language/index.js";

/** An answer, and what the model said where a calibration has changed it. */
export interface ChatAnswer {
  readonly answer: SpatialAnswer;
  /** m */
  readonly raw?: { readonly valueM: number; readonly sigmaM: number };
}

/** The length that an answer means by the calibration; answers that are no lengths stay. */
export function calibratedAnswer(
  answer: SpatialAnswer,
  calibration: Calibration | undefined,
): ChatAnswer {
  if (!calibration || answer.refusal) return { answer };
  const { question, value, reliability } = answer;
  const { kind } = question;
  if (value.shape !== "quantity" || !isQuestionKind(kind)) return { answer };
  if (kindInfo(kind).shape !== "quantity") return { answer };
  const { valueM, sigmaM } = value;
  const ownSigmaM = reliability ? 0 : sigmaM;
  const length = calibrated(calibration, kind as QuantityKind, valueM, ownSigmaM);
  if (!length) return { answer };
  const wholeM = Math.max(length.sigmaM, length.width68M);
  return {
    answer: {
      ...answer,
      value: { shape: "quantity", valueM: length.valueM, sigmaM: reliability ? 0 : wholeM },
      ...(reliability && {
        reliability: { relativeSigma: 0, absoluteSigmaM: wholeM, wildShare: length.wildShare },
      }),
    },
    raw: { valueM, sigmaM },
  };
}
