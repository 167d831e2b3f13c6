/** Of a change, the lines of one module. */
import type { GateCommand, ModuleConfig } from '../../definitions/config.ts';
import type { RepoOrder } from '../repo-order.ts';
import type { ChangedLine, ChangedLines } from './changed-lines.ts';

/** What the gate has to answer for: a module inside this one that has such a gate answers for itself. */
export async function changedIn(
  order: Pick<RepoOrder, 'repo' | 'config' | 'changed'>,
  module: ModuleConfig,
  gate: GateCommand,
): Promise<ChangedLines | null> {
  const changed = await order.changed();
  if (changed === null) return null;
  const inner = order.config.modules.filter(
    (other) => other !== module && holds(module, other.path) && other.gates.some((g) => g.kind === gate.kind),
  );
  const isHere = ({ repo, path }: ChangedLine): boolean =>
    repo === order.repo && holds(module, path) && !inner.some((other) => holds(other, path));
  return {
    added: changed.added.filter(isHere),
    kept: changed.kept.filter(isHere),
    removed: changed.removed.filter(isHere),
  };
}

function holds(module: ModuleConfig, path: string): boolean {
  return module.path === '.' || path.startsWith(`${module.path}/`);
}
