import type { MainModule } from "@mujoco/mujoco";
import { beforeAll, describe, expect, it } from "vitest";
import { Frustum } from "../../src/sim/render/Frustum.js";
import { RayCaster } from "../../src/sim/render/RayCaster.js";
import { renderInOrder } from "../../src/sim/render/renderInOrder.js";
import { pinhole } from "../../src/sim/render/SceneRenderer.js";
import { sampleLayout } from "../../src/sim/scene/TabletopLayout.js";
import { loadMujoco, tabletopMjcf } from "../../src/sim/scene/tabletopMjcf.js";
import { TabletopEpisode } from "../../src/sim/TabletopEpisode.js";

describe("ray casting", () => {
  let mujoco: MainModule;
  beforeAll(async () => {
    mujoco = await loadMujoco();
  });

  it("hits what MuJoCo's own rays hit, to the last bit, with the same normals", () => {
    const layout = sampleLayout(7);
    const xml = tabletopMjcf(layout);
    const model = mujoco.MjModel.from_xml_string(xml);
    const data = new mujoco.MjData(model);
    mujoco.mj_kinematics(model, data);
    const caster = new RayCaster(model, data);
    const id = new mujoco.IntBuffer(1);
    const normal = new mujoco.DoubleBuffer(3);
    for (const { pose } of layout.cameras) {
      const frustum = new Frustum(pose, pinhole(96, 72, 0.9));
      const directions = frustum.directions();
      const { geomIds, distances, normals } = caster.cast(pose.position, directions, [0, 1]);
      let wrong = 0;
      for (let ray = 0; ray < geomIds.length; ray++) {
        const range = mujoco.mj_ray(
          model,
          data,
          [...pose.position],
          [...directions.subarray(3 * ray, 3 * ray + 3)],
          [1, 1, 0, 0, 0, 0],
          true,
          -1,
          id,
          normal,
        );
        const isSame = (id.GetView() as Int32Array)[0] === geomIds[ray];
        const theirs = normal.GetView() as Float64Array;
        const isTilted =
          range >= 0 && [0, 1, 2].some((c) => Math.abs(theirs[c]! - normals[3 * ray + c]!) > 1e-12);
        if (!isSame || range !== distances[ray] || isTilted) wrong++;
      }
      expect(wrong).toBe(0);
    }
  });

  it("draws moving things where a full cast would see them", async () => {
    const episode = await TabletopEpisode.create(7, "success");
    episode.advanceTo(5.8);
    const { layout, configuration } = episode;
    const setup = { layout, cameras: 2, width: 96, height: 72 };
    const [views] = await collect(renderInOrder(setup, [configuration], 0));
    const model = mujoco.MjModel.from_xml_string(tabletopMjcf(layout));
    const data = new mujoco.MjData(model);
    (data.qpos as Float64Array).set(configuration);
    mujoco.mj_kinematics(model, data);
    const labelOfGeom = [...(model.geom_user as Float64Array)];
    const caster = new RayCaster(model, data);
    layout.cameras.forEach(({ pose }, camera) => {
      const directions = new Frustum(pose, pinhole(96, 72, 0.9)).directions();
      const { geomIds } = caster.cast(pose.position, directions, [0, 1]);
      const expected = Array.from(geomIds, (geom) => (geom < 0 ? 0 : labelOfGeom[geom]!));
      expect(Array.from(views![camera]!.labels)).toEqual(expected);
    });
    episode.close();
  });

  it("gives the same images with any number of workers, in order", async () => {
    const episode = await TabletopEpisode.create(2, "success");
    const configurations: Float64Array[] = [];
    for (let t = 0; t < 7; t++) {
      episode.advanceTo(t);
      configurations.push(episode.configuration);
    }
    const setup = { layout: episode.layout, cameras: 1, width: 64, height: 48 };
    const alone = await collect(renderInOrder(setup, configurations, 0));
    const shared = await collect(renderInOrder(setup, configurations, 3));
    expect(shared.length).toBe(7);
    shared.forEach((views, i) => {
      const [view, expected] = [views[0]!, alone[i]![0]!];
      expect(Buffer.from(view.rgb).equals(Buffer.from(expected.rgb))).toBe(true);
      expect(Buffer.from(view.labels).equals(Buffer.from(expected.labels))).toBe(true);
      expect(view.depthM).toEqual(expected.depthM);
    });
    episode.close();
  });
});

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
