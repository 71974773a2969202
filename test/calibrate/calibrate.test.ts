import { describe, expect, it, vi } from "vitest";
import { Random } from "../../src/base/index.js";
import {
  CalibrationDataError,
  CalibrationFileError,
  type CalibrationResult,
  calibrate,
  calibrationKey,
  type Pair,
  readCalibration,
  writeCalibration,
} from "../../src/calibrate/index.js";
import { type Calibration, calibrated } from "../../src/estimate/index.js";

const VLM = {
  id: "m@host:8000",
  fingerprint: 'endpoint {"url":"http://host:8000/v1/","model":"m"}',
};
const ABOUT = { fingerprint: calibrationKey(VLM), task: "pick", recordings: ["a", "b"] };

interface Disease {
  readonly slope?: number;
  readonly offsetM?: number;
  readonly floorM?: number;
  readonly noise?: number;
  readonly wild?: number;
  readonly correlationS?: number;
  readonly curve?: (trueM: number) => number;
}

/** Approaches from 50 cm to contact, ten answers a second, each episode a bit different. */
function sick(
  {
    slope = 0.57,
    offsetM = 0.06,
    floorM = 0.11,
    noise = 0.2,
    wild = 0,
    correlationS = 0,
    curve,
  }: Disease = {},
  {
    episodes = 6,
    answers = 80,
    seed = 1,
    kind = "distance" as Pair["kind"],
    fromM = 0.5,
    toM = 0,
  } = {},
): Pair[] {
  const random = new Random(seed, "pairs");
  return Array.from({ length: episodes }, (_, e) => {
    let error = random.normal();
    const kept = correlationS === 0 ? 0 : Math.exp(-0.1 / correlationS);
    return Array.from({ length: answers }, (_, i): Pair => {
      error = kept * error + Math.sqrt(1 - kept * kept) * random.normal();
      const trueM = fromM + ((toM - fromM) * i) / answers + 0.01 * e;
      const line = curve?.(trueM) ?? Math.max(slope * trueM + offsetM, floorM);
      const saidM = random.next() < wild ? random.uniform(0, 1) : line * Math.exp(noise * error);
      const common = { measurement: "reach", kind, trueSigmaM: 0.01 };
      return { ...common, episode: `run${e}`, timeS: i / 10, saidM, trueM };
    });
  }).flat();
}

/** Of the usual disease. */
const SICK = calibrate(sick(), VLM.id, ABOUT);

describe("calibrate", () => {
  it("finds slope, floor, scatter and share of wild answers of a sick model", () => {
    const { calibration, warnings } = calibrate(sick({ wild: 0.05 }), VLM.id, ABOUT);
    const { curve, spread, correlationS, range } = calibration.kinds.get("distance") ?? {};
    expect(curve?.slope).toBeCloseTo(0.57, 1);
    expect(curve?.offsetM).toBeCloseTo(0.06, 1);
    expect(curve?.floorM).toBeCloseTo(0.11, 1);
    expect(spread?.relativeSigma).toBeCloseTo(0.2, 1);
    expect(spread?.wildShare).toBeGreaterThan(0.01);
    expect(spread?.wildShare).toBeLessThan(0.1);
    expect(correlationS).toBe(0);
    expect(range?.toM).toBeCloseTo(0.54, 1);
    expect(warnings).toEqual([]);
  });

  it("takes coarse steps of the words for scatter, and not their level for the curve", () => {
    for (const seed of [1, 2, 3]) {
      const coarse = sick({}, { seed }).map((pair) => ({
        ...pair,
        saidM: Math.max(0.1, Math.round(pair.saidM * 10) / 10),
      }));
      const spread = calibrate(coarse, "m", ABOUT).calibration.kinds.get("distance")?.spread;
      // A tenth of a metre as a uniform error.
      expect(spread?.absoluteSigmaM).toBeGreaterThan(0.028);
      expect(spread?.wildShare).toBeLessThan(0.1);
    }
  });

  it("finds how long errors stay alike", () => {
    const { calibration } = calibrate(sick({ correlationS: 1 }, { episodes: 8 }), VLM.id, ABOUT);
    const found = calibration.kinds.get("distance")?.correlationS ?? 0;
    expect(found).toBeGreaterThan(0.4);
    expect(found).toBeLessThan(2);
  });

  it("does not take rounding and wild answers for errors that die away sooner", () => {
    const found = [1, 2, 3, 4].map((seed) => {
      const pairs = sick({ correlationS: 1, wild: 0.08 }, { episodes: 6, seed }).map((pair) => ({
        ...pair,
        saidM: Math.round(pair.saidM * 20) / 20,
      }));
      return calibrate(pairs, "m", ABOUT).calibration.kinds.get("distance")?.correlationS ?? 0;
    });
    const mean = found.reduce((sum, one) => sum + one, 0) / found.length;
    expect(mean).toBeGreaterThan(0.6);
    expect(mean).toBeLessThan(1.6);
  });

  it("knows the slope no better than its prior where all lengths are at the floor", () => {
    const { calibration } = calibrate(sick({}, { fromM: 0.07, toM: 0 }), "m", ABOUT);
    const { curve, curveSigma } = calibration.kinds.get("distance") ?? {};
    expect((curveSigma?.relativeSlope ?? 0) * (curve?.slope ?? 0)).toBeGreaterThan(0.15);
    // What is known is the floor.
    expect(curveSigma?.floorM).toBeLessThan(0.03);
    // A line that is steeper lies lower elsewhere.
    expect(SICK.calibration.pooled?.curveSigma.correlation).toBeLessThan(0);
  });

  it("widens the curve for kinds that were not asked by how those that were differ", () => {
    const level = sick({ slope: 0.8 }, { kind: "horizontal_distance", seed: 2 });
    const { kinds, pooled } = calibrate([...sick(), ...level], "m", ABOUT).calibration;
    const own = [...kinds.values()].map(({ curveSigma }) => curveSigma.relativeSlope);
    expect(own).toHaveLength(2);
    expect(pooled?.curveSigma.relativeSlope).toBeGreaterThan(2 * Math.max(...own));
    const alike = sick({}, { kind: "horizontal_distance", seed: 2 });
    const same = calibrate([...sick(), ...alike], "m", ABOUT).calibration.pooled;
    expect(same?.curveSigma.relativeSlope).toBeLessThan(pooled?.curveSigma.relativeSlope ?? 0);
  });

  it("judges itself on episodes that were left out: conformal widths hold what they promise", () => {
    const { overall, calibration } = calibrate(sick({ wild: 0.03 }), VLM.id, ABOUT);
    expect(overall.answers).toBe(480);
    expect(overall.within68.value).toBeGreaterThan(0.6);
    expect(overall.within95.value).toBeGreaterThan(0.9);
    expect(overall.rawErrorM.interval).toBeDefined();
    // On answers of episodes that it has never seen.
    const fresh = sick({ wild: 0.03 }, { seed: 2 });
    const inside = (width: "width68M" | "width95M") =>
      fresh.filter(({ saidM, trueM }) => {
        const found = calibrated(calibration, "distance", saidM);
        return found && Math.abs(found.valueM - trueM) <= found[width];
      }).length / fresh.length;
    expect(inside("width68M")).toBeGreaterThan(0.55);
    expect(inside("width95M")).toBeGreaterThan(0.9);
  });

  it("takes a rising curve where a line does not do, and the data allow it", () => {
    const bent = { curve: (x: number) => 0.05 + 0.9 * x ** 0.35, noise: 0.04 };
    const { calibration } = calibrate(sick(bent, { episodes: 8 }), VLM.id, ABOUT);
    expect(calibration.kinds.get("distance")?.curve.knots?.length ?? 0).toBeGreaterThan(3);
    const straight = calibrate(sick({ noise: 0.04 }, { episodes: 8 }), VLM.id, ABOUT);
    expect(straight.calibration.kinds.get("distance")?.curve.knots).toBeUndefined();
  });

  it("pools kinds with few answers of their own", () => {
    const few = sick({}, { answers: 8, kind: "horizontal_distance" });
    const { calibration } = calibrate([...sick(), ...few], VLM.id, ABOUT);
    expect([...calibration.kinds.keys()]).toEqual(["distance"]);
    expect(calibration.pooled?.curve.slope).toBeCloseTo(0.57, 1);
  });

  it("fits signed kinds by themselves, without a floor", () => {
    const signed = sick(
      { floorM: Number.NEGATIVE_INFINITY, noise: 0.05 },
      { kind: "left_difference" },
    );
    const shifted = signed.map((pair) => ({
      ...pair,
      trueM: pair.trueM - 0.25,
      saidM: pair.saidM - 0.1425,
    }));
    const { calibration } = calibrate(shifted, VLM.id, ABOUT);
    const curve = calibration.kinds.get("left_difference")?.curve;
    expect(curve?.slope).toBeCloseTo(0.57, 1);
    expect(curve?.floorM).toBeUndefined();
  });

  it("leaves out an episode in which something else was grasped", () => {
    const pairs = sick({ noise: 0.1 }).map((pair) =>
      pair.episode === "run5" ? { ...pair, saidM: 0.45 + 0.3 * pair.trueM } : pair,
    );
    const { warnings, calibration } = calibrate(pairs, VLM.id, ABOUT);
    expect(warnings.join()).toMatch(/run5 is left out.*Was a different object grasped/);
    expect(calibration.provenance.episodes).toBe(5);
  });

  it("says that one episode is not enough, and widens sigma", () => {
    const one = sick({}, { episodes: 1 });
    const { calibration, warnings } = calibrate(one, VLM.id, ABOUT);
    expect(warnings.join("\n")).toMatch(/only one episode.*widens sigma/);
    const sigmaOf = (found: Calibration) => calibrated(found, "distance", 0.3)?.sigmaM ?? 0;
    expect(sigmaOf(calibration)).toBeGreaterThan(1.1 * sigmaOf(SICK.calibration));
  });

  it.each([
    ["a good model that errs by millimetres", { noise: 0.01 }],
    ["one that errs by a micrometre", { noise: 1e-6 }],
    ["a good one with outliers", { noise: 0.02, wild: 0.03 }],
  ])("does not make worse what was right: %s", (_, disease) => {
    const pairs = sick({ slope: 1, offsetM: 0, floorM: 0, ...disease }).map((pair) => ({
      ...pair,
      trueSigmaM: 1e-4,
    }));
    const { overall, calibration } = calibrate(pairs, VLM.id, ABOUT);
    // A tenth of a millimetre is what is written in a file.
    expect(overall.calibratedErrorM.value).toBeLessThan(overall.rawErrorM.value + 1e-4);
    const { valueM } = calibrated(calibration, "distance", 0.2) ?? {};
    expect(valueM).toBeCloseTo(0.2, 2);
  });

  it("keeps what was said, and says so, where calibrated lengths are worse on episodes left out", () => {
    // In each episode the model errs in another way: what others show of it misleads.
    const pairs = [0.9, 1.1, 0.9, 1.1].flatMap((slope, seed) =>
      sick({ slope, offsetM: 0, floorM: 0, noise: 0.03 }, { episodes: 1, seed, answers: 60 }).map(
        (pair) => ({ ...pair, episode: `run${seed}` }),
      ),
    );
    const { calibration, overall, warnings } = calibrate(pairs, VLM.id, ABOUT);
    expect(warnings.join("\n")).toMatch(
      /distance: on episodes left out, calibrated lengths are \d\.\d+ cm off and those that the model said \d\.\d+ cm: they are used as they are said/,
    );
    expect(calibrated(calibration, "distance", 0.2)?.valueM).toBe(0.2);
    expect(overall.calibratedErrorM.value).toBe(overall.rawErrorM.value);
    expect(calibrated(calibration, "distance", 0.4)?.sigmaM).toBeGreaterThan(0.03);
    const file = writeCalibration(
      { calibration, overall, figures: new Map(), leftOut: [], warnings },
      "tf",
    );
    expect(file).toContain("used as they are said");
    const read = readCalibration(file, "c.yaml", VLM);
    expect(calibrated(read, "distance", 0.2)?.valueM).toBe(0.2);
  });

  it("keeps the curve of a noisy model with a bias where a single answer gains nothing by it", () => {
    // Lengths at which such a model happens to be right: 14 cm is said as 14 cm.
    const pairs = sick({ floorM: 0, noise: 0.3 }, { fromM: 0.3, toM: 0.02 });
    const { calibration, warnings } = calibrate(pairs, VLM.id, ABOUT);
    expect(warnings.join("\n")).toMatch(/a single answer gains nothing; the curve is kept/);
    expect(calibration.kinds.get("distance")?.curve.slope).toBeLessThan(0.8);
  });

  it("changes little of three answers", () => {
    const three = sick({}, { episodes: 1, answers: 3 });
    const { calibration, warnings } = calibrate(three, VLM.id, ABOUT);
    expect(warnings.join()).toMatch(/only 3 answers have a truth/);
    const found = calibrated(calibration, "distance", 0.3);
    expect(found?.valueM).toBeGreaterThan(0.2);
    expect(found?.valueM).toBeLessThan(0.55);
    expect(found?.sigmaM).toBeGreaterThan(0.1);
  });

  it("learns next to nothing from a single distance, and says so", () => {
    const near = sick({}, { fromM: 0.3, toM: 0.31, episodes: 6 }).map((pair) => ({
      ...pair,
      trueM: 0.3,
    }));
    const { calibration, warnings } = calibrate(near, VLM.id, ABOUT);
    expect(warnings.join()).toMatch(/true lengths span only 0\.0 cm/);
    // Said of what is 60 cm away: 0.40. A confident number here would be a guess.
    const far = calibrated(calibration, "distance", 0.4);
    expect(far?.sigmaM).toBeGreaterThan(0.08);
    expect(Math.abs((far?.valueM ?? 0) - 0.6)).toBeLessThan(2 * (far?.width95M ?? 0));
  });

  it("gives constant answers no weight", () => {
    const constant = sick({}, { episodes: 6 }).map((pair) => ({ ...pair, saidM: 0.2 }));
    const { calibration, warnings } = calibrate(constant, VLM.id, ABOUT);
    expect(warnings.join()).toMatch(/always said 0\.200 m: its answers contain no information/);
    expect(calibrated(calibration, "distance", 0.2)?.sigmaM).toBeGreaterThan(0.1);
  });

  it("has nothing to say without answers", () => {
    expect(() => calibrate([], VLM.id, ABOUT)).toThrow(CalibrationDataError);
  });

  it("gives the same for the same answers", () => {
    const text = (result: CalibrationResult) => writeCalibration(result, "tf");
    expect(text(calibrate(sick(), VLM.id, ABOUT))).toBe(text(SICK));
  });
});

describe("a calibration file", () => {
  const text = writeCalibration(SICK, "kinematics");
  const messageOf = (changed: string, vlm = VLM): string => {
    try {
      readCalibration(changed, "my.yaml", vlm);
    } catch (error) {
      if (error instanceof CalibrationFileError) return error.message;
      throw error;
    }
    return "";
  };

  it("reads back as it was written, to a tenth of a millimetre", () => {
    const read = readCalibration(text, "my.yaml", VLM);
    const [before, after] = [SICK.calibration, read].map((each) => each.kinds.get("distance"));
    expect(after?.curve.slope).toBeCloseTo(before?.curve.slope ?? 0, 3);
    expect(after?.spread.relativeSigma).toBeCloseTo(before?.spread.relativeSigma ?? 0, 3);
    expect(read.provenance).toEqual({ ...SICK.calibration.provenance });
  });

  it("is a text that a person can read, with its provenance and figures", () => {
    expect(text).toMatch(/^# The bias and accuracy of a model's lengths/);
    for (const line of ["version: 1", "model: m@host:8000", "truth: kinematics", "episodes: 6"]) {
      expect(text).toContain(line);
    }
    expect(text).toMatch(/raw_error_m:\n\s+- 0\.\d+/);
  });

  it("is good for the same model at another address", () => {
    const moved = {
      id: "m@robot:9000",
      fingerprint: VLM.fingerprint.replace("host:8000", "robot:9000"),
    };
    expect(messageOf(text, moved)).toBe("");
  });

  it("is refused for another model, and for another prompt", () => {
    const other = { id: "n@host:8000", fingerprint: VLM.fingerprint.replace('"m"', '"n"') };
    expect(messageOf(text, other)).toMatch(/made for m@host:8000, and this model is n@host:8000/);
    const prompt = { ...VLM, fingerprint: `${VLM.fingerprint} prompt` };
    expect(messageOf(text, prompt)).toMatch(/with another prompt or other settings/);
  });

  it("is refused where it is damaged, or of another version", () => {
    expect(messageOf(text.replace("version: 1", "version: 2"))).toMatch(
      /calibration file of version 2, but this program reads version 1; run "spatial-reward calibrate" again/,
    );
    expect(messageOf(text.slice(0, text.length / 2))).toMatch(/damaged/);
    expect(messageOf(text.replace(/slope: .*/, "slope: -1"))).toMatch(/damaged: lengths.*slope/);
    expect(messageOf(text.replace(/wild_share: .*/, "wild_share: .nan"))).toMatch(/wild_share/);
    expect(messageOf(text.replace(/^lengths:\n[\s\S]*/m, "lengths: {}\n"))).toMatch(
      /damaged: lengths: has no kind of length/,
    );
    expect(messageOf("{ [")).toMatch(/damaged, not YAML/);
    expect(messageOf("")).toMatch(/damaged/);
    // Doubts of the YAML reader would put lines of the file on the terminal as they are.
    const warned = vi.spyOn(process, "emitWarning");
    expect(messageOf(`!!js/function\u001b x: 1\n${text}`)).toMatch(/damaged/);
    expect(warned).not.toHaveBeenCalled();
    warned.mockRestore();
  });
});
