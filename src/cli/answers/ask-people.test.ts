import { describe, expect, it } from 'vitest';
import type { Question } from '../../core/records.ts';
import { ManualClock } from '../../testing/manual-clock.ts';
import { askUntilAnswered, type Ask, type Choice } from './ask-people.ts';

const question: Question = { id: 'q', kind: 'blocked', step: null, text: '', options: [], binds: null };

/** A prompt that waits for `answer`, or for being taken back. */
function openPrompt() {
  const { promise, resolve } = Promise.withResolvers<Choice>();
  const ask: Ask = (_question, signal) =>
    Promise.race([
      promise,
      new Promise<'again'>((again) => {
        signal.addEventListener('abort', () => {
          again('again');
        });
      }),
    ]);
  return { ask, answer: resolve };
}

describe('a question at a terminal', () => {
  it('R93: is shown again each time that it has waited for the set time, and no more once it is answered', async () => {
    const clock = new ManualClock();
    const { ask, answer } = openPrompt();
    let shown = 0;
    const asked = askUntilAnswered(question, { ask, clock, remindAfterMs: 600, show: () => (shown += 1) });
    await clock.pass(599);
    expect(shown).toBe(1);
    await clock.pass(1);
    await clock.pass(600);
    expect(shown).toBe(3);
    answer({ option: 'go', text: '' });
    expect(await asked).toEqual({ option: 'go', text: '' });
    await clock.pass(6_000);
    expect(shown).toBe(3);
  });

  it('stays open when the person goes away', async () => {
    const clock = new ManualClock();
    const ask: Ask = () => Promise.resolve(null);
    expect(await askUntilAnswered(question, { ask, clock, remindAfterMs: 600, show() {} })).toBeNull();
  });
});
