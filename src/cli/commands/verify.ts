/** `baton verify`: the journal's hash chain, and the chain of verdicts recomputed from the events. */
import { createCommand } from '../command.ts';
import { checkVerdictChain, type ChainProblem } from '../audit/verdict-chain.ts';
import { printJson, printLines, type CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import type { Journal, VerifyReport } from '../../journal/journal.ts';
import { escapeText } from '../render/escape.ts';
import { openStore, pickRun } from '../store.ts';
import { styleOf } from '../style-of.ts';

/** Exit 5 with the first bad sequence where either chain is broken. */
export async function run(argv: string[], context: CliContext): Promise<number> {
  const command = createCommand('verify', "Checks a run's journal and its chain of verdicts.", context)
    .argument('[run]', 'id of the run or its beginning; the latest one by default')
    .option('--json', 'print one JSON document')
    .parse(argv, { from: 'user' });
  await using store = await openStore(context);
  const row = await pickRun(store.journal, command.processedArgs[0]);
  const journal = await store.journal.verify(row.runId);
  const verdicts = journal.ok ? await checkVerdicts(store.journal, row.runId) : null;
  if (command.opts().json === true)
    printJson(context, { run_id: row.runId, journal, verdict_problem: verdicts });
  else printLines(context, verifyLines(row.runId, journal, verdicts, context));
  return journal.ok && verdicts === null ? EXIT.done : EXIT.integrity;
}

async function checkVerdicts(journal: Journal, runId: string): Promise<ChainProblem | null> {
  return checkVerdictChain(await journal.read(runId, 1));
}

function verifyLines(
  runId: string,
  journal: VerifyReport,
  verdicts: ChainProblem | null,
  context: CliContext,
): string[] {
  const style = styleOf(context.stdout, context);
  if (!journal.ok) {
    const { seq, detail } = journal.problem ?? { seq: 0, detail: 'unknown' };
    return [
      style.bad(`${style.glyphs.failed} E_INTEGRITY seq=${seq} ${escapeText(detail)}`),
      `  The journal of run ${runId} was changed. Do not go on with it; \`baton log ${runId}\` still shows it.`,
    ];
  }
  const anchor = journal.anchored ? 'chain consistent and anchored' : 'chain consistent, not anchored';
  const head = style.good(`${style.glyphs.done} ${journal.events} events, ${anchor}, head ${journal.head}`);
  if (verdicts === null)
    return [
      head,
      style.good(
        `${style.glyphs.done} every output that was used is carried by verdicts or by a recorded override`,
      ),
    ];
  return [
    head,
    style.bad(
      `${style.glyphs.failed} E_INTEGRITY seq=${verdicts.seq} the verdicts do not carry this: ${escapeText(verdicts.detail)}`,
    ),
  ];
}
