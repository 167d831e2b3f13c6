/** Which gate of the kind `rollback` answers for a file: that of the innermost module with one. */
import type { ModuleConfig } from '../../definitions/config.ts';

export function isInModule(path: string, module: ModuleConfig, modules: readonly ModuleConfig[]): boolean {
  const holds = ({ path: folder }: ModuleConfig): boolean => folder === '.' || path.startsWith(`${folder}/`);
  const asked = modules.filter((each) => holds(each) && each.gates.some(({ kind }) => kind === 'rollback'));
  const inner = asked.toSorted((a, b) => depth(b) - depth(a))[0] ?? module;
  return holds(module) && inner.path === module.path;
}

const depth = ({ path }: ModuleConfig): number => (path === '.' ? 0 : path.split('/').length);
