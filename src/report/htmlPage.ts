import { escapeHtml } from "./escapeHtml.js";
import { PAGE_STYLE } from "./pageStyle.js";

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
