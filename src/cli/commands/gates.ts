/** `baton gates`: what the gates of this repository say of a commit, without a run and without an agent. */
import { Option } from '@commander-js/extra-typings';
import { resolve } from 'node:path';
import { completeConfig, readConfigs } from '../config-here.ts';
import { createCommand } from '../command.ts';
import { columnsOf, printJson, printLines, type CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { refuseInsideRun } from '../nested.ts';
import { findRepository, findStateDir, newStateDir, workDirOf } from '../places.ts';
import { escapeText } from '../render/escape.ts';
import { approvalLines, gateLines } from '../render/gate-lines.ts';
import { sandboxOption } from '../start/sandbox-option.ts';
import { styleOf } from '../style-of.ts';
import type { CommitCheck } from '../../engine/check-commit.ts';
import type { RunningGate } from '../../gates/gates.ts';

/** Exit 0 where nothing is red, 3 where a gate is, 4 where only a person's approval is missing. */
export async function run(argv: string[], context: CliContext): Promise<number> {
  refuseInsideRun(context);
  const command = createCommand(
    'gates',
    'Asks the gates of this repository about a commit, as a run would: no agent, no pull request, nothing of the repository is changed.',
    context,
  )
    .argument('[commit]', 'a branch, tag or commit; what is not committed is not looked at', 'HEAD')
    .option('--base <commit>', 'judge what came since it left this one; by default the main branch')
    .option('--repo <path>', 'another repository than the one of this folder')
    .addOption(
      new Option('--set <set>', 'quick: those that run after each agent; full: all')
        .choices(['quick', 'full'])
        .default('full' as const),
    )
    .addOption(sandboxOption())
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      '\nThe exit code is 0 where nothing is red, 3 where a gate is, 4 where a person has to approve something.',
    )
    .parse(argv, { from: 'user' });
  const { base, repo, set, sandbox, json } = command.opts();
  const [commit] = command.processedArgs;
  const path = repo === undefined ? (findRepository(context.cwd) ?? context.cwd) : resolve(context.cwd, repo);
  const [{ findForkPoint }, { openEngine }, { checkCommit }] = await Promise.all([
    import('../../workspace/fork-point.ts'),
    import('../../engine/open-engine.ts'),
    import('../../engine/check-commit.ts'),
  ]);
  const { inspectRepository } = await import('../../workspace/inspect.ts');
  await inspectRepository({ path, ref: commit === 'HEAD' ? null : commit }); // refuses what is none, before anything is made
  const fork = await findForkPoint(path, commit, base ?? null);
  const { environment } = context;
  const stateDir = findStateDir(context) ?? newStateDir(context);
  using stop = context.listenForStop();
  await using engine = await openEngine({ stateDir, workDir: workDirOf(context), environment });
  const checked = await checkCommit(
    engine,
    {
      path,
      head: commit === 'HEAD' ? null : commit,
      base: fork.commit,
      set,
      sandbox,
      configOf: (found) => completeConfig(readConfigs([found.path]), [found], environment),
      begins: tellBegins(context),
    },
    stop.signal,
  ).catch((error: unknown) => {
    if (stop.signal.aborted) return null;
    throw error;
  });
  if (checked === null) return EXIT.interrupted;
  if (json === true) printJson(context, { ...checked, against: fork.against, set });
  else printLines(context, resultLines(checked, { commit, against: fork.against }, context));
  return exitOf(checked);
}

const isRed = ({ status }: CommitCheck['results'][number]): boolean =>
  status === 'fail' || status === 'error';

function exitOf({ results, approvals }: CommitCheck): number {
  if (results.some(isRed) || approvals.some(({ refused }) => refused)) return EXIT.failed;
  return approvals.length > 0 ? EXIT.waitsForHuman : EXIT.done;
}

/** To stderr, a line for each gate that begins: some take minutes. */
function tellBegins({ stderr }: CliContext): (gate: RunningGate) => () => void {
  return ({ gate, module, command }) => {
    const where = module === '.' || module === '*' ? '' : ` of ${module}`;
    const what = command.length === 0 ? '' : `: ${command.join(' ')}`;
    stderr.write(`… ${escapeText(`${gate}${where}${what}`)}\n`);
    return () => {};
  };
}

function resultLines(
  { head, base, results, approvals, notes }: CommitCheck,
  named: { commit: string; against: string },
  context: CliContext,
): string[] {
  const style = styleOf(context.stdout, context);
  const short = (id: string): string => id.slice(0, 12);
  const since =
    head.commit === base.commit
      ? `as it is: nothing came since ${named.against}`
      : `since ${short(base.commit)}, where it left ${named.against}`;
  const red = results.filter(isRed).length;
  const unsure = results.filter(({ status }) => status === 'unverified').length;
  const waits = approvals.length === 0 ? '' : `, ${approvals.length} to be approved`;
  return [
    escapeText(`${head.name} at ${short(head.commit)} (${named.commit}), ${since}`),
    ...notes.map((note) => `note: ${escapeText(note)}`),
    '',
    ...gateLines(results, style, columnsOf(context.stdout)),
    ...approvalLines(approvals, style),
    '',
    `${red} of ${results.length} gates red${unsure === 0 ? '' : `, ${unsure} unverified`}${waits}`,
  ];
}
