import { cp, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { parse } from "yaml";
import { runCli } from "../../support/cli.js";

interface IndexedJob {
  readonly spec: {
    readonly completions: number;
    readonly template: {
      readonly spec: {
        readonly containers: readonly [
          { readonly command: readonly string[]; readonly args: readonly string[] },
        ];
      };
    };
  };
}

describe("the example of a Kubernetes Indexed Job", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "indexed-job-"));
    const runs = join(folder, "runs");
    const size = ["--size", "64x48", "--rate", "1", "--seed", "1"];
    await runCli("sim", "record", ...size, "-o", join(runs, "a.mcap"));
    await mkdir(runs, { recursive: true });
    await cp(join(runs, "a.mcap"), join(runs, "b.mcap"));
    await cp("examples/tasks/pick.yaml", join(folder, "pick.yaml"));
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
  });

  it("runs the command that the package installs, which annotates one part for each index", async () => {
    const text = await readFile("examples/fleet/kubernetes-indexed-job.yaml", "utf8");
    const { completions, template } = (parse(text) as IndexedJob).spec;
    const { command, args } = template.spec.containers[0];
    const { bin } = JSON.parse(await readFile("package.json", "utf8")) as { readonly bin: object };
    expect(Object.keys(bin)).toEqual(command);
    expect(args).toContain(`--shard=array/${completions}`);
    const words = args.map((word) =>
      word.replace("/data", folder).replace(/^--vlm=.*/, "--vlm=rgbd"),
    );
    for (const index of [0, 1, completions - 1]) {
      vi.stubEnv("JOB_COMPLETION_INDEX", String(index));
      expect(await runCli(...words)).toMatchObject({ code: 0 });
    }
    vi.unstubAllEnvs();
    const { stdout } = await runCli("merge", join(folder, "out"));
    expect(stdout).toContain(`3 of ${completions}`);
    expect(stdout).toMatch(/recordings\s+2 /);
  });
});
