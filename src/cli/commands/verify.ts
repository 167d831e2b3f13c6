/** `baton verify`: the journal's hash chain, the artifacts, commits and statements that it names, and the chain of verdicts recomputed from the events. */
import { createCommand, usageError } from '../command.ts';
import { checkCommits } from '../audit/stored-commits.ts';
import { checkApprovals } from '../audit/approvals.ts';
import { checkAnchors, type AnchorsFound } from '../audit/journal-anchors.ts';
import { parseAnchor, type JournalAnchor } from '../../engine/journal-anchor.ts';
import { checkLocalPulls, type LocalPullsFound } from '../audit/local-pulls.ts';
import { checkStatements, type StatementsFound } from '../audit/statements.ts';
import { isStatementFile, verifyFile } from '../audit/verify-file.ts';
import { checkReadings } from '../audit/required-reading.ts';
import { checkArtifacts } from '../audit/stored-artifacts.ts';
import { checkRow, orphanWarning } from '../audit/run-rows.ts';
import { checkVerdictChain, type ChainProblem } from '../audit/verdict-chain.ts';
import { printJson, printLines, type CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { IntegrityError } from '../../core/errors.ts';
import type { RunRow, VerifyReport } from '../../journal/journal.ts';
import { escapeText } from '../render/escape.ts';
import { pickRun } from '../pick-run.ts';
import { openStore, type Store } from '../store.ts';
import { styleOf } from '../style-of.ts';

/** Exit 5 with the first bad sequence where either chain is broken. */
export async function run(argv: string[], context: CliContext): Promise<number> {
  const command = createCommand(
    'verify',
    "Checks a run's journal and its chain of verdicts, or a statement about a pull request.",
    context,
  )
    .argument(
      '[what]',
      'id of a run or its beginning, the latest one by default; or a file with a statement, or the address of a pull request (see docs/verify.md)',
    )
    .option(
      '--anchor <event...>',
      'the number and the hash of an event that were kept elsewhere, as in a pull request: `57 4f1c…`',
    )
    .option('--repo <path>', 'a statement: the repository with the commits; by default this one')
    .option('--base <ref>', 'a statement: the branch whose .baton/signers counts; by default origin/HEAD')
    .option('--commit <ref>', 'a statement: what the pull request holds; by default what it is about')
    .option('--signers <file>', 'a statement: keys that count in place of those of the base')
    .option('--json', 'print one JSON document')
    .parse(argv, { from: 'user' });
  const [what] = command.processedArgs;
  if (what !== undefined && /^https?:/.test(what)) {
    const { verifyPull } = await import('../audit/verify-pull.ts');
    return verifyPull(what, command.opts(), context);
  }
  if (what !== undefined && isStatementFile(what, context)) return verifyFile(what, command.opts(), context);
  const given = readAnchors(command.opts().anchor ?? []);
  await using store = await openStore(context);
  const name = what;
  const orphans = await store.journal.listOrphans();
  refuseOrphan(orphans, name);
  const row = await pickRun(store, name, context);
  const journal = await store.journal.verify(row.runId);
  const found = journal.ok ? await checkContents(store, row, given) : null;
  const isWhole = found !== null && problemsOf(found).every((problem) => problem === null);
  if (command.opts().json === true)
    printJson(context, {
      run_id: row.runId,
      journal,
      row_problem: found?.row ?? null,
      artifact_problem: found?.artifacts ?? null,
      reading_problem: found?.readings ?? null,
      commit_problem: found?.commits ?? null,
      verdict_problem: found?.verdicts ?? null,
      approval_problem: found?.approvals ?? null,
      anchor_problem: found?.anchors.problem ?? null,
      anchors_outside: found?.anchors.outside ?? null,
      anchored_up_to: found?.anchors.upTo ?? null,
      statement_problem: found?.statements.problem ?? null,
      statements: found?.statements.signed ?? null,
      pull_request_problems: found?.pulls.problems ?? null,
      orphans,
    });
  else printLines(context, verifyLines(row.runId, journal, found, context));
  for (const orphan of orphans) context.stderr.write(`warning: ${orphanWarning(orphan)}\n`);
  return isWhole && (name !== undefined || orphans.length === 0) ? EXIT.done : EXIT.integrity;
}

/** A run whose row is gone cannot be picked, and nothing that is left of it can be trusted. */
function refuseOrphan(orphans: string[], name: string | undefined): void {
  const orphan = name === undefined ? undefined : orphans.find((id) => id.startsWith(name));
  if (orphan === undefined) return;
  throw new IntegrityError({
    runId: orphan,
    seq: null,
    problem: 'its events are there, and its row is gone',
  });
}

interface Contents {
  row: ChainProblem | null;
  artifacts: ChainProblem | null;
  readings: ChainProblem | null;
  commits: ChainProblem | null;
  verdicts: ChainProblem | null;
  approvals: ChainProblem | null;
  anchors: AnchorsFound;
  statements: StatementsFound;
  pulls: LocalPullsFound;
}

function problemsOf({ anchors, statements, pulls, ...others }: Contents): (ChainProblem | null)[] {
  return [...Object.values(others), anchors.problem, statements.problem, ...pulls.problems];
}

/** Two words each, together or apart, as a shell hands them over. */
function readAnchors(words: readonly string[]): JournalAnchor[] {
  const parts = words.flatMap((word) => word.trim().split(/\s+/));
  const texts = Array.from({ length: Math.ceil(parts.length / 2) }, (_, index) =>
    parts.slice(index * 2, index * 2 + 2).join(' '),
  );
  return texts.map((text) => {
    const anchor = parseAnchor(text);
    if (anchor !== null) return anchor;
    throw usageError(
      `"${text}" is no anchor.`,
      'Write the number of an event and its hash, as the pull request has them.',
    );
  });
}

async function checkContents(
  { journal, stateDir }: Store,
  row: RunRow,
  given: readonly JournalAnchor[],
): Promise<Contents> {
  const { runId } = row;
  const events = await journal.read(runId, 1);
  return {
    row: checkRow(row, events),
    artifacts: await checkArtifacts(journal, runId, events),
    readings: await checkReadings(journal, runId, events),
    commits: await checkCommits(stateDir, runId, events),
    verdicts: checkVerdictChain(events),
    approvals: checkApprovals(events),
    anchors: await checkAnchors(stateDir, runId, { events, given }),
    statements: await checkStatements({ journal, stateDir }, runId, events),
    pulls: await checkLocalPulls(runId, events),
  };
}

/** Somebody outside of the store vouches for all events, for those up to one, or for none. */
function anchorWords({ events }: VerifyReport, { upTo }: Contents['anchors']): string {
  if (upTo === 0) return ', not anchored';
  return upTo === events ? ' and anchored' : `, anchored up to event ${upTo}`;
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
  const head = style.good(
    `${style.glyphs.done} ${journal.events} events, chain consistent${anchorWords(journal, found.anchors)}, head ${journal.head}`,
  );
  const good = (text: string): string => style.good(`${style.glyphs.done} ${text}`);
  const bad = (problem: ChainProblem): string =>
    style.bad(
      `${style.glyphs.failed} ${problem.code ?? 'E_INTEGRITY'} seq=${problem.seq} ${escapeText(problem.detail)}`,
    );
  const { row, artifacts, readings, commits, verdicts, approvals, anchors, statements, pulls } = found;
  return [
    head,
    ...(found.anchors.upTo > 0
      ? []
      : [
          '  Not anchored: the head was compared with nothing outside of this store. Keep it elsewhere and compare it later: a store',
          '  that was set back or rewritten as a whole is consistent, too, but its head differs.',
        ].map(style.dim)),
    row === null ? good('its row in listings says what its events say') : bad(row),
    artifacts === null ? good('every artifact it names is what was stored') : bad(artifacts),
    readings === null
      ? good('every skill and guide that was to be read first is kept as it was read')
      : bad(readings),
    commits === null ? good('the git stores and the local forge hold every commit it names') : bad(commits),
    verdicts === null
      ? good('every output that was used is carried by verdicts or by a recorded override')
      : bad({ ...verdicts, detail: `the verdicts do not carry this: ${verdicts.detail}` }),
    approvals === null
      ? good('every part that needs an approval has one, for exactly that part')
      : bad(approvals),
    ...anchorLines(anchors, { good, bad }),
    ...statementLines(statements, { good, bad }),
    ...pullLines(pulls, { good, bad }),
  ];
}

/** Nothing where the local forge has none of a run that is done. */
function pullLines(
  { problems, looked }: LocalPullsFound,
  say: { good(text: string): string; bad(problem: ChainProblem): string },
): string[] {
  if (problems.length > 0) return problems.map((problem) => say.bad(problem));
  if (looked === 0) return [];
  return [say.good('the local forge has its branches and pull requests as the run left them')];
}

/** Nothing where nothing was submitted. */
function statementLines(
  { problem, signed }: StatementsFound,
  say: { good(text: string): string; bad(problem: ChainProblem): string },
): string[] {
  if (problem !== null) return [say.bad(problem)];
  return signed.map(({ repo, by }) =>
    say.good(`the statement about ${repo} says what the journal says; signed by ${escapeText(by)}`),
  );
}

/** Nothing where no commit carries one: the head of the output says that the journal is not anchored. */
function anchorLines(
  { problem, outside }: AnchorsFound,
  say: { good(text: string): string; bad(problem: ChainProblem): string },
): string[] {
  if (problem !== null) return [say.bad(problem)];
  if (outside === 0) return [];
  return [
    say.good(
      `${outside === 1 ? 'one anchor' : `${outside} anchors`} outside of the store: the journal has what ${outside === 1 ? 'it says' : 'they say'}`,
    ),
  ];
}
