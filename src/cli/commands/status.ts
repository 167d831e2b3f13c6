/** `baton status`: where a run stands, what it waits for, and the command that ends the wait. */
import { IntegrityError } from '../../core/errors.ts';
import { statementsSeen } from '../audit/statements.ts';
import { createCommand } from '../command.ts';
import { columnsOf, printJson, printLines, type CliContext } from '../context.ts';
import { acceptedAnyway } from '../render/accepted-anyway.ts';
import { localForgeDir } from '../render/result-text.ts';
import { statusDocument } from '../render/status-document.ts';
import { statusLines } from '../render/status-lines.ts';
import { cameWithoutTest } from '../../engine/success-criteria.ts';
import { shownCriteria } from '../answers/shown-criteria.ts';
import { findChangedFiles } from '../snapshot-drift.ts';
import { pickRun } from '../pick-run.ts';
import { lookAtRun, openStore } from '../store.ts';
import { errorText } from '../show-error.ts';
import { styleOf } from '../style-of.ts';

/** Looks only: takes no hold, writes nothing. Exit 0 whatever the run's status is, 5 where its journal was damaged. */
export async function run(argv: string[], context: CliContext): Promise<number> {
  const command = createCommand(
    'status',
    'Where a run stands, what it waits for, and what ends the wait.',
    context,
  )
    .argument('[run]', 'id of the run or its beginning; the latest one by default')
    .option('--json', 'print one JSON document')
    .parse(argv, { from: 'user' });
  const [name] = command.processedArgs;
  await using store = await openStore(context);
  const row = await pickRun(store, name, context);
  const { history, damage, exitCode } = await lookAtRun(store.journal, row.runId, context);
  const holder = await store.journal.holder(row.runId);
  const changedFiles = await findChangedFiles(store.journal, history).catch((error: unknown) => {
    if (!(error instanceof IntegrityError)) throw error;
    context.stderr.write(errorText(error));
    damage.push(error.message);
    return null; // nothing to compare with
  });
  const pending = await store.journal.pending(row.runId);
  const statements = await statementsSeen(store.journal, history.events);
  const document = statusDocument(history, { holder, changedFiles, pending, statements });
  if (command.opts().json === true) {
    printJson(context, { ...document, damage });
    return exitCode;
  }
  const result = {
    runId: row.runId,
    status: document.status,
    reason: document.reason,
    ...(document.retry_at === null
      ? {}
      : { wait: { until: document.retry_at, now: context.now().toISOString() } }),
    pullRequests: document.pull_requests,
    // What is answered waits for a holder, no longer for a person.
    questions: document.questions.filter((question) => question.pending_answer === null),
    askedIds: [...history.state.questions.keys()],
    head: history.head,
    repos: history.started.repos,
    budget: document.budget,
    criteria: await shownCriteria(store.journal, history.state),
    acceptedAnyway: acceptedAnyway(history.state),
    withoutTest: cameWithoutTest(history.state),
    endsWithPlan: history.state.graph.plan_for !== undefined,
    forgeDir: localForgeDir(history.started, store.stateDir),
    isDamaged: damage.length > 0,
  };
  const options = {
    columns: columnsOf(context.stdout),
    now: context.now().toISOString(),
    style: styleOf(context.stdout, context),
  };
  printLines(context, statusLines(document, history, result, options));
  return exitCode;
}
