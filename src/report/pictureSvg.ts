import { escapeHtml, sharp } from "../base/index.js";
import { type KeyFrame, keyFrameSvg } from "./KeyFrames.js";
import type { ReportedEpisode } from "./pageHtml.js";
import type { Palette } from "./palette.js";
import { legendMark, measurementPanel, type Panel, rewardPanel } from "./panels.js";

const CHART_WIDTH = 640;
const CHART_HEIGHT = 178;
const TITLE_HEIGHT = 26;
const ROW_HEIGHT = TITLE_HEIGHT + CHART_HEIGHT;
const CAPTION_HEIGHT = 22;
/** A key frame and its caption fill a row. */
const FRAME_HEIGHT = ROW_HEIGHT - CAPTION_HEIGHT - 6;
const GAP = 20;

/** See `ReportBuilder.picture`. Without pictures the charts stand alone. */
export function pictureSvg(
  { record, keyFrames }: ReportedEpisode,
  objects: readonly string[],
  palette: Palette,
): string {
  const style = { width: CHART_WIDTH, height: CHART_HEIGHT, palette };
  const shown =
    record.measurements.find(({ truth }) => truth.some((value) => !Number.isNaN(value))) ??
    record.measurements[0];
  const panels = [
    rewardPanel(record, style),
    ...(shown ? [measurementPanel(record, shown, style, "m")] : []),
  ];
  // Both are informative: soon after the start, and shortly before the end.
  const frames = [keyFrames.at(1) ?? keyFrames.at(0), keyFrames.at(-2)].flatMap((f) => f ?? []);
  const height = GAP + panels.length * ROW_HEIGHT;
  const widthOf = (frame: KeyFrame): number => (FRAME_HEIGHT * frame.width) / frame.height;
  const frameWidth = Math.max(0, ...frames.map(widthOf));
  const width = Math.ceil(GAP + CHART_WIDTH + (frames.length > 0 ? GAP + frameWidth + GAP : GAP));
  const colourOf = (object: string): number => Math.max(0, objects.indexOf(object));

  const charts = panels.map((panel, i) => panelSvg(panel, palette, GAP / 2 + i * ROW_HEIGHT));
  const pictures = frames.map((frame, i) => {
    const x = GAP + CHART_WIDTH + GAP;
    const y = GAP / 2 + i * ROW_HEIGHT + 4;
    const at = `x="${x}" y="${y}" width="${widthOf(frame)}" height="${FRAME_HEIGHT}"`;
    const caption = [`${frame.timeS.toFixed(1)} s`, frame.stage].filter((part) => part !== "");
    return (
      keyFrameSvg(frame, colourOf, at) +
      `<text x="${x}" y="${y + FRAME_HEIGHT + 15}" fill="${palette.muted}">${escapeHtml(caption.join(" · "))}</text>`
    );
  });
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ` +
    `font-family="DejaVu Sans, Helvetica, Arial, sans-serif" font-size="11.5">` +
    `<rect width="${width}" height="${height}" fill="${palette.page}"/>${charts.join("")}${pictures.join("")}</svg>`
  );
}

function panelSvg(
  { title, note, legend, body, width, height }: Panel,
  palette: Palette,
  y: number,
) {
  let x = width - 10;
  const keys = [...legend].reverse().map((entry) => {
    x -= entry.label.length * 6.4;
    const text = `<text x="${x}" y="17" fill="${palette.muted}">${escapeHtml(entry.label)}</text>`;
    x -= 26;
    const drawing = legendMark(entry, palette, `x="${x}" y="8"`);
    x -= 12;
    return text + drawing;
  });
  return (
    `<g transform="translate(${GAP},${y})"><text x="46" y="17" fill="${palette.ink}" font-size="13.5" font-weight="600">` +
    `${escapeHtml(title)}</text>${keys.join("")}` +
    `<svg y="${TITLE_HEIGHT}" width="${width}" height="${height}">${body}</svg>` +
    `<desc>${escapeHtml(note)}</desc></g>`
  );
}

/** An SVG picture as PNG, twice as sharp as its nominal size. */
export function svgToPng(svg: string): Promise<Buffer> {
  return sharp(Buffer.from(svg), { density: 144 }).png().toBuffer();
}
