// Bundles what runs in a browser: the script of a report and the style of a page, beside the compiled files.
// The bundle is the same bytes for the same sources, because a report is.
import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

await build({
  absWorkingDir: root,
  entryPoints: ['src/page/browser/report.ts', 'src/page/browser/live.ts', 'src/page/browser/page.css'],
  outdir: 'dist/src/page/browser',
  bundle: true,
  minify: true,
  format: 'iife',
  target: ['es2022', 'chrome109', 'firefox115', 'safari16'],
  charset: 'ascii',
  legalComments: 'none',
  logLevel: 'warning',
});
