/** Several runs in one store: which one a command means that names none. */
import { execFile, execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openThinking, type Ended, type Thinking } from './thinking.ts';

/** A second repository that keeps its runs in the same store. */
function openOther(thinking: Thinking): (...argv: string[]) => Promise<Ended> {
  const repo = join(thinking.dir, 'other');
  execFileSync('git', ['clone', '-q', thinking.repo, repo], { env: thinking.env });
  const bin = join(import.meta.dirname, '../../bin/baton.js');
  return async (...argv) =>
    await new Promise((resolve) => {
      const options = { cwd: repo, env: thinking.env };
      const child = execFile(process.execPath, [bin, ...argv], options, (_error, out, err) =>
        resolve({ code: child.exitCode, out, err }),
      );
    });
}

const runId = (asked: Ended): string =>
  /baton\.js (?:approve|answer) (\S+)/.exec(asked.out)?.[1] ?? asked.err;

it('what cannot be taken back names its run where another one waits; what only looks prefers the runs of the repository one stands in', async () => {
  using thinking = openThinking();
  const other = openOther(thinking);
  const here = runId(await thinking.baton('run', 'Think twice', ...thinking.flags));
  const there = runId(await other('run', 'Think of others', ...thinking.flags));
  expect(new Set([here, there]).size).toBe(2);
  for (const argv of [['approve'], ['answer', 'confirm'], ['reject']]) {
    const refused = await thinking.baton(...argv);
    expect([refused.code, refused.out], argv[0]).toEqual([2, '']);
    expect(refused.err, argv[0]).toMatch(/E_USAGE .*No run is named, and 2 runs wait for an answer\./);
    expect(refused.err, argv[0]).toMatch(
      new RegExp(
        `${there} +other +"Think of others" +confirm_start: Request: Think of others\\n +${here} +repo +"Think twice" +confirm_start: Request: Think twice\\n`,
      ),
    );
  }
  const cancelled = await thinking.baton('cancel');
  expect(cancelled.code).toBe(2);
  expect(cancelled.err).toContain('2 runs have not ended.');
  for (const [baton, own] of [
    [thinking.baton, here],
    [other, there],
  ] as const)
    expect(JSON.parse((await baton('status', '--json')).out)).toMatchObject({
      run_id: own,
      status: 'waiting_human',
      pending_cancel: false,
      questions: [{ pending_answer: null }],
    });

  expect((await other('answer', there, 'confirm', '--no-resume')).code).toBe(0);
  const alone = await thinking.baton('approve', '--no-resume');
  expect([alone.code, alone.out]).toEqual([0, expect.stringContaining(here)]);
  const ended = await thinking.baton('cancel', here);
  expect(ended.code, ended.err).toBe(0);
  const last = await thinking.baton('cancel');
  expect([last.code, last.err]).toEqual([
    2,
    expect.stringContaining('one that is not the latest has not ended'),
  ]);
  expect(last.err).toContain(there);
  const resumed = await thinking.baton('resume');
  expect([resumed.code, resumed.out]).toEqual([2, '']);
  expect(resumed.err).toContain(`the latest one, ${here}, has ended.`);
  expect(resumed.err).toContain(`${there}  other  "Think of others"`);
  const third = runId(await other('run', 'Think again', ...thinking.flags));
  expect((await other('cancel', there)).code).toBe(0);
  const waits = await thinking.baton('resume');
  expect(waits.code).toBe(2);
  expect(waits.err).toContain(
    `Nothing can be resumed: run ${here} has ended, and another one waits for an answer.`,
  );
  expect(waits.err).toMatch(new RegExp(`${third} +other +"Think again" +confirm_start: `));
});
