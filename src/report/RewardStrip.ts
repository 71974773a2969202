import { escapeHtml, secondsOf } from "../base/index.js";
import type { RewardRow } from "../evaluate/index.js";
import { axes, curve, MARGIN, mark, type Plot, plot, px, shading } from "./chart.js";
import { Stretches } from "./EpisodeRecord.js";
import { DARK } from "./palette.js";

/** Height of the two lines of words above the curve, px. */
const WORDS_HEIGHT = 40;
/** Letters of the words, px, and their mean width in font sizes. */
const LETTER_PX = 13;
const LETTER = 0.56;

/** Rewards of one episode of one camera as a strip below its pictures: the curve, and where one is. */
export class RewardStrip {
  readonly width: number;
  readonly height: number;
  readonly #rows: readonly RewardRow[];
  readonly #startNs: bigint;
  readonly #plot: Plot;
  readonly #timesS: readonly number[];

  /** @param rows of the episode, in the order of their stamps; at least one */
  constructor(rows: readonly RewardRow[], width: number, height: number) {
    this.width = width;
    this.height = height;
    this.#rows = rows;
    this.#startNs = rows[0]?.stampNs ?? 0n;
    this.#timesS = rows.map(({ stampNs }) => secondsOf(stampNs - this.#startNs));
    const endAt = rows.findIndex(({ ended }) => ended !== "");
    // The bonus of the last step is of another size than the dense reward.
    const running = rows.filter((_, i) => i !== endAt).map(({ reward }) => reward);
    const known = [...running.filter((reward) => !Number.isNaN(reward)), 0];
    this.#plot = plot({
      ...{ width, height: height - WORDS_HEIGHT, palette: DARK },
      endS: this.#timesS.at(-1) ?? 1,
      domain: [Math.min(...known), Math.max(...known)],
    });
  }

  /** What is the same at all times, as an SVG document. */
  background(): string {
    const { palette } = this.#plot;
    const stretches = new Stretches();
    for (const [i, { validity, reason }] of this.#rows.entries())
      stretches.add(i, validity, reason);
    const rewards = this.#rows.map(({ reward }) => reward);
    return this.#document(
      `<rect width="${this.width}" height="${this.height}" fill="${palette.page}"/>` +
        `<g transform="translate(0,${WORDS_HEIGHT})">` +
        axes(this.#plot) +
        shading(this.#plot, this.#timesS, stretches.list) +
        curve(this.#plot, this.#timesS, rewards, palette.reward) +
        "</g>",
    );
  }

  /** What is drawn over it at a time: the future is dimmed, and the row of the time is told. */
  moment(stampNs: bigint): string {
    const { palette, x, height } = this.#plot;
    const timeS = secondsOf(stampNs - this.#startNs);
    const [left, right] = [x(Math.max(0, timeS)), this.width - MARGIN.right];
    const future =
      right > left
        ? `<rect x="${px(left)}" y="${MARGIN.top}" width="${px(right - left)}" ` +
          `height="${height - MARGIN.bottom - MARGIN.top}" fill="${palette.page}" fill-opacity="0.66"/>`
        : "";
    const row = this.#rowAt(stampNs);
    return this.#document(
      `<g transform="translate(0,${WORDS_HEIGHT})">${future}` +
        `${mark(this.#plot, Math.max(0, timeS), palette.ink, "")}</g>${row ? this.#words(row) : ""}`,
    );
  }

  /** The newest row that is not later than a time. */
  #rowAt(stampNs: bigint): RewardRow | undefined {
    return this.#rows.findLast((row) => row.stampNs <= stampNs);
  }

  #words({ reward, progress, stage, ended, validity, reason, values }: RewardRow): string {
    const { palette } = this.#plot;
    const colours = { ok: palette.ink, stale: palette.stale, invalid: palette.invalid };
    const worth = Number.isNaN(reward) ? "no reward" : `reward ${reward.toFixed(3)}`;
    const percent = Number.isNaN(progress) ? "" : `, ${(100 * progress).toFixed(0)} %`;
    const first = [
      worth,
      ...(stage === "" ? [] : [`stage ${stage}${percent}`]),
      ...(ended === "" ? [] : [ended]),
    ];
    const second =
      validity === "ok"
        ? values.map((each) => `${each.name} ${saying(each)}`)
        : [`${validity}: ${reason}`];
    return (
      this.#line(first.join(" · "), 16, colours[validity], 600) +
      this.#line(second.join(" · "), 33, validity === "ok" ? palette.muted : colours[validity], 400)
    );
  }

  #line(text: string, y: number, fill: string, weight: number): string {
    const room = Math.floor((this.width - 20) / (LETTER_PX * LETTER));
    const cut = text.length > room ? `${text.slice(0, room - 1)}…` : text;
    return (
      `<text x="10" y="${y}" font-size="${LETTER_PX}" font-weight="${weight}" ` +
      `fill="${fill}">${escapeHtml(cut)}</text>`
    );
  }

  #document(body: string): string {
    return (
      `<svg xmlns="http://www.w3.org/2000/svg" width="${this.width}" height="${this.height}" ` +
      `font-family="DejaVu Sans, Helvetica, Arial, sans-serif" font-size="11.5">${body}</svg>`
    );
  }
}

/** `23.4 ± 0.4 cm`, or a bare number where the unit is not known. */
function saying({ value, sigma, unit }: RewardRow["values"][number]): string {
  if (Number.isNaN(value)) return "?";
  if (unit === "1") return value < 0.5 ? "no" : "yes";
  const [factor, name] = unit === "m" ? [100, " cm"] : [1, ""];
  const digits = unit === "m" ? 1 : 3;
  const spread = Number.isNaN(sigma) ? "" : ` ± ${(factor * sigma).toFixed(digits)}`;
  return `${(factor * value).toFixed(digits)}${spread}${name}`;
}
