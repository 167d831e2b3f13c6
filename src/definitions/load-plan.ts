/** A plan in a file (`--plan FILE`): YAML or JSON, the plan in the form that a planner's result has, and where it comes from. */
import { stringify } from 'yaml';
import { z } from 'zod';
import type { Criterion } from '../core/checks/criteria.ts';
import type { Endpoint } from '../core/checks/endpoints.ts';
import type { Diagnostic } from '../core/errors.ts';
import { inFileOrder } from './diagnose.ts';
import { endpoints } from './endpoint-shape.ts';
import type { PlanBody } from './plan-shape.ts';
import { OUTPUT_SHAPES } from './result-shapes.ts';
import { closedObject, explainIssues } from './schema-issues.ts';
import { decodeText, readBytes } from './text-file.ts';
import { readYaml } from './yaml-source.ts';

const said = z.string().regex(/\S/, { error: 'must be text that says something' });

const planFile = closedObject({
  request: said.optional().meta({ description: 'What the plan is for, in the words of who asked.' }),
  workflow: said.optional().meta({ description: 'The workflow that the plan was made for.' }),
  summary: z.string().optional().meta({ description: 'One sentence on the whole.' }),
  acceptance_criteria: z
    .array(
      closedObject({
        id: z.string().regex(/\d/, { error: 'must have a digit: A1, A2, …' }),
        text: said,
        already_met: z.boolean().optional(),
      }),
    )
    .refine((all) => new Set(all.map(({ id }) => id.trim().toLowerCase())).size === all.length, {
      error: 'must give each criterion an id of its own',
    })
    .optional()
    .meta({
      description:
        'What has to be seen for the change to count as done. The run that starts from the plan is held to it.',
    }),
  inputs: z
    .array(closedObject({ name: said, kind: z.string().default(''), summary: z.string().default('') }))
    .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, {
      error: 'must name each input once',
    })
    .optional()
    .meta({ description: 'What the plan builds on; it cites nothing else.' }),
  endpoints,
  plan: z.object(OUTPUT_SHAPES['plan']).shape['plan'] ?? z.never(),
});

/** Something that a plan builds on, by the name under which the plan cites it. */
export interface PlanInput {
  name: string;
  kind: string;
  summary: string;
}

/** A plan with what is known of where it comes from; a person's may name nothing of it. */
export interface PlanDocument {
  request?: string;
  workflow?: string;
  summary: string;
  acceptance_criteria?: Criterion[];
  inputs?: PlanInput[];
  endpoints?: Endpoint[];
  plan: PlanBody;
}

/** `document` is null where there is an error. */
export interface LoadedPlan {
  document: PlanDocument | null;
  diagnostics: Diagnostic[];
}

/** Loads a plan; whether its tasks fit into a workflow is checked where a run is started. */
export function loadPlan(file: string): LoadedPlan {
  const read = readBytes(file);
  if (!read.ok) return { document: null, diagnostics: [read.diagnostic] };
  const decoded = decodeText(read.bytes, file);
  if (!decoded.ok) return { document: null, diagnostics: [decoded.diagnostic] };
  const { source, diagnostics } = readYaml(decoded.text, file);
  if (source === null) return { document: null, diagnostics };
  const parsed = planFile.safeParse(source.value);
  if (!parsed.success)
    return { document: null, diagnostics: inFileOrder(explainIssues(parsed.error.issues, source)) };
  const { request, workflow, inputs, summary, acceptance_criteria } = parsed.data;
  const plan = parsed.data.plan as PlanBody; // the shape of a plan's result
  const document: PlanDocument = {
    ...(request === undefined ? {} : { request: request.trim() }),
    ...(workflow === undefined ? {} : { workflow }),
    summary: summary ?? plan.analysis,
    ...(acceptance_criteria === undefined ? {} : { acceptance_criteria }),
    ...(inputs === undefined ? {} : { inputs }),
    ...(parsed.data.endpoints === undefined ? {} : { endpoints: parsed.data.endpoints }),
    plan,
  };
  return { document, diagnostics: [] };
}

/** The file that `loadPlan` reads the same document from. */
export function planText(document: PlanDocument): string {
  return stringify(document, { aliasDuplicateObjects: false });
}
