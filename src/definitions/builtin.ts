/** The workflows and agents that come with the package. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of the built-in workflows; found the same way from the sources and from the built package. */
export const builtinWorkflowsDir: string = fileURLToPath(new URL('../../workflows/', import.meta.url));

/** Folder of the agents of the built-in workflows. */
export const builtinAgentsDir: string = fileURLToPath(new URL('../../agents/', import.meta.url));

/** The one agent of the package that no workflow has: it reads a request before there is a run. */
export const INTAKE_AGENT = 'intake-refiner';

/** Folder of the guides for what repositories use. */
export const builtinStacksDir: string = fileURLToPath(new URL('../../stacks/', import.meta.url));

export interface BuiltinWorkflow {
  name: string;
  file: string;
}

/** The built-in workflows, by name. */
export function listBuiltinWorkflows(): BuiltinWorkflow[] {
  return listYaml(builtinWorkflowsDir);
}

/** The built-in sets of approval rules, by name. */
export function listBuiltinApprovals(): { name: string; file: string }[] {
  return listYaml(join(builtinWorkflowsDir, 'approvals'));
}

function listYaml(folder: string): { name: string; file: string }[] {
  return readdirSync(folder)
    .filter((entry) => entry.endsWith('.yaml'))
    .sort()
    .map((entry) => ({ name: entry.slice(0, -'.yaml'.length), file: join(folder, entry) }));
}
