/** What the parts of the contract of drivers share: one subject, its orders, and how a case is skipped. */
import { it } from 'vitest';
import type { DriverNote, DriverOutcome, WorkOrder } from '../driver.ts';
import type { Behaviour, DriverSubject } from './contract-subject.ts';
import { makeWorkOrder, type TemporaryOrder } from './work-order.ts';

export const DONE = { status: 'complete', summary: 'did coder' };

export interface Bench {
  subject: DriverSubject;
  /** How many times longer than a script its agents take to begin. */
  pace: number;
  /** Registers a case; one that no agent of the subject can play is skipped, and says why. */
  can(behaviour: Behaviour): (name: string, test: () => Promise<void>) => void;
  orderFor(changes?: Partial<WorkOrder>): TemporaryOrder;
  run(
    behaviour: Behaviour,
    changes?: Partial<WorkOrder>,
    argument?: string,
  ): Promise<{ outcome: DriverOutcome; notes: DriverNote[] }>;
}

export function openBench(subject: DriverSubject): Bench {
  const orderFor = (changes: Partial<WorkOrder> = {}): TemporaryOrder => {
    const agent = subject.played === undefined ? {} : { agent: subject.played.agent };
    return makeWorkOrder(subject.wall, { ...subject.order, ...agent, ...changes });
  };
  return {
    subject,
    pace: subject.pace ?? 1,
    can: (behaviour) => (name, test) => {
      const able = subject.behaviours.includes(behaviour);
      const why = subject.unable?.[behaviour] ?? 'no agent of this driver can do that';
      it.skipIf(!able)(able ? name : `${name} (${why})`, test);
    },
    orderFor,
    run: async (behaviour, changes, argument = '') => {
      using work = orderFor(changes);
      const never = new AbortController().signal;
      const outcome = await subject.create(behaviour, argument).run(work.order, work.note, never);
      return { outcome, notes: work.notes };
    },
  };
}

export function reasonOf(outcome: DriverOutcome): string {
  return outcome.kind === 'failed' ? outcome.reason : 'submitted';
}

export function resultOf(outcome: DriverOutcome): unknown {
  return outcome.kind === 'submitted' ? outcome.result : outcome.detail;
}
