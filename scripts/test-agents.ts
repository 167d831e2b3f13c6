/**
 * Runs the suites of `test/agents/` with real agent programs, offline: `npm run test:agents -- [--only NAME] [--suite NAME]`.
 *
 * Installs the programs at the versions of their profiles below `.cache/agents`, where they stay for the next time. Each
 * agent then runs where there is no network but loopback, with a name server that writes down what was looked up.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadProfiles } from '../src/definitions/load-profiles.ts';
import type { Profile } from '../src/definitions/profile-schema.ts';
import { printTable, readCases, type AgentReport } from '../test/agents/report.ts';

const root = join(import.meta.dirname, '..');
const { values } = parseArgs({ options: { only: { type: 'string' }, suite: { type: 'string' } } });
const profiles = [...loadProfiles([]).profiles.values()].filter(({ name }) => name === (values.only ?? name));
if (profiles.length === 0) fail(`There is no profile "${values.only}".`);
if (process.platform !== 'linux' || spawnSync('bwrap', ['--version']).status !== 0)
  fail('This needs Linux and bubblewrap: without it nothing would keep the agents off the network.');

const reports = profiles.map((profile) => testAgent(profile, values.suite));
printTable(reports);
if (reports.some(({ cases }) => cases.length === 0 || cases.some(({ status }) => status === 'failed')))
  process.exitCode = 1;

function testAgent(profile: Profile, suite: string | undefined): AgentReport {
  const version = profile.tested.at(-1) ?? fail(`Profile ${profile.name} names no tested version.`);
  const bin = install(profile, version);
  progress(`${profile.name} ${version}: running, offline`);
  const dir = mkdtempSync(join(tmpdir(), 'baton-test-agents-'));
  try {
    const resolver = join(dir, 'resolv.conf');
    writeFileSync(resolver, 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n');
    const [names, results] = [join(dir, 'names.json'), join(dir, 'results.json')];
    const inside = join(root, 'test/agents/inside.ts');
    const reporters = ['--reporter=verbose', '--reporter=json', `--outputFile.json=${results}`];
    const words = [process.execPath, '--disable-warning=ExperimentalWarning', inside, names, ...reporters];
    const place = ['--dev-bind', '/', '/', '--ro-bind', resolver, '/etc/resolv.conf', '--unshare-net'];
    spawnSync(
      'bwrap',
      [...place, '--die-with-parent', '--', ...words, ...(suite === undefined ? [] : [suite])],
      {
        cwd: root,
        stdio: ['ignore', 'inherit', 'inherit'],
        env: { ...process.env, BATON_AGENT: profile.name, BATON_AGENT_BIN: bin },
      },
    );
    const lookedUp = existsSync(names) ? (JSON.parse(readFileSync(names, 'utf8')) as string[]) : []; // written by inside.ts
    return { name: profile.name, version, cases: readCases(results), lookedUp };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** The folder of its program. Scripts of the packages that it depends on do not run. */
function install(profile: Profile, version: string): string {
  const dir = join(root, '.cache/agents', `${profile.name}-${version}`);
  const bin = join(dir, 'node_modules/.bin');
  const [, name = ''] = /(\S+)$/.exec(profile.install) ?? [];
  const done = join(dir, 'installed');
  if (existsSync(done)) return bin;
  progress(`${profile.name} ${version}: installing ${name} (some hundred megabytes, once)`);
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'package.json'), '{"private":true}\n');
  const words = [
    'install',
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    '--save-exact',
    `${name}@${version}`,
  ];
  execFileSync('npm', words, { cwd: dir, stdio: 'inherit' });
  // Its own script, as `npm install -g` runs it: opencode puts its program in place with one.
  execFileSync('npm', ['rebuild', '--ignore-scripts=false', name], { cwd: dir, stdio: 'inherit' });
  writeFileSync(done, '');
  return bin;
}

function progress(text: string): void {
  process.stdout.write(`\n${text}\n`);
}

function fail(text: string): never {
  process.stderr.write(`${text}\n`);
  process.exit(2);
}
