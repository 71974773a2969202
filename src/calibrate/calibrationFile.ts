import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { parse, stringify } from "yaml";
import * as z from "zod";
import { refuseSpecialFile, refuseSpecialFileSync, UserError } from "../base/index.js";
import type { Calibration, LengthCalibration } from "../estimate/index.js";
import { kindInfo, QUANTITY_KINDS, type QuantityKind } from "../language/index.js";
import type { SpatialVlm } from "../models/index.js";
import type { CalibrationResult } from "./calibrate.js";
import type { CalibrationFigure } from "./clusterInterval.js";

/** A calibration file cannot be used: it is damaged, of another version, or of another model. */
export class CalibrationFileError extends UserError {
  override readonly code = "calibration.file";
}

const VERSION = 1;

const positive = z.number().positive();
const notNegative = z.number().nonnegative();
const lengthSchema = z.strictObject({
  curve: z.strictObject({
    slope: positive,
    offset_m: z.number(),
    floor_m: notNegative.optional(),
    knots: z
      .array(z.strictObject({ true_m: z.number(), said_m: z.number() }))
      .min(2)
      .refine(
        (knots) =>
          knots.every(({ true_m, said_m }, i) => {
            const last = knots[i - 1];
            return last === undefined || (true_m > last.true_m && said_m > last.said_m);
          }),
        { error: "must rise in both columns" },
      )
      .optional(),
  }),
  spread: z.strictObject({
    relative_sigma: notNegative,
    absolute_sigma_m: positive,
    wild_share: z.number().min(0).max(0.5),
  }),
  correlation_s: notNegative,
  conformal: z.strictObject({ factor_68: positive, factor_95: positive }),
  holds_m: z
    .tuple([z.number(), z.number()])
    .refine(([from, to]) => from <= to, { error: "must not start above its end" }),
  curve_sigma: z.strictObject({
    relative_slope: notNegative,
    offset_m: notNegative,
    correlation: z.number().min(-1).max(1).optional(),
    floor_m: notNegative.optional(),
  }),
});
type WrittenLength = z.infer<typeof lengthSchema>;

const fileSchema = z.object({
  version: z.literal(VERSION),
  model: z.string().min(1),
  model_sha256: z.string().regex(/^[0-9a-f]{64}$/),
  task: z.string(),
  recordings: z.array(z.string()),
  episodes: z.int().nonnegative(),
  answers: z.int().nonnegative(),
  lengths: z
    .strictObject({
      all: lengthSchema.optional(),
      ...Object.fromEntries(QUANTITY_KINDS.map((kind) => [kind, lengthSchema.optional()])),
    })
    .refine((lengths) => Object.values(lengths).some((length) => length !== undefined), {
      error: "has no kind of length, so nothing would be calibrated",
    }),
});

/** What of a model decides what it says: not the address that it is served at. */
export function calibrationKey({ fingerprint }: Pick<SpatialVlm, "fingerprint">): string {
  const placeless = fingerprint.replace(/\\*"url\\*":\\*"[^"\\]*\\*",?/g, "");
  return createHash("sha256").update(placeless).digest("hex");
}

/** The calibration as a readable YAML file. */
export function writeCalibration(
  { calibration, overall, figures, warnings }: CalibrationResult,
  truth: string,
): string {
  const { model, kinds, pooled, provenance } = calibration;
  const document = {
    version: VERSION,
    model,
    model_sha256: provenance.fingerprint,
    task: provenance.task,
    truth,
    recordings: provenance.recordings,
    episodes: provenance.episodes,
    answers: provenance.answers,
    ...(warnings.length > 0 && { warnings }),
    left_out: Object.fromEntries(
      [["all", overall] as const, ...figures].map(([kind, each]) => [
        kind,
        {
          answers: each.answers,
          raw_error_m: figureOf(each.rawErrorM),
          calibrated_error_m: figureOf(each.calibratedErrorM),
          within_1_sigma: figureOf(each.within1Sigma),
          within_2_sigma: figureOf(each.within2Sigma),
          within_conformal_68: figureOf(each.within68),
          within_conformal_95: figureOf(each.within95),
        },
      ]),
    ),
    lengths: Object.fromEntries([
      ...[...kinds].map(([kind, length]) => [kind, writtenOf(length)]),
      ...(pooled ? [["all", writtenOf(pooled)]] : []),
    ]),
  };
  return `${HEADER}${stringify(document, { lineWidth: 100 })}`;
}

const HEADER = `# The bias and accuracy of a model's lengths: docs/calibration.md.
# Made by "spatial-reward calibrate"; used by --calibration. Lengths are metres.
# left_out: how good it is on episodes that were left out of the fit.
# lengths: by kind of question; "all" for the kinds that had too few answers of their own.
`;

/**
 * Reads a calibration file for a model.
 * @throws CalibrationFileError when it cannot be read, is damaged, of another version, or was made
 *   for another model or prompt: what and what to do
 */
export async function loadCalibration(
  path: string,
  vlm: Pick<SpatialVlm, "id" | "fingerprint">,
): Promise<Calibration> {
  await refuseSpecialFile(path);
  const text = await readFile(path, "utf8").catch((error) => {
    throw unreadable(path, error);
  });
  return readCalibration(text, path, vlm);
}

/** As `loadCalibration`, for those who have to decide at once. */
export function loadCalibrationSync(
  path: string,
  vlm: Pick<SpatialVlm, "id" | "fingerprint">,
): Calibration {
  refuseSpecialFileSync(path);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw unreadable(path, error);
  }
  return readCalibration(text, path, vlm);
}

function unreadable(path: string, cause: unknown): CalibrationFileError {
  const { code } = cause as NodeJS.ErrnoException;
  const why = code === "ENOENT" ? "no such file" : (code ?? "it cannot be read");
  return new CalibrationFileError(`Cannot read the calibration ${path}: ${why}.`, { cause });
}

/** `loadCalibration` of a text; `path` names it in messages. */
export function readCalibration(
  text: string,
  path: string,
  vlm: Pick<SpatialVlm, "id" | "fingerprint">,
): Calibration {
  const again = 'run "spatial-reward calibrate" again';
  let document: unknown;
  try {
    document = parse(text, { logLevel: "error", maxAliasCount: 0 });
  } catch (error) {
    const reason = (error as Error).message.split("\n")[0];
    throw new CalibrationFileError(`${path}: damaged, not YAML (${reason}); ${again}`, {
      cause: error,
    });
  }
  const version = z.object({ version: z.number() }).safeParse(document).data?.version;
  if (version !== undefined && version !== VERSION) {
    throw new CalibrationFileError(
      `${path}: calibration file of version ${version}, but this program reads version ${VERSION}; ${again}`,
    );
  }
  const read = fileSchema.safeParse(document);
  if (!read.success) {
    const [issue] = read.error.issues;
    const field = issue?.path.join(".") || "the file";
    throw new CalibrationFileError(`${path}: damaged: ${field}: ${issue?.message}; ${again}`);
  }
  const file = read.data;
  if (file.model_sha256 !== calibrationKey(vlm)) throw otherModel(path, file.model, vlm.id);
  const { all, ...own } = file.lengths as Readonly<Record<string, WrittenLength | undefined>>;
  const kinds = Object.entries(own).flatMap(([kind, length]) =>
    length ? [[kind as QuantityKind, lengthOf(length)] as const] : [],
  );
  return {
    model: file.model,
    kinds: new Map(kinds.filter(([kind]) => kindInfo(kind).shape === "quantity")),
    ...(all && { pooled: lengthOf(all) }),
    provenance: {
      fingerprint: file.model_sha256,
      task: file.task,
      recordings: file.recordings,
      episodes: file.episodes,
      answers: file.answers,
    },
  };
}

function otherModel(path: string, made: string, now: string): CalibrationFileError {
  const bare = (id: string) => id.replace(/@[^@]*$/, "");
  const what =
    bare(made) === bare(now)
      ? `it was made for ${made} with another prompt or other settings (samples, images, checks)`
      : `it was made for ${made}, and this model is ${now}`;
  return new CalibrationFileError(
    `${path}: not the calibration of this model: ${what}. The answers of another model or prompt have ` +
      'another meaning; calibrate this model with "spatial-reward calibrate"',
  );
}

function writtenOf(length: LengthCalibration): WrittenLength {
  const { curve, spread, correlationS, conformal, range, curveSigma } = length;
  return {
    curve: {
      slope: rounded(curve.slope),
      offset_m: rounded(curve.offsetM),
      ...(curve.floorM !== undefined && { floor_m: rounded(curve.floorM) }),
      ...(curve.knots && {
        knots: curve.knots.map(({ trueM, saidM }) => ({
          true_m: rounded(trueM),
          said_m: rounded(saidM),
        })),
      }),
    },
    spread: {
      relative_sigma: rounded(spread.relativeSigma),
      absolute_sigma_m: Math.max(1e-4, rounded(spread.absoluteSigmaM)),
      wild_share: rounded(spread.wildShare),
    },
    correlation_s: rounded(correlationS),
    conformal: { factor_68: rounded(conformal.factor68), factor_95: rounded(conformal.factor95) },
    holds_m: [rounded(range.fromM), rounded(range.toM)],
    curve_sigma: {
      relative_slope: rounded(curveSigma.relativeSlope),
      offset_m: rounded(curveSigma.offsetM),
      ...(curveSigma.correlation !== undefined && { correlation: rounded(curveSigma.correlation) }),
      ...(curveSigma.floorM !== undefined && { floor_m: rounded(curveSigma.floorM) }),
    },
  };
}

function lengthOf(written: WrittenLength): LengthCalibration {
  const { curve, spread, correlation_s, conformal, holds_m, curve_sigma } = written;
  const { slope, offset_m, floor_m, knots } = curve;
  return {
    curve: {
      slope,
      offsetM: offset_m,
      ...(floor_m !== undefined && { floorM: floor_m }),
      ...(knots && {
        knots: knots.map(({ true_m, said_m }) => ({ trueM: true_m, saidM: said_m })),
      }),
    },
    spread: {
      relativeSigma: spread.relative_sigma,
      absoluteSigmaM: spread.absolute_sigma_m,
      wildShare: spread.wild_share,
    },
    correlationS: correlation_s,
    conformal: { factor68: conformal.factor_68, factor95: conformal.factor_95 },
    range: { fromM: holds_m[0], toM: holds_m[1] },
    curveSigma: {
      relativeSlope: curve_sigma.relative_slope,
      offsetM: curve_sigma.offset_m,
      ...(curve_sigma.correlation !== undefined && { correlation: curve_sigma.correlation }),
      ...(curve_sigma.floor_m !== undefined && { floorM: curve_sigma.floor_m }),
    },
  };
}

/** A tenth of a millimetre is more than anyone needs. */
function rounded(x: number): number {
  return Number(x.toFixed(4));
}

function figureOf({ value, interval }: CalibrationFigure): number | [number, number, number] {
  return interval ? [rounded(value), rounded(interval[0]), rounded(interval[1])] : rounded(value);
}
