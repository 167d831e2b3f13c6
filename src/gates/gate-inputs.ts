/** What names a gate's measurement beside the trees: equal inputs, equal result. */
import type { GateCommand, ModuleConfig } from '../definitions/config.ts';
import { hashBytes } from '../journal/hash.ts';
import type { DemandedTest, TestExpectation } from './suites/expected-tests.ts';
import { modulesToPrepare } from './run-setup.ts';
import type { RepoOrder } from './repo-order.ts';

/** What is expected, by contents: commits differ from run to run. */
export function expectedTrees({ red, demanded }: TestExpectation): object {
  const treesOf = ({ repos }: DemandedTest['before']): string[] =>
    repos.map(({ name, tree }) => `${name} ${tree}`);
  return {
    red,
    demanded: demanded.map(({ before, shown, ...test }) => ({
      ...test,
      before: treesOf(before),
      shown: treesOf(shown),
    })),
  };
}

/** Everything that a gate depends on beside the trees. The values of `env` count too: a gate sees them. */
export function inputsOf(order: RepoOrder, module: ModuleConfig, gate: GateCommand): object {
  const env = gate.env.map((name) => hashBytes(order.around.environment[name] ?? ''));
  const { wall, timeoutMs } = order.around;
  return {
    config: hashConfig(order, module, gate),
    env,
    node: process.version,
    wall: wall.kind,
    timeoutMs,
    repo: order.repo,
  };
}

export function hashConfig(order: RepoOrder, module: ModuleConfig, gate: GateCommand): string {
  const setups = modulesToPrepare(order.config.modules, module).map(({ path, setup }) => ({ path, setup }));
  return hashBytes(JSON.stringify({ path: module.path, setups, gate }));
}
