/** The checkouts of one pass: base, revision, and trees on which tests have to prove something. */
import type { Revision } from '../core/results.ts';
import type { ChangedBlob, Workspace, Workspaces } from '../workspace/workspaces.ts';
import { hashBytes } from '../journal/hash.ts';
import type { DemandedTest } from './suites/expected-tests.ts';
import { mayHoldGateConfig, restoreGateConfig } from './programs/gate-config-files.ts';
import type { GateOrder } from './gates.ts';
import { broughtTestCode } from './proofs/brought-test-code.ts';
import { inlineForm, type InlineForm } from './proofs/inline-tests.ts';
import { helpersOfTests } from './programs/test-helpers.ts';
import {
  changesOfTests,
  changesToOldForm,
  isBroughtByTest,
  layOver,
  proofChanges,
  proofInputs,
  withoutFiles,
} from './proofs/proof-tree.ts';

export interface Proof {
  inputs: string[];
  known: boolean;
  /** Made when it is first needed. */
  open(): Promise<Workspace>;
}

/** Of one repository: what ran as tests, and what of that is left out. */
export interface SuiteFiles {
  files: ReadonlySet<string>;
  leftOut: ReadonlySet<string>;
}

export interface Checkouts extends AsyncDisposable {
  base(): Promise<Workspace>;
  head(): Promise<Workspace>;
  /** The revision once more: nothing that ran on `head` has left anything there. */
  again(): Promise<Workspace>;
  /** The sources from before a test that showed a fault, with the tests as they are now. */
  proof(test: DemandedTest): Promise<Proof>;
  /** The base's sources with the tests as they are now. */
  withoutChange(repo: string, suite: SuiteFiles): Promise<Proof>;
  /** The revision without these files of a suite. */
  partOfSuite(repo: string, leftOut: ReadonlySet<string>): Promise<Proof>;
  /** The revision with the tests as the base has them; `changed`: what the revision made of these files. */
  baseForm(): Promise<FormProof>;
  /** The same with the tests as they were when this one showed a fault, and what came with it. */
  shownForm(test: DemandedTest): Promise<FormProof>;
  /** The base's form without the test code that the change brings; `brought`: that code. */
  bareForm(): Promise<BareProof>;
}

type FormProof = Proof & { changed: ChangedBlob[] };
type BareProof = Proof & { brought: ChangedBlob[] };

/** Each is made when it is first needed: a pass of known results needs none. */
export function openCheckouts(order: GateOrder, workspaces: Workspaces): Checkouts {
  const opened = new Map<string, Promise<Workspace>>();
  const once = (what: string, make: (key: string) => Promise<Workspace>): Promise<Workspace> => {
    // What runs there sees its path: that shall not say which of them it is.
    const running = opened.get(what) ?? make(`tree/${hashBytes(`${order.key}/${what}`)}`);
    opened.set(what, running);
    return running;
  };
  const base = (): Promise<Workspace> =>
    once('base', (key) => workspaces.checkout(order.runId, key, order.base));
  const plans = new Map<string, Promise<Proof>>();
  const plan = (name: string, find: () => Promise<ProofPlan>): Promise<Proof> => {
    const what = `proof-${plans.size + 1}`;
    const planning =
      plans.get(name) ??
      find().then((found) => toProof(order, found, { workspaces, base, once: (make) => once(what, make) }));
    plans.set(name, planning);
    return planning;
  };
  const wayTo = async (earlier: Revision, brought: ReadonlySet<string>): Promise<InlineForm> => {
    const whole = await workspaces.changedBlobs(order.runId, order.revision, earlier);
    const helpers = await helpersIn(order, whole, base);
    const isHelper = (change: ChangedBlob): boolean =>
      brought.has(placeOf(change)) || helpers.get(change.repo)?.has(change.path) === true;
    const back = changesToOldForm(whole, isHelper);
    const broughtBack = new Set(back.map(placeOf));
    const beside = whole.filter((change) => !broughtBack.has(placeOf(change)));
    const inline = await inlineForm(beside, (...which) => workspaces.readBlob(...which), order.runId);
    return { changes: [...back, ...inline.changes], texts: inline.texts };
  };
  const formOf = async (earlier: Revision, brought: ReadonlySet<string>): Promise<FormProof> => {
    const { changes, texts } = await wayTo(earlier, brought);
    const found = await plan(`form ${earlier.id}`, () =>
      Promise.resolve({ sources: order.revision, changes, texts, known: changes.length === 0 }),
    );
    const there = await workspaces.changedBlobs(order.runId, earlier, order.revision);
    const paths = new Set(changes.map(placeOf));
    return { ...found, changed: there.filter((change) => paths.has(placeOf(change))) };
  };
  return {
    base,
    head: () => once('head', (key) => workspaces.checkout(order.runId, key, order.revision)),
    again: async () => {
      const sources = order.revision;
      return (await plan('again', () => Promise.resolve({ sources, changes: [], known: false }))).open();
    },
    proof: (test) => plan(`red ${test.before.id} ${test.shown.id}`, () => planRed(order, workspaces, test)),
    withoutChange: (repo, { files, leftOut }) =>
      plan(`without ${repo} ${listed(files)} but ${listed(leftOut)}`, async () => {
        const isSuite = (change: ChangedBlob): boolean => change.repo === repo && files.has(change.path);
        const whole = await planWithout(order, workspaces, isSuite);
        return { ...whole, changes: withoutFiles(whole.changes, repo, leftOut) };
      }),
    partOfSuite: (repo, leftOut) =>
      plan(`part ${repo} without ${listed(leftOut)}`, () =>
        Promise.resolve({
          sources: order.revision,
          changes: withoutFiles([], repo, leftOut),
          known: false,
        }),
      ),
    baseForm: () => formOf(order.base, new Set()),
    async shownForm({ before, shown }) {
      const then = await workspaces.changedBlobs(order.runId, before, shown);
      return formOf(shown, new Set(then.filter(isBroughtByTest).map(placeOf)));
    },
    async bareForm() {
      const brought = await broughtIn(order, workspaces);
      const found = await plan('bare form', async () => {
        const { changes, texts } = await wayTo(order.base, new Set());
        const out = brought.map((change) => ({ ...change, blob: null, oldBlob: change.blob }));
        return { sources: order.revision, changes: [...changes, ...out], texts, known: false };
      });
      return { ...found, brought };
    },
    async [Symbol.asyncDispose]() {
      for (const running of opened.values()) {
        const workspace = await running.catch(() => null);
        if (workspace !== null) await workspaces.close(workspace);
      }
    },
  };
}

/** By repository. */
async function helpersIn(
  order: GateOrder,
  changes: readonly ChangedBlob[],
  base: () => Promise<Workspace>,
): Promise<Map<string, Set<string>>> {
  const found = new Map<string, Set<string>>();
  for (const [repo, own] of Map.groupBy(changes, (change) => change.repo)) {
    const there = own.flatMap(({ path, blob }) => (blob === null ? [] : [path]));
    const dir = (await base()).repos.find(({ name }) => name === repo)?.path;
    const folders = (order.repos[repo]?.modules ?? []).map(({ path }) => path);
    if (dir !== undefined) found.set(repo, await helpersOfTests(dir, there, folders));
  }
  return found;
}

async function broughtIn(order: GateOrder, workspaces: Workspaces): Promise<ChangedBlob[]> {
  const { runId, base, revision } = order;
  const there = await workspaces.changedBlobs(runId, base, revision);
  const brought: ChangedBlob[] = [];
  for (const [repo, changes] of Map.groupBy(there, (change) => change.repo)) {
    const found = await broughtTestCode({
      changes,
      modules: (order.repos[repo]?.modules ?? []).map(({ path }) => path),
      isInBase: (path) => workspaces.hasPath(runId, base, repo, path),
      async read(blob) {
        const bytes = await workspaces.readBlob(runId, repo, blob);
        return bytes === null ? null : new TextDecoder().decode(bytes);
      },
    });
    brought.push(...found);
  }
  return brought;
}

const listed = (paths: ReadonlySet<string>): string => JSON.stringify([...paths].sort());
const placeOf = ({ repo, bytes }: ChangedBlob): string => `${repo}\0${bytes}`;

/** Which changes lie over which sources. */
interface ProofPlan {
  sources: Revision;
  changes: ChangedBlob[];
  /** What blobs of the changes hold that are in no store. */
  texts?: InlineForm['texts'];
  known: boolean;
}

async function planRed(order: GateOrder, workspaces: Workspaces, test: DemandedTest): Promise<ProofPlan> {
  const { before, shown } = test;
  const whole = await workspaces.changedBlobs(order.runId, before, order.revision);
  const then = await workspaces.changedBlobs(order.runId, before, shown);
  return { sources: before, ...proofChanges(whole, then, order.approvedConfig ?? false) };
}

async function planWithout(
  order: GateOrder,
  workspaces: Workspaces,
  isSuite: (change: ChangedBlob) => boolean,
): Promise<ProofPlan> {
  const whole = await workspaces.changedBlobs(order.runId, order.base, order.revision);
  const { changes, same } = changesOfTests(whole, isSuite, order.approvedConfig ?? false);
  return { sources: order.base, changes, known: same };
}

function toProof(
  order: GateOrder,
  { sources, changes, texts, known }: ProofPlan,
  given: {
    workspaces: Workspaces;
    base: () => Promise<Workspace>;
    once: (make: (key: string) => Promise<Workspace>) => Promise<Workspace>;
  },
): Proof {
  const { runId } = order;
  const { workspaces, once } = given;
  const ownConfig = order.approvedConfig ?? false;
  const make = async (key: string): Promise<Workspace> => {
    const checkout = await workspaces.checkout(runId, key, sources);
    const read: Workspaces['readBlob'] = async (...which) =>
      texts?.get(which[2]) ?? workspaces.readBlob(...which);
    await layOver(checkout, changes, read, runId);
    const earlier = await workspaces.changes(runId, order.base, sources);
    const base = await given.base();
    for (const { name, path } of checkout.repos) {
      const touched = [...earlier, ...changes].filter((c) => c.repo === name && mayHoldGateConfig(c.path));
      const from = base.repos.find((repo) => repo.name === name)?.path ?? path;
      await restoreGateConfig({ base: from, head: path, changes: touched, approved: ownConfig });
    }
    return checkout;
  };
  const inputs = [...proofInputs(sources, changes), ...(ownConfig ? ['configuration own'] : [])];
  return { inputs, known, open: () => once(make) };
}
