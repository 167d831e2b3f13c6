/** A run of one specialist that turns out to be worth more than it was cut down to. */
import { expect, it } from 'vitest';
import { buildGraph, submit, writer } from '../../testing/build-graph.ts';
import { asJournal } from '../../testing/events.ts';
import { play } from '../../testing/scripted-world.ts';
import { eventLine } from './event-line.ts';
import { readHistory } from './history.ts';
import { reportDocument } from './report-document.ts';
import { reportMarkdown } from './report-markdown.ts';

const COMMAND = '`baton run --workflow baton --effort medium`';
const grownIn = (cut_from: string | undefined) => {
  const graph = buildGraph(
    { work: [writer('a')], hand_over: [submit()] },
    cut_from === undefined ? {} : { cut_from },
  );
  const size = { files: 9, lines: 900 };
  const { events } = play(graph, { size: ({ step }) => (step === 'work/a' ? size : undefined) });
  return readHistory(asJournal(events));
};

it('R6: log and report of a direct run whose effort rises name the command that starts the whole workflow', () => {
  const history = grownIn('baton');
  const rise = history.events.find(({ event }) => event.type === 'effort_raised');
  if (rise === undefined) throw new Error('nothing rose');
  expect(eventLine(rise)).toContain(COMMAND);
  const report = reportDocument(history, { status: 'done', reason: 'submitted' }, new Map());
  expect(report.issues.join('\n')).toContain(COMMAND);
  expect(reportMarkdown(report, '/state/forge')).toContain('effort trivial became medium');
});

it('a run of a whole workflow names none', () => {
  const history = grownIn(undefined);
  expect(history.rises).toHaveLength(1);
  expect(history.events.map(eventLine).join('\n')).not.toContain('starts the whole workflow');
  expect(reportDocument(history, { status: 'done', reason: 'submitted' }, new Map()).issues).toEqual([]);
});
