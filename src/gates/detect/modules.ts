/** Modules as they are put together out of what was detected. */
import type { GateCommand, ModuleConfig } from '../../definitions/config.ts';
import { gateOf } from './node-package.ts';

export function moduleOf(path: string, setup: string[] | null, gates: GateCommand[]): ModuleConfig {
  // Installing is what needs the network; the tests run without.
  const install: GateCommand | null =
    setup === null ? null : { ...gateOf('build', setup), name: 'setup', kind: 'setup', network: true };
  return { path, setup: install, gates };
}

/** One module per folder; gates of a second language get its name, so that none is called like another. */
export function joinModules(modules: ModuleConfig[]): ModuleConfig[] {
  const joined: ModuleConfig[] = [];
  for (const module of modules) {
    const same = joined.find(({ path }) => path === module.path);
    if (same === undefined) joined.push(module);
    else {
      same.setup ??= module.setup;
      // One such gate answers for all languages.
      const isThere = ({ kind }: GateCommand): boolean =>
        (kind === 'reach' || kind === 'executed') && same.gates.some((gate) => gate.kind === kind);
      const gates = module.gates.filter((gate) => !isThere(gate));
      same.gates.push(...gates.map((gate) => renameBeside(gate, same.gates)));
    }
  }
  return joined
    .filter((module) => module.gates.length > 0 || module.setup !== null)
    .map((module) => ({ ...module, gates: module.gates.toSorted((a, b) => orderOf(a) - orderOf(b)) }));
}

const LAST: readonly GateCommand['kind'][] = ['reach', 'executed', 'probe', 'coverage'];

/** First what has a command; a file has the coverage behind the gates. */
const orderOf = ({ kind }: GateCommand): number => LAST.indexOf(kind);

function renameBeside(gate: GateCommand, others: GateCommand[]): GateCommand {
  const isTaken = others.some((other) => other.name === gate.name);
  return isTaken ? { ...gate, name: `${gate.command[0] ?? 'other'}-${gate.name}` } : gate;
}
