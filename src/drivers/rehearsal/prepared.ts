/** Prepared answers of a rehearsal, as a folder holds them: `answers.yaml`, `plan.yaml`, and a folder of files for each part. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { z } from 'zod';
import { BatonError, DefinitionErrors } from '../../core/errors.ts';
import { loadPlan } from '../../definitions/load-plan.ts';
import type { PlanBody } from '../../definitions/plan-shape.ts';
import { closedObject, explainIssues } from '../../definitions/schema-issues.ts';
import { readYaml } from '../../definitions/yaml-source.ts';

const part = closedObject({
  needs: z.array(z.string()).default([]),
  edits: z.array(closedObject({ file: z.string(), after: z.string(), text: z.string() })).default([]),
});
const rounds = z.array(z.array(z.string())).min(1, { error: 'must have at least one item' });
const result = z.record(z.string(), z.unknown());
const look = closedObject({ file: z.string(), for: z.string(), problem: z.string(), fix: z.string() });
const answers = closedObject({
  request: z.string(),
  parts: z.record(z.string(), part),
  agents: z.record(
    z.string(),
    closedObject({
      rounds: rounds.optional(),
      reason: z.string(),
      modules: z.array(z.string()).optional(),
    }),
  ),
  anybody: z.record(z.string(), rounds),
  not_needed: z.string(),
  reviews: closedObject({ summary: z.string(), looks: z.array(look) }),
  results: z.record(z.string(), result),
  results_of: z.record(z.string(), z.record(z.string(), result)).default({}),
});

/** What a part leaves: whole files by `repository/path`, and texts behind a place that is there already. */
export interface Part {
  files: Record<string, string>;
  edits: { file: string; after: string; text: string }[];
  /** Parts that this one stands on. */
  needs: string[];
}

export type Look = z.infer<typeof look>;
export interface Prepared extends Omit<z.infer<typeof answers>, 'parts'> {
  parts: ReadonlyMap<string, Part>;
  plan: PlanBody;
  planSummary: string;
}

/** Reads answers, plan and the files of the parts. Throws with file:line:col for what is wrong in it. */
export function loadPrepared(folder: string): Prepared {
  const file = join(folder, 'answers.yaml');
  const { source, diagnostics } = readYaml(readAnswers(file), file);
  if (source === null) throw new DefinitionErrors(diagnostics);
  const parsed = answers.safeParse(source.value);
  if (!parsed.success) throw new DefinitionErrors(explainIssues(parsed.error.issues, source));
  const parts = Object.entries(parsed.data.parts).map(([name, { needs, edits }]): [string, Part] => [
    name,
    { needs, edits, files: readFiles(join(folder, 'parts', name)) },
  ]);
  const { document, diagnostics: ofPlan } = loadPlan(join(folder, 'plan.yaml'));
  if (document === null) throw new DefinitionErrors(ofPlan);
  return { ...parsed.data, parts: new Map(parts), plan: document.plan, planSummary: document.summary };
}

function readAnswers(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new BatonError({
      code: 'E_NOT_FOUND',
      message: `The prepared answers ${file} cannot be read.`,
      fix: 'Put them back; a rehearsal has nothing else to answer with.',
      cause,
    });
  }
}

/** A part of edits alone has no folder. */
function readFiles(folder: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const path of listFiles(folder))
    files[relative(folder, path).split(sep).join('/')] = readFileSync(path, 'utf8');
  return files;
}

function listFiles(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    return entries.flatMap((entry) => (entry.isFile() ? [join(entry.parentPath, entry.name)] : [])).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []; // readdirSync throws system errors
    throw error;
  }
}
