/** The drawings of the Markdown report. */
import { describe, expect, it } from 'vitest';
import { journalOf } from '../../../testing/synthetic-journals.ts';
import { readHistory } from '../history.ts';
import { reportDocument } from '../report-document.ts';
import { drawingSections } from './drawing-sections.ts';

const { phases } = reportDocument(
  readHistory(journalOf('parallel')),
  { status: 'done', reason: 'submitted' },
  new Map(),
);
const steps = phases.flatMap((phase) => phase.steps);

describe('the drawings of the Markdown report', () => {
  it('have every step, an arrow to each that waited for it directly, and a bar for each that took time', () => {
    const [graph = [], times = []] = drawingSections({ phases });
    expect(graph.filter((line) => /^ +s\d+\[".+"\]:::\w+$/.test(line))).toHaveLength(steps.length);
    // left and right → both → submit
    expect(graph.filter((line) => line.includes(' --> '))).toHaveLength(3);
    const bars = times.filter((line) => /:(?:\w+, )*\d{13}, \d{13}$/.test(line));
    expect(bars).toHaveLength(steps.filter(({ took_ms }) => took_ms !== null).length);
    expect(bars.length).toBeGreaterThan(0);
  });

  it('make nothing of a title but its words', () => {
    const title = '"]; click s1 "javascript:alert(1)" %%{init}%% ```\n<img> : x';
    const named = phases.map((phase) => ({
      ...phase,
      title,
      steps: phase.steps.map((step) => ({ ...step, title })),
    }));
    const lines = drawingSections({ phases: named }).flat();
    expect(lines.filter((line) => /[;<{}]|%%|javascript:/.test(line))).toEqual([]);
    expect(lines.filter((line) => line.includes('```'))).toHaveLength(4);
    expect(lines.join('\n')).toContain('click s1 javascript alert(1) init img x');
  });

  it('give way to a sentence where there are too many steps', () => {
    const crowd = phases.flatMap((phase) => Array.from({ length: 121 }, () => phase)).slice(0, 121);
    const many = crowd.map((phase) => ({ ...phase, steps: steps.slice(0, 1) }));
    expect(drawingSections({ phases: many }).flat()).toContain(
      '121 steps are too many for a drawing here; the HTML report has it.',
    );
  });
});
