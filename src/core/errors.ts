/**
 * Every error class of Baton. Constructors take facts and write the sentence themselves:
 * `message` says what happened and where, `fix` what to do next.
 */

/** Every code; `docs/errors.md` says what each means. */
export const ERROR_CODES = [
  'E_USAGE',
  'E_NOT_FOUND',
  'E_AGENT_FRONTMATTER',
  'E_AGENT_NAME_MISSING',
  'E_AGENT_NAME_INVALID',
  'E_AGENT_DUPLICATE',
  'E_AGENT_BODY',
  'E_AGENT_TOOL_UNKNOWN',
  'E_ROLE_TOOL_FORBIDDEN',
  'E_UNKNOWN_AGENT',
  'E_READING_MISSING',
  'E_CONFIG_KEY',
  'E_CONFIG_VALUE',
  'E_CONFIG_SYNTAX',
  'E_CONFIG_LIMIT',
  'E_ENCODING',
  'E_WORKFLOW_CYCLE',
  'E_WORKFLOW_EMPTY',
  'E_REVIEW_MISSING',
  'E_REVIEWER_IS_AUTHOR',
  'E_REVIEWER_ROLE',
  'E_UNREACHABLE',
  'E_DEFINITION_DRIFT',
  'E_PLAN',
  'E_PREFLIGHT',
  'E_NO_DRIVER',
  'E_PROFILE_UNTRUSTED',
  'E_NO_WALL',
  'E_UNMETERED',
  'E_NOT_RECORDED',
  'E_NESTED_RUN',
  'E_REPO',
  'E_FORGE',
  'E_SIGNING_KEY',
  'E_GIT',
  'E_PATH_OUTSIDE',
  'E_PATH_PROTECTED',
  'E_STALE_REVIEW',
  'E_ROLE_WROTE',
  'E_DIFF_TOO_LARGE',
  'E_SECRET',
  'E_STORE',
  'E_STORE_NEWER',
  'E_STORE_FOREIGN',
  'E_INTEGRITY',
  'E_AUDIT_ROLLBACK',
  'E_HELD',
  'E_FENCED',
  'E_DISK_FULL',
  'E_DISK_LOW',
  'E_FAILING_ALIKE',
  'E_SETUP',
  'E_DISK_IO',
  'E_ANSWERED',
  'E_QUESTION',
  'E_RUN_ENDED',
  'E_UNREAD_MESSAGE',
  'E_BUG',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** A place in a file: `file:line:col`, both from 1. */
export interface SourcePlace {
  file: string;
  line: number;
  col: number;
}

export interface ErrorFacts {
  code: ErrorCode;
  message: string;
  fix: string;
  place?: SourcePlace | null;
  /** Whether the same call may succeed later without anybody changing anything. */
  retryable?: boolean;
  cause?: unknown;
}

export class BatonError extends Error {
  override readonly name: string = 'BatonError';
  readonly code: ErrorCode;
  readonly fix: string;
  readonly place: SourcePlace | null;
  readonly retryable: boolean;

  constructor(facts: ErrorFacts) {
    super(facts.message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.code = facts.code;
    this.fix = facts.fix;
    this.place = facts.place ?? null;
    this.retryable = facts.retryable ?? false;
  }
}

/** One line of a lint: an error stops, a warning is shown. */
export interface Diagnostic {
  level: 'error' | 'warning';
  /** An `E_…` or `W_…` code. */
  code: string;
  message: string;
  fix: string;
  place: SourcePlace | null;
}

/** Several things wrong at once: all of them are shown in one pass. */
export class DefinitionErrors extends BatonError {
  override readonly name = 'DefinitionErrors';
  readonly diagnostics: Diagnostic[];

  constructor(diagnostics: Diagnostic[]) {
    const errors = diagnostics.filter((d) => d.level === 'error');
    const first = errors[0];
    super({
      code: (first?.code ?? 'E_CONFIG_VALUE') as ErrorCode, // diagnostics of level error carry E_ codes
      message: errors.map(formatDiagnostic).join('\n'),
      fix:
        errors.length === 1 && first !== undefined ? first.fix : 'Mend the lines above; nothing was started.',
      place: first?.place ?? null,
    });
    this.diagnostics = diagnostics;
  }
}

/** `file:line:col E_CODE message`: one line, whatever the message holds. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const place = diagnostic.place;
  const where = place === null ? '' : `${place.file}:${place.line}:${place.col} `;
  return `${where}${diagnostic.code} ${diagnostic.message}`;
}

export class HeldError extends BatonError {
  override readonly name = 'HeldError';
  constructor(facts: { runId: string; pid: number | null; since: string | null; host: string | null }) {
    const who = facts.pid === null ? 'another process' : `pid ${facts.pid}`;
    const since = facts.since === null ? '' : ` since ${facts.since}`;
    super({
      code: 'E_HELD',
      message: `Run ${facts.runId} is held by ${who}${since}.`,
      fix: `Wait for it, watch it with \`baton status ${facts.runId}\`, or, if it is stopped, take it over: \`baton resume ${facts.runId} --take-over\`.`,
    });
  }
}

export class FencedError extends BatonError {
  override readonly name = 'FencedError';
  /** `seq` where the epoch is still ours, but somebody wrote under it. */
  constructor(facts: {
    runId: string;
    epoch: number;
    currentEpoch: number;
    seq?: { expected: number; actual: number };
  }) {
    const moved = facts.seq;
    super({
      code: 'E_FENCED',
      message:
        moved === undefined
          ? `This process lost run ${facts.runId}: it held epoch ${facts.epoch}, the journal is at epoch ${facts.currentEpoch}.`
          : `This process lost run ${facts.runId}: it wanted to follow event ${moved.expected}, the journal is at event ${moved.actual}.`,
      fix: 'Nothing to do: the other holder goes on, and nothing of this one was written.',
    });
  }
}

export class IntegrityError extends BatonError {
  override readonly name = 'IntegrityError';
  readonly seq: number | null;
  constructor(facts: { runId: string; seq: number | null; problem: string }) {
    const where = facts.seq === null ? '' : ` seq=${facts.seq}`;
    super({
      code: 'E_INTEGRITY',
      message: `The journal of run ${facts.runId} was changed:${where} ${facts.problem}.`,
      fix: `Do not go on with this run. Look at it with \`baton log ${facts.runId}\`, restore the store from a backup, or start a new run.`,
    });
    this.seq = facts.seq;
  }
}
