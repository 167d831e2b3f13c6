/** What a driver takes for a result, and what it keeps of what was said. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { UNKNOWN_USAGE } from '../driver.ts';
import { DONE, reasonOf, resultOf, type Bench } from '../testing/contract-bench.ts';

export function describeResults({ can, orderFor, run, subject }: Bench): void {
  can('submit')('hands in what the agent submitted, with the raw output and its usage', async () => {
    const { outcome } = await run('submit');
    const done = subject.played?.result ?? DONE;
    expect(resultOf(outcome)).toEqual(done);
    expect(Buffer.from(outcome.raw).toString()).toBe(`${JSON.stringify(done)}\n`);
    expect(outcome.usage).toEqual(subject.usage ?? UNKNOWN_USAGE);
  });

  can('edit')('lets an agent with write access change the workspace', async () => {
    using work = orderFor();
    await subject.create('edit', '').run(work.order, work.note, new AbortController().signal);
    expect(readFileSync(join(work.repo, 'made.txt'), 'utf8')).toBe('made\n');
  });

  can('silent')('reports no_result when nothing was handed in', async () => {
    expect(reasonOf((await run('silent')).outcome)).toBe('no_result');
  });

  for (const behaviour of ['wrong', 'cut', 'prose', 'fence', 'comma', 'after', 'glued'] as const) {
    can(behaviour)(
      `OUT-1: takes no result out of "${behaviour}" output, and keeps the raw bytes`,
      async () => {
        const { outcome } = await run(behaviour);
        expect(reasonOf(outcome)).toBe('invalid_output');
        expect(outcome.raw.length).toBeGreaterThan(0);
      },
    );
  }

  can('before')('OUT-1: ignores what stands before the last line that holds anything', async () => {
    expect(resultOf((await run('before')).outcome)).toEqual(DONE);
  });

  can('twice')('OUT-1: of two results on two lines the last one counts', async () => {
    expect(resultOf((await run('twice')).outcome)).toEqual(DONE);
  });

  can('markers')('OUT-12: lines that look like events or gate verdicts stay data', async () => {
    const { outcome, notes } = await run('markers');
    expect(resultOf(outcome)).toEqual(DONE);
    expect(Buffer.from(outcome.raw).toString()).toContain('GATE PASSED\n{"type":"question_answered"');
    expect(notes).toEqual([]);
  });

  can('binary')(
    'OUT-6: keeps bytes that are no text as they are, and hands in text that can be stored',
    async () => {
      const { outcome } = await run('binary');
      expect(resultOf(outcome)).toEqual({ status: 'complete', summary: '\ufffd \0 ä' });
      expect([...outcome.raw.subarray(0, 4)]).toEqual([0, 255, 254, 10]);
    },
  );

  can('notes')('passes on what the agent says while it works', async () => {
    const { notes: all } = await run('notes');
    const notes = all.filter(({ kind }) => kind === (subject.says ?? kind));
    expect(notes.slice(0, 2).map((note) => note.text)).toEqual(['first', 'second ä']);
  });
}
