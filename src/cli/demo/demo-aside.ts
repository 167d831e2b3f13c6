/** What the demo adds to its progress: the offer to kill it, and what each rogue tried and what stopped it, so far. */
import { isTrick, TRICK_WORDS } from '../../demo/cast.ts';
import { hostileRows, isToldTrick, type HostileRow } from '../../demo/hostile-table.ts';
import type { Aside } from '../render/aside.ts';
import type { JournalEvent, RunEvent } from '../../core/events.ts';
import type { RunHistory } from '../render/history.ts';
import { escapeText, firstLine } from '../render/escape.ts';
import { cut, fit, widthOf, wrapHanging } from '../render/width.ts';

const LINE_COLUMNS = 110;
const TRICK = 20;
const AGENT = 20;
/** How many are kept on the screen. */
const SENT_BACK = 3;

export interface DemoAsideOptions {
  hostile: boolean;
  /** Of the process that drives the run. */
  pid: number;
  /** How Baton is started from this folder. */
  command: string;
  /** False where something that the run needs ends with the process: nobody is told to kill it. Left out: true. */
  canResume?: boolean;
}

/** No search through trees happens while agents work: a trick that only one can show as stopped waits for the end. */
export function createDemoAside({ hostile, pid, command, canResume = true }: DemoAsideOptions): Aside {
  return {
    lines(history, line) {
      if (!hostile) return sentBackLines(history, line);
      const known = history.events.filter(({ seq }) => seq <= line.seq);
      return hostileRows(known, new Map())
        .filter((row) => row.seq === line.seq)
        .flatMap((row) => wrapHanging(escapeText(stoppedLine(row)), LINE_COLUMNS));
    },
    repeats: (history, line) => hostile && isToldTrick(history.events, line),
    foot(history, width) {
      const kill = canResume ? killLines(pid, command, width) : [];
      const rows = hostile ? hostileRows(history.events, new Map()) : [];
      const back = hostile
        ? []
        : history.events.flatMap((line) => sentBackLines(history, line)).slice(-SENT_BACK);
      if (back.length > 0) return { full: ['', ...back, ...kill], short: kill };
      if (rows.length === 0) return { full: kill.length === 0 ? [] : ['', ...kill], short: kill };
      const stopped = rows.filter((row) => row.seq !== null).length;
      return {
        full: ['', tableRow('trick', 'rogue', 'stopped by'), ...rows.map(rowLine), ...kill],
        short: [`  ${stopped} of ${rows.length} rogues stopped so far`, ...kill],
      };
    },
  };
}

/** That carelessness is caught is the point of the demo: it is said when it happens, with the first thing that was found. */
function sentBackLines({ events }: RunHistory, { seq, event }: JournalEvent): string[] {
  if (event.type !== 'rework_requested') return [];
  const known = new Map(
    events.filter((line) => line.seq < seq).flatMap(({ event: before }) => foundIn(before)),
  );
  const [first, ...more] = event.findings.flatMap((id) => known.get(id) ?? []);
  if (first === undefined) return [];
  const rest = more.length === 0 ? '' : ` (and ${more.length} more)`;
  const room = LINE_COLUMNS - rest.length;
  return [
    `${cut(`  sent back: ${escapeText(event.step.split('/').at(-1) ?? '')}: ${escapeText(firstLine(first))}`, room)}${rest}`,
  ];
}

/** Findings by their id, with what is wrong. */
function foundIn(event: RunEvent): [id: string, problem: string][] {
  const findings =
    event.type === 'gates_ended' && event.outcome.kind === 'measured'
      ? event.outcome.results.flatMap((result) => result.findings)
      : event.type === 'review_ended' && event.outcome.kind === 'verdict'
        ? event.outcome.review.findings
        : [];
  return findings.flatMap(({ id, blocking, problem }) => (blocking ? [[id, problem]] : []));
}

function stoppedLine({ agent, trick, tried, stopped }: HostileRow): string {
  return `  rogue ${agent} (${trick}) ${tried}; stopped by: ${stopped[0] ?? ''}`;
}

function rowLine({ agent, trick, stopped }: HostileRow): string {
  const isLookedFor = isTrick(trick) && TRICK_WORDS[trick].leaves !== undefined;
  return tableRow(trick, agent, stopped[0] ?? (isLookedFor ? 'looked for at the end' : 'not stopped yet'));
}

function tableRow(trick: string, agent: string, by: string): string {
  return `  ${fit(escapeText(trick), TRICK)} ${fit(escapeText(agent), AGENT)} ${escapeText(by)}`;
}

/** In one line where the command is short enough: cut off, it could not be pasted. */
function killLines(pid: number, command: string, width: number): string[] {
  const [kill, then] = [`  kill -9 ${pid}   <- try it while it runs`, `go on with: ${command} resume`];
  const line = `${kill}, then ${then}`;
  return widthOf(line) <= width ? [line] : [kill, `  then ${then}`];
}
