/** Every way in which a run waits for a person: the reason, the commands that end it, and that they do. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCli, type Cli } from '../../src/cli/testing/captured-context.ts';
import { createRepository } from '../../src/testing/rig.ts';

const WORKFLOW = (pause: string): string => `name: thinking
version: 1
start: ${pause === 'confirm' ? 'confirm' : 'launch'}
pause: ${pause === 'pause' ? 'each_phase' : 'never'}
review: { by: [judge] }
limits: { max_rework: 0, max_retries: 0, max_invocations: ${pause === 'budget' ? 1 : 400} }
phases:
  - id: think
    steps:
      - { id: first, agent: thinker, output: thought }
${pause === 'pause' ? '  - id: again\n    steps:\n      - { id: second, agent: thinker, output: thought }\n' : ''}`;

const GOOD = { status: 'complete', summary: 'a thought' };
const PASS = { status: 'complete', summary: 'read it', verdict: 'pass', findings: [], resolved: [] };
const FAIL = {
  ...PASS,
  verdict: 'fail',
  findings: [{ severity: 'major', blocking: true, problem: 'too short', fix: 'write more' }],
};
const scriptOf = (first: object[]): object[] => [
  ...first,
  { agent: 'thinker', result: GOOD },
  { agent: 'judge', result: PASS },
];

/** What happens first, by the reason for which the run waits then. */
const WAITS: Record<string, { how: string; first: object[]; ends: Record<string, number> }> = {
  confirm_start: { how: 'confirm', first: [], ends: { confirm: 0, abort: 3 } },
  pause: { how: 'pause', first: [], ends: { continue: 0, abort: 3 } },
  clarification: {
    how: '',
    first: [
      {
        agent: 'thinker',
        round: 1,
        result: { status: 'needs_clarification', summary: 'unclear', open_questions: ['Which?'] },
      },
    ],
    ends: { answer: 0, abort: 3 },
  },
  blocked: {
    how: '',
    first: [
      {
        agent: 'thinker',
        round: 1,
        result: { status: 'blocked', blocked_reason: 'security_concern', summary: 'a key lies open' },
      },
    ],
    ends: { answer: 0, abort: 3 },
  },
  rework_exhausted: {
    how: '',
    first: [
      { agent: 'judge', round: 1, result: FAIL },
      { agent: 'judge', result: { ...PASS, resolved: ['think/first/r1/judge/1'] } },
    ],
    ends: { continue: 0, revise: 0, accept: 0, abort: 3 },
  },
  budget: {
    how: 'budget',
    first: [],
    ends: { raise: 0, keep_everything: 3, keep_artifacts: 3, roll_back: 3, clean_up: 3 },
  },
  retry_exhausted: {
    how: '',
    first: [{ agent: 'thinker', attempt: 1, fail: { reason: 'crashed', detail: 'no model' } }],
    ends: { retry: 0, abort: 3 },
  },
};

async function openWait(reason: string): Promise<Cli & { runId: string }> {
  const wait = WAITS[reason];
  if (wait === undefined) throw new Error(reason);
  const cli = openCli();
  const agent = (name: string, role: string): string =>
    `---\nname: ${name}\ndescription: Thinks.\nrole: ${role}\n---\nThink.\n`;
  createRepository(cli.dir, {
    'thinking.yaml': WORKFLOW(wait.how),
    'agents/thinker.md': agent('thinker', 'planner'),
    'agents/judge.md': agent('judge', 'reviewer'),
  });
  mkdirSync(join(cli.dir, '.baton'));
  const script = join(cli.dir, '.baton', 'script.json');
  writeFileSync(script, JSON.stringify(scriptOf(wait.first)));
  const { code, err, out } = await cli.run(
    'run',
    'Think',
    '--workflow',
    'thinking.yaml',
    '--driver',
    `scripted:${script}`,
    '--json',
  );
  expect(code, err).toBe(4);
  const result = JSON.parse(out.trim().split('\n').at(-1) ?? '') as { run_id: string; reason: string }; // the command's own format
  expect(result.reason).toBe(reason);
  return { ...cli, runId: result.run_id };
}

const commandsIn = (text: string): string[] =>
  [...text.matchAll(/^\s*baton (answer .+)$/gm)].flatMap(([, c]) => c ?? []);

describe('a run that waits for a person', () => {
  for (const [reason, { ends }] of Object.entries(WAITS)) {
    it(`R93, R88: ${reason} shows its reason and the commands that end it, and each of them does`, async () => {
      const codes: Record<string, number> = {};
      for (const option of Object.keys(ends)) {
        using cli = await openWait(reason);
        const status = await cli.run('status');
        expect(status.out).toContain(`waiting_human: ${reason}`);
        expect(status.out).toMatch(/ has waited for \d/);
        expect((await cli.run('runs')).out).toMatch(/ waiting \d/);
        const shown = commandsIn(status.out);
        expect(shown.map((command) => command.split(' ')[3])).toEqual(Object.keys(ends));
        const command =
          shown.find((each) => each.split(' ')[3] === option)?.replace(/ \[?--text.*/, '') ?? '';
        const words = ['answer', 'revise'].includes(option) ? ['--text', 'the second one'] : [];
        const { code } = await cli.run(...command.split(' '), ...words);
        codes[option] = code;
      }
      expect(codes).toEqual(ends);
    });
  }
});
