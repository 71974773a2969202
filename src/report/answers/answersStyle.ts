/** Beside the style of all reports. */
export const ANSWERS_STYLE = `
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,400px),1fr));gap:22px 16px;margin-top:20px}
.plots figure,.plots .plot{overflow:visible;min-width:0}
.bar{display:block;margin-top:3px}
.kinds th,.kinds td{padding-left:6px;padding-right:8px}
.kinds th:first-child{padding-left:0}
td small,dd small{color:var(--muted);font-size:11.5px;display:block}
.keys{color:var(--muted);font-size:12.5px;margin:6px 0 0;display:flex;flex-wrap:wrap;gap:2px 16px}
.keys span{display:inline-flex;align-items:center;gap:5px}
.frames .words{border:1px solid var(--grid);border-radius:6px;padding:10px 12px}
h3{font-size:14.5px;margin:26px 0 0}
`;
