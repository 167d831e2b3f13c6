/** Plans from their making to the run that starts from them, by the files and commands that people are given. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { openCli, type Cli } from '../../src/cli/testing/captured-context.ts';
import type { PlanDocument } from '../../src/definitions/load-plan.ts';
import { splitCommand } from '../../src/definitions/split-command.ts';
import { createRepository } from '../../src/testing/rig.ts';

const PROGRAM = join(import.meta.dirname, 'planning-agent.mjs');
const REQUEST = 'Add an endpoint for tags: "all" of them # with tests';

interface Ran {
  code: number;
  out: string;
  err: string;
}

function openPlanning(): Cli {
  const cli = openCli();
  createRepository(cli.dir, { 'README.md': '# tags\n' });
  return cli;
}

const agent = (how = ''): string[] => [
  '--agent-command',
  `${process.execPath} ${PROGRAM} ${how}`,
  '--sandbox',
  'off',
];
const fileIn = (cli: Cli): string => join(cli.dir, 'PLAN.yaml');
const documentIn = (cli: Cli): PlanDocument => parse(readFileSync(fileIn(cli), 'utf8')) as PlanDocument;

/** The command that a line of what was printed tells, run as it stands there. */
async function follow(cli: Cli, text: string, pattern: RegExp, ...more: string[]): Promise<Ran> {
  const found = pattern.exec(text)?.[1] ?? '';
  const split = splitCommand(found);
  if (!split.ok) throw new Error(`no command in: ${text}`);
  return await cli.run(...split.words.slice(1), ...more);
}

const NEXT = /^next: (baton run .*)$/m;

const EXAMPLES = join(import.meta.dirname, '../../examples/agents');
const SKELETONS = [
  { command: `${process.execPath} ${EXAMPLES}/echo-agent.mjs`, needs: null },
  { command: `python3 ${EXAMPLES}/agent.py`, needs: 'python3' },
  { command: `sh ${EXAMPLES}/agent.sh`, needs: 'jq' },
];

describe('an example agent', { timeout: 90_000 }, () => {
  for (const { command, needs } of SKELETONS) {
    const missing = needs !== null && spawnSync(needs, ['--version']).status !== 0;
    const name = command.slice(command.lastIndexOf('/') + 1);
    it.skipIf(missing)(
      `${name} gets through \`baton plan\` at its first try${missing ? ` (skipped: no ${needs})` : ''}`,
      async () => {
        using cli = openPlanning();
        const flags = ['--yes', '--out', 'PLAN.yaml', '--agent-command', command, '--sandbox', 'off'];
        const made = await cli.run('plan', REQUEST, ...flags);
        expect(made.code, made.err).toBe(0);
        expect(documentIn(cli).plan.tasks.map((task) => task.category)).toEqual(['quality', 'documentation']);
        const { out } = await cli.run('log', '--json');
        const attempts = [...out.matchAll(/"attempt":(\d+)/g)].map(([, attempt]) => attempt);
        expect(new Set(attempts)).toEqual(new Set(['1']));
      },
    );
  }
});

describe('a plan that was made', { timeout: 60_000 }, () => {
  it.each(['planner', 'baton'])(
    'R18: of %s is taken by the command that is said with it, with its request',
    async (workflow) => {
      using cli = openPlanning();
      const made = await cli.run(
        'plan',
        REQUEST,
        '--workflow',
        workflow,
        '--yes',
        '--out',
        'PLAN.yaml',
        ...agent(),
      );
      expect(made.code, made.err).toBe(0);
      expect(made.out).toContain('## Success criteria');
      expect(made.out).not.toContain('criteria shown');
      expect(documentIn(cli)).toMatchObject({
        request: REQUEST,
        workflow,
        summary: expect.stringContaining(' says'),
      });
      const started = await follow(cli, made.err, NEXT);
      expect(started.code, started.err).toBe(4);
      expect(started.err).not.toContain('the plan was made for');
      const { request, questions } = JSON.parse((await cli.run('status', '--json')).out);
      expect([request, questions[0].kind]).toEqual([REQUEST, 'confirm_start']);
    },
  );

  it('R54: carries its numbered criteria into the run that starts from it, which is held to them', async () => {
    using cli = openPlanning();
    await cli.run('plan', REQUEST, '--yes', '--out', 'PLAN.yaml', ...agent());
    const criteria = [{ id: 'A1', text: 'it is there' }];
    expect(documentIn(cli).acceptance_criteria).toEqual(criteria);
    const started = await cli.run('run', '--plan', 'PLAN.yaml', '--workflow', 'planner', ...agent());
    expect(started.err).not.toContain('acceptance criteria');
    const confirmed = await cli.run('answer', 'confirm_start', 'confirm');
    const report = JSON.parse((await cli.run('report', '--format', 'json')).out);
    expect(report.criteria, confirmed.err).toMatchObject([{ ...criteria[0], tests: [], proven: false }]);
    expect((await cli.run('report')).out).toContain('criteria shown: 0 of 1');
    const kept = await cli.run('plan', '--of', report.run_id, '--json');
    expect(JSON.parse(kept.out).acceptance_criteria).toEqual(criteria);
  });

  it('R54: without criteria is said to be so at the start and in the report', async () => {
    using cli = openPlanning();
    await cli.run('plan', REQUEST, '--yes', '--out', 'PLAN.yaml', ...agent());
    const { acceptance_criteria: _, ...without } = documentIn(cli);
    writeFileSync(fileIn(cli), JSON.stringify(without));
    const started = await cli.run('run', '--plan', 'PLAN.yaml', '--workflow', 'planner', ...agent());
    expect(started.err).toContain('the plan names no acceptance criteria');
    expect((await cli.run('report')).out).toContain(
      'No acceptance criterion was checked: the plan that the run started from names none.',
    );
  });

  it.each([
    ['an id without a digit', [{ id: 'tags', text: 'x' }], 'must have a digit'],
    [
      'one id twice',
      [
        { id: 'A1', text: 'x' },
        { id: 'a1', text: 'y' },
      ],
      'an id of its own',
    ],
  ])('R54: is refused where its criteria have %s', async (_, acceptance_criteria, words) => {
    using cli = openPlanning();
    await cli.run('plan', REQUEST, '--yes', '--out', 'PLAN.yaml', ...agent());
    writeFileSync(fileIn(cli), JSON.stringify({ ...documentIn(cli), acceptance_criteria }));
    const { code, err } = await cli.run('run', '--plan', 'PLAN.yaml', '--workflow', 'planner', ...agent());
    expect([code, err]).toEqual([2, expect.stringContaining(words)]);
  });

  it('R18: is asked for what a run that starts from it will ask for', async () => {
    using cli = openPlanning();
    const made = await cli.run('plan', REQUEST, '--yes', '--out', 'PLAN.yaml', ...agent('careless'));
    expect(made.code, made.err).toBe(0);
    const { out } = await cli.run('log', '--json');
    for (const word of ['category is missing', 'plan_phase is missing', 'it must be lower-case letters'])
      expect(out).toContain(word);
    const refused = /The result of the attempt before was refused \(invalid_output\): .*category is missing/;
    expect(documentIn(cli).plan.analysis).toMatch(refused);
    expect(documentIn(cli).plan.tasks).toMatchObject([{ id: 't1', category: 'quality' }, { id: 't2' }]);
  });

  it('comes after the answer by the command that the note names', async () => {
    using cli = openPlanning();
    const asked = await cli.run('plan', REQUEST, '--out', 'PLAN.yaml', ...agent());
    expect(asked.code).toBe(4);
    expect(existsSync(fileIn(cli))).toBe(false);
    const early = await follow(cli, asked.err, /`(baton plan --of \S+ --out PLAN.yaml)`/);
    expect([early.code, early.err]).toEqual([2, expect.stringMatching(/E_PLAN .* no accepted plan yet/)]);
    const answered = await cli.run('answer', 'confirm_start', 'confirm');
    expect(answered.code, answered.err).toBe(0);
    expect(answered.out).toMatch(/^ {2}baton plan --of \S+$/m);
    const written = await follow(cli, asked.err, /`(baton plan --of \S+ --out PLAN.yaml)`/);
    expect([written.code, written.out]).toEqual([0, expect.stringContaining('## Analysis')]);
    const started = await follow(cli, written.err, NEXT);
    expect(started.code, started.err).toBe(4);
    // The plan that a run was given is its accepted plan as well.
    const again = await cli.run('approve');
    const shown = await cli.run(
      'plan',
      '--of',
      JSON.parse((await cli.run('status', '--json')).out).run_id,
      '--json',
    );
    expect(again.code).not.toBe(2);
    expect(JSON.parse(shown.out)).toEqual(documentIn(cli));
  });

  it('says of a run that ended without one that there will be none', async () => {
    using cli = openPlanning();
    await cli.run('plan', REQUEST, ...agent());
    const { run_id } = JSON.parse((await cli.run('status', '--json')).out);
    await cli.run('answer', 'confirm_start', 'abort');
    const { code, err } = await cli.run('plan', '--of', run_id);
    expect([code, err]).toEqual([2, expect.stringMatching(/E_PLAN .* no accepted plan\.\n.*Make one/)]);
  });

  it('is made also where the words of the request alone are worth none, and changes nothing on the way', async () => {
    using cli = openPlanning();
    const flags = ['--workflow', 'baton', '--yes', ...agent()];
    const refused = await cli.run('plan', 'Fix the bug in the tags', '--effort', 'trivial', ...flags);
    expect([refused.code, refused.err]).toEqual([
      2,
      expect.stringContaining('no plan for the effort trivial'),
    ]);
    const made = await cli.run('plan', 'Fix the bug in the tags', ...flags);
    expect(made.code, made.err).toBe(0);
    const { detection, effort } = JSON.parse((await cli.run('log', '--json')).out.split('\n')[0] ?? '');
    expect([detection.effort, effort]).toEqual(['bugfix', { tier: 'medium', reason: 'a plan is asked for' }]);
    expect((await cli.run('log', '--json')).out).not.toContain('small-change-agent/r1');
  });

  it('is not begun where its file cannot be written, or where there is no saying which is meant', async () => {
    using cli = openPlanning();
    for (const out of ['absent/PLAN.yaml', '.'])
      expect((await cli.run('plan', REQUEST, '--out', out, ...agent())).err).toContain('cannot be written');
    expect((await cli.run('plan', REQUEST, '--of', 'x')).code).toBe(2);
    const both = await cli.run('plan', '--of', 'x', '--effort', 'large');
    expect([both.code, both.err]).toEqual([
      2,
      expect.stringContaining("cannot be used with option '--effort"),
    ]);
    expect(existsSync(join(cli.dir, '.baton'))).toBe(false);
  });
});

describe('a plan that is handed in', { timeout: 60_000 }, () => {
  const TASK = {
    agent: 'prisma-database-architect',
    description: 'd',
    output: 'o',
    plan_phase: 'foundation',
  };
  const PLAN = {
    analysis: 'One thing.',
    tasks: [
      { ...TASK, id: 't1', category: 'quality' },
      { ...TASK, id: 't2', category: 'documentation' },
    ],
    cites: [] as string[],
    risks: [],
    rollback: ['revert'],
    success_criteria: ['green'],
    estimate: 'small',
  };
  const start = (cli: Cli, document: object, ...words: string[]): Promise<Ran> => {
    writeFileSync(fileIn(cli), JSON.stringify(document));
    return cli.run('run', ...words, '--workflow', 'planner', '--plan', 'PLAN.yaml', ...agent());
  };

  it('needs a request in words where it carries none; another one is allowed, and noted in the run', async () => {
    using cli = openPlanning();
    const bare = await start(cli, { plan: PLAN });
    expect([bare.code, bare.err]).toEqual([2, expect.stringContaining('E_USAGE There is no request')]);
    const other = await start(cli, { plan: PLAN, request: REQUEST, workflow: 'baton' }, 'Add tags');
    expect(other.code, other.err).toBe(4);
    const [first = ''] = (await cli.run('log', '--json')).out.split('\n');
    expect(JSON.parse(first)).toMatchObject({ request: 'Add tags' });
    for (const note of ['in other words than this one', 'made for the workflow baton']) {
      expect(first).toContain(note);
      expect(other.err).toContain(note);
    }
  });

  it('R12: cites only what its file names as its inputs', async () => {
    using cli = openPlanning();
    const plan = { ...PLAN, cites: ['ghost'] };
    const unknown = await start(cli, { plan }, REQUEST);
    expect([unknown.code, unknown.err]).toEqual([2, expect.stringContaining('there is no input "ghost"')]);
    const near = await start(cli, { plan, inputs: [{ name: 'ghosts' }] }, REQUEST);
    expect([near.code, near.err]).toEqual([2, expect.stringContaining('did you mean ghosts?')]);
    expect((await cli.run('runs')).out).toBe('no runs yet\n');
    const twice = await start(cli, { plan, inputs: [{ name: 'ghost' }, { name: 'ghost' }] }, REQUEST);
    expect([twice.code, twice.err]).toEqual([2, expect.stringContaining('each input once')]);
    expect((await start(cli, { plan, inputs: [{ name: 'ghost' }] }, REQUEST)).code).toBe(4);
  });

  it('is listed with the workflows that take it', async () => {
    using cli = openCli();
    const { workflows } = JSON.parse((await cli.run('workflows', 'list', '--json')).out);
    const takes = Object.fromEntries(
      workflows.map((row: { name: string; takes_plan: string }) => [row.name, row.takes_plan]),
    );
    expect(takes).toMatchObject({ planner: 'yes', baton: 'yes', implementer: 'only', specialists: 'no' });
    const lines = (await cli.run('workflows', 'list')).out.split('\n');
    expect(lines.find((line) => line.startsWith('planner '))).toMatch(/\(takes --plan\)$/);
    expect(lines.find((line) => line.startsWith('implementer '))).toMatch(/\(needs --plan\)$/);
    expect(lines.find((line) => line.startsWith('specialists '))).not.toContain('--plan');
  });
});
