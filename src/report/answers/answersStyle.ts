/** Beside the style of all reports. */
export const ANSWERS_STYLE = `
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,400px),1fr));gap:22px 16px;margin-top:20px}
.plots figcaption{padding-left:46px}
.bar{display:block;margin-left:auto}
td small,dd small{color:var(--muted);font-size:11.5px;display:block}
.keys{color:var(--muted);font-size:12.5px;margin:6px 0 0;display:flex;flex-wrap:wrap;gap:2px 16px}
.keys span{display:inline-flex;align-items:center;gap:5px}
.example{margin:0}
.example .wrong{color:var(--failure);font-weight:600}
.example .right{color:var(--success);font-weight:600}
.frames .words{border:1px solid var(--grid);border-radius:6px;padding:10px 12px}
td.text{white-space:normal;min-width:130px}
h3{font-size:14.5px;margin:26px 0 0}
`;
