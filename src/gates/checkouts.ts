/** The checkouts of one pass: base, revision, and the sources from before a test that showed a fault. */
import type { Workspace, Workspaces } from '../workspace/workspaces.ts';
import type { DemandedTest } from './expected-tests.ts';
import { mayHoldGateConfig, restoreGateConfig } from './gate-config-files.ts';
import type { GateOrder } from './gates.ts';
import { layOver, proofChanges, proofInputs } from './proof-tree.ts';

export interface Proof {
  inputs: string[];
  known: boolean;
  /** Made when it is first needed. */
  open(): Promise<Workspace>;
}

export interface Checkouts extends AsyncDisposable {
  base(): Promise<Workspace>;
  head(): Promise<Workspace>;
  proof(test: DemandedTest): Promise<Proof>;
}

/** Each is made when it is first needed: a pass of known results needs none. */
export function openCheckouts(order: GateOrder, workspaces: Workspaces): Checkouts {
  const opened = new Map<string, Promise<Workspace>>();
  const once = (what: string, make: (key: string) => Promise<Workspace>): Promise<Workspace> => {
    const running = opened.get(what) ?? make(`${order.key}/${what}`);
    opened.set(what, running);
    return running;
  };
  const base = (): Promise<Workspace> =>
    once('base', (key) => workspaces.checkout(order.runId, key, order.base));
  const proofs = new Map<string, Promise<Proof>>();
  return {
    base,
    head: () => once('head', (key) => workspaces.checkout(order.runId, key, order.revision)),
    proof(test) {
      const name = `${test.before.id} ${test.shown.id}`;
      const what = `proof-${proofs.size + 1}`;
      const planning =
        proofs.get(name) ?? planProof(order, { workspaces, test, base, once: (make) => once(what, make) });
      proofs.set(name, planning);
      return planning;
    },
    async [Symbol.asyncDispose]() {
      for (const running of opened.values()) {
        const workspace = await running.catch(() => null);
        if (workspace !== null) await workspaces.close(workspace);
      }
    },
  };
}

async function planProof(
  order: GateOrder,
  given: {
    workspaces: Workspaces;
    test: DemandedTest;
    base: () => Promise<Workspace>;
    once: (make: (key: string) => Promise<Workspace>) => Promise<Workspace>;
  },
): Promise<Proof> {
  const { runId } = order;
  const { workspaces, test, once } = given;
  const { before, shown } = test;
  const ownConfig = order.approvedConfig ?? false;
  const whole = await workspaces.changedBlobs(runId, before, order.revision);
  const then = await workspaces.changedBlobs(runId, before, shown);
  const { changes, known } = proofChanges(whole, then, ownConfig);
  const make = async (key: string): Promise<Workspace> => {
    const checkout = await workspaces.checkout(runId, key, before);
    await layOver(checkout, changes, (...which) => workspaces.readBlob(...which), runId);
    const earlier = await workspaces.changes(runId, order.base, before);
    const base = await given.base();
    for (const { name, path } of checkout.repos) {
      const touched = [...earlier, ...changes].filter((c) => c.repo === name && mayHoldGateConfig(c.path));
      const from = base.repos.find((repo) => repo.name === name)?.path ?? path;
      await restoreGateConfig({ base: from, head: path, changes: touched, approved: ownConfig });
    }
    return checkout;
  };
  const inputs = [...proofInputs(before, changes), ...(ownConfig ? ['configuration own'] : [])];
  return { inputs, known, open: () => once(make) };
}
