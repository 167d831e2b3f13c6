import { describe, expect, it } from 'vitest';
import { gate } from '../testing/gates-rig.ts';
import { runForgeChecks, type ChecksAnswer, type CheckSeen } from './run-forge-checks.ts';

const seen = (name: string, state: CheckSeen['state'], more: Partial<CheckSeen> = {}): CheckSeen => ({
  name,
  state,
  detail: '',
  url: null,
  notes: [],
  ...more,
});

/** One answer after the other, the last one again and again. */
async function run(
  answers: [ChecksAnswer | CheckSeen[], ...(ChecksAnswer | CheckSeen[])[]],
  timeoutMs = 10_000,
): Promise<Awaited<ReturnType<typeof runForgeChecks>> & { asked: number }> {
  let asked = 0;
  let ended = 0;
  const stored = await runForgeChecks({
    repo: 'api',
    gate: { ...gate({ name: 'ci', kind: 'forge_checks', command: [] }), checks: ['build', 'test'] },
    forge: {
      ask: async () => {
        const answer = answers[Math.min(asked, answers.length - 1)] ?? answers[0];
        asked += 1;
        return Array.isArray(answer) ? { kind: 'checks', checks: answer } : answer;
      },
      end: async () => void (ended += 1),
    },
    timeoutMs,
    signal: new AbortController().signal,
  });
  expect(ended).toBe(1);
  return { ...stored, asked };
}

describe('the checks of a forge', () => {
  it('are waited for until all that were named have ended, whatever others do', async () => {
    const others = [seen('deploy', 'failed'), seen('docs', 'running')];
    const result = await run([
      [...others, seen('build', 'passed')],
      [...others, seen('build', 'passed'), seen('test', 'passed')],
    ]);
    expect(result).toMatchObject({ status: 'pass', summary: 'green at the forge: build, test', asked: 2 });
  });

  it('stop the change where one is red, with the lines that it names', async () => {
    const notes = [{ path: 'src/a.ts', line: 3, text: 'expected 1, got 2' }];
    const result = await run([[seen('build', 'running'), seen('test', 'failed', { notes })]]);
    expect(result).toMatchObject({ status: 'fail', asked: 1 });
    expect(result.drafts).toMatchObject([{ file: 'src/a.ts', line: 3, blocking: true }]);
  });

  it('that are red without lines are a finding with what they say', async () => {
    const { drafts } = await run([[seen('build', 'passed'), seen('test', 'failed', { detail: '3 failed' })]]);
    expect(drafts).toMatchObject([{ file: null, problem: expect.stringContaining('3 failed') }]);
  });

  const unproven: [string, ChecksAnswer | CheckSeen[], string, string][] = [
    ['never begin', [seen('build', 'passed')], 'error', 'never began test'],
    ['do not end in time', [seen('build', 'passed'), seen('test', 'running')], 'error', 'still running'],
    ['are skipped', [seen('build', 'passed'), seen('test', 'neutral')], 'unverified', 'without a word'],
    ['cannot be read', { kind: 'none', detail: 'no reply', retryable: true }, 'error', 'no reply'],
    ['nobody has', { kind: 'none', detail: 'no forge', retryable: false }, 'error', 'no forge'],
  ];
  it.each(unproven)('that %s are never green', async (_, answer, status, words) => {
    expect(await run([answer], 50)).toMatchObject({ status, summary: expect.stringContaining(words) });
  });

  it('are all that have the name: two jobs called alike both have to end', async () => {
    const result = await run([
      [seen('build', 'passed'), seen('build', 'running'), seen('test', 'passed')],
      [seen('build', 'passed'), seen('build', 'failed'), seen('test', 'passed')],
    ]);
    expect(result).toMatchObject({ status: 'fail', asked: 2 });
  });

  it('are asked about again where an answer got lost', async () => {
    const lost: ChecksAnswer = { kind: 'none', detail: 'no reply', retryable: true };
    const result = await run([lost, [seen('build', 'passed'), seen('test', 'passed')]]);
    expect(result).toMatchObject({ status: 'pass', asked: 2 });
  });
});
