/** A rehearsal for people: the envelope, a line while each run goes on, and the table. Never wider than the columns given. */
import type { Envelope, Rehearsal, RogueRow, SeenStop } from '../../definitions/rehearsal-schema.ts';
import { formatDuration } from '../render/duration.ts';
import { escapeText } from '../render/escape.ts';
import type { Style } from '../render/style.ts';
import { countOf } from '../render/numbers.ts';
import { cut, fit, wrapHanging } from '../render/width.ts';

const UNKNOWN = 'not known';
const MAX_COLUMNS = 100;

export function tableColumns(columns: number): number {
  return Math.min(MAX_COLUMNS, Math.max(60, columns));
}

/** What a run may take, before any has begun. */
export function envelopeLines({ invocations, wall_ms, tokens, cost_usd, working_ms }: Envelope): string[] {
  const { least, likely, most } = invocations;
  const time =
    wall_ms.likely === null
      ? `at most ${formatDuration(wall_ms.most)} by its time-outs and rounds, ${UNKNOWN} better before a run of it`
      : formatDuration(wall_ms.likely);
  const bound = working_ms === null ? '' : `; working time at most ${formatDuration(working_ms)} by budget`;
  const unbounded = `${UNKNOWN}, and no budget bounds`;
  const calls = `: what at most ${countOf(most, 'invocation')} take`;
  return [
    'A run of this workflow takes, technical retries and what people add left out:',
    `  invocations  least ${least}, likely ${likely ?? UNKNOWN}, most ${most}`,
    `  wall time    ${time}, along ${wall_ms.along.length} steps that wait for each other${bound}`,
    `  tokens       ${tokens === null ? `${unbounded} them${calls}` : `at most ${tokens} by budget`}`,
    `  money        ${cost_usd === null ? `${unbounded} it${calls}` : `at most $${cost_usd} by budget`}`,
  ];
}

export function honestLine(honest: Rehearsal['honest']): string {
  const met = [...new Set(honest.stopped.map(({ by, step }) => `${by} in ${step ?? 'the run'}`))];
  const words =
    honest.status === 'done' ? `done, ${countOf(honest.pull_requests, 'pull request')}` : 'not done';
  return `${words} after ${formatDuration(honest.duration_ms)}${met.length === 0 ? '' : `; met: ${met.join(', ')}`}`;
}

/** One line for a rogue whose run has ended. */
export function rowLine(row: RogueRow, style: Style, columns: number): string {
  const first = decisive(row);
  const words =
    row.outcome === 'not_tried'
      ? `not tried: ${row.why ?? ''}`
      : first === undefined
        ? 'NOTHING stopped it'
        : first.by;
  return `${mark(row, style)} ${fit(row.rogue, NAME)} ${cut(escapeText(words), columns - NAME - 3)}`;
}

const NAME = 17;
const GAP = 2;

/** The table: those that were not stopped first, those that were not tried last. */
export function tableLines(rows: readonly RogueRow[], style: Style, columns: number): string[] {
  const where = Math.min(34, Math.max(18, Math.floor(columns * 0.3)));
  const pull = 4;
  const stopped = columns - 2 - NAME - where - pull - 3 * GAP;
  const line = (sign: string, cells: readonly [string, string, string, string]): string =>
    `${sign} ${fit(cells[0], NAME)}  ${fit(cells[1], stopped)}  ${fit(cells[2], where)}  ${cells[3]}`.trimEnd();
  const head = line(' ', ['rogue', 'stopped by', 'where: event, step', 'PR']);
  const body = sorted(rows).flatMap((row) => {
    if (row.outcome === 'not_tried') {
      const [one = '', ...rest] = wrapHanging(`not tried: ${row.why ?? ''}`, columns - NAME - 4);
      return [
        `${mark(row, style)} ${fit(row.rogue, NAME)}  ${one}`,
        ...rest.map((text) => `${' '.repeat(NAME + 4)}${text}`),
      ];
    }
    const first = decisive(row);
    const by = first === undefined ? 'NOTHING' : `${first.by}${more(row)}`;
    const at = first === undefined ? `- ${row.step ?? ''}` : `${first.seq} ${first.step ?? ''}`;
    const detail = first === undefined ? '' : first.detail;
    return [
      line(mark(row, style), [row.rogue, escapeText(by), escapeText(at), row.pull_request ? 'YES' : 'no']),
      `  ${' '.repeat(NAME)}  ${style.dim(cut(escapeText(`${row.run_id ?? ''}: ${row.tried}`), columns - NAME - 4))}`,
      ...(detail === ''
        ? []
        : [`  ${' '.repeat(NAME)}  ${style.dim(cut(escapeText(`→ ${detail}`), columns - NAME - 4))}`]),
    ];
  });
  return [style.bold(head), ...body];
}

/** The question that ended it, where one did; else the first stop. */
function decisive({ stopped }: RogueRow): SeenStop | undefined {
  return stopped.find(({ by }) => by.startsWith('question ')) ?? stopped[0];
}

function more({ stopped }: RogueRow): string {
  return stopped.length < 2 ? '' : `, +${stopped.length - 1}`;
}

const ORDER = ['not_stopped', 'stopped', 'not_tried'] as const;

function sorted(rows: readonly RogueRow[]): RogueRow[] {
  return ORDER.flatMap((outcome) => rows.filter((row) => row.outcome === outcome));
}

function mark({ outcome }: RogueRow, { glyphs, good, bad, dim }: Style): string {
  if (outcome === 'stopped') return good(glyphs.done);
  return outcome === 'not_tried' ? dim(glyphs.skipped) : bad(glyphs.failed);
}

/** How it went, in one line. */
export function summaryLine(rows: readonly RogueRow[], durationMs: number): string {
  const count = (outcome: RogueRow['outcome']): number =>
    rows.filter((row) => row.outcome === outcome).length;
  const tried = rows.length - count('not_tried');
  const left = count('not_tried') === 0 ? '' : `, ${count('not_tried')} not tried`;
  return `${count('stopped')} of ${tried} rogues stopped${left}, in ${formatDuration(durationMs)}`;
}
