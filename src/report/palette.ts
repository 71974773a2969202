/** Colours by role; series from Okabe and Ito's set, which colour-blind readers can distinguish. */
export interface Palette {
  readonly page: string;
  readonly ink: string;
  readonly muted: string;
  readonly grid: string;
  readonly band: string;
  readonly reward: string;
  readonly progress: string;
  readonly measured: string;
  readonly raw: string;
  readonly truth: string;
  readonly stale: string;
  readonly invalid: string;
  readonly success: string;
  readonly failure: string;
}

export const LIGHT: Palette = {
  page: "#ffffff",
  ink: "#1b1f24",
  muted: "#5c6570",
  grid: "#e4e7eb",
  band: "#f1f4f7",
  reward: "#0072b2",
  progress: "#009e73",
  measured: "#0072b2",
  raw: "#cc79a7",
  truth: "#1b1f24",
  stale: "#e69f00",
  invalid: "#d55e00",
  success: "#007a58",
  failure: "#b84a00",
};

export const DARK: Palette = {
  page: "#14171b",
  ink: "#e7eaee",
  muted: "#98a2ae",
  grid: "#2b3138",
  band: "#1d2228",
  reward: "#56b4e9",
  progress: "#2cc295",
  measured: "#56b4e9",
  raw: "#e29cc4",
  truth: "#e7eaee",
  stale: "#f0b429",
  invalid: "#ff7f3f",
  success: "#2cc295",
  failure: "#ff7f3f",
};

/** A palette as CSS custom properties. */
export function customProperties(palette: Palette): string {
  return Object.entries(palette)
    .map(([role, colour]) => `--${role}:${colour}`)
    .join(";");
}

/** A palette whose colours are custom properties: one drawing for light and dark. */
export const THEMED = Object.fromEntries(
  Object.keys(LIGHT).map((role) => [role, `var(--${role})`]),
) as unknown as Palette;
