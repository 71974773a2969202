import { max } from "d3-array";
import { scaleLinear } from "d3-scale";
import { escapeHtml } from "../base/index.js";
import { PAGE_STYLE } from "./htmlPage.js";

/** A bar for each label. */
export interface BarList {
  readonly title: string;
  readonly bars: readonly { readonly label: string; readonly count: number }[];
}

export interface ValueHistogram {
  readonly title: string;
  readonly low: number;
  readonly high: number;
  readonly unit: string;
  /** Counts of equal bins from low to high. */
  readonly bins: readonly number[];
}

export interface ExamplePicture {
  /** `data:` URL. */
  readonly image: string;
  readonly caption: string;
  readonly turns: readonly {
    readonly question: string;
    readonly answer: string;
    readonly note: string;
  }[];
}

/** What is in a data set, as plain data. */
export interface DataSetPage {
  readonly title: string;
  readonly about: string;
  readonly cards: readonly { readonly label: string; readonly value: string }[];
  readonly bars: readonly BarList[];
  readonly histograms: readonly ValueHistogram[];
  readonly examples: readonly ExamplePicture[];
}

const STYLE = `
.grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(300px,1fr));gap:18px}
.grid figure{margin:0;break-inside:avoid}
.grid figcaption{font-size:13px;font-weight:600;margin-bottom:4px}
.grid svg{display:block;width:100%;height:auto;font-size:11px}
.examples{display:grid;grid-template-columns:repeat(auto-fill,minmax(440px,1fr));gap:24px 18px}
.examples figure{margin:0;break-inside:avoid}
.examples img{display:block;width:100%;height:auto;border-radius:6px}
.examples figcaption{font-size:12.5px;color:var(--muted)}
.examples li{margin:5px 0;font-size:13.5px}
.examples small{display:block;color:var(--muted)}
`;

/** The page, self-contained: no scripts, no files beside it. */
export function dataSetPageHtml(page: DataSetPage): string {
  const cards = page.cards.map(
    ({ label, value }) =>
      `<div class="card"><dt>${escapeHtml(label)}</dt><dd>${escapeHtml(value)}</dd></div>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeHtml(page.title)}</title><style>${PAGE_STYLE}${STYLE}</style></head><body><main>
<h1>${escapeHtml(page.title)}</h1><p class="about">${escapeHtml(page.about)}</p>
<dl class="cards">${cards.join("")}</dl>
<h2>Counts</h2><div class="grid">${page.bars.map(barList).join("")}</div>
<h2>Values</h2><div class="grid">${page.histograms.map(histogram).join("")}</div>
<h2>Examples</h2><div class="examples">${page.examples.map(example).join("")}</div>
</main></body></html>
`;
}

const WIDTH = 320;
const ROW = 15;
const LABELS = 132;

function barList({ title, bars }: BarList): string {
  const x = scaleLinear([0, max(bars, ({ count }) => count) || 1], [0, WIDTH - LABELS - 44]);
  const rows = bars.map(({ label, count }, index) => {
    const y = index * ROW;
    return (
      `<text x="${LABELS - 6}" y="${y + 11}" text-anchor="end" fill="var(--muted)">${escapeHtml(label)}</text>` +
      `<rect x="${LABELS}" y="${y + 2}" width="${x(count).toFixed(1)}" height="${ROW - 4}" fill="var(--measured)"/>` +
      `<text x="${(LABELS + x(count) + 5).toFixed(1)}" y="${y + 11}" fill="var(--ink)">${count}</text>`
    );
  });
  return figure(title, bars.length * ROW + 4, rows.join(""));
}

const HEIGHT = 92;

function histogram({ title, low, high, unit, bins }: ValueHistogram): string {
  const y = scaleLinear([0, max(bins) || 1], [0, HEIGHT - 24]);
  const step = WIDTH / bins.length;
  const bars = bins.map((count, index) => {
    const tall = y(count);
    return `<rect x="${(index * step + 0.5).toFixed(1)}" y="${(HEIGHT - 18 - tall).toFixed(1)}" width="${(step - 1).toFixed(1)}" height="${tall.toFixed(1)}" fill="var(--measured)"><title>${count}</title></rect>`;
  });
  const text = (at: number, anchor: string, value: number) =>
    `<text x="${at}" y="${HEIGHT - 4}" text-anchor="${anchor}" fill="var(--muted)">${value.toFixed(2)} ${unit}</text>`;
  const axis = text(0, "start", low) + text(WIDTH, "end", high);
  return figure(title, HEIGHT, bars.join("") + axis);
}

function figure(title: string, height: number, content: string): string {
  return `<figure><figcaption>${escapeHtml(title)}</figcaption><svg viewBox="0 0 ${WIDTH} ${height}" role="img">${content}</svg></figure>`;
}

function example({ image, caption, turns }: ExamplePicture): string {
  const items = turns.map(
    ({ question, answer, note }) =>
      `<li>${escapeHtml(question)} <b>${escapeHtml(answer)}</b><small>${escapeHtml(note)}</small></li>`,
  );
  return `<figure><img src="${escapeHtml(image)}" alt=""><figcaption>${escapeHtml(caption)}</figcaption><ol>${items.join("")}</ol></figure>`;
}
