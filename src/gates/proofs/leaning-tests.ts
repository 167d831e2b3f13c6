/**
 * Tests of the base that are green only beside test code that the change brings: a new file that every test loads, or that runs
 * before them in the same process, does what the product should.
 */
import type { ChangedBlob } from '../../workspace/workspaces.ts';
import type { FindingDraft } from '../findings.ts';
import type { TestName } from '../suites/judge-tests.ts';
import type { OldForm } from './contradicted-tests.ts';
import { lookAt, type ProofRun, type ProofTree, testKey } from './proof-run.ts';

/** The revision with the tests as the base has them, and without the test code that the change brings. */
export interface BareForm extends ProofTree {
  brought: readonly ChangedBlob[];
}

interface Order extends ProofRun {
  /** All tests of the suite, as they came out now. */
  tests: readonly TestName[];
  baseForm: () => Promise<OldForm>;
}

/** How many names one finding says. */
const MAX_NAMES = 5;

/**
 * Costs one run of the suite, and another one where a test is missing in it: one that fails by chance leans on nothing. What
 * fails beside the new code, too, as soon as the tests are the base's, is contradicted, which is told of elsewhere.
 */
export async function findLeaning(order: Order, form: BareForm): Promise<readonly TestName[]> {
  const known = order.tests.filter((test) => test.green && test.wasGreen);
  if (known.length === 0) return [];
  const suspects = await notGreenIn(order, form, known);
  if (suspects.length === 0) return [];
  const beside = await greenBeside(order, suspects);
  if (beside.length === 0) return [];
  return notGreenIn({ ...order, inputs: { ...order.inputs, look: 'second' } }, form, beside);
}

async function notGreenIn(
  order: ProofRun,
  form: ProofTree,
  tests: readonly TestName[],
): Promise<readonly TestName[]> {
  const seen = await lookAt(order, form);
  const green = new Set('problem' in seen ? [] : seen.green);
  return tests.filter((test) => !green.has(keyAtBase(test)));
}

/** Of these, the ones that the tests of the base see green where the new code is there; all, where it is all that changed. */
async function greenBeside(order: Order, tests: readonly TestName[]): Promise<readonly TestName[]> {
  const form = await order.baseForm();
  if (!form.changed.some(({ repo }) => repo === order.repo)) return tests;
  const seen = await lookAt(order, form);
  const green = new Set('problem' in seen ? [] : seen.green);
  return tests.filter((test) => green.has(keyAtBase(test)));
}

const keyAtBase = ({ file, movedFrom, name }: TestName): string => testKey({ file: movedFrom ?? file, name });

/** One for the suite: what is at fault is the code, not a test. `isShown`: a person approved gate configuration, which may name that code. */
export function describeLeaning(
  repo: string,
  tests: readonly TestName[],
  { brought, isShown }: { brought: readonly string[]; isShown: boolean },
): FindingDraft {
  const names = tests.map(({ name }) => `\`${name}\``);
  const is = names.length === 1 ? 'is' : 'are';
  const it = names.length === 1 ? 'it' : 'them';
  return {
    severity: isShown ? 'minor' : 'critical',
    blocking: !isShown,
    repo,
    file: brought[0] ?? null,
    line: null,
    identity: `leaning ${brought[0] ?? ''}`,
    problem: `${list(names)} ${is} green only beside test code that the change brings (${list(brought)}): the product does not pass ${it} by itself.`,
    fix: 'Let the product do what these tests ask for. New test code must change nothing that others use: no product, no library, no module in the place of another.',
  };
}

const list = (names: readonly string[]): string =>
  names.length <= MAX_NAMES
    ? names.join(', ')
    : `${names.slice(0, MAX_NAMES).join(', ')} and ${names.length - MAX_NAMES} more`;
