/** How modules of Go, Rust and Python are built and tested, by what lies in their folders. */
import { join, posix } from 'node:path';
import type { CanaryFile, GateCommand, ModuleConfig } from '../../definitions/config.ts';
import { isPytestFile, pytestCanary } from '../suites/pytest-canary.ts';
import { findTestFiles } from '../suites/test-files.ts';
import { namesIn, readText } from './look-at-files.ts';
import { moduleOf } from './modules.ts';
import { EXECUTED_GATE, gateOf, REACH_GATE } from './node-package.ts';
import { detectPythonChecks, PYTHON_CONFIG } from './python-checks.ts';

export async function detectOthers(path: string, files: string[], seen: string[]): Promise<ModuleConfig[]> {
  const modules: ModuleConfig[] = [];
  modules.push(...(await detectGo(path, files)), ...detectCargo(files));
  const checks = await detectPython(path, files);
  if (checks.length > 0) {
    modules.push(moduleOf('.', null, checks));
    seen.push(
      `${checks.map((gate) => `${gate.name}: \`${gate.command.join(' ')}\``).join(', ')}: the gates need these programs.`,
    );
  }
  const hasPytest = await mentionsPytest(path, files);
  // Beside gates that run something, as for the other languages.
  const isPython = hasPytest || checks.length > 0;
  if (hasPytest) {
    const tests = gateOf('tests', ['python3', '-m', 'pytest', '-q']);
    const canary = await placePytestCanary(path);
    modules.push(moduleOf('.', null, [{ ...tests, reporter: 'pytest', canary }, EXECUTED_GATE]));
    seen.push(
      `pytest: its report has to show a failing test that Baton puts to \`${canary.file}\`; add a \`setup\` that installs what the tests need.`,
    );
  } else if (files.includes('pyproject.toml')) {
    seen.push('pyproject.toml without pytest: add a tests gate with `reporter: junit`.');
  }
  if (isPython) modules.push(moduleOf('.', null, [REACH_GATE]));
  return modules;
}

/** The module of the top folder, and those that `go.work` names: each is built and tested by itself, and all are read together. */
async function detectGo(path: string, files: string[]): Promise<ModuleConfig[]> {
  const workspace = files.includes('go.work') ? ((await readText(join(path, 'go.work'))) ?? '') : '';
  const folders = files.includes('go.mod') ? ['.'] : [];
  for (const folder of foldersInUse(workspace))
    if ((await namesIn(join(path, folder))).includes('go.mod')) folders.push(folder);
  const modules = await Promise.all(
    [...new Set(folders)].map(async (folder) => goModule(folder, await namesIn(join(path, folder)))),
  );
  return modules.length === 0 ? [] : [...modules, moduleOf('.', null, [REACH_GATE])];
}

/** `use ./a` and `use ( … )`; folders outside of the repository are not looked at. */
function foldersInUse(text: string): string[] {
  const plain = text.replaceAll(/\/\/[^\n]*/g, '');
  const groups = [...plain.matchAll(/^\s*use\s*\(([^)]*)\)/gm)].flatMap(([, inside = '']) =>
    inside.split('\n'),
  );
  const single = [...plain.matchAll(/^[ \t]*use[ \t]+([^\s(]+)/gm)].map(([, folder = '']) => folder);
  return [...groups, ...single]
    .map((folder) => posix.normalize(folder.trim().replaceAll('"', '') || '..').replace(/\/$/, ''))
    .filter((folder) => !folder.startsWith('..') && !folder.startsWith('/'));
}

/** What a module needs is fetched once, with the network; builds and tests have none. */
function goModule(folder: string, files: string[]): ModuleConfig {
  const gates = [
    gateOf('build', ['go', 'build', './...']),
    { ...gateOf('lint', ['go', 'vet', './...']), name: 'vet' },
    { ...gateOf('tests', ['go', 'test', './...']), reporter: 'go' as const },
    EXECUTED_GATE,
  ];
  return moduleOf(folder, files.includes('go.sum') ? ['go', 'mod', 'download'] : null, gates);
}

function detectCargo(files: string[]): ModuleConfig[] {
  if (!files.includes('Cargo.toml')) return [];
  const workspace = ['--workspace', '--offline'];
  const gates = [
    gateOf('build', ['cargo', 'build', ...workspace]),
    { ...gateOf('tests', ['cargo', 'test', ...workspace]), reporter: 'cargo' as const },
    REACH_GATE,
  ];
  return [moduleOf('.', ['cargo', 'fetch', ...(files.includes('Cargo.lock') ? ['--locked'] : [])], gates)];
}

/** In the folder of the first file that pytest collects by its name: it will collect one beside it. */
async function placePytestCanary(path: string): Promise<CanaryFile> {
  return pytestCanary((await findTestFiles(path)).find(isPytestFile) ?? null);
}

async function detectPython(path: string, files: string[]): Promise<GateCommand[]> {
  const configs = PYTHON_CONFIG.filter((name) => files.includes(name));
  const texts = await Promise.all(configs.map(async (name) => (await readText(join(path, name))) ?? ''));
  return detectPythonChecks(files, texts).map(({ name, kind, command }) => ({
    ...gateOf(kind, command),
    name,
  }));
}

async function mentionsPytest(path: string, files: string[]): Promise<boolean> {
  if (files.includes('pytest.ini')) return true;
  const candidates = files.filter((name) => name === 'pyproject.toml' || /^requirements.*\.txt$/.test(name));
  const texts = await Promise.all(candidates.map((name) => readText(join(path, name))));
  return texts.some((text) => /\bpytest\b/.test(text ?? ''));
}
