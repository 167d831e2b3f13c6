/** A plan that a person hands in (`--plan FILE`): YAML or JSON in the form that a planner's result has. */
import { z } from 'zod';
import type { Diagnostic } from '../core/errors.ts';
import { inFileOrder } from './diagnose.ts';
import { OUTPUT_SHAPES, type PlanBody } from './result-shapes.ts';
import { closedObject, explainIssues } from './schema-issues.ts';
import { decodeText, readBytes } from './text-file.ts';
import { readYaml } from './yaml-source.ts';

const planFile = closedObject({
  plan: z.object(OUTPUT_SHAPES['plan']).shape['plan'] ?? z.never(),
  summary: z.string().optional().meta({ description: 'One sentence on the whole.' }),
});

/** `plan` is null where there is an error. */
export interface LoadedPlan {
  plan: PlanBody | null;
  summary: string;
  diagnostics: Diagnostic[];
}

/** Loads a plan; whether its tasks fit into a workflow is checked where a run is started. */
export function loadPlan(file: string): LoadedPlan {
  const nothing = { plan: null, summary: '' };
  const read = readBytes(file);
  if (!read.ok) return { ...nothing, diagnostics: [read.diagnostic] };
  const decoded = decodeText(read.bytes, file);
  if (!decoded.ok) return { ...nothing, diagnostics: [decoded.diagnostic] };
  const { source, diagnostics } = readYaml(decoded.text, file);
  if (source === null) return { ...nothing, diagnostics };
  const parsed = planFile.safeParse(source.value);
  if (!parsed.success)
    return { ...nothing, diagnostics: inFileOrder(explainIssues(parsed.error.issues, source)) };
  const plan = parsed.data.plan as PlanBody; // the shape of a plan's result
  return { plan, summary: parsed.data.summary ?? plan.analysis, diagnostics: [] };
}
