import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../core/events.ts';
import { simulateEvents } from '../testing/events.ts';
import { failing, finding } from '../testing/outcomes.ts';
import { storeRun } from '../testing/store-run.ts';
import { openCli, type Cli } from './testing/captured-context.ts';

async function withRuns(histories: RunEvent[][], environment: Record<string, string> = {}): Promise<Cli> {
  const cli = openCli(environment);
  await using journal = await cli.openJournal();
  for (const events of histories) await storeRun(journal, events);
  return cli;
}

const asking = (runId = 'r-1'): RunEvent[] => simulateEvents({ runId, answer: () => null });

describe('the command line', () => {
  it('suggests the nearest command and exits 2', async () => {
    using cli = openCli();
    const { code, err } = await cli.run('staus');
    expect(code).toBe(2);
    expect(err).toContain("baton: E_USAGE unknown command 'staus' (Did you mean status?)");
    expect(err).toContain('  fix: See `baton --help`.');
  });

  it('prints help on stdout and exits 0', async () => {
    using cli = openCli();
    const overview = await cli.run();
    expect(overview).toMatchObject({ code: 0, err: '' });
    expect(overview.out).toContain('resume ');
    const help = await cli.run('help', 'run');
    expect(help).toMatchObject({ code: 0, err: '' });
    expect(help.out).toContain('--agent-command');
  });

  it('names an unknown option and where to look', async () => {
    using cli = openCli();
    const { code, err } = await cli.run('status', '--jsn');
    expect(code).toBe(2);
    expect(err).toContain("unknown option '--jsn'");
    expect(err).toContain('fix: See `baton status --help`.');
  });

  it('says no empty defaults, ends no sentence twice, and asks for quotes around a request', async () => {
    using cli = openCli();
    expect((await cli.run('run', '--help')).out).not.toContain('(default: [])');
    expect((await cli.run('report', '--format', 'xml')).err).toContain(
      'Allowed choices are md, json, html, s1, s2, s3, s4, statements.\n',
    );
    expect((await cli.run('run', 'Add', 'a', 'health', 'endpoint')).err).toContain(
      'fix: Put the request in quotes',
    );
  });

  it('says where it looked when there is no store, and makes none', async () => {
    using cli = openCli();
    const { code, err } = await cli.run('runs');
    expect(code).toBe(2);
    expect(err).toContain(`baton: E_NOT_FOUND There is no .baton folder in ${cli.dir}`);
    expect((await cli.run('runs')).code).toBe(2);
  });
});

describe('which run is meant', () => {
  it('takes the latest, a unique beginning, and lists the candidates of an ambiguous one', async () => {
    using cli = await withRuns([asking('0105-a'), asking('0105-b'), asking('0106-c')]);
    expect(JSON.parse((await cli.run('status', '--json')).out).run_id).toBe('0106-c');
    expect(JSON.parse((await cli.run('status', '0105-a', '--json')).out).run_id).toBe('0105-a');
    const ambiguous = await cli.run('status', '0105');
    expect(ambiguous.code).toBe(2);
    expect(ambiguous.err).toContain('0105-a (waiting_human)');
    expect(ambiguous.err).toContain('0105-b (waiting_human)');
    expect((await cli.run('status', 'zzz')).err).toContain('E_NOT_FOUND No run begins with "zzz"');
  });
});

describe('baton runs and status', () => {
  it('PROC-10: shows a run as interrupted that should move and that nobody moves', async () => {
    using cli = await withRuns([simulateEvents({ until: (e) => e.type === 'invocation_started' })]);
    const [row] = JSON.parse((await cli.run('runs', '--json')).out).runs;
    expect(row.status).toBe('interrupted');
    const { code, out } = await cli.run('status');
    expect(code).toBe(0);
    expect(out).toContain('interrupted: no process advances it');
    expect(out).toContain('baton resume r-test');
  });

  it('DISK-1: says that a run is paused, why, and the command that goes on', async () => {
    const events = simulateEvents({ until: (e) => e.type === 'invocation_started' });
    const pause: RunEvent = { type: 'run_paused', reason: 'disk_full', detail: 'The disk is full.' };
    using cli = await withRuns([[...events, pause]]);
    const { out } = await cli.run('status');
    expect(out).toContain('paused: disk_full');
    expect(out).toContain('paused (disk_full): The disk is full.');
    expect(out).toContain('baton resume r-test');
    const [row] = JSON.parse((await cli.run('runs', '--json')).out).runs;
    expect([row.status, row.reason]).toEqual(['paused', 'disk_full']);
  });

  it('R55, R58: shows stage, progress with reviews as pieces, states and issues', async () => {
    using cli = await withRuns([
      simulateEvents({
        until: (e) => e.type === 'rework_requested',
        review: (c) => (c.step === 'implement/feature' ? failing(finding()) : null),
      }),
    ]);
    const document = JSON.parse((await cli.run('status', '--json')).out);
    // The first try and its review stay counted, beside what is to be done again.
    expect(document.progress).toEqual({ done: 6, total: 15 });
    expect(document.phases.map((p: { state: string }) => p.state)).toEqual([
      'completed',
      'in_progress',
      'pending',
    ]);
    expect(document.issues).toEqual(['implement/feature: sent back in round 1 with 1 finding']);
    const { out } = await cli.run('status');
    expect(out).toContain('Issues met');
    expect(out).toContain('↻ round 2');
  });

  it('counts progress in runs like in status', async () => {
    using cli = await withRuns([simulateEvents({ until: (e) => e.type === 'phase_completed' })]);
    const { progress } = JSON.parse((await cli.run('status', '--json')).out);
    expect(progress.total).toBe(13);
    const { out } = await cli.run('runs');
    expect(out).toContain(` ${progress.done}/13 `);
    expect(out).toMatch(/ {2}orders {2}\S/);
    expect(JSON.parse((await cli.run('runs', '--json')).out).runs[0].repos).toEqual(['orders']);
  });

  it('shows the last line that a crashed agent said', async () => {
    const detail = 'It ended with exit code 3:\nstack\nno API key is set';
    using cli = await withRuns([
      simulateEvents({
        work: () => ({ kind: 'failed', reason: 'crashed', detail }),
        until: (e) => e.type === 'wait_started',
      }),
    ]);
    const { out } = await cli.run('status');
    expect(out).toContain('an attempt failed (crashed): It ended with exit code 3: no API key is set');
  });

  it('shows a question whose answer waits for a holder as answered, and no longer as open', async () => {
    using cli = await withRuns([asking()]);
    expect((await cli.run('approve', '--no-resume')).code).toBe(0);
    const { out } = await cli.run('status');
    expect(out).toContain('confirm_start is answered: confirm; go on with `baton resume r-1`');
    expect(out).not.toContain('baton answer');
    const [question] = JSON.parse((await cli.run('status', '--json')).out).questions;
    expect(question).toMatchObject({ id: 'confirm_start', pending_answer: 'confirm' });
  });

  it('shows what a run waits for and the command that ends the wait', async () => {
    using cli = await withRuns([asking()]);
    const { out } = await cli.run('status');
    expect(out).toContain('waiting_human: confirm_start');
    expect(out).toContain('baton answer r-1 confirm_start confirm');
    expect(out).toContain('baton answer r-1 confirm_start abort');
  });

  it('UI-3: prints nothing of an agent or a repository that a terminal would obey', async () => {
    const nasty = '\u001b]0;owned\u0007\u009b31m\u202eevil';
    const events = simulateEvents({
      request: nasty,
      review: (c) =>
        c.step === 'implement/feature' && c.round === 1
          ? failing(finding({ problem: nasty, file: nasty }))
          : null,
      answer: () => ({ option: 'confirm', text: nasty }),
      mismatches: () => [{ claim: nasty, measured: nasty }],
    });
    using cli = await withRuns([events]);
    for (const argv of [
      ['runs'],
      ['status'],
      ['log'],
      ['report'],
      ['why', 'feature'],
      ['log', '--json'],
      ['status', '--json'],
    ]) {
      const { out, code } = await cli.run(...argv);
      expect(code).toBe(0);
      // oxlint-disable-next-line no-control-regex -- control characters are what this is about
      expect(out, argv.join(' ')).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    }
  });
});

describe('answers', () => {
  it('KILL-5: records an answer while nobody holds the run, once', async () => {
    using cli = await withRuns([asking()]);
    const first = await cli.run('answer', 'confirm', '--text', 'and be quick', '--no-resume');
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(first.out).toContain('baton resume r-1');
    await using journal = await cli.openJournal();
    expect((await journal.pending('r-1')).map((row) => row.message)).toEqual([
      {
        kind: 'answer',
        questionId: 'confirm_start',
        option: 'confirm',
        text: 'and be quick',
        name: 'ada',
        via: 'cli',
      },
    ]);
  });

  it('DUP-6: tells the second one who won', async () => {
    using cli = await withRuns([asking()]);
    await cli.run('approve', '--no-resume');
    cli.context.userName = 'bob';
    const second = await cli.run('reject', '--no-resume');
    expect(second.code).toBe(2);
    expect(second.err).toContain('E_ANSWERED');
    expect(second.err).toContain('ada');
  });

  it('reads run, question and option in the forms that people write', async () => {
    using cli = await withRuns([asking('a-1'), asking('b-2')]);
    expect((await cli.run('answer', 'a-1', 'confirm', '--no-resume')).out).toContain('baton resume a-1');
    expect((await cli.run('answer', 'confirm_start', 'confirm', '--no-resume')).out).toContain(
      'baton resume b-2',
    );
  });

  it('takes the beginning of an id where no other question has it, and shows it so', async () => {
    const twice = simulateEvents({
      runId: 'r-1',
      review: (c) => (c.step === 'implement/feature' ? failing(finding()) : null),
      answer: (q) => {
        if (q.kind === 'confirm_start') return { option: 'confirm', text: '' };
        return q.id.startsWith('implement/feature/r3/') ? { option: 'revise', text: 'again' } : null;
      },
    });
    const ids = twice.flatMap((e) => (e.type === 'question_asked' ? [e.question.id] : []));
    const [, answered = '', open = ''] = ids;
    expect([ids.length, answered.split('/')[2]]).toEqual([3, 'r3']);
    using cli = await withRuns([twice]);
    const short = open.split('/').slice(0, 3).join('/');
    const { out } = await cli.run('status');
    expect(out).toContain(`baton answer r-1 ${short} revise --text`);
    expect(out).toContain(`  ${short} has waited`);
    const both = await cli.run('reject', 'r-1', 'implement/feature', '--no-resume');
    expect([both.code, both.err]).toEqual([2, expect.stringMatching(/2 questions of run r-1 begin with/)]);
    // Only one of them waits, and looking answers nothing.
    expect((await cli.run('diff', 'r-1', 'implement')).err).not.toContain('questions begin with');
    expect((await cli.run('reject', 'r-1', short.slice(0, -1), '--no-resume')).code).toBe(2);
    expect((await cli.run('reject', 'r-1', short, '--no-resume')).code).toBe(0);
    expect((await cli.run('status')).out).toContain(`  ${short} is answered: abort`);
  });

  it('refuses an option that the question does not have, with the ways out', async () => {
    using cli = await withRuns([asking()]);
    const { code, err } = await cli.run('answer', 'maybe', '--no-resume');
    expect(code).toBe(2);
    expect(err).toContain('"maybe" is no answer to confirm_start');
    expect(err).toContain('baton answer r-1 confirm_start abort');
  });

  it('asks for words where the answer is worth nothing without', async () => {
    const events = simulateEvents({
      runId: 'r-1',
      review: (c) => (c.step === 'implement/feature' ? failing(finding()) : null),
      answer: (q) => (q.kind === 'confirm_start' ? { option: 'confirm', text: '' } : null),
    });
    using cli = await withRuns([events]);
    const { code, err } = await cli.run('answer', 'revise', '--no-resume');
    expect(code).toBe(2);
    expect(err).toContain('needs your words');
    expect((await cli.run('answer', 'revise', '--text', 'validate it', '--no-resume')).code).toBe(0);
  });

  it('says so when nothing is asked', async () => {
    using cli = await withRuns([simulateEvents()]);
    expect((await cli.run('approve')).err).toMatch(/E_QUESTION .*asks nothing now/);
  });

  it('names a question that is not asked, and an answer that is none of its options', async () => {
    using cli = await withRuns([asking()]);
    const unknown = await cli.run('answer', 'r-1', 'nothing/such', 'confirm', '--no-resume');
    expect([unknown.code, unknown.err]).toEqual([2, expect.stringMatching(/E_QUESTION .*nothing\/such/)]);
    const wrong = await cli.run('answer', 'maybe', '--no-resume');
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringMatching(/E_QUESTION "maybe" is no answer/)]);
  });
});

describe('baton agents', () => {
  const AGENT = '---\nname: thinker\ndescription: Thinks.\nrole: planner\n---\nThink well.\n';

  it('CFG-1: lints one file, whatever it is called, like the folder around it', async () => {
    using cli = openCli();
    mkdirSync(join(cli.dir, 'agents'));
    writeFileSync(join(cli.dir, 'agents', 'thinker.md'), AGENT);
    writeFileSync(join(cli.dir, 'agents', 'thinker.txt'), AGENT.replace('name:', 'nme:'));
    expect(await cli.run('agents', 'lint', 'agents/thinker.md')).toMatchObject({ code: 0 });
    expect(await cli.run('agents', 'lint', 'agents')).toMatchObject({ code: 0 });
    const bad = await cli.run('agents', 'lint', 'agents/thinker.txt');
    expect([bad.code, bad.out]).toEqual([2, expect.stringContaining('E_AGENT_NAME_MISSING')]);
  });

  it('says at its line what the instructions ask for that the engine does, alone and in a workflow', async () => {
    using cli = openCli();
    mkdirSync(join(cli.dir, 'agents'));
    const thinker = `${AGENT}Commit your changes with git commit, as \`datatypes-agent\` does.\n`;
    writeFileSync(join(cli.dir, 'agents', 'thinker.md'), thinker);
    writeFileSync(
      join(cli.dir, 'mine.yaml'),
      'name: mine\nversion: 1\nphases:\n  - { id: one, title: One, steps: [{ agent: thinker, output: research, reviewers: [code-review] }] }\n',
    );
    const seen = /agents\/thinker\.md:7:1 W_PROMPT_ENGINE_STEP /;
    const lint = await cli.run('agents', 'lint', 'agents');
    expect([lint.code, lint.out]).toEqual([0, expect.stringMatching(seen)]);
    expect((await cli.run('agents', 'lint', 'agents', '--strict')).code).toBe(2);
    const check = await cli.run('workflows', 'check', 'mine.yaml');
    expect([check.code, check.out]).toEqual([0, expect.stringMatching(seen)]);
    expect(check.out).toMatch(/W_PROMPT_FIELD .*`research`/);
    expect(check.out).toMatch(/W_PROMPT_NAME .*`datatypes-agent`, which this workflow does not have/);
  });

  it('reads the text that an agent shares with a built-in one, alone and in a workflow, and shows whose it is', async () => {
    using cli = openCli();
    mkdirSync(join(cli.dir, 'agents'));
    const reviewer = '---\nname: code-review\ndescription: Ours.\nrole: reviewer\nbody: code-review\n---\n';
    writeFileSync(join(cli.dir, 'agents', 'code-review.md'), `${reviewer}House rules.\nSee ~/notes.\n`);
    writeFileSync(join(cli.dir, 'agents', 'thinker.md'), AGENT);
    writeFileSync(
      join(cli.dir, 'mine.yaml'),
      'name: mine\nversion: 1\nphases:\n  - { id: one, title: One, steps: [{ agent: thinker, output: requirements, reviewers: [code-review] }] }\n',
    );
    const { code, out } = await cli.run('agents', 'show', 'code-review', 'agents');
    expect(code).toBe(0);
    expect(out).toMatch(
      /shares the text of code-review: .*\/agents\/code-review\.md, from line \d+\n.*\n\nYou judge .*## Stop and ask.*\n\nHouse rules\.\n/s,
    );
    const seen = /agents\/code-review\.md:8:1 W_PROMPT_PATH /;
    expect((await cli.run('agents', 'lint', 'agents')).out).toMatch(seen);
    expect(await cli.run('workflows', 'check', 'mine.yaml')).toMatchObject({
      code: 0,
      out: expect.stringMatching(seen),
    });
    writeFileSync(join(cli.dir, 'agents', 'code-review.md'), reviewer.replace('body: code', 'body: cod'));
    for (const argv of [
      ['agents', 'lint', 'agents'],
      ['workflows', 'check', 'mine.yaml'],
    ])
      expect(await cli.run(...argv)).toMatchObject({
        code: 2,
        out: expect.stringMatching(
          /agents\/code-review\.md:5:1 E_UNKNOWN_AGENT .*`cod-review`.*\n.*Did you mean/,
        ),
      });
  });

  it('finds nothing in what the agents of the package are told', async () => {
    using cli = openCli();
    expect(await cli.run('agents', 'lint', '--strict')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^\d+ agents read, 0 remarks\n$/),
    });
  });

  it('R8: shows an agent with the skills that it reads first, and where they are looked for', async () => {
    using cli = openCli();
    mkdirSync(join(cli.dir, 'agents'));
    mkdirSync(join(cli.dir, 'skills/deep-thought'), { recursive: true });
    writeFileSync(join(cli.dir, 'skills/deep-thought/SKILL.md'), 'Think twice.\n');
    const skilled = AGENT.replace(
      'role:',
      'skills: deep-thought, elsewhere\noptional_skills: slow-thought\nstacks: data\nrole:',
    );
    writeFileSync(join(cli.dir, 'agents', 'thinker.md'), skilled);
    const { code, out } = await cli.run('agents', 'show', 'thinker', 'agents');
    expect(code).toBe(0);
    expect(out).toMatch(
      /reads first: skill deep-thought, .*skills\/deep-thought\/SKILL\.md \(sha256 [0-9a-f]{12}\)/,
    );
    expect(out).toContain('has to have .claude/skills/elsewhere/SKILL.md');
    expect(out).toContain('reads where it fits the work: skill slow-thought\n');
    expect(out).toContain('reads guides for what the repositories use: data\n');
    expect(out).toContain('Think well.');
    const json = JSON.parse((await cli.run('agents', 'show', 'thinker', 'agents', '--json')).out) as object;
    expect(json).toMatchObject({
      name: 'thinker',
      skills: [{ name: 'deep-thought' }, { name: 'elsewhere', source: null, hash: null }],
    });
    const unknown = await cli.run('agents', 'show', 'thinkr', 'agents');
    expect([unknown.code, unknown.err]).toEqual([2, expect.stringContaining('`thinker`')]);
    expect((await cli.run('agents', 'show')).code).toBe(2);
  });

  it.each(['lint', 'list'])('CFG-2: %s says that a folder holds no agent, and exits 2', async (action) => {
    using cli = openCli();
    mkdirSync(join(cli.dir, 'empty'));
    writeFileSync(join(cli.dir, 'empty', 'README.md'), 'Nothing here.\n');
    const { code, out } = await cli.run('agents', action, 'empty');
    expect([code, out]).toEqual([2, expect.stringContaining('E_NOT_FOUND There is no agent file in it.')]);
    expect((await cli.run('agents', action, 'absent')).code).toBe(2);
  });
});

describe('inside a run', () => {
  it('DOS-6, PRIV-12: an agent cannot start, answer, approve or end runs', async () => {
    using cli = await withRuns([asking()], { BATON_INVOCATION: 'x/r1/work.x/a1' });
    for (const argv of [
      ['run', 'x'],
      ['answer', 'confirm'],
      ['approve'],
      ['reject'],
      ['cancel'],
      ['resume'],
    ]) {
      const { code, err } = await cli.run(...argv);
      expect(code, argv.join(' ')).toBe(2);
      expect(err).toContain('E_NESTED_RUN');
    }
    await using journal = await cli.openJournal();
    expect(await journal.pending('r-1')).toEqual([]);
  });
});

describe('what people type', () => {
  it('SEC-1: is stored and repeated without the secrets of their environment', async () => {
    const token = 'q7Zp1-0x2b-4d5e6f';
    using cli = await withRuns([asking(), asking('r-2')], { GITHUB_TOKEN: token });
    const text = `take ${token} and ${Buffer.from(token).toString('base64')}`;
    expect((await cli.run('answer', 'r-1', 'confirm', '--text', text, '--no-resume')).code).toBe(0);
    expect((await cli.run('cancel', 'r-2', '--reason', text, '--no-resume')).code).toBe(0);
    await using journal = await cli.openJournal();
    const pending = JSON.stringify([...(await journal.pending('r-1')), ...(await journal.pending('r-2'))]);
    expect(pending.match(/take \[GITHUB_TOKEN\] and \[GITHUB_TOKEN\]/g)).toHaveLength(2);
    const { err } = await cli.run('status', token);
    expect(err).toContain('[GITHUB_TOKEN]');
    expect(err).not.toContain(token);
  });
});

describe('baton run before anything starts', () => {
  function repository(cli: Cli): void {
    execFileSync('git', ['init', '-q', '-b', 'main'], { cwd: cli.dir });
    execFileSync(
      'git',
      ['-c', 'user.name=t', '-c', 'user.email=t@example.org', 'commit', '-q', '--allow-empty', '-m', 'first'],
      { cwd: cli.dir },
    );
  }

  it("init ends with the ways to start a run, down to one's own agent", async () => {
    using cli = openCli();
    repository(cli);
    const { code, out, err } = await cli.run('init');
    expect(code, err).toBe(0);
    expect(out).toContain('next: commit baton.yaml (a run takes it as it stands here when it starts)');
    expect(out).toContain('\nthen: baton run "<request>" with one of\n');
    expect(out).toContain('\n  --driver blueprint ');
    expect(out).not.toContain('no commits');
    expect(out.trimEnd().split('\n').at(-1)).toBe('  --agent-command "node my-agent.mjs"');
  });

  it('init says that a repository without commits needs one first', async () => {
    using cli = openCli();
    execFileSync('git', ['init', '-q', '-b', 'main'], { cwd: cli.dir });
    const { code, out, err } = await cli.run('init');
    expect(code, err).toBe(0);
    expect(out).toContain('this repository has no commits yet');
  });

  it('init fills a baton.yaml with nothing but comments in it, and leaves one alone that says anything', async () => {
    using cli = openCli();
    repository(cli);
    const file = join(cli.dir, 'baton.yaml');
    writeFileSync(file, '\uFEFF---\n# to be written\r\n\n');
    const filled = await cli.run('init');
    expect(filled.code, filled.err).toBe(0);
    expect(readFileSync(file, 'utf8')).toContain('repos:');
    writeFileSync(file, 'limits: {}\n');
    const refused = await cli.run('init');
    expect(refused.code).toBe(2);
    expect(refused.err).toContain('is there already');
  });

  it('init says of an install that each revision makes anew what lets revisions share it', async () => {
    using cli = openCli();
    repository(cli);
    const lock = (more: string): string =>
      `{"lockfileVersion":3,"packages":{"node_modules/a":{"version":"1.0.0"${more}}}}`;
    const manifest = { scripts: { test: 'node --test' }, dependencies: { a: '1.0.0' } };
    writeFileSync(join(cli.dir, 'package.json'), JSON.stringify(manifest));
    writeFileSync(join(cli.dir, 'package-lock.json'), lock(',"hasInstallScript":true'));
    expect((await cli.run('init')).out).toContain(
      'runs anew for each revision, as scripts and settings in what it installs may read the repository: where nothing needs such scripts, `--ignore-scripts` behind it',
    );
    writeFileSync(join(cli.dir, 'package-lock.json'), lock(''));
    expect((await cli.run('init', '--force')).out).not.toContain('runs anew');
  });

  it('init and doctor list what gates hold to the base, with the gates that run it', async () => {
    using cli = openCli();
    repository(cli);
    mkdirSync(join(cli.dir, 'tools'));
    mkdirSync(join(cli.dir, 'src'));
    writeFileSync(join(cli.dir, 'tools/lint.mjs'), '');
    writeFileSync(join(cli.dir, 'src/app.mjs'), '');
    const lint = 'node --check src/app.mjs && node tools/lint.mjs';
    writeFileSync(join(cli.dir, 'package.json'), JSON.stringify({ scripts: { lint } }));
    const held =
      'held to the base until a person approves a change: tools/lint.mjs (the gate `lint` runs it)';
    const init = await cli.run('init');
    expect(init.out.split('\n')).toContain(`  ${held}`);
    const { out } = await cli.run('doctor', '--json');
    const { findings } = JSON.parse(out) as { findings: { name: string; detail: string }[] };
    expect(findings).toContainEqual({ name: 'gates', state: 'ok', detail: held, fix: '' });
  });

  it('chooses no driver by itself: lists what it found with the flags, and exits 2', async () => {
    using cli = openCli();
    repository(cli);
    const bin = join(cli.dir, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'claude'), '#!/bin/sh\n');
    chmodSync(join(bin, 'claude'), 0o755);
    cli.context.environment['PATH'] = bin;
    const { code, err } = await cli.run('run', 'Add invoices');
    expect(code).toBe(2);
    expect(err).toContain('E_NO_DRIVER');
    expect(err).toContain(`claude (${join(bin, 'claude')})`);
    expect(err).toContain('--agent-command "node my-agent.mjs"');
    expect(err).toContain('--driver blueprint');
  });

  it('refuses to record what makes no calls of models, and to record and replay at once', async () => {
    using cli = openCli();
    repository(cli);
    const start = ['run', 'Add a REST API for invoices with number', '--driver', 'blueprint'];
    const none = await cli.run(...start, '--record', 'answers');
    expect(none.code).toBe(2);
    expect(none.err).toContain('the driver "blueprint" makes none through Baton');
    const both = await cli.run(...start, '--record', 'a', '--replay', 'b');
    expect(both.code).toBe(2);
    expect(both.err).toContain('--record and --replay exclude each other');
  });

  it.each([['answer', 'confirm'], ['approve'], ['reject']])(
    '%s goes on with the recordings that it is given, and refuses to record and replay at once',
    async (...words) => {
      using cli = await withRuns([asking()]);
      const both = await cli.run(...words, '--record', 'a', '--replay', 'b');
      expect(both.code).toBe(2);
      expect(both.err).toContain('--record and --replay exclude each other');
      expect((await cli.run('status')).out).toContain('baton answer');
    },
  );

  it('DOS-2: refuses a budget that is no amount, and one that the driver cannot measure', async () => {
    using cli = openCli();
    repository(cli);
    const start = ['run', 'Add a REST API for invoices with number', '--driver', 'blueprint'];
    for (const [flag, value] of [
      ['--budget-tokens', '2M'],
      ['--budget-tokens', '0'],
      ['--budget-usd', '-1'],
      ['--budget-usd', ''],
      ['--budget-time', '4'],
    ] as const) {
      const { code, err } = await cli.run(...start, `${flag}=${value}`);
      expect(code, `${flag} ${value}`).toBe(2);
      expect(err).toContain(`E_USAGE ${flag} is ${value}`);
    }
    writeFileSync(join(cli.dir, 'baton.yaml'), 'budget: { tokens: 5 }\n');
    const unmetered = await cli.run(...start);
    expect(unmetered.code).toBe(2);
    expect(unmetered.err).toContain('E_UNMETERED');
    writeFileSync(join(cli.dir, 'baton.yaml'), 'budget: { tokens: 0.5, time: soon }\n');
    const wrong = await cli.run(...start);
    expect(wrong.err).toMatch(/baton\.yaml:1:\d+ E_CONFIG_VALUE .*tokens/);
  });

  it('refuses two requests, none, and a folder outside of any repository', async () => {
    using cli = openCli();
    expect((await cli.run('run')).err).toContain('There is no request');
    writeFileSync(join(cli.dir, 'r.md'), 'Add invoices');
    expect((await cli.run('run', 'x', '--file', 'r.md')).err).toContain('two requests');
    expect((await cli.run('run', 'x', '--driver', 'blueprint')).err).toContain('E_REPO');
  });

  it('CFG-17: names every variable that agents are to see and that is not set, and no value', async () => {
    using cli = openCli({ SET_ONE: 'a-secret-value' });
    repository(cli);
    const env = ['SET_ONE', 'MISSING_A', 'MISSING_B'].flatMap((name) => ['--agent-env', name]);
    const { code, err } = await cli.run('run', 'x', '--agent-command', 'cat', ...env);
    expect(code).toBe(2);
    expect(err).toContain('E_PREFLIGHT The agents are to see MISSING_A, MISSING_B, which are not set');
    expect(err).not.toContain('a-secret-value');
  });

  it('PRIV-11: hands no agent a token of the forge, whether a flag or a file of the repository names it', async () => {
    using cli = openCli({ GH_ENTERPRISE_TOKEN: 'a-forge-token', OTHER: 'x' });
    repository(cli);
    const flags = ['OTHER', 'GH_ENTERPRISE_TOKEN'].flatMap((name) => ['--agent-env', name]);
    const named = await cli.run('run', 'x', '--agent-command', 'cat', ...flags);
    expect(named.code).toBe(2);
    expect(named.err).toContain('E_USAGE The agents are to see GH_ENTERPRISE_TOKEN, which Baton opens pull');
    expect(named.err).toContain('put it into a variable of another name');
    writeFileSync(join(cli.dir, 'baton.yaml'), 'agent_env: [GH_ENTERPRISE_TOKEN]\n');
    const written = await cli.run('run', 'x', '--agent-command', 'cat');
    expect(written.code).toBe(2);
    expect(written.err).toContain('baton.yaml:1:13 E_CONFIG_VALUE `agent_env[0]` is "GH_ENTERPRISE_TOKEN"');
    expect(named.err + written.err).not.toContain('a-forge-token');
  });

  it('CFG-12: runs an agent command without a shell, and refuses what only a shell understands', async () => {
    using cli = openCli();
    repository(cli);
    const { code, err } = await cli.run('run', 'x', '--agent-command', 'cat; rm -rf /');
    expect(code).toBe(2);
    expect(err).toContain('run without a shell');
  });

  it('CFG-9: shows every mistake in baton.yaml with its place, and starts nothing', async () => {
    using cli = openCli();
    repository(cli);
    writeFileSync(join(cli.dir, 'baton.yaml'), 'limits:\n  max_rewrok: 3\nrepoz: {}\n');
    const { code, err } = await cli.run('run', 'x', '--driver', 'blueprint');
    expect(code).toBe(2);
    expect(err).toMatch(/baton\.yaml:2:3 E_CONFIG_KEY .*max_rewrok/);
    expect(err).toMatch(/baton\.yaml:3:1 E_CONFIG_KEY .*repoz/);
    expect((await cli.run('runs')).err).toContain('E_NOT_FOUND');
  });

  it('keeps workspaces out of repositories', async () => {
    using cli = openCli();
    repository(cli);
    cli.context.environment['BATON_WORK'] = join(cli.dir, 'work');
    const { code, err } = await cli.run('run', 'x', '--agent-command', 'cat');
    expect(code).toBe(2);
    expect(err).toContain('lies in the repository');
  });
});

describe('a store whose rows were changed', () => {
  async function changed(sql: string): Promise<Cli> {
    const cli = await withRuns([simulateEvents({ runId: 'r-old' }), simulateEvents({ runId: 'r-new' })]);
    const { DatabaseSync } = await import('node:sqlite');
    const db = new DatabaseSync(join(cli.dir, '.baton', 'journal.db'));
    db.exec(sql);
    db.close();
    return cli;
  }

  it('STORE-1: a run without its row is warned about in runs, and verify exits 5 for it and for the store', async () => {
    using cli = await changed(`DELETE FROM runs WHERE run_id = 'r-old'`);
    const { out, err } = await cli.run('runs', '--json');
    expect(JSON.parse(out)).toMatchObject({ runs: [{ run_id: 'r-new' }], orphans: ['r-old'] });
    expect(err).toContain('warning: E_INTEGRITY events of run r-old are there, and its row is gone');
    const named = await cli.run('verify', 'r-old');
    expect([named.code, named.err]).toEqual([5, expect.stringMatching(/E_INTEGRITY .* r-old/)]);
    const latest = await cli.run('verify');
    expect([latest.code, latest.err]).toEqual([
      5,
      expect.stringContaining('E_INTEGRITY events of run r-old'),
    ]);
  });

  it.each([
    [`status = 'failed'`, /its status is "failed", its events say "done"/],
    [`request = 'Something else'`, /its request is "Something else", its events say "/],
    [`workflow = 'other'`, /its workflow is "other", its events say "/],
  ])(
    'STORE-1: a row with %s misleads nobody: runs tells the events, verify exits 5',
    async (set, problem) => {
      using cli = await changed(`UPDATE runs SET ${set} WHERE run_id = 'r-new'`);
      const { out, err } = await cli.run('runs', '--json');
      const told = JSON.parse(out).runs as { run_id: string }[];
      const { run_id: _one, ...changedRow } = told.find((row) => row.run_id === 'r-new') ?? { run_id: '' };
      const { run_id: _two, ...otherRow } = told.find((row) => row.run_id === 'r-old') ?? { run_id: '' };
      for (const key of ['status', 'request', 'workflow', 'reason'])
        expect(Reflect.get(changedRow, key)).toBe(Reflect.get(otherRow, key));
      expect(err).toMatch(problem);
      const verified = await cli.run('verify', 'r-new');
      expect([verified.code, verified.out]).toEqual([5, expect.stringMatching(problem)]);
    },
  );

  it('STORE-1: a row with another head is listed with a warning', async () => {
    using cli = await changed(`UPDATE runs SET head = 'x' WHERE run_id = 'r-new'`);
    const { code, err } = await cli.run('runs');
    expect([code, err]).toEqual([0, expect.stringMatching(/warning: E_INTEGRITY .* r-new .*its row alone/)]);
  });
});

describe('baton verify, log and report', () => {
  it('AUD-1: exits 5 with the first bad sequence where a stored event was changed, and log still shows it', async () => {
    using cli = await withRuns([simulateEvents()]);
    const whole = await cli.run('verify');
    expect(whole.out).toContain('chain consistent, not anchored');
    expect(whole.out).toContain('compared with nothing outside of this store');
    const { DatabaseSync } = await import('node:sqlite');
    const db = new DatabaseSync(join(cli.dir, '.baton', 'journal.db'));
    db.exec(`UPDATE events SET body = replace(body, 'Done as asked', 'Done as paid!') WHERE seq = 7`);
    db.close();
    const { code, out } = await cli.run('verify');
    expect(code).toBe(5);
    expect(out).toContain('E_INTEGRITY seq=7');
    for (const args of [['status'], ['report'], ['why', 'implement/feature']]) {
      const told = await cli.run(...args, '--json');
      expect(JSON.parse(told.out).damage[0]).toMatch(/seq=7.*as it stood at event 6/);
      expect([args[0], told.code]).toEqual([args[0], 5]);
    }
    const status = await cli.run('status');
    expect(status.out).toContain('  baton verify r-');
    expect(status.out).not.toContain('baton resume');
    const [row] = JSON.parse((await cli.run('runs', '--json')).out).runs;
    expect(row.warning).toContain('E_INTEGRITY');
    const log = await cli.run('log');
    expect(log.code).toBe(5);
    expect(log.out).toContain('Done as paid!');
    expect(log.err).toContain('E_INTEGRITY');
  });

  it('exits 5 where the chain is whole but the verdicts do not carry what was used', async () => {
    const events = simulateEvents().filter(
      (e) => !(e.type === 'review_ended' && e.step === 'implement/feature'),
    );
    using cli = openCli();
    {
      await using journal = await cli.openJournal();
      await storeRun(journal, events);
    }
    const { code, out } = await cli.run('verify');
    expect(code).toBe(5);
    expect(out).toContain('the verdicts do not carry this');
    expect(out).toContain('implement/feature is accepted although');
  });

  it('prints one JSON event per line in log --json', async () => {
    using cli = await withRuns([simulateEvents()]);
    const lines = (await cli.run('log', '--json')).out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines[0]).toMatchObject({ type: 'run_started', seq: 1 });
    expect(lines.at(-1)).toMatchObject({ type: 'run_ended', status: 'done' });
  });

  it('asks back where the name of a step is a slip, and where a workflow is not there', async () => {
    using cli = await withRuns([asking()]);
    expect((await cli.run('why', 'feature-agnt')).err).toContain('Did you mean `baton why feature-agent`?');
    const { err } = await cli.run('workflows', 'check', 'nofile.yaml');
    expect(err).toContain(`${join(cli.dir, 'nofile.yaml')} does not exist.`);
  });

  it.each([
    ['lint', 'Did you mean `baton agents lint`, `baton workflows check FILE`, `baton doctor`?'],
    ['check', 'Did you mean `baton workflows check FILE`'],
    ['setup', 'Did you mean `baton init`'],
  ])('says which command does what "baton %s" sounds like', async (word, meant) => {
    using cli = openCli();
    const { code, err } = await cli.run(word);
    expect(code).toBe(2);
    expect(err).toContain(`unknown command '${word}'.`);
    expect(err).toContain(meant);
  });

  it('says what a single word could not be where several runs ask', async () => {
    using cli = await withRuns([asking('r-1'), asking('r-2')]);
    const { code, err } = await cli.run('answer', 'zzz');
    expect(code).toBe(2);
    expect(err).toContain('"zzz" is no run, and as an answer it is not enough: No run is named');
  });

  it('says of a plan that is not there what it says of such a request', async () => {
    using cli = openCli();
    const { code, err } = await cli.run('run', 'x', '--plan', 'nope.yaml');
    const file = join(cli.dir, 'nope.yaml');
    expect([code, err]).toEqual([
      2,
      expect.stringContaining(
        `E_USAGE The plan cannot be taken: ${file} cannot be read: there is no such file.`,
      ),
    ]);
    expect((await cli.run('run', '--file', 'nope.yaml')).err).toContain(
      `E_USAGE The request cannot be taken: ${file} cannot be read: there is no such file.`,
    );
  });

  it('finds a step by its last part, and lists the steps otherwise', async () => {
    using cli = await withRuns([simulateEvents()]);
    expect((await cli.run('why', 'feature')).out).toContain('implement/feature feature: accepted');
    const { runs } = JSON.parse((await cli.run('runs', '--json')).out) as { runs: { run_id: string }[] }; // the command's own form
    const id = runs[0]?.run_id ?? '';
    expect((await cli.run('why', id.slice(0, 9), 'feature')).out).toContain(
      'implement/feature feature: accepted',
    );
    expect((await cli.run('why', id, 'feature', '--run', id)).err).toContain('The run is named twice');
    for (const argv of [['why', 'nothing'], ['why']]) {
      const { code, err } = await cli.run(...argv);
      expect(code).toBe(2);
      expect(err.split('\n').map((line) => line.trim())).toContain('implement/gates');
    }
  });
});

describe('baton cancel and clean', () => {
  it('names the process that ends a held run, and the command that ends one that nobody holds', async () => {
    using cli = await withRuns([asking()]);
    const free = await cli.run('cancel', '--no-resume');
    expect(free).toMatchObject({ code: 0, out: 'cancel recorded; end the run with: baton resume r-1\n' });
    expect((await cli.run('status')).out).toContain('cancel recorded; go on with `baton resume r-1`');
    await using journal = await cli.openJournal();
    await using _hold = await journal.hold('r-1', { takeOver: false });
    expect((await cli.run('cancel')).out).toBe(`cancel recorded; pid ${process.pid} ends the run\n`);
  });

  it('refuses to cancel a run that has ended', async () => {
    using cli = await withRuns([simulateEvents()]);
    expect((await cli.run('cancel')).err).toContain('E_RUN_ENDED');
  });

  it('refuses to clean a run that has not ended, and has nothing to remove for one without workspaces', async () => {
    using cli = await withRuns([asking('a-1'), simulateEvents({ runId: 'b-2' })]);
    expect((await cli.run('clean', 'a-1')).err).toContain('has not ended');
    expect((await cli.run('clean', '--dry-run')).out).toBe('nothing to remove\n');
  });

  it('names the folders of rehearsals among what it keeps', async () => {
    using cli = await withRuns([simulateEvents({ runId: 'b-2' })]);
    const dir = join(cli.dir, '.baton', 'rehearse');
    mkdirSync(join(dir, '1', 'store'), { recursive: true });
    expect((await cli.run('clean', '--demo')).out).toContain(`kept ${dir}: rehearsals,`);
    expect(existsSync(join(dir, '1', 'store'))).toBe(true);
  });

  it('says what it keeps, and removes the repositories of demos that ended with --demo alone', async () => {
    using cli = openCli();
    const state = join(cli.dir, '.baton');
    const demo = (n: number): string => join(state, 'demo', `${n}`);
    const madeIn = (events: RunEvent[], folder: string): RunEvent[] =>
      events.map((event) =>
        event.type === 'run_started'
          ? { ...event, repos: event.repos.map((repo) => ({ ...repo, path: join(folder, 'orders') })) }
          : event,
      );
    const histories = [
      madeIn(simulateEvents({ runId: 'a-1' }), demo(1)),
      madeIn(asking('b-2'), demo(2)),
      madeIn(simulateEvents({ runId: 'c-3' }), demo(2)),
      madeIn(simulateEvents({ runId: 'd-4' }), join(state, 'demo', '..', 'git')),
    ];
    await using journal = await cli.openJournal();
    for (const events of histories) await storeRun(journal, events);
    for (const dir of [demo(1), demo(2), join(state, 'git')])
      mkdirSync(join(dir, 'orders'), { recursive: true });
    const plain = await cli.run('clean');
    expect(plain.out).toContain(`nothing to remove\nkept ${join(state, 'git')}: the reviewed work`);
    expect(plain.out).toContain(`kept ${join(state, 'demo')}: `);
    expect((await cli.run('clean', '--demo', '--dry-run')).out).toContain(`would remove ${demo(1)}\n`);
    expect(existsSync(demo(1))).toBe(true);
    const { out } = await cli.run('clean', '--demo');
    expect(out).toBe(`removed ${demo(1)}\nkept ${join(state, 'git')}: ${out.split(': ').at(-1)}`);
    expect([demo(1), demo(2), join(state, 'git', 'orders')].map((dir) => existsSync(dir))).toEqual([
      false,
      true,
      true,
    ]);
  });
});
