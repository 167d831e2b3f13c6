import { describe, expect, it } from 'vitest';
import type { Question } from '../../core/records.ts';
import { positiveOption } from './approve.ts';

const ASKED = { runId: 'run-1', known: ['build/one/asks'] };

function asking(kind: Question['kind'], ...ids: string[]): Question {
  const options = ids.map((id) => ({ id, label: id, impact: '', takes_text: true }));
  return { id: 'build/one/asks', kind, step: 'build/one', text: '', options, binds: null };
}

describe('baton approve', () => {
  it.each([
    ['approve', asking('approval', 'approve', 'reject', 'abort')],
    ['confirm', asking('confirm_start', 'confirm', 'abort')],
    ['continue', asking('pause', 'continue', 'abort')],
    ['retry', asking('retry_exhausted', 'retry', 'abort')],
  ] as const)('stands for %s', (option, question) => {
    expect(positiveOption(ASKED, question)).toBe(option);
  });

  it('R67, R81: never stands for an override of what gates or reviewers refuse: that is said by its name', () => {
    const exhausted = asking('rework_exhausted', 'continue', 'accept', 'revise', 'abort');
    expect(() => positiveOption(ASKED, exhausted)).toThrow('no answer that is simply the positive one');
    const dispute = asking('dispute', 'uphold', 'withdraw');
    expect(() => positiveOption(ASKED, dispute)).toThrow('no answer that is simply the positive one');
  });
});
