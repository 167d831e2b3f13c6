/** A workflow file as far as its form goes: decoded, parsed, held against the schema, with the sets that it names. */
import type { Diagnostic } from '../core/errors.ts';
import { expandApprovals } from './approval-sets.ts';
import { hasErrors, inFileOrder } from './diagnose.ts';
import { explainIssues } from './schema-issues.ts';
import { decodeText, readBytes } from './text-file.ts';
import { workflowSchema, type WorkflowFile } from './workflow-schema.ts';
import { readYaml, type YamlSource } from './yaml-source.ts';

export type ReadWorkflow =
  | { body: WorkflowFile; source: YamlSource; diagnostics: Diagnostic[] }
  | { body: null; source: YamlSource | null; diagnostics: Diagnostic[] };

export function readWorkflowFile(file: string): ReadWorkflow {
  const read = readBytes(file);
  return read.ok
    ? readWorkflowBytes(file, read.bytes)
    : { body: null, source: null, diagnostics: [read.diagnostic] };
}

export function readWorkflowBytes(file: string, bytes: Uint8Array): ReadWorkflow {
  const decoded = decodeText(bytes, file);
  if (!decoded.ok) return { body: null, source: null, diagnostics: [decoded.diagnostic] };
  const { source, diagnostics } = readYaml(decoded.text, file);
  if (source === null) return { body: null, source, diagnostics };
  const parsed = workflowSchema.safeParse(source.value);
  if (!parsed.success)
    return { body: null, source, diagnostics: inFileOrder(explainIssues(parsed.error.issues, source)) };
  const { approvals, ...body } = parsed.data;
  if (approvals === undefined) return { body, source, diagnostics };
  const expanded = expandApprovals(approvals, source);
  const found = [...diagnostics, ...expanded.diagnostics];
  return hasErrors(found)
    ? { body: null, source, diagnostics: found }
    : { body: { ...body, approvals: expanded.rules }, source, diagnostics: found };
}
