/** `baton verify`: the journal's hash chain, the artifacts it names, and the chain of verdicts recomputed from the events. */
import { createCommand } from '../command.ts';
import { checkArtifacts } from '../audit/stored-artifacts.ts';
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
  const found = journal.ok ? await checkContents(store.journal, row.runId) : null;
  if (command.opts().json === true)
    printJson(context, {
      run_id: row.runId,
      journal,
      artifact_problem: found?.artifacts ?? null,
      verdict_problem: found?.verdicts ?? null,
    });
  else printLines(context, verifyLines(row.runId, journal, found, context));
  return found !== null && found.artifacts === null && found.verdicts === null ? EXIT.done : EXIT.integrity;
}

interface Contents {
  artifacts: ChainProblem | null;
  verdicts: ChainProblem | null;
}

async function checkContents(journal: Journal, runId: string): Promise<Contents> {
  const events = await journal.read(runId, 1);
  return { artifacts: await checkArtifacts(journal, runId, events), verdicts: checkVerdictChain(events) };
}

function verifyLines(
  runId: string,
  journal: VerifyReport,
  found: Contents | null,
  context: CliContext,
): string[] {
  const style = styleOf(context.stdout, context);
  if (!journal.ok || found === null) {
    const { seq, detail } = journal.problem ?? { seq: 0, detail: 'unknown' };
    return [
      style.bad(`${style.glyphs.failed} E_INTEGRITY seq=${seq} ${escapeText(detail)}`),
      `  The journal of run ${runId} was changed. Do not go on with it; \`baton log ${runId}\` still shows it.`,
    ];
  }
  const anchor = journal.anchored ? 'chain consistent and anchored' : 'chain consistent, not anchored';
  const head = style.good(`${style.glyphs.done} ${journal.events} events, ${anchor}, head ${journal.head}`);
  const good = (text: string): string => style.good(`${style.glyphs.done} ${text}`);
  const bad = (problem: ChainProblem): string =>
    style.bad(`${style.glyphs.failed} E_INTEGRITY seq=${problem.seq} ${escapeText(problem.detail)}`);
  const { artifacts, verdicts } = found;
  return [
    head,
    artifacts === null ? good('every artifact it names is what was stored') : bad(artifacts),
    verdicts === null
      ? good('every output that was used is carried by verdicts or by a recorded override')
      : bad({ ...verdicts, detail: `the verdicts do not carry this: ${verdicts.detail}` }),
  ];
}
