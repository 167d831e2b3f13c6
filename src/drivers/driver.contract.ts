/** What every driver has to do, whatever runs its agents. A driver's own test file calls this with its subject. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { compareClaims } from '../engine/claims.ts';
import type { Wall } from '../workspace/wall.ts';
import { UNKNOWN_USAGE, type Driver, type DriverNote, type DriverOutcome, type WorkOrder } from './driver.ts';
import { commitSeed, measureChanges } from './testing/measured-changes.ts';
import { makeWorkOrder, type TemporaryOrder } from './testing/work-order.ts';
import { findProcesses, uniqueNap, until } from './testing/process-search.ts';

/** What an agent can do in the contract: the modes of `testing/agent.mjs`. */
export const BEHAVIOURS = [
  'submit',
  'edit',
  'silent',
  'crash',
  'hang',
  'wrong',
  'cut',
  'prose',
  'fence',
  'comma',
  'after',
  'before',
  'twice',
  'glued',
  'markers',
  'dots',
  'stubborn',
  'stopped',
  'children',
  'children_hang',
  'huge',
  'binary',
  'notes',
  'reader_writes',
  'writes_outside',
  'forgets',
  'repaired',
  'refuses',
  'lies',
  'cut_off',
  'cut_always',
  'secrets',
  'tree',
  'writer',
] as const;
export type Behaviour = (typeof BEHAVIOURS)[number];

/** What a caller has in its environment, and lets through by name. */
export interface CallerEnvironment {
  env: string[];
  environment: Record<string, string | undefined>;
}

/** How long the writer pauses. */
const WRITER_MS = 50;

/** What the agents of `writer` leave running: it is deaf, in a session of its own, and nobody's child. */
export const writerScript = (file: string): string =>
  `trap "" TERM HUP INT; while :; do echo x >> ${file}; sleep ${WRITER_MS / 1_000}; done`;

export interface DriverSubject {
  name: string;
  wall: Wall;
  /** Those that this kind of driver can show; all others are reported as skipped. */
  behaviours: readonly Behaviour[];
  create(behaviour: Behaviour, argument: string, given?: CallerEnvironment): Driver;
  /** What its orders need besides: access to a model. */
  order?: Partial<WorkOrder>;
  /** Whom to order, and what this agent hands in, where the driver plays only agents of its own; else a coder. */
  played?: { agent: string; result: object };
  /** How many times longer than a script its agents take to begin; absent: once. */
  pace?: number;
  /** What its agents say themselves, where their programs say more; absent: all notes. */
  says?: DriverNote['kind'];
  /** They hold a result against the schema themselves, so that a wrong one never arrives. */
  checksItself?: boolean;
  /** They ask the engine about a result while the agent can still mend it. */
  asksEngine?: boolean;
  /** They go on, once, in a conversation that was cut off in the middle. */
  goesOn?: boolean;
  /** Their readers have nothing to write with, also without a wall. */
  boundReaders?: boolean;
  /** What their work is measured to have cost; absent: it is not known. */
  usage?: object;
}

const DONE = { status: 'complete', summary: 'did coder' };
/** What agents claim to have changed, while they changed `made.txt`. */
const LIE = 'app/never.txt';
const TREE_SIZE = 8;

function orderFor(
  { wall, played, order = {} }: DriverSubject,
  changes: Partial<WorkOrder> = {},
): TemporaryOrder {
  return makeWorkOrder(wall, {
    ...order,
    ...(played === undefined ? {} : { agent: played.agent }),
    ...changes,
  });
}

/** Registers the contract's tests for one driver. */
export function describeDriver(subject: DriverSubject): void {
  const can = (behaviour: Behaviour) => (name: string, test: () => Promise<void>) => {
    const able = subject.behaviours.includes(behaviour);
    it.skipIf(!able)(able ? name : `${name} (no agent of this driver can do that)`, test);
  };
  const run = async (behaviour: Behaviour, changes: Partial<WorkOrder> = {}, argument = '') => {
    using work = orderFor(subject, changes);
    const never = new AbortController().signal;
    const outcome = await subject.create(behaviour, argument).run(work.order, work.note, never);
    return { outcome, notes: work.notes, files: readdirSync(work.repo) };
  };
  const pace = subject.pace ?? 1;
  const reasonOf = (outcome: DriverOutcome) => (outcome.kind === 'failed' ? outcome.reason : 'submitted');
  const resultOf = (outcome: DriverOutcome) =>
    outcome.kind === 'submitted' ? outcome.result : outcome.detail;

  describe(`driver contract: ${subject.name}`, () => {
    can('submit')('hands in what the agent submitted, with the raw output and its usage', async () => {
      const { outcome } = await run('submit');
      const done = subject.played?.result ?? DONE;
      expect(resultOf(outcome)).toEqual(done);
      expect(Buffer.from(outcome.raw).toString()).toBe(`${JSON.stringify(done)}\n`);
      expect(outcome.usage).toEqual(subject.usage ?? UNKNOWN_USAGE);
    });

    can('edit')('lets an agent with write access change the workspace', async () => {
      using work = orderFor(subject);
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

    can('crash')('reports a crash with what was said, even when a result was printed', async () => {
      const { outcome } = await run('crash');
      expect(reasonOf(outcome)).toBe('crashed');
      expect(resultOf(outcome)).toContain('something broke');
    });

    can('hang')('PROC-1: ends an agent that says nothing, after the idle time', async () => {
      const start = performance.now();
      const { outcome } = await run('hang', { idleTimeoutMs: 700 * pace });
      expect(reasonOf(outcome)).toBe('idle_timeout');
      expect(performance.now() - start).toBeGreaterThan(690);
    });

    can('dots')('PROC-2: an agent that keeps printing is ended by the total time', async () => {
      const { outcome } = await run('dots', { idleTimeoutMs: 1_500 * pace, totalTimeoutMs: 2_200 * pace });
      expect(reasonOf(outcome)).toBe('total_timeout');
      expect(Buffer.from(outcome.raw).toString()).toContain('.\n.\n');
    });

    can('stubborn')('PROC-3: kills an agent that ignores TERM, after it was asked', async () => {
      const { outcome, notes } = await run('stubborn', { idleTimeoutMs: 1_000 * pace });
      expect(reasonOf(outcome)).toBe('idle_timeout');
      expect(notes.map((note) => note.text)).toEqual(['ready', 'no']);
    });

    can('stopped')('PROC-3: ends an agent that was stopped', async () => {
      expect(reasonOf((await run('stopped', { idleTimeoutMs: 500 * pace })).outcome)).toBe('idle_timeout');
    });

    can('children')(
      'PROC-4: leaves no child behind of an agent that ended, however it broke away',
      async () => {
        const nap = uniqueNap();
        const { outcome } = await run('children', {}, nap);
        expect(resultOf(outcome)).toEqual(DONE);
        expect(findProcesses(nap)).toEqual([]);
      },
    );

    can('children_hang')('PROC-4: leaves no child behind of an agent that was ended', async () => {
      const nap = uniqueNap();
      const { outcome } = await run('children_hang', { idleTimeoutMs: 1_000 * pace }, nap);
      expect(reasonOf(outcome)).toBe('idle_timeout');
      expect(findProcesses(nap)).toEqual([]);
    });

    can('hang')('ends when the signal aborts, also before it starts', async () => {
      using work = orderFor(subject);
      const controller = new AbortController();
      const running = subject.create('hang', '').run(
        work.order,
        // The first that it says: it is at work.
        () => controller.abort(),
        controller.signal,
      );
      expect(reasonOf(await running)).toBe('cancelled');
      const driver = subject.create('edit', '');
      expect(reasonOf(await driver.run(work.order, work.note, controller.signal))).toBe('cancelled');
      expect(existsSync(join(work.repo, 'made.txt'))).toBe(false);
    });

    can('huge')('OUT-5: ends an agent that writes too much, and keeps the start and the end', async () => {
      const { outcome } = await run('huge', { maxOutputBytes: 8 * 1024 * 1024 });
      expect(reasonOf(outcome)).toBe('output_limit');
      expect(outcome.raw.length).toBeLessThan(5 * 1024 * 1024);
      expect(Buffer.from(outcome.raw).toString()).toMatch(/x\n\[… \d+ bytes left out …\]\nx/);
    });

    can('binary')(
      'OUT-6: keeps bytes that are no text as they are, and hands in text that can be stored',
      async () => {
        const { outcome } = await run('binary');
        expect(resultOf(outcome)).toEqual({ status: 'complete', summary: '\ufffd \0 ä' });
        expect([...outcome.raw.subarray(0, 4)]).toEqual([0, 255, 254, 10]);
      },
    );

    can('reader_writes')('PRIV-1: behind a wall, an agent that may only read leaves no trace', async () => {
      using work = orderFor(subject, { access: 'read', role: 'reviewer' });
      const isBound = subject.wall.kind !== 'off' || subject.boundReaders === true;
      const outside = join(work.order.workspace.dir, 'outside.txt');
      const driver = subject.create('reader_writes', outside);
      await driver.run({ ...work.order, prompt: outside }, work.note, new AbortController().signal);
      // Without a wall the engine's comparison of the checkout is what voids the attempt.
      expect(existsSync(join(work.repo, 'written.txt'))).toBe(!isBound);
      expect(existsSync(outside)).toBe(!isBound);
    });

    can('writes_outside')(
      'PRIV-2: behind a wall, a writer reaches its workspace and nothing beside it',
      async () => {
        using work = orderFor(subject);
        using other = orderFor(subject);
        const isWalled = subject.wall.kind !== 'off';
        const outside = join(other.order.workspace.dir, 'outside.txt');
        const driver = subject.create('writes_outside', outside);
        await driver.run({ ...work.order, prompt: outside }, work.note, new AbortController().signal);
        expect(existsSync(join(work.repo, 'written.txt'))).toBe(true);
        expect(existsSync(outside)).toBe(!isWalled);
      },
    );

    can('lies')(
      subject.asksEngine === true
        ? 'R87: refuses a list of files that is not the diff, and says so in the same turn'
        : 'R87: hands on a list of files that is not the diff as a claim, for the engine to measure',
      async () => {
        using work = orderFor(subject);
        commitSeed(work.repo);
        const contradictions = (result: unknown) => {
          const { files } = (result as { claims: { files: string[] } }).claims;
          const claims = { files, tests_passed: null, pull_requests: [] };
          return compareClaims(claims, measureChanges(work.repo)).map(({ measured }) => measured);
        };
        const checkResult = (result: unknown) => Promise.resolve(contradictions(result));
        const signal = new AbortController().signal;
        const driver = subject.create('lies', '');
        const outcome = await driver.run({ ...work.order, checkResult }, work.note, signal);
        expect(outcome.kind).toBe('submitted');
        const first: unknown = JSON.parse(Buffer.from(outcome.raw).toString().split('\n')[0] ?? '');
        expect(contradictions(first)).toEqual([`${LIE} is as it was before`]);
        const handedIn = contradictions(resultOf(outcome));
        expect(handedIn).toEqual(subject.asksEngine === true ? [] : [`${LIE} is as it was before`]);
        // Whatever it says: this is what was changed.
        expect(measureChanges(work.repo).map(({ path }) => path)).toEqual(['made.txt']);
      },
    );

    can('cut_off')(
      subject.goesOn === true
        ? 'goes on in a conversation that was cut off in the middle, with what was done before'
        : 'reports a crash of an agent that was cut off in the middle, and starts it no second time',
      async () => {
        using work = orderFor(subject);
        const driver = subject.create('cut_off', '');
        const outcome = await driver.run(work.order, work.note, new AbortController().signal);
        const done = readFileSync(join(work.repo, 'half.txt'), 'utf8');
        if (subject.goesOn === true) {
          expect(resultOf(outcome)).toEqual({ status: 'complete', summary: 'went on' });
          expect(done).toBe('half\nwhole\n');
        } else {
          expect(reasonOf(outcome)).toBe('crashed');
          expect(done).toBe('half\n');
        }
      },
    );

    can('cut_always')('gives up on an agent that is cut off again and again', async () => {
      using work = orderFor(subject);
      const driver = subject.create('cut_always', '');
      const outcome = await driver.run(work.order, work.note, new AbortController().signal);
      expect(reasonOf(outcome)).toBe('crashed');
      expect(readFileSync(join(work.repo, 'half.txt'), 'utf8')).toMatch(/^half\n(whole\n)?$/);
    });

    can('secrets')(
      'SEC-1: keeps the caller’s environment from the agent, and what was let through from everything that it says',
      async () => {
        using work = orderFor(subject);
        const environment = {
          PATH: process.env['PATH'] ?? '',
          HOME: homedir(),
          LET_THROUGH: 'canary-let-through',
          KEPT_BACK: 'canary-kept-back',
        };
        const driver = subject.create('secrets', '', { env: ['LET_THROUGH'], environment });
        const outcome = await driver.run(work.order, work.note, new AbortController().signal);
        expect(resultOf(outcome)).toEqual({
          status: 'complete',
          summary: 'saw [LET_THROUGH] and absent',
        });
        expect(work.notes.map(({ text }) => text).join('\n')).toContain('saw [LET_THROUGH] and absent');
        const everything = [JSON.stringify([outcome, work.notes]), Buffer.from(outcome.raw).toString()];
        expect(everything.join()).not.toContain('canary');
      },
    );

    can('tree')('PROC-4: ends a tree of eight that broke away, while all of it lives', async () => {
      const nap = uniqueNap();
      using work = orderFor(subject);
      const controller = new AbortController();
      const running = subject.create('tree', nap).run(work.order, work.note, controller.signal);
      const isWhole = () => findProcesses(nap, 'sleep').length === TREE_SIZE;
      await until(isWhole, `${TREE_SIZE} processes`).finally(() => controller.abort());
      expect(reasonOf(await running)).toBe('cancelled');
      expect(findProcesses(nap)).toEqual([]);
    });

    can('writer')(
      'PROC-4, PRIV-13: nothing of a cancelled one writes any more: no double fork, no session of its own, no deaf one',
      async () => {
        using work = orderFor(subject);
        const controller = new AbortController();
        const late = join(work.repo, 'late.txt');
        const running = subject.create('writer', late).run(work.order, work.note, controller.signal);
        await until(() => existsSync(late), 'the first line').finally(() => controller.abort());
        expect(reasonOf(await running)).toBe('cancelled');
        const written = readFileSync(late, 'utf8');
        // Many times as long as the writer pauses.
        await sleep(WRITER_MS * 20);
        expect(readFileSync(late, 'utf8')).toBe(written);
        expect(findProcesses(writerScript(late), 'sh')).toEqual([]);
      },
    );

    can('forgets')('reminds an agent once that handed nothing in', async () => {
      const { outcome } = await run('forgets');
      expect(resultOf(outcome)).toEqual({ status: 'complete', summary: 'after 2 turns' });
    });

    can('repaired')('OUT-1: tells an agent in the same turn what is wrong with its result', async () => {
      const properties = { summary: { type: 'string' } };
      const resultSchema = () => ({ type: 'object', properties, required: ['summary'] });
      const { outcome } = await run('repaired', { resultSchema });
      expect(resultOf(outcome)).toEqual({ status: 'complete', summary: 'was told: summary' });
      const first = Buffer.from(outcome.raw).toString().split('\n')[0];
      expect(first).toContain(subject.checksItself === true ? '"summary":"was told' : '"summary":7');
    });

    can('refuses')('reports no_result for an agent that refuses, without asking again', async () => {
      const { outcome } = await run('refuses');
      expect(reasonOf(outcome)).toBe('no_result');
      expect(resultOf(outcome)).toContain('refus');
    });

    can('notes')('passes on what the agent says while it works', async () => {
      const { notes: all } = await run('notes');
      const notes = all.filter(({ kind }) => kind === (subject.says ?? kind));
      expect(notes.slice(0, 2).map((note) => note.text)).toEqual(['first', 'second ä']);
    });
  });
}
