/** What a run states about its pull requests, and what the verifier makes of it when somebody tampers with anything. */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkWithEvents } from '../../src/cli/audit/statement-journal.ts';
import { openCli } from '../../src/cli/testing/captured-context.ts';
import type { JournalEvent } from '../../src/core/events.ts';
import { statementSchema } from '../../src/definitions/statement-schema.ts';
import { createSigningKey, envelopeOf, type SigningKey } from '../../src/engine/signing.ts';
import { statementOf, statementText } from '../../src/engine/statement.ts';
import { writeStatement } from '../../src/forges/write-statement.ts';
import { hashBytes } from '../../src/journal/hash.ts';
import type { Revision } from '../../src/core/results.ts';
import {
  BLOCK,
  checkProof,
  findEnvelopes,
  proofLines,
  readStatement,
} from '../../src/proof/baton-verify.mts';
import type {
  Envelope,
  Part,
  Proof,
  ProofQuestion,
  Statement,
  StepFacts,
} from '../../src/proof/proof-shape.ts';
import { driveRig, git, NO_CONFIG, sequenceGraph, startRigRun, type Rig } from '../../src/testing/rig.ts';
import { answer, eventsOf, openPlay, playWell } from './plays.ts';

const { graph, agents } = sequenceGraph(
  [
    { id: 'plan/requirements', agent: 'thinker', role: 'planner', output: 'notes' },
    { id: 'build/one', agent: 'writer', role: 'specialist', output: 'changes' },
  ],
  { submit: true },
);

const ADA = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org'];

/** Builds the package as it is published, elsewhere, and says where its verifier is. */
function buildVerifier(outDir: string): string {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const { scripts, files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: { build: string };
    files: string[];
  };
  expect(scripts.build).toContain('tsc -p tsconfig.build.json');
  expect(files).toContain('dist');
  const tsc = join(root, 'node_modules', '.bin', 'tsc');
  const built = spawnSync(tsc, ['-p', 'tsconfig.build.json', '--outDir', outDir], {
    cwd: root,
    encoding: 'utf8',
  });
  expect([built.status, built.stdout]).toEqual([0, '']);
  return join(outDir, 'proof', 'baton-verify.mjs');
}

function commitAs(repo: string, files: Record<string, string>, words: string): string {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(repo, name)), { recursive: true });
    writeFileSync(join(repo, name), text);
  }
  git(repo, 'add', '-Af');
  git(repo, ...ADA, 'commit', '-q', '-m', words);
  return git(repo, 'rev-parse', 'HEAD').trim();
}

/** What is said of runs whose only gate yields no names. */
const NO_GATE = 'No gate passed on it: nothing was proven by machine.';

describe('a signed statement', () => {
  let rig: Rig & { api: string };
  let key: SigningKey;
  let events: JournalEvent[];
  let text: string;
  let commit: string;
  let honest: ProofQuestion;

  beforeAll(async () => {
    rig = await openPlay(playWell);
    key = createSigningKey(rig.signingKey);
    commitAs(rig.api, { '.baton/signers': `# who may\nada ${key.line} laptop\n` }, 'Allow a key');
    const runId = await startRigRun(rig.engine, { graph, agents, repos: [rig.api] });
    const done = await driveRig(rig.engine, runId);
    expect(done.status).toBe('done');
    events = done.events;
    const [pull] = done.state.pullRequests;
    git(rig.api, 'fetch', '-q', pull?.url ?? '', `${pull?.branch}:taken`);
    commit = git(rig.api, 'rev-parse', 'taken').trim();
    const folder = fileURLToPath(pull?.url ?? '').replace(/\.git$/, '');
    text = readFileSync(join(folder, `${pull?.number}.intoto.jsonl`), 'utf8');
    honest = { text, repository: rig.api, commit, base: 'main', signers: null };
  });
  afterAll(() => rig[Symbol.asyncDispose]());

  const check = (over: Partial<ProofQuestion> = {}): Proof => checkProof({ ...honest, ...over });
  const statement = (): Statement => {
    const found = readStatement(findEnvelopes(text)[0] as Envelope);
    if (found === null) throw new Error('no statement');
    return structuredClone(found);
  };
  const partsOf = (from: Statement): Part[] => from.predicate.runDetails.byproducts;
  /** As somebody with the key would sign something else. */
  const signed = (change: (statement: Statement) => void): string => {
    const other = statement();
    change(other);
    return JSON.stringify(envelopeOf(statementText(other), key));
  };
  const codes = (proof: Proof): string[] => proof.problems.map(({ code }) => code);

  it('AUD-6: holds for the commit that was submitted, and says who signed and what ran', () => {
    const proof = check();
    expect(proof).toMatchObject({
      problems: [],
      notes: [NO_GATE],
      signer: `ada (${key.fingerprint})`,
      allowedBy: '.baton/signers of main',
    });
    expect(statementSchema.safeParse(statement()).error?.issues ?? []).toEqual([]);
    expect(partsOf(statement()).map(({ name }) => name)).toEqual([
      'step/plan/requirements',
      'step/build/one',
      'step/submit/whole-change',
      'gate/tests',
      'submitted',
      'journal',
    ]);
    expect(proofLines(proof).join('\n')).toContain('gates on it: 1 unverified');
  });

  it('AUD-6: is a function of the journal: what is there of it makes the same bytes again', () => {
    const { subject, predicate } = statement();
    const journal = predicate.runDetails.byproducts.find(({ name }) => name === 'journal');
    const revisions = events.flatMap(({ event }) =>
      event.type === 'invocation_ended' && event.revision !== null ? [event.revision] : [],
    );
    const again = statementOf(events, {
      repo: 'api',
      commit: subject[0]?.digest['gitCommit'] ?? '',
      head: revisions.at(-1) as Revision,
      anchor: { seq: Number(journal?.annotations?.['seq']), hash: journal?.digest['sha256'] ?? '' },
    });
    expect(statementText(again)).toBe(statementText(statement()));
    const ended = eventsOf(events, 'effect_ended').filter(({ effect }) => effect === 'open_pull_request');
    expect(ended[0]?.outcome).toMatchObject({ statement: hashBytes(text) });
  });

  const step = (from: Statement, name: string): StepFacts =>
    partsOf(from).find((part) => part.name === `step/${name}`)?.annotations as unknown as StepFacts;
  const drop = (from: Statement, prefix: string): void => {
    from.predicate.runDetails.byproducts = partsOf(from).filter(({ name }) => !name.startsWith(prefix));
  };
  /** What somebody who holds the key may leave out or bend. */
  type Bent = [code: string, what: string, change: (statement: Statement) => void];
  const BENT: Bent[] = [
    ['review_missing', 'a verdict is left out', (s) => void step(s, 'build/one').reviews.pop()],
    [
      'review_missing',
      'a verdict says fail',
      (s) => void Object.assign(step(s, 'build/one').reviews[0] ?? {}, { verdict: 'fail' }),
    ],
    ...['abstain', 'FAIL', undefined].map((verdict): [string, string, (statement: Statement) => void] => [
      'review_missing',
      `a verdict says ${verdict ?? 'nothing'}`,
      (s) => void Object.assign(step(s, 'build/one').reviews[0] ?? {}, { verdict }),
    ]),
    [
      'review_missing',
      'a passed verdict has a finding that blocks',
      (s) => void Object.assign(step(s, 'build/one').reviews[0] ?? {}, { blocking: 1 }),
    ],
    [
      'review_missing',
      'nobody had to review it',
      (s) => void Object.assign(step(s, 'build/one'), { reviewers: [] }),
    ],
    ['review_missing', 'a link of the chain is left out', (s) => drop(s, 'step/')],
    [
      'review_missing',
      'a link starts where no review leads',
      (s) => void Object.assign(step(s, 'build/one'), { from: 'f'.repeat(64) }),
    ],
    ['gate_missing', 'no gate ran', (s) => drop(s, 'gate/')],
    [
      'gate_red',
      'a gate stopped it',
      (s) =>
        void Object.assign(partsOf(s).find(({ name }) => name === 'gate/tests')?.annotations ?? {}, {
          blocking: 2,
        }),
    ],
    ...['fail', 'error', undefined].map((status): Bent => [
      'gate_red',
      `a gate stopped nothing and has the status ${status ?? 'that is none'}`,
      (s) =>
        void Object.assign(partsOf(s).find(({ name }) => name === 'gate/tests')?.annotations ?? {}, {
          status,
        }),
    ]),
    [
      'other_journal',
      'another event than the commit names',
      (s) =>
        void Object.assign(partsOf(s).find(({ name }) => name === 'journal')?.digest ?? {}, {
          sha256: '0'.repeat(64),
        }),
    ],
    [
      'other_journal',
      'another run than the commit names',
      (s) => void Object.assign(s.predicate.runDetails.metadata, { invocationId: '0101-0000-aaaaa' }),
    ],
    [
      'other_base',
      'another base than the commit stands on',
      (s) =>
        void Object.assign(s.predicate.buildDefinition.resolvedDependencies[0]?.digest ?? {}, {
          gitCommit: git(rig.api, 'rev-parse', 'main~1').trim(),
        }),
    ],
    [
      'other_commit',
      'another tree than the commit has',
      (s) => void Object.assign(s.subject[0]?.annotations ?? {}, { tree: '0'.repeat(40) }),
    ],
    [
      'malformed',
      'a statement of another kind',
      (s) => void Object.assign(s, { predicateType: 'urn:other' }),
    ],
  ];
  it.each(BENT)('AUD-6: %s: %s', (code, _, change) => {
    expect(codes(check({ text: signed(change) }))).toContain(code);
  });

  const stranger = (): SigningKey => createSigningKey(join(mkdtempSync(join(rig.dir, 'keys-')), 'key'));
  const resigned = (by: SigningKey, change: (statement: Statement) => void = () => {}): string => {
    const other = statement();
    change(other);
    return JSON.stringify(envelopeOf(statementText(other), by));
  };

  it('AUD-6: is edited where its key no longer signs it, in a file and in the text of a pull request', () => {
    const [envelope] = findEnvelopes(text) as [Envelope];
    const other = statement();
    drop(other, 'gate/');
    const payload = Buffer.from(statementText(other)).toString('base64');
    expect(codes(check({ text: JSON.stringify({ ...envelope, payload }) }))).toEqual(['edited']);
    const body = writeStatement('Words.', text, 65_536);
    expect(check({ text: body }).problems).toEqual([]);
    expect(check({ text: body.replaceAll('\n', '\r\n') }).problems).toEqual([]);
    const inside = body.replace('"payload":"', '"payload":"AAAA');
    expect(codes(check({ text: inside }))).toEqual(['edited']);
    expect(codes(check({ text: body.replace('"payload"', 'payload') }))).toEqual(['edited']);
    expect(codes(check({ text: body.slice(0, body.indexOf(BLOCK.end)) }))).toEqual(['edited']);
    expect(codes(check({ text: 'Words.' }))).toEqual(['no_statement']);
  });

  it('AUD-6: says so where nobody signed it', () => {
    expect(codes(check({ text: JSON.stringify(envelopeOf(statementText(statement()), null)) }))).toEqual([
      'not_signed',
    ]);
  });

  it('AUD-6: is signed by a key that the base allows, and by no other: not even by one that the change allows', () => {
    const other = stranger();
    const proof = check({ text: resigned(other) });
    expect(codes(proof)).toEqual(['unknown_key']);
    expect(proof.problems[0]?.detail).toContain(other.fingerprint);
    // Somebody's own statement about a change that lets them sign.
    git(rig.api, 'switch', '-q', '--detach', 'main');
    const own = commitAs(rig.api, { '.baton/signers': `eve ${other.line}\n` }, 'Let me in');
    git(rig.api, 'switch', '-q', 'main');
    const about = (s: Statement): void => void Object.assign(s.subject[0]?.digest ?? {}, { gitCommit: own });
    expect(codes(check({ text: resigned(other, about), commit: own }))).toEqual(['self_signed']);
    expect(codes(check({ text: resigned(other, about), commit: own, base: own }))).not.toContain(
      'self_signed',
    );
    expect(codes(check({ base: 'main~1' }))).toEqual(['no_signers']);
  });

  it('AUD-6: takes lines of keys as people have them, and none that binds its key to something', () => {
    const word = key.line.split(' ')[1] ?? '';
    const by = (line: string): string[] => codes(check({ signers: `ssh-rsa AAAA x\n${line}\n` }));
    for (const line of [key.line, `${key.line} ada@laptop`, `ada@example.org  ${key.line}`])
      expect(by(line), line).toEqual([]);
    for (const line of [
      `# ${key.line}`,
      `ada valid-before="20200101" ${key.line}`,
      `ada namespaces="git" ${key.line}`,
      `cert-authority ${key.line}`,
      `restrict="x" ${key.line}`,
      `ssh-ed25519 ${word.slice(0, -8)}`,
    ])
      expect(by(line), line).toEqual(['unknown_key']);
    expect(check({ signers: `\nada valid-before="20200101" ${key.line}` }).problems[0]?.detail).toContain(
      'left out: line 2',
    );
  });

  it('AUD-6: is about one commit, on a base that the branch has', () => {
    const amended = git(rig.api, ...ADA, 'commit-tree', '-p', 'main', '-m', 'x', `${commit}^{tree}`).trim();
    expect(codes(check({ commit: amended }))).toEqual(['other_commit']);
    expect(codes(check({ commit: 'f'.repeat(40) }))).toEqual(['other_commit']);
    // Its own word for it: the commit names no event, and it says so.
    const about = (s: Statement): void =>
      void Object.assign(s.subject[0]?.digest ?? {}, { gitCommit: amended });
    const unanchored = check({ text: signed(about), commit: amended });
    expect(unanchored).toMatchObject({
      problems: [],
      notes: [expect.stringContaining('nothing outside vouches'), NO_GATE],
    });
    const aside = git(rig.api, ...ADA, 'commit-tree', '-m', 'x', 'main^{tree}').trim();
    expect(codes(check({ base: aside }))).toEqual(['other_base']);
  });

  it('AUD-6: the file that the package ships runs alone with plain Node, as in the CI of somebody else, and its exit code says it', () => {
    const folder = mkdtempSync(join(rig.dir, 'alone-'));
    cpSync(buildVerifier(join(rig.dir, 'package')), join(folder, 'baton-verify.mjs'));
    expect(readdirSync(folder)).toEqual(['baton-verify.mjs']);
    writeFileSync(join(folder, 'a.json'), text);
    writeFileSync(join(folder, 'b.json'), text.replace('"sig":"', '"sig":"AAAA'));
    const alone = (...args: string[]): { status: number | null; stdout: string; stderr: string } =>
      spawnSync(process.execPath, ['baton-verify.mjs', ...args], {
        cwd: folder,
        env: { PATH: process.env['PATH'], GIT_DIR: '/nonexistent' },
        encoding: 'utf8',
        input: text,
      });
    const about = ['--repo', rig.api, '--commit', 'taken'];
    const good = alone('--envelope', 'a.json', ...about, '--base', 'main');
    expect([good.status, good.stdout]).toEqual([0, expect.stringContaining(`✓ ${commit} is what run`)]);
    expect(alone('--envelope', '-', ...about, '--base', 'main').status).toBe(0);
    const bad = alone('--envelope', 'b.json', ...about, '--base', 'main', '--json');
    expect([bad.status, JSON.parse(bad.stdout)]).toMatchObject([5, { problems: [{ code: 'edited' }] }]);
    const unsaid = alone('--envelope', 'a.json', ...about);
    expect([unsaid.status, unsaid.stderr]).toEqual([2, expect.stringContaining('--base REF')]);
  });

  describe('at the command line', () => {
    const verify = async (
      argv: string[],
      environment: Record<string, string> = {},
    ): Promise<{ code: number; out: string; err: string }> => {
      using cli = openCli({ BATON_HOME: rig.stateDir, ...environment });
      return cli.run('verify', ...argv);
    };
    const fileOf = (content: string): string => {
      const file = join(mkdtempSync(join(rig.dir, 'files-')), 'statement.intoto.jsonl');
      writeFileSync(file, content);
      return file;
    };

    it('AUD-6: verify says of a run who signed what it attached, and of a file whether the journal says the same', async () => {
      const run = await verify([]);
      expect([run.code, run.out]).toEqual([
        0,
        expect.stringContaining(
          `the statement about api says what the journal says; signed by ada (${key.fingerprint})`,
        ),
      ]);
      const about = ['--repo', rig.api, '--base', 'main'];
      const file = await verify([fileOf(text), ...about]);
      expect([file.code, file.out]).toEqual([
        0,
        expect.stringContaining('the journal of the run says the same'),
      ]);
      const elsewhere = await verify([fileOf(text), ...about, '--json'], { BATON_HOME: '/nonexistent' });
      expect([elsewhere.code, elsewhere.out]).toEqual([
        0,
        expect.stringContaining('The journal is not here'),
      ]);
      const unsaid = await verify([fileOf(text), '--repo', rig.api]);
      expect([unsaid.code, unsaid.err]).toEqual([2, expect.stringContaining('Whose keys count')]);
      const moved = await verify([fileOf(text), ...about, '--commit', 'main']);
      expect([moved.code, moved.out]).toEqual([5, expect.stringContaining('✗ other_commit: ')]);
    });

    it('AUD-6: report prints what was attached', async () => {
      using cli = openCli({ BATON_HOME: rig.stateDir });
      expect(await cli.run('report', '--format', 'statements')).toEqual({ code: 0, out: text, err: '' });
    });

    it('AUD-6: what its signer left out, the journal knows', async () => {
      const bent = signed((s) => {
        Object.assign(partsOf(s).find(({ name }) => name === 'gate/tests')?.annotations ?? {}, {
          status: 'pass',
        });
      });
      const { code, out } = await verify([fileOf(bent), '--repo', rig.api, '--base', 'main']);
      expect([code, out]).toEqual([
        5,
        expect.stringContaining('✗ differs_from_journal: The journal says otherwise about gate/tests'),
      ]);
    });

    it('AUD-2: a journal that was cut, set back or written anew is called what it is', async () => {
      const at = Number(partsOf(statement()).find(({ name }) => name === 'journal')?.annotations?.['seq']);
      const known = (now: JournalEvent[]): string[] =>
        checkWithEvents(now, statement()).map(({ code }) => code);
      expect(known(events)).toEqual([]);
      expect(known(events.slice(0, at))).toEqual([]);
      expect(known(events.slice(0, at - 1))).toEqual(['journal_rolled_back']);
      expect(
        known(events.map((each) => (each.seq === at ? { ...each, hash: '0'.repeat(64) } : each))),
      ).toEqual(['journal_rewritten']);
      const copy = join(mkdtempSync(join(rig.dir, 'store-')), '.baton');
      cpSync(rig.stateDir, copy, { recursive: true });
      const damage = (sql: string): void => {
        using database = new DatabaseSync(join(copy, 'journal.db'));
        database.exec(sql);
      };
      const found = async (): Promise<string> =>
        (await verify([fileOf(text), '--repo', rig.api, '--base', 'main'], { BATON_HOME: copy })).out;
      damage(`DELETE FROM events WHERE seq = ${events.length}`);
      expect(await found()).toContain('✗ journal_truncated: ');
      damage(`UPDATE events SET body = replace(body, '"event"', '"Event"') WHERE seq = 3`);
      expect(await found()).toContain('✗ journal_edited: ');
    });

    it('AUD-6: the file beside a pull request is what was attached', async () => {
      const [pull] = eventsOf(events, 'effect_ended').flatMap(({ outcome }) =>
        outcome.kind === 'confirmed' && outcome.pull_request !== null ? [outcome.pull_request] : [],
      );
      const file = fileURLToPath(pull?.url ?? '').replace(/\.git$/, `/${pull?.number}.intoto.jsonl`);
      writeFileSync(file, resigned(stranger()));
      const edited = await verify([]);
      expect([edited.code, edited.out]).toEqual([
        5,
        expect.stringMatching(/E_INTEGRITY .* edited: the file beside/),
      ]);
      rmSync(file);
      expect((await verify([])).out).toMatch(/E_INTEGRITY .* no_statement: the file beside/);
      writeFileSync(file, text);
      expect((await verify([])).code).toBe(0);
    });
  });
});

describe('without a key', () => {
  it('AUD-6: a run submits, and everything says that nobody signed; `signing: required` keeps it from starting', async () => {
    await using rig = await openPlay(playWell);
    const run = { graph, agents, repos: [rig.api] };
    const required = startRigRun(rig.engine, { ...run, config: { ...NO_CONFIG, signing: 'required' } });
    await expect(required).rejects.toMatchObject({
      code: 'E_PREFLIGHT',
      message: expect.stringContaining('baton keys new'),
    });
    const runId = await startRigRun(rig.engine, run);
    expect((await driveRig(rig.engine, runId)).status).toBe('done');
    using cli = openCli({ BATON_HOME: rig.stateDir });
    const { code, out } = await cli.run('verify');
    expect([code, out]).toEqual([0, expect.stringContaining('signed by nobody: not signed')]);
    for (const command of [['status'], ['report'], ['report', '--format', 'html']])
      expect((await cli.run(...command)).out).toMatch(/the statement about \S+ #1 is not signed/);
  });

  it('AUD-6: that was required, a submission waits for a person, who can bring it', async () => {
    await using rig = await openPlay(playWell);
    createSigningKey(rig.signingKey);
    const config = { ...NO_CONFIG, signing: 'required' as const };
    const runId = await startRigRun(rig.engine, { graph, agents, repos: [rig.api], config });
    renameSync(rig.signingKey, `${rig.signingKey}.away`);
    const waits = await driveRig(rig.engine, runId);
    expect([waits.status, waits.reason]).toEqual(['waiting_human', 'submission']);
    expect(waits.questions[0]?.text).toContain('signing: required');
    expect(waits.state.pullRequests).toEqual([]);
    renameSync(`${rig.signingKey}.away`, rig.signingKey);
    await answer(rig.engine, runId, waits.questions[0]?.id ?? '', 'retry');
    expect((await driveRig(rig.engine, runId)).status).toBe('done');
  });
});
