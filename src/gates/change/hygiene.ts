/** The gate without a command: what the change itself looks like, measured from git. */
import type { ApprovalRule } from '../../core/graph.ts';
import type { FileChange } from '../../workspace/workspaces.ts';
import { PROTECTED_RULE } from '../../core/questions/approvals.ts';
import { matcherOf } from './approval-parts.ts';
import { noteBeside, wordsOfBeside, type Beside } from './beside.ts';
import type { ChangedLine, ChangedLines } from './changed-lines.ts';
import type { FindingDraft } from '../findings.ts';
import { findForgedResults } from './forged-results.ts';
import { findTestAwareness, type ProductAmongTests } from './knows-tests.ts';
import { findHiddenText } from './hidden-text.ts';
import type { ConfigChange } from '../programs/gate-config-files.ts';
import { protectionOf } from './protected-paths.ts';
import { findSecrets } from './secrets.ts';
import { findSuppressions } from './suppressions.ts';
import type { Suppression } from './suppressions.ts';
import { isTestCode, isTestFile } from '../suites/test-files.ts';

export interface HygieneInput {
  changes: FileChange[];
  lines: ChangedLines;
  /** The diff was too large to be read whole. */
  truncated: boolean;
  required: boolean;
  protectedPaths: Record<string, string[]>;
  approvals: readonly ApprovalRule[];
  /** Per repository: gate configuration that differs from the base. */
  configChanges: Record<string, ConfigChange[]>;
  /** Whether the gates ran with them as they are. */
  configApproved?: boolean;
  /** Left out: the default of `max_suppressions`. */
  maxSuppressions?: number;
  /** Left out: nothing lies there. */
  beside?: Beside;
  /** Of the files that lie among tests and ask whether these run, those that are product. Left out: none is. */
  product?: ProductAmongTests;
}

const LOCKFILES =
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|go\.sum|Cargo\.lock|poetry\.lock|uv\.lock|Gemfile\.lock|composer\.lock)$/u;
const MAX_CITED = 20;
const NOTHING_BESIDE: Beside = { files: [], repos: [] };

/** Everything that is wrong with the change, in a fixed order. */
export function checkHygiene(input: HygieneInput): FindingDraft[] {
  return [
    ...checkAmount(input),
    ...findSecrets(input.changes, input.lines),
    ...findHiddenText(input.lines),
    ...checkProtections(input),
    ...input.changes.flatMap(checkTestFile),
    ...findSuppressions(input.lines.added, input.lines.removed, input.maxSuppressions).flatMap(
      describeSuppression,
    ),
    ...findForgedResults(input.lines),
    ...findTestAwareness(input.lines, input.product),
  ];
}

function checkAmount(input: HygieneInput): FindingDraft[] {
  const empty = input.required ? whyEmpty(input) : null;
  if (empty !== null) {
    const beside = wordsOfBeside(input.beside ?? NOTHING_BESIDE);
    const problem = `${empty} (no_change), although this step has to change something.`;
    const fix =
      'Make the change in the checkout, or say what keeps you from it: status `blocked` with the reason.';
    return [
      draft('no_change', {
        problem: beside === null ? problem : `${problem} ${beside.problem}`,
        fix: beside?.fix ?? fix,
      }),
    ];
  }
  if (!input.truncated) return noteBeside(input.beside ?? NOTHING_BESIDE);
  return [
    draft('too_large', {
      problem: 'E_DIFF_TOO_LARGE The change is too large to be reviewed: more text than can be checked.',
      fix: 'Take out what does not belong to the task (generated files, copies of dependencies), or have the task split.',
    }),
  ];
}

/** A sentence, or null where something was really changed. */
function whyEmpty({ changes, lines, truncated }: HygieneInput): string | null {
  if (changes.length === 0) return 'Nothing was changed';
  if (changes.every((change) => LOCKFILES.test(change.path))) return 'Nothing but lockfiles was changed';
  const textOnly = changes.every(
    (change) => change.status === 'modified' && change.linesAdded + change.linesRemoved > 0,
  );
  if (truncated || !textOnly) return null;
  return squeeze(lines.added) === squeeze(lines.removed) ? 'Nothing but white space was changed' : null;
}

const squeeze = (lines: ChangedLine[]): string => lines.map((line) => line.text.replace(/\s+/g, '')).join('');

function checkProtections(input: HygieneInput): FindingDraft[] {
  // There may be many changes: patterns are compiled once.
  const rules = input.approvals.map((rule) => ({ rule, isNamed: matcherOf(rule) }));
  return input.changes.flatMap((change) => checkProtection(change, input, rules));
}

function checkProtection(
  change: FileChange,
  input: HygieneInput,
  rules: readonly { rule: ApprovalRule; isNamed: ReturnType<typeof matcherOf> }[],
): FindingDraft[] {
  const reason = protectionOf(change.path, input.protectedPaths[change.repo] ?? []);
  const config = input.configChanges[change.repo]?.find((entry) => entry.path === change.path);
  return rules.flatMap(({ rule, isNamed }) => {
    const guarded = rule.id === PROTECTED_RULE && (reason !== null || config !== undefined);
    if (!guarded && !isNamed(change.repo, change.path)) return [];
    const why = guarded
      ? `A protected file was ${change.status}${sectionsOf(config)}: ${reason ?? whyHeld(config)}.`
      : `A file of the rule \`${rule.id}\` (${rule.title}) was ${change.status}.`;
    const version =
      input.configApproved === true ? 'this version, which a person approved' : 'the version of the base';
    const what = config?.runBy === undefined ? 'The gates ran with' : 'What it ran was';
    const ran = config === undefined ? '' : ` ${what} ${version}.`;
    return [guardedDraft(rule, { repo: change.repo, file: change.path, problem: `${why}${ran}` })];
  });
}

function whyHeld(config: ConfigChange | undefined): string {
  if (config?.runBy !== undefined) return config.runBy;
  return config?.sections === null
    ? 'it decides what the gates check'
    : 'these parts decide what the gates check';
}

function sectionsOf(config: ConfigChange | undefined): string {
  return config?.sections == null ? '' : ` (${config.sections.map((name) => `\`${name}\``).join(', ')})`;
}

/** What can be approved does not block here: a person is asked before the step is accepted. */
function guardedDraft(
  rule: ApprovalRule,
  given: Pick<FindingDraft, 'repo' | 'file' | 'problem'>,
): FindingDraft {
  return rule.refuse
    ? draft(rule.id, {
        ...given,
        problem: `E_PATH_PROTECTED ${given.problem}`,
        severity: 'critical',
        fix: 'Take this change back: it may not be made here.',
      })
    : draft(rule.id, {
        ...given,
        severity: 'note',
        blocking: false,
        fix: 'Nothing, if the task needs it: a person has to approve it. Else take it back.',
      });
}

function checkTestFile(change: FileChange): FindingDraft[] {
  const place = { repo: change.repo, file: change.path };
  // The old path of a renamed file is listed as deleted too, with no lines: its tests are followed by name.
  if (change.status === 'deleted' && change.linesRemoved > 0 && isTestFile(change.path)) {
    const fix = 'Bring it back. A test goes only where the plan says that the behaviour goes.';
    return [draft('test_deleted', { ...place, line: 1, problem: 'A test file was deleted.', fix })];
  }
  if (change.status !== 'modified' || change.linesRemoved === 0 || !isTestCode(change.path)) return [];
  return [
    draft('test_edited', {
      ...place,
      severity: 'note',
      blocking: false,
      problem: `Existing test code lost ${change.linesRemoved} lines and got ${change.linesAdded}: the reviewer should see why.`,
      fix: 'Nothing, if the behaviour was meant to change; else bring the lines back.',
    }),
  ];
}

/** Over the limit every line is cited and stops the change; under it they are shown. */
function describeSuppression(found: Suppression): FindingDraft[] {
  const over = found.more > found.allowed;
  const limit =
    found.allowed === 0 ? 'none is allowed' : `${found.allowed} of a kind are allowed (\`max_suppressions\`)`;
  return found.lines.slice(0, MAX_CITED).map((line) =>
    draft(`suppression ${found.rule} ${line.text.trim()}`, {
      severity: over ? 'major' : 'note',
      blocking: over,
      repo: line.repo,
      file: line.path,
      line: line.line,
      problem: `${found.rule}: \`${line.text.trim().slice(0, 160)}\` (${found.lines.length} added in this change; ${limit}).`,
      fix: 'Make the check pass instead of switching it off.',
    }),
  );
}

type Given = Pick<FindingDraft, 'problem' | 'fix'> & Partial<FindingDraft>;

function draft(identity: string, given: Given): FindingDraft {
  return { severity: 'major', blocking: true, repo: null, file: null, line: null, identity, ...given };
}
