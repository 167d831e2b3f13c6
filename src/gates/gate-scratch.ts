/** A gate's own places beside the checkout: a temporary folder, and where its report has to appear. */
import { constants } from 'node:fs';
import { mkdir, mkdtemp, open, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { quietly } from '../journal/quietly.ts';
import { dirname, join } from 'node:path';
import type { TestReporter } from '../definitions/config.ts';
import { PYTEST_PLUGIN, PYTEST_PLUGIN_NAME } from './reporters/pytest-plugin.ts';
import { removeTree } from '../workspace/remove-tree.ts';

/** Those that are files of Baton's: loaded by the runner, or started in its place to start it. */
const OWN_REPORTERS: readonly TestReporter[] = ['node', 'vitest', 'jest', 'mocha', 'go', 'cargo', 'pytest'];
const MAX_REPORT_BYTES = 64 * 1024 * 1024;

export interface GateScratch extends AsyncDisposable {
  dir: string;
  temporary: string;
  reportFile: string;
  /** Baton's reporter for the runner, in a folder that the gate can read and not write; null: it has its own. */
  reporterFile: string | null;
  writable: string[];
}

/** Makes the places below `dir`, which has to lie outside of every checkout. */
export async function openScratch(dir: string, reporter: TestReporter): Promise<GateScratch> {
  const scratch = await realpath(await mkdtemp(join(dir, '.gate-')));
  const temporary = join(scratch, 'tmp');
  const reports = join(scratch, 'report');
  for (const folder of [temporary, reports]) await mkdir(folder, { mode: 0o700 });
  return {
    dir: scratch,
    temporary,
    reportFile: join(reports, 'report.xml'),
    reporterFile: await placeReporter(scratch, reporter),
    writable: [temporary, reports],
    [Symbol.asyncDispose]: () => removeTree(scratch),
  };
}

/** With an explicit module extension: behind the wall no package.json says what the files are. */
async function placeReporter(scratch: string, reporter: TestReporter): Promise<string | null> {
  if (!hasOwnReporter(reporter)) return null;
  if (reporter === 'pytest') {
    const plugin = join(scratch, `${PYTEST_PLUGIN_NAME}.py`);
    await writeFile(plugin, PYTEST_PLUGIN, { flag: 'wx' });
    return plugin;
  }
  for (const name of [`${reporter}-reporter`, 'send-report'])
    await writeFile(join(scratch, `${name}.mjs`), await textOfReporter(name), { flag: 'wx' });
  return join(scratch, `${reporter}-reporter.mjs`);
}

const texts = new Map<string, Promise<string>>();

/** As JavaScript: whatever Node runs the tests need not know types, nor take them out each time. */
function textOfReporter(name: string): Promise<string> {
  const known = texts.get(name) ?? readReporter(name);
  texts.set(name, known);
  return known;
}

async function readReporter(name: string): Promise<string> {
  const isTyped = import.meta.url.endsWith('.ts');
  const file = new URL(`./reporters/${name}${isTyped ? '.mts' : '.mjs'}`, import.meta.url);
  const text = await readFile(file, 'utf8');
  if (!isTyped) return text;
  const plain = await quietly('stripTypeScriptTypes is an experimental', () => stripTypeScriptTypes(text));
  return plain.replaceAll(".mts'", ".mjs'");
}

/** Whether a file of Baton's hands the report in; else the runner writes one. */
export function hasOwnReporter(reporter: TestReporter): boolean {
  return OWN_REPORTERS.includes(reporter);
}

/** The report's text; null where there is none, or something that is no plain file. */
export async function readReport(file: string): Promise<string | null> {
  try {
    // A link or a pipe in its place would make the engine read something else, or wait for ever.
    await using handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const info = await handle.stat();
    if (!info.isFile() || info.size > MAX_REPORT_BYTES) return null;
    return await handle.readFile('utf8');
  } catch {
    return null; // Absent or refused by the line above: no report either way.
  }
}

/** Takes away what lies at a report's place in the checkout before the start: it would pass for this run's. */
export async function clearReportPlace(root: string, file: string): Promise<void> {
  const folder = await realpath(dirname(file)).catch(() => null);
  if (folder === null || (folder !== root && !folder.startsWith(`${root}/`))) return;
  await rm(file, { recursive: true, force: true });
}

/** Whether a place in the checkout really lies in it, links included. */
export async function liesWithin(root: string, file: string): Promise<boolean> {
  const folder = await realpath(dirname(file)).catch(() => null);
  return folder !== null && (folder === root || folder.startsWith(`${root}/`));
}
