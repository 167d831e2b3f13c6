/**
 * A whole run of the command line against a forge on loopback, with a token that stands nowhere else. Afterwards every place that
 * the run wrote to, every process that it started and everything that it sent is searched for it, in all forms in which it may show.
 */
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { readOwnIdentity } from '../../src/journal/process-identity.ts';
import { openSqliteJournal } from '../../src/journal/sqlite/open.ts';
import { openFakeForge, type FakeForge } from '../../src/testing/fake-forge/fake-forge.ts';
import { createRepository, git } from '../../src/testing/rig.ts';

const BIN = join(import.meta.dirname, '../../bin/baton.js');
/** With letters that look otherwise in an address. */
const TOKEN = `ghp_${randomBytes(15).toString('base64url')}+/${randomBytes(9).toString('base64url')}7aA`;
/** Programs of the run look for it without holding it in any form that is searched for. */
const BACKWARDS = Array.from(TOKEN).toReversed().join('');

/** Each form with what it is called: as it is, in addresses, in headers, at any offset within something encoded. */
const FORMS: [string, string][] = [
  ['the token', TOKEN],
  ['the token in an address', encodeURIComponent(TOKEN)],
  ['the token in hex', Buffer.from(TOKEN).toString('hex')],
  ['basic authorization', Buffer.from(`x-access-token:${TOKEN}`).toString('base64')],
  ...(['base64', 'base64url'] as const).flatMap((encoding) =>
    [0, 1, 2].map((offset): [string, string] => [
      `the token in ${encoding}`,
      Buffer.from('x'.repeat(offset) + TOKEN)
        .toString(encoding)
        .slice(4, -4),
    ]),
  ),
];

function tracesIn(bytes: Buffer | string): string[] {
  const text = Buffer.from(bytes).toString('latin1');
  return [...new Set(FORMS.flatMap(([name, form]) => (text.includes(form) ? [name] : [])))];
}

/** Every file below a folder, its path as well, and every object of every git directory, unpacked. */
function everythingIn(dir: string): [string, Buffer][] {
  if (!existsSync(dir)) return [];
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name));
  const stores = paths.filter((path) => path.endsWith('/HEAD') && existsSync(join(dirname(path), 'objects')));
  return [
    // A file of the moment may be gone again.
    ...paths.flatMap((path): [string, Buffer][] =>
      existsSync(path) ? [[path, Buffer.concat([Buffer.from(path), readFileSync(path)])]] : [],
    ),
    ...stores.map((head): [string, Buffer] => {
      const args = ['--git-dir', dirname(head), 'cat-file', '--batch-all-objects', '--batch'];
      return [`objects of ${dirname(head)}`, execFileSync('git', args, { maxBuffer: 1 << 28 })];
    }),
  ];
}

/** Looks at its own arguments and environment and at the arguments of all that it sees; says how much that was. */
const LOOK = `
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
const token = [...'${BACKWARDS}'].toReversed().join('');
const forms = [token, encodeURIComponent(token), Buffer.from(token).toString('hex'), Buffer.from('x-access-token:' + token).toString('base64'),
  ...[0, 1, 2].map((offset) => Buffer.from('x'.repeat(offset) + token).toString('base64').slice(4, -4))];
const holds = (text) => forms.some((form) => text.includes(form));
export function look(folder) {
  const seen = [];
  for (const [name, value] of Object.entries(process.env)) seen.push(['variable ' + name, name + value]);
  for (const word of process.argv) seen.push(['an argument', word]);
  for (const pid of readdirSync('/proc').filter((name) => /^\\d+$/.test(name)))
    try { seen.push(['arguments of process ' + pid, readFileSync('/proc/' + pid + '/cmdline', 'latin1')]); } catch {}
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) seen.push([join(entry.parentPath, entry.name), readFileSync(join(entry.parentPath, entry.name), 'latin1')]);
  const found = seen.filter(([, text]) => holds(text)).map(([place]) => place);
  if (found.length > 0) throw new Error('LEAK in ' + found.join(', '));
  return 'looked at ' + Object.keys(process.env).length + ' variables and ' + seen.length + ' places';
}
`;

const AGENT = `
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { look } from './look.mjs';
const order = JSON.parse(readFileSync(0, 'utf8'));
const repo = order.workspace.repos[0].path;
const summary = order.agent + ' ' + look(order.workspace.repos[0].path);
const said = { status: 'complete', summary };
if (order.role === 'reviewer') console.log(JSON.stringify({ ...said, verdict: 'pass', findings: [], resolved: order.findings.map((f) => f.id) }));
else {
  writeFileSync(join(repo, 'done.txt'), order.findings.length > 0 ? 'answered\\n' : 'first\\n');
  console.log(JSON.stringify(said));
}
`;

const WORKFLOW = `name: traces
version: 1
review: { by: [judge] }
limits: { max_retries: 0 }
phases:
  - id: build
    title: Build
    deliverable: A change
    steps:
      - { id: change, agent: writer }
  - id: submit
    title: Submission
    deliverable: A pull request
    steps:
      - check: base
      - submit: true
`;

const CONFIG = `repos:
  api:
    modules:
      - path: .
        gates:
          - name: look
            command: node check.mjs
            kind: build
pull_requests:
  labels: [baton]
  reviewers: [ada]
  status: true
`;

/** Writes down its arguments and environment, each call into a file of its own, and is then the program that it is called like. Behind the wall there is no place for it. */
function recorder(records: string, program: string, real: string): string {
  return `#!/bin/sh
record="${records}/${program}.$$"
{ { printf 'argument %s\\n' "$@"; env; } > "$record"; } 2> /dev/null
exec ${real} "$@"
`;
}

const agentFile = (name: string, role: string): string =>
  `---\nname: ${name}\ndescription: Works.\nrole: ${role}\n---\nWork well.\n`;

interface Place extends AsyncDisposable {
  dir: string;
  repo: string;
  records: string;
  server: FakeForge;
  env: Record<string, string>;
}

async function openPlace(): Promise<Place> {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'baton-traces-')));
  const repo = createRepository(join(dir, 'repos', 'api'), {
    'README.md': '# api\n',
    'traces.yaml': WORKFLOW,
    'baton.yaml': CONFIG,
    'look.mjs': LOOK,
    'check.mjs': "import { look } from './look.mjs';\nconsole.log('gate ' + look('.'));\n",
    'agents/writer.md': agentFile('writer', 'specialist'),
    'agents/judge.md': agentFile('judge', 'reviewer'),
  });
  createRepository(join(dir, 'agent'), { 'agent.mjs': AGENT, 'look.mjs': LOOK });
  const server = await openFakeForge({ dir: join(dir, 'server'), token: TOKEN });
  server.people.collaborators.push('ada');
  git(repo, 'remote', 'add', 'origin', server.addRepository('acme/api', repo));
  const [records, bin] = [join(dir, 'records'), join(dir, 'bin')];
  for (const folder of [records, bin]) mkdirSync(folder);
  const path = process.env['PATH'] ?? '';
  for (const program of ['git', 'bwrap', 'sh', 'bash']) {
    const real = path
      .split(':')
      .map((folder) => join(folder, program))
      .find(existsSync);
    if (real === undefined) continue;
    writeFileSync(join(bin, program), recorder(records, program, real));
    chmodSync(join(bin, program), 0o755);
  }
  const env = {
    PATH: `${bin}:${path}`,
    HOME: dir,
    BATON_HOME: join(dir, 'state'),
    BATON_WORK: join(dir, 'work'),
    LANG: 'C.UTF-8',
    GH_ENTERPRISE_TOKEN: TOKEN,
  };
  return {
    dir,
    repo,
    records,
    server,
    env,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

interface Ended {
  code: number | null;
  printed: string;
}

function baton({ repo, env }: Place, argv: string[], started?: (pid: number) => void): Promise<Ended> {
  const child = spawn(process.execPath, [BIN, ...argv], {
    cwd: repo,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started?.(child.pid ?? 0);
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part: Buffer) => (printed += part.toString()));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, printed })));
}

/** What runs below a process now: its arguments and its environment, as the system has them. */
function processesBelow(root: number): { args: string; environment: Buffer }[] {
  const read = (pid: string, name: string): Buffer => {
    try {
      return readFileSync(`/proc/${pid}/${name}`);
    } catch {
      return Buffer.alloc(0); // It ended, or is nobody's to look at.
    }
  };
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const parents = new Map(
    pids.map((pid) => [pid, / \S (\d+) /.exec(read(pid, 'stat').toString('latin1'))?.[1]]),
  );
  const isBelow = (pid: string | undefined): boolean =>
    pid !== undefined && (Number(parents.get(pid)) === root || isBelow(parents.get(pid)));
  return pids.filter(isBelow).flatMap((pid) => {
    const environment = read(pid, 'environ');
    const args = read(pid, 'cmdline').toString('latin1').replaceAll('\0', ' ');
    // One that ended in between is nobody any more; what it was, its own record says.
    return args === '' ? [] : [{ args, environment }];
  });
}

/** Git that speaks to the forge has the token in its environment: it has to have it from somewhere, and no argument is as safe. */
const SPEAKS_TO_FORGE = /\b(?:push|fetch|ls-remote|send-pack|remote-http)\b.*http:\/\/127\.0\.0\.1/s;

/** Where something was found, in words. */
function sortOut(seen: [string, Buffer | string][]): string[] {
  return seen.flatMap(([place, bytes]) => tracesIn(bytes).map((trace) => `${trace} in ${place}`));
}

it('SEC-1: the token of a forge is in nothing that a run stores, starts, prints or sends, but in the environment of git that speaks to it', async () => {
  // Each form is found where it is.
  for (const [name, form] of FORMS) expect(tracesIn(`before ${form} after`), name).toContain(name);
  await using place = await openPlace();
  const { server } = place;
  let root = 0;
  const during: [string, Buffer | string][] = [];
  const running: { args: string; environment: Buffer }[] = [];
  server.onCall = (call) => {
    during.push(
      ...everythingIn(place.env['BATON_HOME'] ?? ''),
      ...everythingIn(place.env['BATON_WORK'] ?? ''),
    );
    if (call === 'git_look' || call === 'git_push') running.push(...processesBelow(root));
  };
  server.onPush = (commit) => {
    const isRed = git(server.pathOf('acme/api'), 'show', `${commit}:done.txt`) !== 'answered\n';
    const check = { repository: 'acme/api', commit, name: 'test', title: 'done.txt' };
    server.checks.push({ ...check, conclusion: isRed ? 'failure' : 'success' });
  };
  const command = `node ${join(place.dir, 'agent', 'agent.mjs')}`;
  const flags = [
    '--forge',
    'github',
    '--workflow',
    'traces.yaml',
    '--agent-command',
    command,
    '--yes',
    '--wait',
    '5m',
  ];
  const run = await baton(place, ['run', 'Write done.txt', ...flags], (pid) => (root = pid));
  expect(run.code, run.printed).toBe(0);

  // It did all that a run can do at a forge: answered a red check, with labels, people, statuses and a comment.
  expect(server.pulls).toMatchObject([{ draft: false, labels: ['baton'], asked: ['ada'] }]);
  expect(server.comments).toHaveLength(1);
  expect(new Set(server.statuses.map(({ state }) => state))).toEqual(new Set(['pending', 'success']));
  expect(server.calls.every(({ authorized, call }) => authorized || call === 'git_look')).toBe(true);

  // Agents and gates looked from within, and found nothing: they would have failed.
  await using journal = await openSqliteJournal({
    dir: place.env['BATON_HOME'] ?? '',
    clock: () => new Date(),
    host: readOwnIdentity(hostname()),
  });
  const [{ runId } = { runId: '' }] = await journal.listRuns({ limit: 1, prefix: '' });
  const events = JSON.stringify(await journal.read(runId, 1));
  for (const who of ['writer', 'judge'])
    expect(events).toMatch(new RegExp(`${who} looked at \\d+ variables`));
  const artifacts: [string, Buffer][] = [];
  for (const hash of new Set(events.match(/(?<=")[0-9a-f]{64}(?=")/g))) {
    const artifact = await journal.getArtifact(runId, hash);
    if (artifact !== null) artifacts.push([`artifact ${artifact.kind}`, Buffer.from(artifact.body)]);
  }
  expect(artifacts.some(([, body]) => /gate looked at \d+ variables/.test(body.toString()))).toBe(true);

  const reading = [
    ...['md', 'json', 'html'].map((format) => ['report', '--format', format]),
    ['log', '--json'],
    ['status', '--json'],
    ['why', 'build/change', '--prompt'],
    ['verify'],
    ['rollback'],
    ['metrics'],
    ['doctor'],
    ['clean', '--dry-run'],
  ];
  const printed: [string, string][] = [['baton run', run.printed]];
  for (const argv of reading) printed.push([`baton ${argv.join(' ')}`, (await baton(place, argv)).printed]);

  const sent = {
    pulls: server.pulls,
    comments: server.comments,
    statuses: server.statuses,
    calls: server.calls,
  };
  const stored = ['state', 'work', 'server', 'repos', 'agent', 'bin'].flatMap((folder) =>
    everythingIn(join(place.dir, folder)),
  );
  const seen: [string, Buffer | string][] = [
    ...during,
    ...stored,
    ...artifacts,
    ...printed,
    ['the journal', events],
    ['the forge', JSON.stringify(sent)],
  ];
  expect(sortOut(seen)).toEqual([]);
  // Finding nothing means something: what the agent wrote is found in the same places.
  for (const where of [
    /objects of .*state/,
    /objects of .*server/,
    /^the journal$/,
    /^the forge$/,
    /^baton report/,
  ])
    expect(
      seen.some(([at, bytes]) => where.test(at) && String(bytes).includes('done.txt')),
      String(where),
    ).toBe(true);

  // Each process that was started, by its own record and by the system's.
  const records = everythingIn(place.records).map(([at, bytes]) => {
    const lines = bytes.toString('latin1').slice(at.length).split('\n');
    const args = lines.filter((line) => line.startsWith('argument ')).join(' ');
    return { at, args, environment: bytes };
  });
  const all = [...records, ...running.map((each) => ({ at: each.args, ...each }))];
  expect(records.filter(({ at }) => /\/git\.\d+$/.test(at)).length).toBeGreaterThan(20);
  expect(running.length).toBeGreaterThan(10);
  expect(sortOut(all.map(({ at, args }) => [`arguments of ${at}`, args]))).toEqual([]);
  const holding = all.filter(({ environment }) => tracesIn(environment).length > 0);
  expect(holding.length).toBeGreaterThan(0);
  expect(
    holding.filter(({ args }) => !SPEAKS_TO_FORGE.test(args)).map(({ at, args }) => `${at}: ${args}`),
  ).toEqual([]);
});
