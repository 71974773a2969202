import { afterAll, vi } from "vitest";

// What a file stubs is not what the next one of the same process finds.
afterAll(() => {
  vi.unstubAllEnvs();
});
