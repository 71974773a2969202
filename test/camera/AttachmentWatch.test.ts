import { describe, expect, it } from "vitest";
import { KinematicHistory, type StampedTransform } from "../../src/camera/index.js";

const at = (ms: number) => 1_000_000_000_000n + BigInt(ms) * 1_000_000n;

function link(parentFrame: string, childFrame: string, ms: number, x: number): StampedTransform {
  const pose = { position: [x, 0, 0], rotation: [0, 0, 0, 1] } as const;
  return { parentFrame, childFrame, stampNs: at(ms), pose };
}

/** A hand that stands until 400 ms and then goes 20 cm/s; where the mug is, is told by `mug`. */
function attachedOver(
  mug: (ms: number, handX: number) => StampedTransform | undefined,
  attachable: readonly string[] = ["mug"],
): (boolean | undefined)[] {
  const history = new KinematicHistory({
    fixedFrame: "world",
    frames: ["hand"],
    jointTopics: [],
    attachable,
  });
  for (let ms = 0; ms <= 2000; ms += 20) {
    const handX = (0.2 * Math.max(0, ms - 400)) / 1000;
    const told = mug(ms, handX);
    history.addTransforms([link("world", "hand", ms, handX), ...(told ? [told] : [])], false);
  }
  const image = { kind: "compressed", format: "jpeg", data: new Uint8Array() } as const;
  const about = { camera: "c", frameId: "", episode: "e", image };
  const { kinematics = [] } = history.carry({ ...about, stampNs: at(2000) });
  for (const { poses } of kinematics) expect([...poses.keys()]).toEqual(["hand"]);
  return [200, 700, 1200, 1800].map((ms) =>
    kinematics.find(({ stampNs }) => stampNs === at(ms))?.attached?.get("mug"),
  );
}

describe("attached frames", () => {
  it("are those that hang on the gripper's frame, until they hang elsewhere again", () => {
    const seen = attachedOver((ms) =>
      ms >= 1000 && ms < 1600 ? link("hand", "mug", ms, 0.01) : link("world", "mug", ms, 2),
    );
    expect(seen).toEqual([false, false, true, false]);
  });

  it("are those that move with the gripper; while it stands, nothing tells", () => {
    const carried = attachedOver((ms, handX) => link("world", "mug", ms, handX + 0.03));
    expect(carried).toEqual([undefined, true, true, true]);
    const left = attachedOver((ms, handX) =>
      link("world", "mug", ms, ms < 1400 ? handX + 0.03 : 0.23),
    );
    expect(left).toEqual([undefined, true, true, false]);
  });

  it("are none that stay where they are, or are further off than a gripper reaches", () => {
    expect(attachedOver((ms) => link("world", "mug", ms, 0.05))).toEqual([
      undefined,
      false,
      false,
      false,
    ]);
    const beside = attachedOver((ms, handX) => link("world", "mug", ms, handX + 0.5));
    expect(beside).toEqual([false, false, false, false]);
  });

  it("are not told where no transform comes, or nobody asks", () => {
    expect(attachedOver(() => undefined)).toEqual([undefined, undefined, undefined, undefined]);
    const unasked = attachedOver((ms) => link("hand", "mug", ms, 0), []);
    expect(unasked).toEqual([undefined, undefined, undefined, undefined]);
  });
});
