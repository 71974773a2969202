import { itemAt, Random } from "../../base/index.js";
import type { CameraFrame } from "../../camera/index.js";
import type { ObjectRef } from "../../language/index.js";
import {
  MULTI_STEP_KINDS,
  MULTI_STEP_PHRASINGS,
  type MultiStepKind,
  wordMultiStep,
} from "../../reason/index.js";
import { TabletopStudio } from "../../sim/index.js";
import { nameObjects } from "../nameObjects.js";
import { STUDIO_SUPPORT, sceneOfStudio } from "../sceneOfStudio.js";
import { propose, type ReasoningTruth } from "./proposals.js";

/** A multi-step question about a scene, with its exact answer. */
export interface ReasoningItem {
  /** Unique for seed and numbers: `table_1_0-3`. */
  readonly id: string;
  readonly kind: MultiStepKind;
  readonly question: string;
  readonly truth: ReasoningTruth;
}

/** A simulated picture with what is asked about it. */
export interface ReasoningScene {
  readonly id: string;
  readonly frame: CameraFrame;
  /** What can be asked about, each by a phrase that means it alone. */
  readonly objects: readonly ObjectRef[];
  /** What they stand on. */
  readonly support: ObjectRef;
  readonly items: readonly ReasoningItem[];
}

export interface ReasoningOptions {
  readonly seed: number;
  readonly scenes: number;
  /** Questions a scene at most: crowded ones get all of them. */
  readonly perScene: number;
  readonly width: number;
  readonly height: number;
  /** As SimOptions.depthNoiseMm. */
  readonly depthNoiseMm: number;
}

/** Scenes of one table, objects and camera. */
const SCENES_A_TABLE = 4;

/**
 * Simulated scenes with multi-step questions and their exact answers. A function of the options
 * alone: kinds take turns, phrasings and answers are drawn, and nothing is asked that hangs on a
 * centimetre.
 */
export async function* reasoningScenes(options: ReasoningOptions): AsyncGenerator<ReasoningScene> {
  const { seed, scenes, width, height, depthNoiseMm } = options;
  let turn = 0;
  for (let table = 0; table * SCENES_A_TABLE < scenes; table++) {
    const tableSeed = new Random(seed, `reasoning table ${table}`).integer(0, 2 ** 31 - 1);
    const size = { width, height, depthNoiseMm };
    const studio = await TabletopStudio.create({ seed: tableSeed, domain: "novel", ...size });
    try {
      const count = Math.min(SCENES_A_TABLE, scenes - table * SCENES_A_TABLE);
      for (let index = 0; index < count; index++) {
        const scene = askAboutScene(studio, index, turn, options);
        turn += options.perScene;
        yield scene;
      }
    } finally {
      studio.close();
    }
  }
}

function askAboutScene(
  studio: TabletopStudio,
  index: number,
  turn: number,
  { seed, perScene }: ReasoningOptions,
): ReasoningScene {
  const tabletop = studio.scene(index);
  const scene = sceneOfStudio(tabletop, "test");
  const random = new Random(seed, `reasoning ${scene.id}`);
  const named = nameObjects(scene, random);
  const items: ReasoningItem[] = [];
  for (let number = 0; number < perScene; number++) {
    const kind = itemAt(MULTI_STEP_KINDS, (turn + number) % MULTI_STEP_KINDS.length);
    const proposal = propose(scene, named, kind, random);
    if (!proposal) continue;
    const phrasing = random.integer(0, MULTI_STEP_PHRASINGS[kind].length - 1);
    const question = wordMultiStep(proposal.question, phrasing);
    items.push({ id: `${scene.id}-${number}`, kind, question, truth: proposal.truth });
  }
  const objects = named.map(({ object: { name, labels }, phrase }) => ({ name, phrase, labels }));
  return { id: scene.id, frame: tabletop.frame, objects, support: STUDIO_SUPPORT, items };
}
