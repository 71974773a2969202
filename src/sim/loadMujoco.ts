import type { MainModule } from "@mujoco/mujoco";

let loading: Promise<MainModule> | undefined;

/** The WebAssembly module, loaded once a thread (0.2 s). A load that failed is tried again. */
export function loadMujoco(): Promise<MainModule> {
  loading ??= import("@mujoco/mujoco")
    .then(({ default: instantiate }) => instantiate())
    .catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
  return loading;
}
