/**
 * What a workflow and those inside it say of the run. What protects people adds up: approvals, compliance and guides of all of
 * them hold. For the rest the outer one's word holds, and where it is silent the inner one's: limits and budget for the whole
 * run, because both are counted for it alone. `start`, `pause` and `context` are the outer one's.
 */
import type { Diagnostic } from '../core/errors.ts';
import { errorAt } from './diagnose.ts';
import type { WorkflowFile } from './workflow-schema.ts';
import type { YamlPath, YamlSource } from './yaml-source.ts';

/** An inner workflow, and the phase of the outer one that names it. */
export interface InnerWorkflow {
  body: WorkflowFile;
  path: YamlPath;
}

type Approvals = NonNullable<WorkflowFile['approvals']>;
type Guides = NonNullable<WorkflowFile['guides']>;
type Numbers = Record<string, number | undefined>;

/** The outer workflow with what the inner ones add; where they contradict each other and it is silent, that is an error. */
export function mergeWorkflows(
  outer: WorkflowFile,
  inner: readonly InnerWorkflow[],
  source: YamlSource,
): { body: WorkflowFile; diagnostics: Diagnostic[] } {
  const approvals = mergeApprovals([outer, ...inner.map(({ body }) => body)]);
  const compliance = [
    ...new Set([outer, ...inner.map(({ body }) => body)].flatMap((b) => b.compliance ?? [])),
  ];
  const guides = [outer, ...inner.map(({ body }) => body)].flatMap((b) => b.guides ?? []);
  const limits = mergeNumbers('limits', outer, inner);
  const budget = mergeNumbers('budget', outer, inner);
  return {
    body: {
      ...outer,
      ...(approvals.length === 0 ? {} : { approvals }),
      ...(compliance.length === 0 ? {} : { compliance }),
      ...(guides.length === 0 ? {} : { guides: withoutRepeats(guides) }),
      ...(limits.merged === null ? {} : { limits: limits.merged }),
      ...(budget.merged === null ? {} : { budget: budget.merged }),
    },
    diagnostics: [...limits.clashes, ...budget.clashes].map(({ path, message, fix }) =>
      errorAt(source.keyPlace([...path, 'workflow']), 'E_CONFIG_VALUE', message, fix),
    ),
  };
}

function withoutRepeats(guides: Guides): Guides {
  const words = guides.map((guide) => JSON.stringify(guide));
  return guides.filter((_, index) => words.indexOf(words[index] ?? '') === index);
}

/** Two rules of one id are one: the paths of both, refused where one of them refuses, titled by the outermost. */
function mergeApprovals(bodies: readonly WorkflowFile[]): Approvals {
  const rules = new Map<string, Approvals[number]>();
  for (const rule of bodies.flatMap(({ approvals }) => approvals ?? [])) {
    const known = rules.get(rule.id);
    rules.set(rule.id, known === undefined ? rule : bothRules(known, rule));
  }
  return [...rules.values()];
}

function bothRules(first: Approvals[number], second: Approvals[number]): Approvals[number] {
  const title = first.title ?? second.title;
  const paths = [...new Set([...(first.paths ?? []), ...(second.paths ?? [])])];
  return {
    id: first.id,
    ...(title === undefined ? {} : { title }),
    ...(paths.length === 0 ? {} : { paths }),
    ...(first.refuse === true || second.refuse === true ? { refuse: true } : {}),
  };
}

interface Clash {
  path: YamlPath;
  message: string;
  fix: string;
}

function mergeNumbers(
  key: 'limits' | 'budget',
  outer: WorkflowFile,
  inner: readonly InnerWorkflow[],
): { merged: Numbers | null; clashes: Clash[] } {
  const own: Numbers = outer[key] ?? {};
  const merged: Numbers = {};
  const clashes: Clash[] = [];
  for (const { body, path } of inner) {
    for (const [name, value] of Object.entries<number | undefined>(body[key] ?? {})) {
      if (own[name] !== undefined || value === undefined) continue;
      if (merged[name] === undefined || merged[name] === value) merged[name] = value;
      else
        clashes.push({
          path,
          message: `The workflows inside ${outer.name} contradict each other in \`${key}.${name}\`: it is ${merged[name]} before, and ${value} in ${body.name}.`,
          fix: `Write \`${key}: { ${name}: … }\` in ${outer.name}: its word holds.`,
        });
    }
  }
  const all = { ...merged, ...own };
  return { merged: Object.keys(all).length === 0 ? null : all, clashes };
}
