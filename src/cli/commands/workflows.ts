/** `baton workflows`: list, show or check workflows. */
import { readFileSync } from 'node:fs';
import { formatDiagnostic, type Diagnostic } from '../../core/errors.ts';
import type { Graph, Step } from '../../core/graph.ts';
import { takesPlan } from '../../core/graph/plan-graphs.ts';
import { listBuiltinWorkflows } from '../../definitions/builtin.ts';
import { createCommand, usageError } from '../command.ts';
import { printJson, printLines, type CliContext } from '../context.ts';
import { chooseWorkflow, loadDefinitions, promptRemarks } from '../start/definitions-here.ts';
import { EXIT } from '../exit-codes.ts';
import { escapeText } from '../render/escape.ts';
import { workerOf } from '../render/step-words.ts';
import { fit } from '../render/width.ts';

/** `list`, `show NAME` or `check NAME|FILE`. A workflow that cannot be proven exits 2. */
export async function run(argv: string[], context: CliContext): Promise<number> {
  const command = createCommand('workflows', 'Lists, shows or checks workflows.', context)
    .argument('[action]', 'list, show or check', 'list')
    .argument(
      '[workflow]',
      'a built-in workflow, or a file ending in .yaml; by default the one that run uses',
    )
    .option('--source', 'show: print the file itself')
    .option('--json', 'print one JSON document')
    .parse(argv, { from: 'user' });
  const [action, name] = command.processedArgs;
  const { json, source } = command.opts();
  switch (action) {
    case 'list':
      return list(json === true, context);
    case 'show':
      return show(name, { json: json === true, source: source === true }, context);
    case 'check':
      return check(name, json === true, context);
    default:
      throw usageError(`"${action}" is none of list, show and check.`, 'See `baton workflows --help`.');
  }
}

const TAKES_PLAN: Readonly<Record<ReturnType<typeof takesPlan>, string>> = {
  no: '',
  yes: ' (takes --plan)',
  only: ' (needs --plan)',
};

function list(json: boolean, context: CliContext): number {
  const rows = listBuiltinWorkflows().map(({ name, file }) => {
    const { graph } = loadDefinitions(chooseWorkflow(name, context.cwd));
    const phases = graph?.phases.map((phase) => phase.title) ?? [];
    const takes_plan = graph === null ? ('no' as const) : takesPlan(graph);
    return { name, file, phases, proven: graph !== null, takes_plan };
  });
  if (json) printJson(context, { workflows: rows });
  else
    printLines(
      context,
      rows.map(
        (row) =>
          `${fit(row.name, 16)} ${row.proven ? `${row.phases.join(' → ')}${TAKES_PLAN[row.takes_plan]}` : 'cannot be proven: see `baton workflows check`'}`,
      ),
    );
  return EXIT.done;
}

function show(
  name: string | undefined,
  options: { json: boolean; source: boolean },
  context: CliContext,
): number {
  const chosen = chooseWorkflow(name, context.cwd);
  if (options.source) {
    context.stdout.write(escapeText(readFileSync(chosen.file, 'utf8'), 'block'));
    return EXIT.done;
  }
  const { graph, diagnostics } = loadDefinitions(chosen);
  if (graph === null) return tellDiagnostics(chosen.name, diagnostics, options.json, context);
  if (options.json) printJson(context, graph);
  else printLines(context, graphLines(graph));
  return EXIT.done;
}

function check(name: string | undefined, json: boolean, context: CliContext): number {
  const chosen = chooseWorkflow(name, context.cwd);
  const loaded = loadDefinitions(chosen);
  const diagnostics = [...loaded.diagnostics, ...promptRemarks(chosen, loaded)];
  return tellDiagnostics(chosen.name, diagnostics, json, context);
}

function tellDiagnostics(
  name: string,
  diagnostics: Diagnostic[],
  json: boolean,
  context: CliContext,
): number {
  const errors = diagnostics.filter((each) => each.level === 'error');
  const verdict =
    errors.length === 0
      ? `${name}: every path from an agent's output to a later use or to submission passes a review`
      : `${name}: ${errors.length === 1 ? 'one error' : `${errors.length} errors`}, it does not start`;
  if (json) printJson(context, { workflow: name, ok: errors.length === 0, diagnostics });
  else
    printLines(context, [
      ...diagnostics.flatMap((each) => [
        escapeText(formatDiagnostic(each)),
        `  fix: ${escapeText(each.fix)}`,
      ]),
      verdict,
    ]);
  return errors.length === 0 ? EXIT.done : EXIT.usage;
}

function graphLines(graph: Graph): string[] {
  return [
    `${graph.workflow} (version ${graph.version}), starts ${graph.start === 'confirm' ? 'after a confirmation' : 'at once'}`,
    ...graph.phases.flatMap((phase, index) => [
      '',
      `${index + 1}. ${phase.title}${phase.deliverable === '' ? '' : `: ${phase.deliverable}`}`,
      ...graph.steps.filter((step) => step.phase === phase.id).map(stepLine),
    ]),
  ].map((line) => escapeText(line));
}

function stepLine(step: Step): string {
  const parts = [
    step.when === null ? '' : 'as needed',
    step.gates === 'none' ? '' : `${step.gates} gates`,
    step.reviewers.length === 0 ? '' : `reviewed by ${step.reviewers.join(', ')}`,
  ].filter((part) => part !== '');
  return `   ${fit(step.id, 34)} ${fit(workerOf(step), 30)} ${parts.join(', ')}`.trimEnd();
}
