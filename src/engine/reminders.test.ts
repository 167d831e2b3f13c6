import { describe, expect, it } from 'vitest';
import type { Question } from '../core/records.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { openReminders } from './reminders.ts';

const question = (id: string): Question => ({
  id,
  kind: 'blocked',
  step: null,
  text: id,
  options: [],
  binds: null,
});

describe('reminders', () => {
  it('R93: repeat an open question after the set time, and again, until it is answered', async () => {
    const clock = new ManualClock();
    const said: string[] = [];
    using reminders = openReminders(clock, 600, ({ id }) => said.push(id));
    reminders.watch([question('a')]);
    await clock.pass(599);
    expect(said).toEqual([]);
    await clock.pass(1);
    expect(said).toEqual(['a']);
    reminders.watch([question('a'), question('b')]);
    await clock.pass(600);
    expect(said).toEqual(['a', 'a', 'b']);
    reminders.watch([question('b')]);
    await clock.pass(600);
    expect(said).toEqual(['a', 'a', 'b', 'b']);
  });

  it('R93: end with the hold', async () => {
    const clock = new ManualClock();
    const said: string[] = [];
    const reminders = openReminders(clock, 600, ({ id }) => said.push(id));
    reminders.watch([question('a')]);
    reminders[Symbol.dispose]();
    await clock.pass(6_000);
    expect(said).toEqual([]);
  });
});
