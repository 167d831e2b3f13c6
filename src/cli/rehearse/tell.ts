/** What a rehearsal says while it goes on: on a terminal in place, else a line for each run that has ended. */
import type { Envelope, Rehearsal, RogueRow } from '../../definitions/rehearsal-schema.ts';
import { columnsOf, type CliContext } from '../context.ts';
import { escapeText } from '../render/escape.ts';
import { wrapHanging } from '../render/width.ts';
import { styleOf } from '../style-of.ts';
import type { Teller } from './play-rehearsal.ts';
import { envelopeLines, honestLine, rowLine, tableColumns } from './rehearsal-lines.ts';

export interface RehearsalTeller extends Teller {
  envelope(workflow: string, envelope: Envelope): void;
}

const nothing = (): void => {};
export const tellNothing: RehearsalTeller = {
  envelope: nothing,
  begins: nothing,
  honest: nothing,
  row: nothing,
};

/** To stderr: what comes of it goes to stdout. */
export function tellPlain(context: CliContext): RehearsalTeller {
  const { stderr } = context;
  const style = styleOf(stderr, context);
  const columns = tableColumns(columnsOf(stderr));
  const line = (text: string): void => void stderr.write(`${stderr.isTTY ? '\r\u001b[K' : ''}${text}\n`);
  return {
    envelope: (workflow, envelope) => {
      line(
        `Rehearsal of ${escapeText(workflow)}: agents by script, one of them a rogue in each run; repositories, gates and pull requests are real.`,
      );
      for (const text of envelopeLines(envelope)) line(text);
      line('');
    },
    begins: (name) => {
      if (stderr.isTTY) stderr.write(`\r\u001b[K${style.busy(style.glyphs.busy)} ${name} …`);
    },
    honest: (run: Rehearsal['honest']) => {
      const sign = run.status === 'done' ? style.good(style.glyphs.done) : style.bad(style.glyphs.failed);
      for (const text of wrapHanging(`${sign} honest            ${escapeText(honestLine(run))}`, columns))
        line(text);
    },
    row: (row: RogueRow) => line(rowLine(row, style, columns)),
  };
}
