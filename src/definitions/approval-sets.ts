/**
 * Sets of approval rules that workflows and `baton.yaml` bring in by name, so that what protects people is written once.
 * A name that cannot be found, or a set with a mistake in it, is an error: rules never get fewer in silence.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { z } from 'zod';
import type { Diagnostic } from '../core/errors.ts';
import { approvalSetSchema, type ApprovalFile, type approvalsSchema } from './approvals-schema.ts';
import { listBuiltinApprovals } from './builtin.ts';
import { errorAt, inFileOrder, showValue } from './diagnose.ts';
import { suggest } from './nearest.ts';
import { explainIssues } from './schema-issues.ts';
import { decodeText, readBytes } from './text-file.ts';
import { readYaml, type YamlSource } from './yaml-source.ts';

/** The rules, those of the named sets in the places of their names; `source` is the file that names them. */
export function expandApprovals(
  written: z.output<typeof approvalsSchema>,
  source: YamlSource,
): { rules: ApprovalFile[]; diagnostics: Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const rules = written.flatMap((each, index): ApprovalFile[] => {
    if (typeof each !== 'string') return [each];
    const file = findSet(each, source.file);
    if (file === null) {
      const known = listBuiltinApprovals().map(({ name }) => name);
      const text = `There is no set of approval rules ${showValue(each)}.`;
      const fix = `${suggest(each, known, 'sets')} Or write approvals/${each}.yaml beside this file.`;
      diagnostics.push(errorAt(source.place(['approvals', index]), 'E_CONFIG_VALUE', text, fix));
      return [];
    }
    const read = readSet(file);
    diagnostics.push(...read.diagnostics);
    return read.rules;
  });
  return { rules, diagnostics };
}

/** A built-in set keeps its name: no file of somebody else's takes its rules away. */
function findSet(name: string, from: string): string | null {
  const builtin = listBuiltinApprovals().find((each) => each.name === name);
  if (builtin !== undefined) return builtin.file;
  const beside = join(dirname(from), 'approvals', `${name}.yaml`);
  return existsSync(beside) ? beside : null;
}

function readSet(file: string): { rules: ApprovalFile[]; diagnostics: Diagnostic[] } {
  const read = readBytes(file);
  if (!read.ok) return { rules: [], diagnostics: [read.diagnostic] };
  const decoded = decodeText(read.bytes, file);
  if (!decoded.ok) return { rules: [], diagnostics: [decoded.diagnostic] };
  const { source, diagnostics } = readYaml(decoded.text, file);
  if (source === null) return { rules: [], diagnostics };
  const parsed = approvalSetSchema.safeParse(source.value);
  return parsed.success
    ? { rules: parsed.data.approvals, diagnostics }
    : { rules: [], diagnostics: inFileOrder(explainIssues(parsed.error.issues, source)) };
}
