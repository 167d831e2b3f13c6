/** A red command beside its base: only what is new stops the change. */
import { describe, expect, it } from 'vitest';
import { gate, openGatesRig, wholeRepo } from './testing/gates-rig.ts';
import { judgeCommand, linesOf, messagesOf } from './judge-command.ts';
import type { BaseCommand } from './judge-command.ts';

const ABOUT = { repo: 'service', root: '/checkout', module: '.', gate: 'lint', kind: 'lint' } as const;
const END = { exit: 1, signal: null, timedOut: false, tooMuchOutput: false, notStarted: null };
const baseOf = (log: string): BaseCommand => ({
  exit: 1,
  messages: messagesOf(log, ABOUT),
  lines: linesOf(log),
});
const judge = (base: string, head: string) => judgeCommand(baseOf(base), { end: END, log: head }, ABOUT);

const framed = (file: string, line: number, rule: string, mark = '!'): string =>
  `  ${mark} eslint(${rule}): Do not.\n   ,-[${file}:${line}:1]\n ${line} | code\n   \`----\n`;

describe('a linter that names places', () => {
  const old = framed('a.ts', 1, 'no-a') + framed('b.ts', 2, 'no-b') + 'Found 2 warnings and 0 errors.\n';

  it('blames no change that takes away one of two old warnings', () => {
    const left = framed('b.ts', 7, 'no-b') + 'Found 1 warning and 0 errors.\n';
    expect(judge(old, left)).toMatchObject({ status: 'pass', drafts: [] });
  });

  it('blames the new one alone, at its line, also where an old one of its kind went', () => {
    const swapped = framed('a.ts', 1, 'no-a') + framed('c.ts', 9, 'no-b');
    expect(judge(old, swapped)).toMatchObject({
      status: 'fail',
      drafts: [{ file: 'c.ts', line: 9, blocking: true }],
    });
    const twice = old + framed('b.ts', 3, 'no-b');
    expect(judge(old, twice).drafts).toHaveLength(1);
  });

  it('blames the new warning alone where a green base had as many as are allowed', () => {
    const green: BaseCommand = { exit: 0, messages: messagesOf(old, ABOUT) };
    const judgeOver = (log: string) => judgeCommand(green, { end: END, log }, ABOUT);
    const more = old + framed('c.ts', 9, 'no-b');
    expect(judgeOver(more).drafts).toMatchObject([{ file: 'c.ts', line: 9, blocking: true }]);
    // Something else made it red, which the warnings of both do not show.
    expect(judgeOver(old)).toMatchObject({ status: 'fail', drafts: [{ file: 'a.ts' }, { file: 'b.ts' }] });
    expect(judgeOver(old + framed('a.ts', 1, 'no-a', 'x')).drafts).toMatchObject([{ file: 'a.ts' }]);
  });

  it('does not blame old warnings where the errors beside them went', () => {
    const withError = old + framed('c.ts', 3, 'no-c', 'x');
    expect(judge(withError, old)).toMatchObject({ status: 'pass', drafts: [] });
  });
});

describe('an output that names no places', () => {
  const old = 'Bad: first\nBad: second\nFound 2 problems in 1.2s\n━━━━━━━━\n';

  it('is red as at the base where it says less, and shows nothing of the change: it may not have looked', () => {
    const less = 'Bad: second\nFound 1 problem in 900ms\n━━━\n';
    expect(judge(old, less)).toMatchObject({
      status: 'unverified',
      summary: 'exit code 1, red in the same way at the base',
      drafts: [],
    });
  });

  it('is one finding with the new lines, and a line that is there once more is new', () => {
    const more = judge(old, `${old}Bad: third\n`);
    expect(more).toMatchObject({ status: 'fail', drafts: [{ blocking: true, file: null }] });
    expect(more.drafts[0]?.problem).toContain('these lines are new:\nBad: third');
    expect(more.drafts[0]?.problem).not.toContain('Bad: first');
    expect(judge(old, `Bad: first\n${old}`).drafts).toHaveLength(1);
    expect(judge('Bad: file1\n', 'Bad: file2\n').drafts).toHaveLength(1);
  });

  it('is a finding where the base named places and this run broke down', () => {
    const broken = judge(framed('a.ts', 1, 'no-a'), 'Configuration is no JSON\n');
    expect(broken).toMatchObject({ status: 'fail', drafts: [{ blocking: true }] });
  });

  it('shows its last words where the base was green', () => {
    const judged = judgeCommand(
      { exit: 0, messages: [] },
      { end: END, log: 'Bad: first\n' },
      { ...ABOUT, kind: 'build' },
    );
    expect(judged).toMatchObject({ status: 'fail', drafts: [{ blocking: true }] });
    expect(judged.drafts[0]?.problem).toContain('Of its output:\nBad: first');
  });
});

it('knows the warnings of a green base, where a gate allows some of them', async () => {
  const count = 'cat warnings.txt; test $(wc -l < warnings.txt) -lt 3';
  const lint = gate({ name: 'lint', kind: 'lint', command: ['sh', '-c', count] });
  const old = 'a.js:1:1: warning: old\nb.js:2:1: warning: other\n';
  await using stack = new AsyncDisposableStack();
  const rig = stack.use(
    await openGatesRig({ service: { 'warnings.txt': old } }, { service: wholeRepo(lint) }),
  );
  const change = { 'service/warnings.txt': `${old}c.js:3:1: warning: more\n` };
  const pass = await rig.run(await rig.change(rig.git.base, change));
  expect(pass.of('lint')).toMatchObject({ status: 'fail', findings: [{ file: 'c.js', line: 3 }] });
});
