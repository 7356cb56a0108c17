/**
 * The one HTML file. The script and the style are allowed by their hashes and nothing else is, so that a text of a log
 * cannot run even where it would become markup. It does not become markup: the document is JSON in a script that no
 * browser runs, and the page's own script shows its texts as text.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { PageDocument } from '../page/document.js';
import { safeJson } from '../terminal/printable.js';

/** How every report begins. */
export const REPORT_START = '<!doctype html>\n<html lang="en">\n<!-- spt report -->\n';

/** What runs in the browser, as `npm run build` bundles it. */
const SCRIPT = new URL('../page/browser/report.js', import.meta.url);
const STYLE = new URL('../page/browser/page.css', import.meta.url);

const textOf = (file: URL): string => readFileSync(file, 'utf8').trim();

/** A hash as a policy names it. */
const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** A text of an element that ends at the next `</`. In JSON, `<` may stand in strings only. */
const withoutMarkup = (json: string): string =>
  json.replace(/[<>&]/g, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** The page of a document. The same document gives the same bytes. */
export function htmlOf(document: PageDocument): string {
  // The bundle may hold `</script` in a string; as `<\/script` it means the same.
  const script = textOf(SCRIPT).replace(/<\/(script)/gi, '<\\/$1');
  const style = textOf(STYLE);
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `${REPORT_START}<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Report of a search</title>
<style>${style}</style>
</head>
<body>
<noscript>This report is drawn by the script that it holds. Allow scripts for this file. It loads nothing.</noscript>
<main id="page"></main>
<script type="application/json" id="document">${withoutMarkup(safeJson(document))}</script>
<script>${script}</script>
</body>
</html>
`;
}
