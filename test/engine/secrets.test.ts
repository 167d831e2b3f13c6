/** A hostile agent that found every secret a user has, and hands it on in every way it knows. */
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { createCommandDriver } from '../../src/drivers/command.ts';
import { openEngine } from '../../src/engine/open-engine.ts';
import { driveRig, git, sequenceGraph, startRigRun, type RigStep } from '../../src/testing/rig.ts';
import { configOf, done, edit, eventsOf, gate, openPlay, verdict } from './plays.ts';
import { openPrograms, startWalled } from './programs.ts';

const secret = (prefix: string): string => `${prefix}${randomBytes(18).toString('base64url')}7aA`;
const PEM = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
}).privateKey.trim();
const ENVIRONMENT = {
  ANTHROPIC_API_KEY: secret('sk-ant-'),
  GITHUB_TOKEN: secret('ghp_'),
  AGENT_TOKEN: secret('jwt.'),
  SIGNING_KEY: PEM,
};
const REMOTE = secret('pw');
const SETTING = secret('pay/+');
const CANARIES = [...Object.values(ENVIRONMENT), REMOTE, SETTING];
/** What may be found, so that finding nothing means something. */
const MARKER = 'harmless-marker-of-the-agent';

const HOSTILE = `
const secrets = JSON.parse(Buffer.from('CANARIES', 'hex').toString());
const half = (s) => [s.slice(0, 9), s.slice(9)];
const forms = (s) => [s, half(s).join('\\n'), half(s).join('" +\\n  "'), Buffer.from(s).toString('base64'), Buffer.from('KEY=' + s + ' and more').toString('base64'),
  Buffer.from(s).toString('hex'), encodeURIComponent(s), 'https://user:' + encodeURIComponent(s) + '@example.org/?k=' + encodeURIComponent(s)];
const all = secrets.flatMap(forms);
const texts = ['${MARKER}', ...all];
for (const text of all) { process.stderr.write(text + '\\n'); console.log('working with ' + text); }
for (const s of secrets) {
  process.stdout.write(half(s)[0]); process.stderr.write(half(s)[0]);
  await new Promise((resolve) => setTimeout(resolve, 5));
  process.stdout.write(half(s)[1] + '\\n'); process.stderr.write(half(s)[1] + '\\n');
}
const finding = { severity: 'minor', blocking: false, problem: texts.join(' '), fix: texts.join(' ') };
if (order.role === 'reviewer') pass({ verdict: 'pass_with_notes', summary: texts.join(' '), findings: [finding] });
else if (order.role === 'planner') {
  if (order.attempt === 1) throw new Error(texts.join(' '));
  done({ summary: texts.join(' '), decisions: texts, open_questions: texts });
} else if (order.role === 'submitter') {
  done({ summary: texts.join(' '), pull_requests: [{ repo: 'api', title: '${MARKER} ' + secrets[0], body: texts.join('\\n') }] });
} else {
  const leaks = [
    () => { writeFileSync(file('leak.txt'), secrets[0]); writeFileSync(file('own.txt'), secrets.slice(4).join('\\n')); },
    () => writeFileSync(file('src/app.txt'), 'one\\n' + secrets[1].slice(0, 9) + '" +\\n "' + secrets[1].slice(9) + '\\n'),
    () => { writeFileSync(file('line.txt'), secrets[3].split('\\n')[1]); writeFileSync(file('leak.bin'), Buffer.from('binary \\0 ' + Buffer.from('x' + secrets[2]).toString('base64'))); },
    () => writeFileSync(file(secrets[2].slice(0, 40)), ''),
    () => symlinkSync(secrets[2], file('link')),
  ];
  leaks[order.attempt - 1]?.();
  if (order.attempt > leaks.length) writeFileSync(file('new.txt'), '${MARKER}\\n');
  done({ summary: texts.join(' ') });
}
`;

const STEPS: RigStep[] = [
  { id: 'plan/notes', agent: 'planner', role: 'planner', output: 'notes' },
  { id: 'build/one', agent: 'writer', role: 'specialist', output: 'changes' },
  { id: 'texts/pull-requests', agent: 'submitter', role: 'submitter', output: 'submission' },
];

it('SEC-1: no secret of the user is in anything that a run stores, commits or submits, whatever its agents do with it', async () => {
  await using rig = await openPrograms(
    HOSTILE.replace('CANARIES', Buffer.from(JSON.stringify(CANARIES)).toString('hex')),
  );
  git(rig.api, 'remote', 'add', 'origin', `https://ada:${REMOTE}@git.example.org/api.git`);
  writeFileSync(join(rig.api, '.env'), `PAYMENT_SECRET="${SETTING}"\nPORT=8080\n`);
  const environment = { ...process.env, ...ENVIRONMENT };
  const stateDir = join(rig.dir, 'state');
  const driver = createCommandDriver({
    command: [process.execPath, rig.program],
    env: ['AGENT_TOKEN', 'SIGNING_KEY'],
    environment,
  });
  await using opened = await openEngine({ stateDir, workDir: join(rig.dir, 'work'), environment });
  const engine = { ...opened, openDriver: async () => driver };
  const { graph, agents } = sequenceGraph(STEPS, {
    submit: true,
    limits: { max_retries: 5, max_output_bytes: 8 * 1024 * 1024 },
  });
  // A gate that prints what stands in its own command line: no agent is needed for that.
  const config = configOf([gate(['printf', '%s\\n', `${MARKER} ${ENVIRONMENT.GITHUB_TOKEN.slice(0, 12)}`])]);
  const request = `Do the thing with ${ENVIRONMENT.GITHUB_TOKEN}`;
  const run = { graph, agents, repos: [rig.api], config, request };
  const runId = await startWalled({ ...rig, engine }, run, 'auto');
  const { status, events, reason } = await driveRig(engine, runId);
  expect(`${status} ${reason}`).toMatch(/^done/);

  const refused = eventsOf(events, 'invocation_ended').flatMap(({ outcome }) =>
    outcome.kind === 'failed' && outcome.reason === 'path_refused' ? [outcome.detail] : [],
  );
  expect(refused).toHaveLength(5);
  expect(refused[0]).toContain('E_SECRET api/leak.txt: line 1 holds ANTHROPIC_API_KEY');
  expect(refused[0]).toContain('E_SECRET api/own.txt: line 1 holds credential of api');
  expect(refused[1]).toContain('E_SECRET api/src/app.txt: line 2 holds GITHUB_TOKEN');
  expect(refused[2]).toContain('E_SECRET api/line.txt: line 1 holds SIGNING_KEY');
  expect(refused[2]).toContain('E_SECRET api/leak.bin: line 1 holds AGENT_TOKEN');
  expect(refused[3]).toContain('the name of a file holds AGENT_TOKEN');
  expect(refused[4]).toContain('E_SECRET api/link');

  await opened[Symbol.asyncDispose]();
  const stored = [stateDir, join(rig.dir, 'work')].flatMap(everythingIn);
  const found = stored.flatMap(({ place, bytes }) => tracesIn(bytes).map((trace) => `${trace} in ${place}`));
  expect(found).toEqual([]);
  const marked = stored.filter(({ bytes }) => bytes.includes(MARKER)).map(({ place }) => place);
  expect(marked).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/journal\.db/),
      expect.stringMatching(/objects of .*forge/),
      expect.stringMatching(/objects of .*git/),
      expect.stringMatching(/forge.*\.json/),
      expect.stringMatching(/notes.*\.jsonl/),
    ]),
  );
});

/** Every file below a folder, and every object of every git directory, unpacked. */
function everythingIn(dir: string): { place: string; bytes: Buffer }[] {
  if (!existsSync(dir)) return [];
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name));
  const stores = paths.filter((path) => path.endsWith('/HEAD') && existsSync(join(dirname(path), 'objects')));
  return [
    ...paths.map((path) => ({ place: path, bytes: Buffer.concat([Buffer.from(path), readFileSync(path)]) })),
    ...stores.map((head) => {
      const store = dirname(head);
      const args = ['--git-dir', store, 'cat-file', '--batch-all-objects', '--batch'];
      return { place: `objects of ${store}`, bytes: execFileSync('git', args, { maxBuffer: 1 << 28 }) };
    }),
  ];
}

/** Looked for without our own code: each canary as it is and encoded, also where signs between its letters are taken out. */
function tracesIn(bytes: Buffer): string[] {
  const text = bytes.toString('latin1');
  const close = text.replace(/\\[nrt]|[\s"'`+,\\]/g, '');
  return CANARIES.flatMap((canary, index) => {
    const lines = canary.includes('\n') ? canary.split('\n').slice(1, -1) : [canary];
    const forms = lines.flatMap((line) => {
      const shifted = [0, 1, 2].map((offset) =>
        Buffer.from(`${'x'.repeat(offset)}${line}`)
          .toString('base64')
          .slice(4, -4),
      );
      return [
        line,
        line.replaceAll('+', ''),
        // What stays where a half is taken out alone: the agent splits behind nine letters.
        line.slice(9),
        line.slice(9).replaceAll('+', ''),
        line.slice(0, -9),
        line.slice(-20),
        Buffer.from(line).toString('hex'),
        encodeURIComponent(line),
        ...shifted,
      ];
    });
    return forms
      .filter((form) => text.includes(form) || close.includes(form))
      .map((form) => `canary ${index} as ${form}`);
  });
}

it('SEC-1: a token that nobody knows stops its change with file and line, and goes on only where a person accepts exactly that change', async () => {
  const token = `ghp_${Array.from(randomBytes(36), (byte) => 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'[byte % 32]).join('')}`;
  await using rig = await openPlay((order) => {
    const said = { summary: `the token is ${token}` };
    if (order.role === 'reviewer') return verdict(order, said);
    edit(order, 'src/app.txt', `one\ntoken = "${token.slice(0, 11)}" +\n  "${token.slice(11)}"\n`);
    return done(order, said);
  });
  const step: RigStep = { id: 'build/one', agent: 'writer', role: 'specialist', output: 'changes' };
  const { graph, agents } = sequenceGraph([step], { submit: true, limits: { max_rework: 0 } });
  const run = { graph, agents, repos: [rig.api], config: configOf([gate(['true'])]) };
  const runId = await startRigRun(rig.engine, run);
  let result = await driveRig(rig.engine, runId);
  const asked: string[] = [];
  while (result.status === 'waiting_human' && asked.length < 4) {
    const [question] = result.questions;
    if (question === undefined) throw new Error('nothing is asked');
    asked.push(question.text);
    expect(question.options.map(({ id }) => id)).toContain('accept');
    await rig.engine.journal.post(runId, {
      kind: 'answer',
      questionId: question.id,
      option: 'accept',
      text: 'an example of our own',
      name: 'ada',
      via: 'cli',
    });
    result = await driveRig(rig.engine, runId);
  }
  expect(result.status).toBe('done');
  expect(asked[0]).toMatch(/src\/app\.txt: E_SECRET A GitHub token stands in what was added/);
  const findings = eventsOf(result.events, 'gates_ended').flatMap(({ outcome }) =>
    outcome.kind === 'measured' ? outcome.results.flatMap((each) => each.findings) : [],
  );
  expect(findings[0]).toMatchObject({ blocking: true, repo: 'api', file: 'src/app.txt', line: 2 });
  expect(JSON.stringify(result.events)).not.toContain(token);
  // Whoever reads the texts of a run reads what kind of key it was.
  expect(JSON.stringify(result.events)).toContain('the token is [GitHub token]');
  // The check of the whole change finds the same in the same tree: that was answered.
  expect(asked).toHaveLength(1);
});
