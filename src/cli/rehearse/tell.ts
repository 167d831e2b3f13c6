/** What a rehearsal says while it goes on: on a terminal in place, else a line for each run that has ended. */
import type { Envelope, Rehearsal, RogueRow } from '../../definitions/rehearsal-schema.ts';
import { columnsOf, type CliContext } from '../context.ts';
import { formatDuration } from '../render/duration.ts';
import { escapeText } from '../render/escape.ts';
import { cut, wrapHanging } from '../render/width.ts';
import { styleOf } from '../style-of.ts';
import type { Teller } from './play-rehearsal.ts';
import { envelopeLines, honestLine, rowLine, tableColumns } from './rehearsal-lines.ts';

/** A run of minutes shows every second that it goes on. */
const REDRAW_MS = 1_000;

export interface RehearsalTeller extends Teller {
  envelope(workflow: string, envelope: Envelope): void;
}

const nothing = (): void => {};
export const tellNothing: RehearsalTeller = {
  envelope: nothing,
  begins: nothing,
  isAt: nothing,
  honest: nothing,
  row: nothing,
};

/** To stderr: what comes of it goes to stdout. */
export function tellPlain(context: CliContext): RehearsalTeller {
  const { stderr } = context;
  const style = styleOf(stderr, context);
  const columns = tableColumns(columnsOf(stderr));
  let goesOn: { name: string; since: number; step: string; timer: NodeJS.Timeout } | null = null;
  const line = (text: string): void => {
    clearInterval(goesOn?.timer);
    goesOn = null;
    stderr.write(`${stderr.isTTY ? '\r\u001b[K' : ''}${text}\n`);
  };
  const draw = (): void => {
    if (goesOn === null) return;
    const { name, since, step } = goesOn;
    const text = `${name} … ${formatDuration(context.monotonicMs() - since)} ${step}`.trimEnd();
    stderr.write(
      `\r\u001b[K${style.busy(style.glyphs.busy)} ${cut(escapeText(text), columnsOf(stderr) - 3)}`,
    );
  };
  return {
    envelope: (workflow, envelope) => {
      line(
        `Rehearsal of ${escapeText(workflow)}: agents by script, one of them a rogue in each run; repositories, gates and pull requests are real.`,
      );
      for (const text of envelopeLines(envelope)) line(text);
      line('');
    },
    begins: (name) => {
      if (!stderr.isTTY) return;
      clearInterval(goesOn?.timer);
      // Nobody waits for a clock: a rehearsal that ends by an error ends with it.
      const timer = setInterval(draw, REDRAW_MS).unref();
      goesOn = { name, since: context.monotonicMs(), step: '', timer };
      draw();
    },
    isAt: (step) => {
      if (goesOn !== null) goesOn.step = step;
    },
    honest: (run: Rehearsal['honest']) => {
      const sign = run.status === 'done' ? style.good(style.glyphs.done) : style.bad(style.glyphs.failed);
      for (const text of wrapHanging(`${sign} honest            ${escapeText(honestLine(run))}`, columns))
        line(text);
    },
    row: (row: RogueRow) => line(rowLine(row, style, columns)),
  };
}
