/** The page of one file: what its first page tells, and what a browser makes of it in both schemes, wide and narrow. */
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { simulateRun } from '../../../testing/events.ts';
import { failing, finding } from '../../../testing/outcomes.ts';
import { journalOf } from '../../../testing/synthetic-journals.ts';
import { readHistory } from '../history.ts';
import { reportDocument, type ReportDocument } from '../report-document.ts';
import { htmlReport } from './html-report.ts';

const CHROMIUM = ['chromium', 'chromium-browser', 'google-chrome'].find(
  (name) => spawnSync(name, ['--version']).status === 0,
);
const why = CHROMIUM === undefined ? ' (no Chromium here)' : '';

function reportOf(name: string): ReportDocument {
  return reportDocument(readHistory(journalOf(name)), SHOWN, new Map());
}

const SHOWN = {
  status: 'done',
  reason: 'submitted',
  statements: [{ repo: 'orders', number: 1, key: null }],
};

describe('the first page', () => {
  it('tells what people decided, what it cost, what is not signed, and the way back', () => {
    const page = htmlReport(reportOf('deployed'), null).replaceAll(/\s+/g, ' ');
    const [first = '', details = ''] = page.split('<h2>Details</h2>');
    expect(first).toContain('ada (cli): skip, asked:');
    expect(first).toContain('nobody said what 3 calls cost');
    expect(first).toContain('the statement about orders #1 is not signed');
    expect(first).toContain('taking the change back was not rehearsed');
    expect(details).toContain('git revert --no-edit');
    expect(details).toContain('had people answered at once');
    expect(htmlReport(reportOf('priced'), null)).toMatch(/1\.75 USD\+/);
    expect(htmlReport(reportOf('clean'), null)).toContain('Nobody was asked anything.');
  });

  it('lists what reviewers and gates found, each once', () => {
    const { findings } = reportOf('reworked');
    expect(findings.map(({ source, where, problem }) => [source, where, problem])).toEqual([
      ['tests', 'orders/src/invoices.ts:12', 'totals are wrong'],
      ['reviewer', 'orders/src/invoices.ts:12', 'the amount is not checked'],
    ]);
    expect(htmlReport(reportOf('reworked'), null)).toMatch(/<summary>Findings <span>2</);
    expect(reportOf('followed').findings.map(({ source }) => source)).toEqual(['forge']);
  });

  it('draws every step, and a bar for all that took time', () => {
    const report = reportOf('parallel');
    const page = htmlReport(report, null);
    const steps = report.phases.flatMap((phase) => phase.steps);
    expect(page.match(/<rect /g)).toHaveLength(steps.length);
    // left and right → both → submit
    expect(page.match(/<path /g)).toHaveLength(3);
    expect(page.match(/<i\s+class="(?!key)/g)).toHaveLength(report.pieces.length);
  });

  it('shows a diff without what only git needs, and each line as what it is', () => {
    const head = ['index 00..ba', '--- /dev/null', '+++ b/api/src/a.sql'];
    const lines = ['new file mode 100644', ...head, '@@ -1,2 +1,2 @@', ' kept', '--- a note', '+++plus;'];
    const moved = ['old mode 100644', 'new mode 100755'];
    const files = [
      { repo: 'api', file: 'src/a.sql', lines },
      { repo: 'api', file: 'run.sh', lines: moved },
    ];
    const page = htmlReport(reportOf('priced'), null, { reviewer: 'code-review', isCut: false, files });
    const [shown = '', mode = ''] = page.split('<pre class="mono diff">').slice(1);
    expect(shown.slice(0, shown.indexOf('</pre>')).split('\n')).toEqual([
      '<span class="soft">@@ -1,2 +1,2 @@</span>',
      ' kept',
      '<span class="bad">--- a note</span>',
      '<span class="good">+++plus;</span>',
    ]);
    expect(page).toContain('<b>src/a.sql</b> <span class="soft">new</span>');
    expect(mode.slice(0, mode.indexOf('</pre>'))).toContain('old mode 100644');
    expect(page).not.toContain('/dev/null');
  });

  it('links a pull request and its diff where a browser may go, and nothing else', () => {
    const report = reportOf('clean');
    const at = (url: string): string =>
      htmlReport(
        { ...report, forge: 'github', pull_requests: report.pull_requests.map((pull) => ({ ...pull, url })) },
        null,
      );
    expect(at('https://forge.test/o/r/pull/1')).toContain('href="https://forge.test/o/r/pull/1/files"');
    expect(at('javascript:alert(1)')).not.toContain('href=');
  });

  it('names nothing that a browser would fetch', () => {
    const page = htmlReport(reportOf('deployed'), '/state/forge');
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(page).not.toMatch(/<(?:script|link|img|iframe|object|video|audio|base)\b|url\(|@import|\ssrc=/i);
  });
});

/** Looks at the page in a frame of the given width: texts whose contrast is too low, and what stands out on the right. */
function looker(page: string, width: number): string {
  const look = `
    const rgb = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
    const light = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
      .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
    const behind = (node) => { for (; node; node = node.parentElement) { const c = rgb(getComputedStyle(node).backgroundColor); if (c.length === 3 || c[3] === 1) return c; } return [255, 255, 255]; };
    const frame = document.querySelector('iframe');
    frame.addEventListener('load', () => {
      const page = frame.contentDocument;
      for (const each of page.querySelectorAll('details')) each.open = true;
      const texts = [...page.body.querySelectorAll('*')].filter((node) => [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim()));
      const low = texts.filter((node) => {
        const style = getComputedStyle(node);
        const inDrawing = node.namespaceURI.endsWith('svg');
        if (node.tagName === 'title') return false;
        const [a, b] = [light(rgb(inDrawing ? style.fill : style.color)), light(behind(node))].sort((x, y) => y - x);
        return (a + 0.05) / (b + 0.05) < 4.5;
      });
      const told = { texts: texts.length, low: low.map((node) => node.outerHTML.slice(0, 120)), beyond: page.documentElement.scrollWidth - page.documentElement.clientWidth, asked: frame.contentWindow.performance.getEntriesByType('resource').map(({ name }) => name), dark: matchMedia('(prefers-color-scheme: dark)').matches };
      document.querySelector('output').textContent = JSON.stringify(told);
    });
    frame.srcdoc = ${JSON.stringify(page).replaceAll('<', String.raw`\u003c`)};`;
  return `<!doctype html><meta charset="utf-8"><output></output><iframe width="${width}" height="900" style="border:0"></iframe><script>${look}</script>`;
}

describe.skipIf(CHROMIUM === undefined)(`in a browser${why}`, () => {
  const dir = mkdtempSync(join(tmpdir(), 'baton-page-'));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  const events = simulateRun({
    review: ({ step, round }) => (step === 'implement/feature' && round === 1 ? failing(finding()) : null),
    mismatches: () => [{ claim: 'tests passed', measured: '2 tests failed' }],
  });
  const lines = ['@@ -1 +1 @@', ' kept', `-const gone = '${'x'.repeat(300)}';`, '+const here = 1;'];
  const diff = { reviewer: 'code-review', isCut: true, files: [{ repo: 'api', file: 'src/a.ts', lines }] };
  const page = htmlReport(reportDocument(readHistory(events), SHOWN, new Map()), '/state/forge', diff);

  it.each([
    { scheme: 'light', width: 1200 },
    { scheme: 'dark', width: 400 },
  ])(
    'is read in the $scheme scheme on $width pixels: no error, no request, nothing beyond the edge',
    async ({ scheme, width }) => {
      const file = join(dir, `${scheme}.html`);
      writeFileSync(file, looker(page, width));
      const { stdout, stderr } = await promisify(execFile)(
        CHROMIUM ?? '',
        [
          '--headless=new',
          '--no-sandbox',
          '--disable-gpu',
          '--disable-background-networking',
          '--no-first-run',
          '--enable-logging=stderr',
          `--blink-settings=preferredColorScheme=${scheme === 'dark' ? 0 : 1}`,
          `--user-data-dir=${join(dir, scheme)}`,
          '--host-resolver-rules=MAP * ~NOTFOUND',
          '--virtual-time-budget=5000',
          '--dump-dom',
          `file://${file}`,
        ],
        { timeout: 60_000, maxBuffer: 64 * 1024 * 1024 },
      );
      const told = /<output>(.*?)<\/output>/s.exec(stdout)?.[1] ?? '{}';
      const seen: unknown = JSON.parse(
        told.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'),
      );
      expect(seen).toEqual({
        texts: expect.any(Number),
        low: [],
        beyond: 0,
        asked: [],
        dark: scheme === 'dark',
      });
      expect((seen as { texts: number }).texts).toBeGreaterThan(100); // otherwise nothing was looked at
      expect(stderr.split('\n').filter((line) => /CONSOLE/.test(line))).toEqual([]);
    },
  );
});
