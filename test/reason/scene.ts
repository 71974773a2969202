import { distanceBetween } from "../../src/base/index.js";
import type { CameraFrame } from "../../src/camera/index.js";
import type { ObjectRef } from "../../src/language/index.js";
import { TabletopStudio } from "../../src/sim/index.js";

export interface TestScene {
  readonly frame: CameraFrame;
  readonly objects: readonly ObjectRef[];
  readonly support: ObjectRef;
  /** Between the centres of two things, by their phrases, metres; exact. */
  distanceM(a: string, b: string): number;
}

/** A simulated table top; its things go by their label names. */
export async function testScene(seed = 11): Promise<TestScene> {
  const studio = await TabletopStudio.create({ seed, domain: "familiar", width: 320, height: 240 });
  const { frame, bodies } = studio.scene(0);
  studio.close();
  const objects = bodies.map(({ name, label }) => ({
    name: name.replaceAll(" ", "_"),
    phrase: `the ${name}`,
    labels: [label],
  }));
  const centerOf = (phrase: string) => bodies.find(({ name }) => `the ${name}` === phrase)!.center;
  return {
    frame,
    objects,
    support: { name: "table", phrase: "the table", labels: [4] },
    distanceM: (a, b) => {
      const [p, q] = [centerOf(a), centerOf(b)];
      return distanceBetween(p, q);
    },
  };
}
