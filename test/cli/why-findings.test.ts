/** `baton why` on findings that have several lines. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openCli } from '../../src/cli/testing/captured-context.ts';
import { createRepository } from '../../src/testing/rig.ts';

const WORKFLOW = `name: thinking
version: 1
start: launch
review: { by: [judge] }
limits: { max_rework: 0, max_retries: 0 }
phases:
  - id: think
    steps:
      - { id: first, agent: thinker, output: thought }
`;
const agent = (name: string, role: string): string =>
  `---\nname: ${name}\ndescription: Thinks.\nrole: ${role}\n---\nThink.\n`;
const FINDING = {
  severity: 'major',
  blocking: true,
  problem: 'It is short.\nIts last words:\n\x1b[2Jno end',
  fix: 'More.',
};

it('shows each line of a finding on a line of its own, and all that was sent, harmless to a terminal', async () => {
  using cli = openCli();
  createRepository(cli.dir, {
    'thinking.yaml': WORKFLOW,
    'agents/thinker.md': agent('thinker', 'planner'),
    'agents/judge.md': agent('judge', 'reviewer'),
  });
  mkdirSync(join(cli.dir, '.baton'));
  const script = join(cli.dir, '.baton', 'script.json');
  const verdict = { status: 'complete', summary: 'read', verdict: 'fail', findings: [FINDING], resolved: [] };
  const answers = [
    { agent: 'thinker', result: { status: 'complete', summary: 'a thought', handoff: 'so \u202e it is' } },
    { agent: 'judge', result: verdict },
  ];
  writeFileSync(script, JSON.stringify(answers));
  const flags = ['--workflow', 'thinking.yaml', '--driver', `scripted:${script}`];
  expect((await cli.run('run', 'Think', ...flags, '--yes')).code).toBe(4);
  const { out } = await cli.run('why', 'first');
  expect(out).toMatch(
    /major, blocking \(judge\): It is short\.\n +\| Its last words:\n +\| \\x1b\[2Jno end\n/,
  );
  expect(out).not.toContain(String.raw`short.\n`);

  const worker = await cli.run('why', 'first', '--prompt');
  expect(worker.code).toBe(0);
  expect(worker.out).toMatch(
    /^think\/first\/r1\/work\.think\.first\/a1: thinker \(planner, read\), round 1, attempt 1\n/,
  );
  expect(worker.out).toMatch(/\nabout \d+ tokens: instructions 2, prompt \d+, context 0\n/);
  expect(worker.out).toMatch(
    /---- instructions\nThink\.\n\n---- text\nYou are thinker, in phase 1 of 1: think\./,
  );
  const shown = await cli.run('why', 'first', '--prompt', '--of', 'judge', '--json');
  const judge = JSON.parse(shown.out) as { text: string; others: string[] };
  expect(judge.text).toContain('Review what thinker handed in');
  // The judged result lies in the journal once; what no eye sees is shown to the agent as its code.
  expect(judge.text).toMatch(/## judged \(thought\)\n.*\n```[0-9a-f]{16}\n\{[^`]*so \\u202e it is/s);
  expect(judge.others).toEqual(['think/first/r1/work.think.first/a1']);
  expect((await cli.run('verify')).code).toBe(0);
  const unknown = await cli.run('why', 'first', '--prompt', '--of', 'nobody');
  expect([unknown.code, unknown.err]).toEqual([2, expect.stringContaining('r1/work.think.first/a1')]);
});
