/** What the demo adds to its progress: the offer to kill it, and what each rogue tried and what stopped it, so far. */
import { isTrick, TRICK_WORDS } from '../../demo/cast.ts';
import { hostileRows, isToldTrick, type HostileRow } from '../../demo/hostile-table.ts';
import type { Aside } from '../render/aside.ts';
import { escapeText } from '../render/escape.ts';
import { fit, widthOf, wrapHanging } from '../render/width.ts';

const LINE_COLUMNS = 110;
const TRICK = 20;
const AGENT = 20;

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
      if (!hostile) return [];
      const known = history.events.filter(({ seq }) => seq <= line.seq);
      return hostileRows(known, new Map())
        .filter((row) => row.seq === line.seq)
        .flatMap((row) => wrapHanging(escapeText(stoppedLine(row)), LINE_COLUMNS));
    },
    repeats: (history, line) => hostile && isToldTrick(history.events, line),
    foot(history, width) {
      const kill = canResume ? killLines(pid, command, width) : [];
      const rows = hostile ? hostileRows(history.events, new Map()) : [];
      if (rows.length === 0) return { full: kill.length === 0 ? [] : ['', ...kill], short: kill };
      const stopped = rows.filter((row) => row.seq !== null).length;
      return {
        full: ['', tableRow('trick', 'rogue', 'stopped by'), ...rows.map(rowLine), ...kill],
        short: [`  ${stopped} of ${rows.length} rogues stopped so far`, ...kill],
      };
    },
  };
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
