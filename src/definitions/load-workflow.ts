/** Reads a workflow file, compiles it and proves it; everything wrong comes back at once, each at its line. */
import { z } from 'zod';
import type { Diagnostic } from '../core/errors.ts';
import type { Graph } from '../core/graph.ts';
import type { Limits } from '../core/limits.ts';
import type { AgentDefinition } from './agent.ts';
import { findGraphFaults } from './check-graph.ts';
import { compileWorkflow, type CompiledWorkflow } from './compile-workflow.ts';
import { errorAt, hasErrors, inFileOrder, warningAt } from './diagnose.ts';
import { expandWorkflow } from './expand-workflow.ts';
import { readWorkflowBytes } from './read-workflow.ts';
import { readBytes } from './text-file.ts';
import { workflowSchema } from './workflow-schema.ts';
import type { YamlSource } from './yaml-source.ts';

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
  const { body, source, diagnostics } = readWorkflowBytes(file, bytes);
  if (body === null) return { graph: null, diagnostics };
  const expanded = expandWorkflow(file, body, source);
  // What an inner workflow would bring is not known: everything else would be guesswork.
  if (hasErrors(expanded.diagnostics)) return { graph: null, diagnostics: expanded.diagnostics };
  const compiled = compileWorkflow(expanded.body, agents, {
    limits,
    parts: expanded.parts,
    requiredReviews: expanded.requiredReviews,
    guides: expanded.guides,
  });
  const found = inFileOrder([...problemLines(compiled, source), ...faultLines(compiled, source, agents)]);
  return { graph: hasErrors(found) ? null : compiled.graph, diagnostics: found };
}

function problemLines({ problems }: CompiledWorkflow, outer: YamlSource): Diagnostic[] {
  return problems.map(({ path, source, code, message, fix }) => {
    const place = (source ?? outer).keyPlace(path);
    return code === 'W_WHEN_PLANNED'
      ? warningAt(place, code, message, fix)
      : errorAt(place, code, message, fix);
  });
}

function faultLines(
  { graph, origins }: CompiledWorkflow,
  outer: YamlSource,
  agents: readonly AgentDefinition[],
): Diagnostic[] {
  const names = agents.map((agent) => agent.name);
  return findGraphFaults(graph, names).map(({ step, code, message, fix }) => {
    const origin = step === null ? undefined : origins.get(step);
    const place = (origin?.source ?? outer).keyPlace(origin?.path ?? ['phases']);
    return errorAt(place, code, message, fix);
  });
}

/** The JSON Schema of workflow files. */
export function workflowJsonSchema(): object {
  return z.toJSONSchema(workflowSchema, { io: 'input' });
}
