/** What is said before a run starts, and when a phase starts and is complete. */
import { doubtOf } from '../../core/checks/doubt.ts';
import { leftOutBy, leftOutWords, type LeftOut } from '../../core/conditions/left-out.ts';
import type { EventOf, JournalEvent } from '../../core/events.ts';
import type { Detected, Refinement } from '../../core/records.ts';
import type { Graph, Phase, Step } from '../../core/graph.ts';
import { CONCERN_SETS, type Effort } from '../../core/words.ts';
import { envelopeOf } from '../../demo/rehearse/envelope.ts';
import { SHAPES } from '../../intake/detect-request.ts';
import { inOrder, isAlone } from '../../intake/policy.ts';
import { sizeWords } from '../../core/questions/questions.ts';
import { escapeText, firstLine } from './escape.ts';
import type { Style } from './style.ts';
import { wrap } from './width.ts';

/** Request, workflow and the list of phases with their agents: shown before the first agent starts. */
export function planLines(started: EventOf<'run_started'>, style: Style, columns: number): string[] {
  const { graph, effort } = started;
  const left = effort === undefined ? [] : leftOutBy(graph, effort.tier);
  const doubt = doubtOf(started.detection);
  const text = (indent: number, words: string, paint: (text: string) => string = (t) => t): string[] =>
    wrap(escapeText(words, 'block'), columns - indent - 1).map((line) => paint(' '.repeat(indent) + line));
  return [
    style.bold(`Run ${started.run_id}`),
    ...text(2, started.request),
    '',
    ...text(
      0,
      `Workflow ${graph.workflow}, ${graph.phases.length} phases, driver ${started.driver}, forge ${started.forge}:`,
    ),
    ...(started.detection === undefined ? [] : text(2, detectedLine(started.detection))),
    ...(started.detection?.spun_off ?? []).flatMap((part) =>
      text(2, `not part of this run: ${part}`, style.ask),
    ),
    ...graph.phases.flatMap((phase, index) => {
      const out = left.find((each) => each.phase === phase.id);
      const told =
        out === undefined ? [] : text(5, `${style.glyphs.skipped} ${leftOutWords(out)}`, style.ask);
      const head = text(2, `${index + 1}. ${phase.title}`);
      if (out?.whole === true) return [...head, ...told];
      return [
        ...head,
        ...(phase.deliverable === '' ? [] : text(5, `${style.glyphs.next} ${phase.deliverable}`, style.dim)),
        ...text(
          5,
          agentsOf(graph, phase, out).join(', ') || engineWords(stepsOf(graph, phase.id)),
          style.dim,
        ),
        ...told,
      ];
    }),
    ...(effort === undefined ? [] : sizeWords(graph, effort).flatMap((words) => text(2, words))),
    ...(effort === undefined ? [] : text(2, callWords(started, effort.tier))),
    ...(started.sandbox === 'off' ? text(2, 'Agents and gates run without a wall.', style.bad) : []),
    ...unasked(started).flatMap((question) =>
      text(2, `${style.glyphs.note} not asked: ${question}`, style.ask),
    ),
    ...(doubt === null ? [] : text(2, `${style.glyphs.note} ${doubt}`, style.ask)),
    ...started.notes.flatMap((note) => text(2, `${style.glyphs.note} ${note}`, style.ask)),
  ];
}

/** How many calls of agents and reviewers the run will take, as `baton rehearse` reckons it. */
function callWords({ graph, given }: EventOf<'run_started'>, effort: Effort): string {
  const tasks = given?.tasks.length ?? null;
  const known = { effort, tasks, agentMs: new Map(), gatesMs: null, usdPerToken: null };
  const { least, likely } = envelopeOf(graph, known).invocations;
  const usual = likely === null ? 'a plan will say how many more' : `likely ${likely}`;
  return `Calls of agents and reviewers: ${least === likely ? least : `at least ${least}, ${usual}`}, where nothing is sent back.`;
}

function refinedWords({ by, changes }: Refinement): string {
  const what = changes.length === 0 ? 'nothing changes' : changes.join(', ');
  return `refined by ${by.agent} (${by.driver}, ${by.label}): ${what}`;
}

/** What is worth knowing before the start of a run that begins without asking. */
function unasked({ detection, confirmed }: EventOf<'run_started'>): string[] {
  const asks = detection?.policy === 'confirm' && !confirmed;
  return asks ? [] : (detection?.questions ?? []);
}

/** What rules saw in the words, and whether the run asks first. */
export function detectedLine(detection: Detected): string {
  const { triggered = true, mode, pattern, topics, effort, workflow, refined, policy } = detection;
  const what = {
    orchestrated: triggered
      ? 'detected: backend work for a workflow'
      : 'detected: nothing was recognised in the words, so the workflow takes them as they are',
    direct: `detected: ${directWords(detection)}`,
    elsewhere: 'detected: no backend work',
  }[mode];
  // What an agent changed is said in its own part.
  const by = refined === undefined ? ' by its words' : '';
  const parts = [
    what,
    pattern === null ? '' : SHAPES[pattern].replace(/^A /, 'a '),
    topics.length === 0 ? '' : `about ${topics.join(', ')}`,
    effort === null || !triggered ? '' : `effort ${effort}${by}`,
    refined === undefined ? '' : refinedWords(refined),
    workflow === undefined ? '' : `workflow ${workflow}${by}`,
    policy === 'confirm' ? 'policy: a person confirms first' : 'policy: it launches at once',
  ];
  return parts.filter((part) => part !== '').join('; ');
}

/** What a run does is said of its own graph, which may give the work to more than the specialist. */
function directWords({ specialist, agents = [] }: Detected): string {
  return isAlone(agents, specialist)
    ? `backend work for one specialist (${specialist ?? 'none'})`
    : `backend work of one kind, by ${inOrder(agents)}`;
}

/** The agents of a phase in the order of its steps, but for those that are left out; a conditional one says so. */
function agentsOf(graph: Graph, phase: Phase, left: LeftOut | undefined): string[] {
  const out = new Set(left?.steps.map(({ step }) => step.id));
  const steps = stepsOf(graph, phase.id).filter((step) => !out.has(step.id));
  const names = steps.flatMap(({ work, when }) =>
    work.kind === 'agent' ? [when === null ? work.agent : `${work.agent} (as needed)`] : [],
  );
  const reviewers = reviewersOf(steps);
  const each = [...new Set(names)];
  return reviewers.length === 0 ? each : [...each, `reviewed by ${reviewers.join(', ')}`];
}

/** Who reviews for certain, and who where a check of its own is wanted: with what has to be seen in the change for that. */
function reviewersOf(steps: readonly Step[]): string[] {
  const mayBeLeft = (step: Step): boolean => step.work.kind === 'check' && step.when !== null;
  const certain = new Set(steps.filter((step) => !mayBeLeft(step)).flatMap((step) => step.reviewers));
  const needed = steps
    .filter(mayBeLeft)
    .flatMap((step) =>
      step.reviewers
        .filter((name) => !certain.has(name))
        .map((name) => `${name} (as needed${neededFor(step)})`),
    );
  return [...certain, ...new Set(needed)];
}

/** `: authentication, user data`: by a set's name where it is all of one. */
function neededFor({ when }: Step): string {
  if (when?.kind !== 'concerns') return '';
  const set = Object.entries(CONCERN_SETS).find(([, all]) => all.join() === when.names.join());
  return `: where the change touches ${set === undefined ? when.names.join(', ').replaceAll('_', ' ') : set[0]}`;
}

function stepsOf(graph: Graph, phase: string): Step[] {
  return graph.steps.filter((step) => step.phase === phase);
}

const ENGINE_WORDS: Record<Step['work']['kind'], string> = {
  agent: 'starts agents',
  planned: 'starts the agents that the plan names',
  merge: 'merges',
  check: 'measures',
  submit: 'submits',
  deploy: 'deploys',
  given: 'takes what was given',
};

/** Who works in a phase without an agent of its own: what the engine does there, and who reviews it. */
export function engineWords(steps: readonly Step[]): string {
  const does = [...new Set(steps.map(({ work }) => ENGINE_WORDS[work.kind]))];
  const reviewers = [...new Set(steps.flatMap((step) => step.reviewers))];
  return [
    `the engine ${does.join(' and ') || 'alone'}`,
    ...(reviewers.length === 0 ? [] : [`reviewed by ${reviewers.join(', ')}`]),
  ].join(', ');
}

/** The announcement that a phase starts or is complete; nothing for every other event. */
export function announcement(graph: Graph, line: JournalEvent): string[] {
  const { event } = line;
  if (event.type === 'phase_started') return startLines(graph, event);
  if (event.type === 'phase_completed') return completeLines(graph, event);
  return [];
}

function startLines(graph: Graph, event: EventOf<'phase_started'>): string[] {
  const agents = event.agents.map((name) => `${name} (${graph.agents[name]?.role ?? 'unknown role'})`);
  const context =
    graph.context === 'all' ? 'every accepted output that a step builds on' : 'the outputs it needs';
  return [
    `Phase ${placeOf(graph, event.phase)} starts: ${event.title}`,
    `  agents: ${agents.join(', ') || engineWords(stepsOf(graph, event.phase))}`,
    `  context: ${context}`,
    ...(event.deliverable === '' ? [] : [`  hands over: ${event.deliverable}`]),
  ].map((text) => escapeText(text));
}

function completeLines(graph: Graph, event: EventOf<'phase_completed'>): string[] {
  const title = graph.phases.find((phase) => phase.id === event.phase)?.title ?? event.phase;
  return [
    `Phase ${placeOf(graph, event.phase)} ${event.skipped === true ? 'skipped' : 'complete'}: ${title}`,
    ...event.summary.split('\n').map((line) => `  ${firstLine(line)}`),
    ...(event.skipped === true
      ? []
      : [`  next: ${event.next.join(', ') || 'nothing, this was the last phase'}`]),
  ].map((text) => escapeText(text));
}

function placeOf(graph: Graph, phase: string): string {
  return `${graph.phases.findIndex((p) => p.id === phase) + 1} of ${graph.phases.length}`;
}
