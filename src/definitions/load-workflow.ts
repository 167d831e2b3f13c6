/** Reads a workflow file, compiles it and proves it; everything wrong comes back at once, each at its line. */
import { z } from 'zod';
import type { Diagnostic } from '../core/errors.ts';
import type { Graph } from '../core/graph.ts';
import type { Limits } from '../core/limits.ts';
import type { AgentDefinition } from './agent.ts';
import { findGraphFaults } from './check-graph.ts';
import { compileWorkflow, type CompiledWorkflow } from './compile-workflow.ts';
import { errorAt, hasErrors, inFileOrder, warningAt } from './diagnose.ts';
import { explainIssues } from './schema-issues.ts';
import { decodeText, readBytes } from './text-file.ts';
import { workflowSchema } from './workflow-schema.ts';
import { readYaml, type YamlSource } from './yaml-source.ts';

/** `graph` is null where there is an error: a workflow that cannot be proven does not start. */
export interface LoadedWorkflow {
  graph: Graph | null;
  diagnostics: Diagnostic[];
}

/** Loads a workflow from a file. `agents` are all that it may name; `limits` hold where it says nothing. */
export function loadWorkflow(
  file: string,
  agents: readonly AgentDefinition[],
  limits: Partial<Limits> = {},
): LoadedWorkflow {
  const read = readBytes(file);
  if (!read.ok) return { graph: null, diagnostics: [read.diagnostic] };
  return parseWorkflow(file, read.bytes, agents, limits);
}

/** Loads a workflow from the bytes of a file. */
export function parseWorkflow(
  file: string,
  bytes: Uint8Array,
  agents: readonly AgentDefinition[],
  limits: Partial<Limits> = {},
): LoadedWorkflow {
  const decoded = decodeText(bytes, file);
  if (!decoded.ok) return { graph: null, diagnostics: [decoded.diagnostic] };
  const { source, diagnostics } = readYaml(decoded.text, file);
  if (source === null) return { graph: null, diagnostics };
  const parsed = workflowSchema.safeParse(source.value);
  if (!parsed.success)
    return { graph: null, diagnostics: inFileOrder(explainIssues(parsed.error.issues, source)) };
  const compiled = compileWorkflow(parsed.data, agents, limits);
  const found = inFileOrder([...problemLines(compiled, source), ...faultLines(compiled, source, agents)]);
  return { graph: hasErrors(found) ? null : compiled.graph, diagnostics: found };
}

function problemLines({ problems }: CompiledWorkflow, source: YamlSource): Diagnostic[] {
  return problems.map(({ path, code, message, fix }) =>
    code === 'W_WHEN_PLANNED'
      ? warningAt(source.keyPlace(path), code, message, fix)
      : errorAt(source.keyPlace(path), code, message, fix),
  );
}

function faultLines(
  { graph, paths }: CompiledWorkflow,
  source: YamlSource,
  agents: readonly AgentDefinition[],
): Diagnostic[] {
  const names = agents.map((agent) => agent.name);
  return findGraphFaults(graph, names).map(({ step, code, message, fix }) => {
    const path = (step === null ? undefined : paths.get(step)) ?? ['phases'];
    return errorAt(source.keyPlace(path), code, message, fix);
  });
}

/** The JSON Schema of workflow files. */
export function workflowJsonSchema(): object {
  return z.toJSONSchema(workflowSchema, { io: 'input' });
}
