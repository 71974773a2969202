import { escapeHtml, type Vec3 } from "../base/index.js";
import { px } from "./chart.js";
import type { EpisodeRecord, PlanMoment } from "./EpisodeRecord.js";
import type { Palette } from "./palette.js";

const WIDTH = 520;
const MOST_HEIGHT = 520;
const MARGIN = 34;
/** Ellipses of so many moments are drawn, the older the fainter. */
const MOMENTS = 6;
/** Least side of what is shown, m. */
const LEAST_M = 0.2;

interface View {
  readonly at: (point: Vec3) => readonly [x: number, y: number];
  readonly scale: number;
  readonly height: number;
}

/**
 * The episode from above, as an SVG: the gripper's path, where each object was believed to be with
 * its ellipses of one and two standard deviations over time, and its true place where known. x
 * points right and y up, in the fixed frame. Empty if nothing tells of places.
 *
 * @param colourOf a colour for each object, as the key frames have them
 */
export function planView(
  { plan }: EpisodeRecord,
  palette: Palette,
  colourOf: (object: string) => string,
): string {
  const last = plan.at(-1);
  if (!last || !plan.some(({ positions }) => positions.length > 0)) return "";
  const view = viewOf(plan);
  const body = [
    grid(view, palette),
    path(view, plan, palette),
    ...momentsOf(plan).flatMap(({ positions }, i, all) =>
      positions.map((position) => ellipses(view, position, colourOf, (i + 1) / all.length)),
    ),
    ...last.truths
      .filter(({ name }) => last.positions.some((position) => position.name === name))
      .map((truth) => cross(view, truth.positionM, palette)),
    ...last.positions.map(({ name, positionM }, i) => {
      const [x, y] = view.at(positionM);
      const up = 8 + 14 * i;
      return `<text x="${px(x + 8)}" y="${px(y - up)}" fill="${palette.ink}">${escapeHtml(name)}</text>`;
    }),
  ];
  return (
    `<svg class="plan" viewBox="0 0 ${WIDTH} ${px(view.height)}" style="max-width:${WIDTH}px" role="img" ` +
    `aria-label="gripper path and estimated places from above">${body.join("")}</svg>`
  );
}

/** Moments with estimates, evenly spread, the last among them. */
function momentsOf(plan: readonly PlanMoment[]): PlanMoment[] {
  const known = plan.filter(({ positions }) => positions.length > 0);
  const step = Math.max(1, (known.length - 1) / (MOMENTS - 1));
  const count = Math.min(MOMENTS, known.length);
  return Array.from({ length: count }, (_, i) => known[Math.round(i * step)]).filter(
    (moment) => moment !== undefined,
  );
}

function viewOf(plan: readonly PlanMoment[]): View {
  const points = plan.flatMap(({ gripperM, truths }) => [
    gripperM,
    ...truths.map(({ positionM }) => positionM),
  ]);
  const last = plan.at(-1)?.positions.map(({ positionM }) => positionM) ?? [];
  const [left, right] = extentOf([...points, ...last].map(([x]) => x));
  const [low, high] = extentOf([...points, ...last].map(([, y]) => y));
  const scale = Math.min(
    (WIDTH - 2 * MARGIN) / (right - left),
    (MOST_HEIGHT - 2 * MARGIN) / (high - low),
  );
  const height = scale * (high - low) + 2 * MARGIN;
  const x0 = (WIDTH - scale * (right - left)) / 2;
  return {
    scale,
    height,
    at: ([x, y]) => [x0 + scale * (x - left), height - MARGIN - scale * (y - low)],
  };
}

function extentOf(values: readonly number[]): [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const missing = Math.max(0, LEAST_M - (high - low)) / 2;
  return [low - missing, high + missing];
}

/** A bar of 10 cm. */
function grid({ scale, height }: View, { muted }: Palette): string {
  const y = px(height - 10);
  const length = px(0.1 * scale);
  return (
    `<path d="M${MARGIN},${y}h${length}" stroke="${muted}" stroke-width="2"/>` +
    `<text x="${px(MARGIN + 0.1 * scale + 6)}" y="${px(height - 6)}" fill="${muted}">10 cm</text>`
  );
}

function path({ at }: View, plan: readonly PlanMoment[], { muted, ink }: Palette): string {
  const points = plan.map(({ gripperM }) => at(gripperM));
  const line = points.map(([x, y], i) => `${i === 0 ? "M" : "L"}${px(x)},${px(y)}`).join("");
  const [startX = 0, startY = 0] = points[0] ?? [];
  return (
    `<path d="${line}" fill="none" stroke="${muted}" stroke-width="1.5"/>` +
    `<circle cx="${px(startX)}" cy="${px(startY)}" r="3.5" fill="${ink}"/>` +
    `<text x="${px(startX + 7)}" y="${px(startY + 4)}" fill="${ink}">gripper</text>`
  );
}

/** One and two standard deviations of the position in the plane. */
function ellipses(
  { at, scale }: View,
  { name, positionM, covarianceM2 }: PlanMoment["positions"][number],
  colourOf: (object: string) => string,
  age: number,
): string {
  const [xx = 0, xy = 0, , , yy = 0] = covarianceM2;
  // Axes of the ellipse: eigenvalues of the 2×2 covariance.
  const mean = (xx + yy) / 2;
  const half = Math.hypot((xx - yy) / 2, xy);
  const [long, short] = [Math.sqrt(mean + half), Math.sqrt(Math.max(mean - half, 0))];
  const angle = (-Math.atan2(2 * xy, xx - yy) * 90) / Math.PI;
  const [x, y] = at(positionM);
  const colour = colourOf(name);
  const rings = [1, 2].map(
    (sigmas) =>
      `<ellipse rx="${px(Math.max(1, sigmas * long * scale))}" ry="${px(Math.max(1, sigmas * short * scale))}" ` +
      `fill="${colour}" fill-opacity="${(0.1 * age).toFixed(2)}" stroke="${colour}" stroke-opacity="${(0.2 + 0.7 * age).toFixed(2)}"/>`,
  );
  return `<g transform="translate(${px(x)} ${px(y)}) rotate(${angle.toFixed(1)})">${rings.join("")}</g>`;
}

function cross({ at }: View, positionM: Vec3, { truth }: Palette): string {
  const [x, y] = at(positionM);
  return `<path d="M${px(x - 5)},${px(y - 5)}l10,10m0,-10l-10,10" stroke="${truth}" stroke-width="1.6" fill="none"/>`;
}
