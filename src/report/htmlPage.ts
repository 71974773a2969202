import { escapeHtml } from "../base/index.js";
import { customProperties, DARK, LIGHT } from "./palette.js";

export interface HtmlPage {
  readonly title: string;
  /** HTML of the main part. */
  readonly body: string;
  /** Beside the style that all pages share. */
  readonly style?: string;
  readonly script?: string;
}

/** A self-contained page: nothing is loaded from anywhere, and its policy says so. */
export function htmlPage({ title, body, style = "", script }: HtmlPage): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none';style-src 'unsafe-inline';script-src 'unsafe-inline';img-src data:">
<title>${escapeHtml(title)}</title>
<style>${PAGE_STYLE}${style}</style>
</head>
<body><main>
${body}
</main>
${script === undefined ? "" : `<script>${script}</script>\n`}</body>
</html>
`;
}

/** JSON for a script element: no user text can close the element. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replace(/</g, "\\u003c");
}

/** One number that matters, with what it means. Takes HTML; `tone` is `good`, `bad` or empty. */
export function card(name: string, value: string, detail: string, tone = ""): string {
  return `<div class="card ${tone}"><dt>${name}</dt><dd>${value}</dd><dd class="detail">${detail}</dd></div>`;
}

/** The report's style sheet: light and dark by the reader's setting, light on paper. */
export const PAGE_STYLE = `
:root{${customProperties(LIGHT)};color-scheme:light dark}
@media (prefers-color-scheme:dark){@media screen{:root{${customProperties(DARK)}}}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
main{max-width:1040px;margin:0 auto;padding:28px 24px 56px}
h1{font-size:25px;line-height:1.2;margin:0 0 4px;letter-spacing:-.01em}
h2{font-size:18px;margin:40px 0 12px;letter-spacing:-.005em}
h1,h2,figcaption,td,th,dd,.about{overflow-wrap:break-word;min-width:0}
.about{color:var(--muted);margin:0}
.about b{color:var(--ink);font-weight:600}
.cards{display:flex;flex-wrap:wrap;gap:12px;margin:20px 0 0;padding:0}
.card{flex:1 1 190px;border:1px solid var(--grid);border-radius:8px;padding:9px 14px 10px}
.card dt{color:var(--muted);font-size:12.5px}
.card dd{margin:0;font-size:22px;font-weight:600;line-height:1.3}
.card dd.detail{font-size:12.5px;font-weight:400;color:var(--muted)}
.card.good dd:not(.detail){color:var(--success)}
.card.bad dd:not(.detail){color:var(--failure)}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;margin:22px 0 0;font-size:13.5px}
th,td{text-align:right;padding:6px 10px;border-bottom:1px solid var(--grid);white-space:nowrap;vertical-align:top}
th:first-child,td.text:first-child{padding-left:0}
th:first-child,.text{text-align:left;white-space:normal}
thead th{color:var(--muted);font-weight:500;font-size:12.5px;border-bottom-color:var(--muted)}
tbody th{font-weight:600;min-width:15em}
td.text{min-width:6em}
th small{display:block;color:var(--muted);font-weight:400;font-size:12.5px}
.charts{outline:none;margin-top:26px}
.charts figure{margin:0 0 8px;break-inside:avoid;overflow-x:auto}
.charts figcaption{position:relative;display:flex;flex-wrap:wrap;align-items:baseline;gap:2px 14px;font-size:12.5px;color:var(--muted);padding-left:46px;min-height:21px}
.charts figcaption b{color:var(--ink);font-size:14px;font-weight:600}
.charts .key{display:inline-flex;align-items:center;gap:5px;white-space:nowrap}
.charts output{position:absolute;right:10px;bottom:0;color:var(--ink);white-space:pre}
.charts.reading .key{visibility:hidden}
.charts .plot{display:block;width:100%;min-width:580px;height:auto;font-size:11.5px}
.charts .cursor{stroke:var(--ink);stroke-width:1;pointer-events:none;visibility:hidden}
.frames{display:grid;grid-template-columns:repeat(auto-fill,minmax(290px,1fr));gap:16px 14px;margin-top:14px}
.frames figure{margin:0;break-inside:avoid}
.frames svg{display:block;width:100%;height:auto;border-radius:6px}
.frames figcaption{font-size:12.5px;color:var(--muted);margin-top:4px;line-height:1.4}
.frames figcaption b{color:var(--ink);font-weight:600}
.swatch{display:inline-block;width:10px;height:10px;border-radius:2px;margin-right:6px;opacity:.55}
details{margin-top:28px;color:var(--muted)}
summary{cursor:pointer}
pre{overflow-x:auto;background:var(--band);color:var(--ink);padding:14px 16px;border-radius:8px;font:12.5px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
footer{margin-top:36px;color:var(--muted);font-size:12.5px}
@media print{
@page{margin:14mm}
:root{color-scheme:light}
body{font-size:10.5pt}
main{max-width:none;padding:0}
h2{break-after:avoid}
.frames{grid-template-columns:repeat(3,1fr)}
details{display:none}
.card{flex-basis:100px;padding:6px 10px}
.card dd{font-size:16px}
.scroll{overflow:visible}
table{font-size:8pt}
th,td{padding:4px 5px}
thead th,th small{font-size:7.5pt}
tbody th{min-width:8em}
thead th{white-space:normal}
.charts output,.charts .cursor{display:none}
.charts.reading .key{visibility:visible}
.charts figure{overflow:visible}
.charts .plot{min-width:0;font-size:15px;overflow:visible}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}
`;
