/**
 * A process that uses a store as it is told: one command per line on stdin, one JSON line per answer on
 * stdout. `node peer-process.ts STATE_DIR`; the first line it prints says that the store is open.
 */
import { createInterface } from 'node:readline';
import type { Hold, Journal } from '../journal.ts';
import { openTestStore } from './open-store.ts';
import { sampleAppend, sampleArtifact } from './sample-events.ts';

/** What a peer answers: `ok` with what came of it, or the code and message of the error. */
export type PeerAnswer = { ok: true; value: number | null } | { ok: false; code: string; message: string };

const holds = new Map<string, { hold: Hold; seq: number }>();

async function obey(journal: Journal, command: string, runId: string, word: string): Promise<number | null> {
  switch (command) {
    case 'create':
      await journal.createRun({ runId, workflow: 'w', request: 'r', at: new Date().toISOString() });
      return null;
    case 'hold':
    case 'take-over': {
      const hold = await journal.hold(runId, { takeOver: command === 'take-over' });
      holds.set(runId, { hold, seq: (await journal.getRun(runId))?.seq ?? 0 });
      return hold.epoch;
    }
    case 'append':
      return await append(journal, runId);
    case 'flood':
      for (;;) say({ ok: true, value: await append(journal, runId) });
    case 'release':
      await holds.get(runId)?.hold.release();
      return null;
    case 'answer':
      return (
        await journal.post(runId, {
          kind: 'answer',
          questionId: word,
          option: `by-${process.pid}`,
          text: '',
          name: `peer ${process.pid}`,
          via: 'cli',
        })
      ).id;
    default:
      throw new Error(`no such command: ${command}`);
  }
}

async function append(journal: Journal, runId: string): Promise<number> {
  const held = holds.get(runId);
  if (held === undefined) throw new Error('hold the run first');
  const artifacts = [sampleArtifact(`${runId}-${held.seq}`, held.seq % 10 === 9 ? 80_000 : 500)];
  const written = await journal.append(sampleAppend(held.hold, held.seq, { artifacts }));
  held.seq += written.length;
  return held.seq;
}

function say(answer: PeerAnswer): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

async function answerTo(journal: Journal, line: string): Promise<PeerAnswer> {
  const [command = '', runId = '', word = ''] = line.split(' ');
  try {
    return { ok: true, value: await obey(journal, command, runId, word) };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'none';
    return { ok: false, code, message: String(error) };
  }
}

const dir = process.argv[2];
if (dir !== undefined) {
  const journal = await openTestStore(dir);
  say({ ok: true, value: null });
  for await (const line of createInterface({ input: process.stdin })) say(await answerTo(journal, line));
  await journal[Symbol.asyncDispose]();
}
