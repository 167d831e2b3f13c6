/** Work orders and workspaces in temporary folders, for tests of drivers. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Wall } from '../../workspace/wall.ts';
import type { Driver, DriverNote, DriverOutcome, WorkOrder } from '../driver.ts';
import { createRedactor } from '../redact.ts';
import { withoutSecrets } from '../without-secrets.ts';

export interface TemporaryOrder extends Disposable {
  order: WorkOrder;
  /** The one repository of its workspace. */
  repo: string;
  notes: DriverNote[];
  note: (note: DriverNote) => void;
}

/** Runs an order as the engine does that knows no secret itself: what the driver hands its agent is taken out. */
export function runOrder(
  driver: Driver,
  { order, note }: Pick<TemporaryOrder, 'order' | 'note'>,
  signal: AbortSignal = new AbortController().signal,
): Promise<DriverOutcome> {
  return withoutSecrets(createRedactor(new Map()), note, (handed, told) =>
    driver.run({ ...order, handed }, told, signal),
  );
}

/** An order for a workspace with one repository that holds `seed.txt`. Limits are generous unless a test lowers them. */
export function makeWorkOrder(wall: Wall, changes: Partial<WorkOrder> = {}): TemporaryOrder {
  const dir = mkdtempSync(join(tmpdir(), 'baton-test-workspace-'));
  const repo = join(dir, 'app');
  mkdirSync(repo);
  writeFileSync(join(repo, 'seed.txt'), 'seed\n');
  const notes: DriverNote[] = [];
  return {
    order: {
      runId: 'run-1',
      invocationId: `run-1/build/code/r0/work/a1-${randomUUID()}`,
      agent: 'coder',
      role: 'specialist',
      attempt: 1,
      round: 0,
      access: 'write',
      workspace: { dir, repos: [{ name: 'app', path: repo }] },
      request: 'Add a thing.',
      readings: [
        { kind: 'skill', name: 'edits', repo: null, source: '/s/SKILL.md', hash: 'ab', agents: ['coder'] },
      ],
      instructions: 'You write code.',
      prompt: 'Write it.',
      context: [{ name: 'planner', kind: 'plan', text: 'The plan.' }],
      findings: [],
      output: 'changes',
      resultSchema: () => ({ type: 'object' }),
      model: null,
      wall,
      network: false,
      idleTimeoutMs: 20_000,
      totalTimeoutMs: 30_000,
      maxOutputBytes: 50 * 1024 * 1024,
      modelAccess: null,
      handed: new Map(),
      ...changes,
    },
    repo,
    notes,
    note: (note) => {
      notes.push(note);
    },
    [Symbol.dispose]: () => {
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
