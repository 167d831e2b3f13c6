/**
 * A workflow inside another one: the phases of the inner one take the place of the phase that names it, as
 * `outer-inner`. Limits, budget and approvals of the outer one hold; the inner one's submission is left out.
 */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Diagnostic } from '../core/errors.ts';
import { listBuiltinWorkflows } from './builtin.ts';
import { errorAt } from './diagnose.ts';
import { nearest } from './nearest.ts';
import { readWorkflowFile } from './read-workflow.ts';
import type { PhaseFile, StepFile, When, WorkflowFile } from './workflow-schema.ts';
import type { YamlPath, YamlSource } from './yaml-source.ts';

/** One phase to compile, and where it is written. */
export interface PhasePart {
  phase: PhaseFile & { steps: StepFile[] };
  path: YamlPath;
  source: YamlSource | null;
  /** Who reviews where a step of it names nobody. */
  reviewers: string[];
  /** What these reviewers have to say something about. */
  areas: string[];
  /** The phase that stands for the whole inner workflow; null: it is written right here. */
  parent: { id: string; title: string } | null;
}

interface Opened {
  name: string;
  file: string;
  body: WorkflowFile;
  source: YamlSource;
}

/** How many inner workflows may be opened, all together: a few files that name each other twice would be thousands. */
const MAX_INNER = 50;

/** What one expansion has come to. */
interface Expansion {
  diagnostics: Diagnostic[];
  opened: number;
}

/** Every phase, inner workflows opened, and what is wrong with them. */
export function expandWorkflow(
  file: string,
  body: WorkflowFile,
  source: YamlSource,
): { parts: PhasePart[]; diagnostics: Diagnostic[] } {
  const expansion: Expansion = { diagnostics: [], opened: 0 };
  const parts = open([{ name: body.name, file: resolve(file), body, source }], [], expansion);
  return { parts, diagnostics: expansion.diagnostics };
}

/** `chain`: from the outermost workflow to the one that is opened here. */
function open(chain: Opened[], reviewers: string[], expansion: Expansion): PhasePart[] {
  const here = chain.at(-1);
  if (here === undefined) return [];
  const by = here.body.review?.by ?? reviewers;
  const areas = here.body.review?.areas ?? [];
  return here.body.phases.flatMap((phase, index): PhasePart[] => {
    const path: YamlPath = ['phases', index];
    if (phase.workflow === undefined && phase.steps !== undefined)
      return [
        {
          phase: { ...phase, steps: phase.steps },
          path,
          source: here.source,
          reviewers: by,
          areas,
          parent: null,
        },
      ];
    const inner = innerOf(chain, phase, path, expansion);
    return inner === null ? [] : inline(phase, open([...chain, inner], by, expansion));
  });
}

function innerOf(chain: Opened[], phase: PhaseFile, path: YamlPath, expansion: Expansion): Opened | null {
  const { diagnostics } = expansion;
  const here = chain.at(-1);
  const name = phase.workflow;
  if (here === undefined) return null;
  const refuse = (
    at: YamlPath,
    code: 'E_CONFIG_VALUE' | 'E_CONFIG_LIMIT' | 'E_WORKFLOW_CYCLE',
    message: string,
    fix: string,
  ): null => {
    diagnostics.push(errorAt(here.source.keyPlace(at), code, message, fix));
    return null;
  };
  if (name === undefined || phase.steps !== undefined)
    return refuse(
      path,
      'E_CONFIG_VALUE',
      `The phase ${phase.id} has ${name === undefined ? 'neither `steps` nor a `workflow`' : 'both `steps` and a `workflow`'}.`,
      'Write one of them.',
    );
  const file = findWorkflow(name, here.file);
  if (file === null) {
    const near = nearest(
      name,
      listBuiltinWorkflows().map((each) => each.name),
    );
    const fix = near === null ? `Put ${name}.yaml beside this file.` : `Did you mean \`${near}\`?`;
    return refuse([...path, 'workflow'], 'E_CONFIG_VALUE', `There is no workflow ${name}.`, fix);
  }
  const place = chain.findIndex((each) => each.file === file);
  if (place !== -1) {
    const round = [...chain.slice(place).map((each) => each.name), name].join('→');
    return refuse(
      [...path, 'workflow'],
      'E_WORKFLOW_CYCLE',
      `These workflows hold each other: ${round}.`,
      'Take one of them out.',
    );
  }
  expansion.opened += 1;
  if (expansion.opened > MAX_INNER) {
    return expansion.opened > MAX_INNER + 1
      ? null
      : refuse(
          [...path, 'workflow'],
          'E_CONFIG_LIMIT',
          `More than ${MAX_INNER} workflows would be opened inside this one.`,
          'Write their phases down once, or leave some out.',
        );
  }
  const read = readWorkflowFile(file);
  if (read.body === null) {
    diagnostics.push(...read.diagnostics);
    return null;
  }
  return { name, file, body: read.body, source: read.source };
}

/** A file beside the one that names it comes before a built-in workflow of that name. */
function findWorkflow(name: string, from: string): string | null {
  const beside = join(dirname(from), `${name}.yaml`);
  if (existsSync(beside)) return beside;
  return listBuiltinWorkflows().find((each) => each.name === name)?.file ?? null;
}

function inline(outer: PhaseFile, inner: PhasePart[]): PhasePart[] {
  const title = outer.title ?? outer.id;
  const kept = inner
    .map((part) => ({ ...part, phase: { ...part.phase, steps: part.phase.steps.filter(isNoSubmission) } }))
    .filter(({ phase }) => phase.steps.length > 0);
  return kept.map((part, index): PhasePart => {
    const { phase } = part;
    const isLast = index === kept.length - 1;
    const gates = isLast ? (outer.gates ?? phase.gates) : phase.gates;
    const when = bothOf(outer.when, phase.when);
    return {
      ...part,
      parent: { id: outer.id, title },
      phase: {
        ...phase,
        id: `${outer.id}-${phase.id}`,
        title: `${title} › ${phase.title ?? phase.id}`,
        steps: phase.steps.map((step) => renameNeeds(step, outer.id)),
        ...(gates === undefined ? {} : { gates }),
        ...(isLast && outer.standard !== undefined ? { standard: outer.standard } : {}),
        ...(when === undefined ? {} : { when }),
      },
    };
  });
}

function isNoSubmission(step: StepFile): boolean {
  return !('submit' in step) && !('agent' in step && step.output === 'submission');
}

function bothOf(outer: When | undefined, inner: When | undefined): When | undefined {
  return outer === undefined || inner === undefined ? (outer ?? inner) : { all: [outer, inner] };
}

/** `phase/step` of the inner workflow is `outer-phase/step` now; `step` stays within its phase. */
function renameNeeds(step: StepFile, outer: string): StepFile {
  if ('given' in step) return step;
  if (!('parallel' in step)) return renamed(step, outer);
  const synthesis = step.synthesis === undefined ? {} : { synthesis: renamed(step.synthesis, outer) };
  return { ...step, parallel: step.parallel.map((each) => renamed(each, outer)), ...synthesis };
}

function renamed<T extends { needs?: string[] | undefined }>(step: T, outer: string): T {
  const { needs } = step;
  if (needs === undefined) return step;
  return { ...step, needs: needs.map((need) => (need.includes('/') ? `${outer}-${need}` : need)) };
}
