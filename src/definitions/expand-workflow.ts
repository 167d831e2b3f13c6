/**
 * A workflow inside another one: the phases of the inner one take the place of the phase that names it, as
 * `outer-inner`. The inner one's submission is left out; what it says of the run is in `merge-workflows.ts`.
 */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Diagnostic } from '../core/errors.ts';
import type { PlanningGuide } from '../core/plan/guide.ts';
import { GATE_SETS } from '../core/words.ts';
import { listBuiltinWorkflows } from './builtin.ts';
import { errorAt } from './diagnose.ts';
import { mergeWorkflows, type InnerWorkflow } from './merge-workflows.ts';
import { nearest } from './nearest.ts';
import { toGuide, type WrittenGuide } from './planning-schema.ts';
import { readWorkflowFile } from './read-workflow.ts';
import type { PhaseFile, StandardFile, StepFile, When, WorkflowFile } from './workflow-schema.ts';
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
  /** What a plan of it is held to: the guide of its workflow, else that of the one around it. */
  planning: PlanningGuide | null;
  /** The phase that stands for the whole inner workflow; null: it is written right here. */
  parent: { id: string; title: string } | null;
  /** What the inner workflows around it say of their own phases; the run's own word comes before. */
  own: Pick<WorkflowFile, 'blocked' | 'outside_scopes'>;
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
  /** What was told already: rounds by the files in them, and files that cannot be read. */
  told: Set<string>;
}

/** What a workflow comes to: its phases, and its own words with those of the workflows inside it. */
interface Expanded {
  parts: PhasePart[];
  body: WorkflowFile;
  /** What each of them demands; a list of kinds stands once. */
  requiredReviews: string[][];
  guides: WrittenGuide[];
}

/** Every phase, inner workflows opened, what all of them say of the run, and what is wrong with them. */
export function expandWorkflow(
  file: string,
  body: WorkflowFile,
  source: YamlSource,
): Expanded & { diagnostics: Diagnostic[] } {
  const expansion: Expansion = { diagnostics: [], opened: 0, told: new Set() };
  const outermost: Opened = { name: body.name, file: resolve(file), body, source };
  return {
    ...open(outermost, [], { reviewers: [], planning: null }, expansion),
    diagnostics: expansion.diagnostics,
  };
}

/** `around`: the workflows that hold this one, the outermost first; `inherited`: what holds where it says nothing itself. */
function open(
  here: Opened,
  around: Opened[],
  inherited: Pick<PhasePart, 'reviewers' | 'planning'>,
  expansion: Expansion,
): Expanded {
  const by = here.body.review?.by ?? inherited.reviewers;
  const own = here.body.planning === undefined ? null : toGuide(here.body.planning);
  const planning = own ?? inherited.planning;
  const guides = own === null ? [] : [{ guide: own, source: here.source }];
  const areas = here.body.review?.areas ?? [];
  const chain = [...around, here];
  const inner: InnerWorkflow[] = [];
  const required = [here.body.requires?.reviews ?? [], demandedByName(here.body.name)];
  const parts = here.body.phases.flatMap((phase, index): PhasePart[] => {
    const path: YamlPath = ['phases', index];
    if (phase.workflow === undefined && phase.steps !== undefined)
      return [
        {
          phase: { ...phase, steps: phase.steps },
          path,
          source: here.source,
          reviewers: by,
          areas,
          planning,
          parent: null,
          own: {},
        },
      ];
    const found = innerOf(chain, phase, path, expansion);
    if (found === null) return [];
    const expanded = open(found, chain, { reviewers: by, planning }, expansion);
    inner.push({ body: expanded.body, path });
    required.push(...expanded.requiredReviews);
    guides.push(...expanded.guides);
    return inline(phase, expanded);
  });
  const { body, diagnostics } = mergeWorkflows(here.body, inner, here.source);
  expansion.diagnostics.push(...diagnostics);
  return { parts, body, requiredReviews: distinct(required), guides };
}

/** A built-in name is a promise: whoever writes a file of that name keeps it, also where the file takes the words out. */
function demandedByName(name: string): string[] {
  const builtin = listBuiltinWorkflows().find((each) => each.name === name);
  return builtin === undefined ? [] : (readWorkflowFile(builtin.file).body?.requires?.reviews ?? []);
}

function distinct(lists: string[][]): string[][] {
  const words = lists.map((list) => list.join());
  return lists.filter((list, index) => list.length > 0 && words.indexOf(list.join()) === index);
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
    const files = chain.slice(place).map((each) => each.file);
    // The same workflows hold each other wherever one comes in.
    if (isTold(expansion, files.toSorted().join('\n'))) return null;
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
    if (!isTold(expansion, file)) diagnostics.push(...read.diagnostics);
    return null;
  }
  return { name, file, body: read.body, source: read.source };
}

function isTold({ told }: Expansion, what: string): boolean {
  if (told.has(what)) return true;
  told.add(what);
  return false;
}

/** A file beside the one that names it comes before a built-in workflow of that name. */
function findWorkflow(name: string, from: string): string | null {
  const beside = join(dirname(from), `${name}.yaml`);
  if (existsSync(beside)) return beside;
  return listBuiltinWorkflows().find((each) => each.name === name)?.file ?? null;
}

function inline(outer: PhaseFile, { parts, body }: Expanded): PhasePart[] {
  const title = outer.title ?? outer.id;
  const left = new Set(
    parts.flatMap(({ phase }) => phase.steps.filter(isSubmission).map((step) => `${phase.id}/${idOf(step)}`)),
  );
  const kept = parts
    .map((part) => ({ ...part, phase: withoutSubmission(part.phase, left) }))
    .filter(({ phase }) => phase.steps.length > 0);
  return kept.map((part, index): PhasePart => {
    const { phase } = part;
    const last: Partial<PhaseFile> = index === kept.length - 1 ? outer : {};
    const gates = GATE_SETS.findLast((set) => set === last.gates || set === phase.gates);
    const standard = bothStandards(last.standard, phase.standard);
    const deliverable = phase.deliverable ?? last.deliverable;
    const when = bothOf(outer.when, phase.when);
    return {
      ...part,
      parent: { id: outer.id, title },
      own: ownWords(part.own, body, outer.id),
      phase: {
        ...phase,
        id: `${outer.id}-${phase.id}`,
        title: `${title} › ${phase.title ?? phase.id}`,
        steps: phase.steps.map((step) => renameNeeds(step, outer.id)),
        ...(gates === undefined ? {} : { gates }),
        ...(standard === undefined ? {} : { standard }),
        ...(deliverable === undefined ? {} : { deliverable }),
        ...(when === undefined ? {} : { when }),
      },
    };
  });
}

/** Its steps wait for all that stands before them anyway: a need of what is left out says nothing more. */
function withoutSubmission(phase: PhasePart['phase'], left: ReadonlySet<string>): PhasePart['phase'] {
  const { standard, ...rest } = phase;
  const kept = standard?.flatMap(withoutTexts) ?? [];
  const steps = phase.steps
    .filter((step) => !isSubmission(step))
    .map((step) =>
      withNeeds(step, (needs) =>
        needs.filter((need) => !left.has(need.includes('/') ? need : `${phase.id}/${need}`)),
      ),
    );
  return { ...rest, steps, ...(kept.length === 0 ? {} : { standard: kept }) };
}

/** Nobody writes the texts of pull requests in it: that they are there is measured where it is submitted. */
function withoutTexts(standard: StandardFile): StandardFile[] {
  const { measure } = standard;
  if (typeof measure === 'string' || !('outputs' in measure)) return [standard];
  const outputs = measure.outputs.filter((output) => output !== 'submission');
  return outputs.length === 0 ? [] : [{ ...standard, measure: { outputs } }];
}

function isSubmission(step: StepFile): boolean {
  return 'submit' in step || ('agent' in step && step.output === 'submission');
}

function idOf(step: StepFile): string {
  return step.id ?? ('agent' in step ? step.agent : 'submit');
}

/** Each standard of both; of two with one id, the outer one's. */
function bothStandards(
  outer: StandardFile[] | undefined,
  inner: StandardFile[] | undefined,
): StandardFile[] | undefined {
  if (outer === undefined || inner === undefined) return outer ?? inner;
  return [...inner.filter(({ id }) => !outer.some((each) => each.id === id)), ...outer];
}

/** What the inner workflow says comes before what those inside it say, as the outermost one's word comes before both. */
function ownWords(
  own: PhasePart['own'],
  { blocked, outside_scopes = own.outside_scopes }: WorkflowFile,
  outer: string,
): PhasePart['own'] {
  const routes = Object.entries({ ...own.blocked, ...blocked }).flatMap(([reason, id]) =>
    id === undefined ? [] : [[reason, `${outer}-${id}`]],
  );
  return {
    ...(routes.length === 0 ? {} : { blocked: Object.fromEntries(routes) as PhasePart['own']['blocked'] }), // the same reasons as before
    ...(outside_scopes === undefined ? {} : { outside_scopes }),
  };
}

function bothOf(outer: When | undefined, inner: When | undefined): When | undefined {
  return outer === undefined || inner === undefined ? (outer ?? inner) : { all: [outer, inner] };
}

/** `phase/step` of the inner workflow is `outer-phase/step` now; `step` stays within its phase. */
function renameNeeds(step: StepFile, outer: string): StepFile {
  return withNeeds(step, (needs) => needs.map((need) => (need.includes('/') ? `${outer}-${need}` : need)));
}

/** The step, and those within it, with other needs. */
function withNeeds(step: StepFile, change: (needs: string[]) => string[]): StepFile {
  const changed = <T extends { needs?: string[] | undefined }>(each: T): T =>
    each.needs === undefined ? each : { ...each, needs: change(each.needs) };
  if ('given' in step) return step;
  if (!('parallel' in step)) return changed(step);
  const synthesis = step.synthesis === undefined ? {} : { synthesis: changed(step.synthesis) };
  return { ...step, parallel: step.parallel.map(changed), ...synthesis };
}
