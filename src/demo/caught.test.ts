import { expect, it } from 'vitest';
import { simulateRun } from '../testing/events.ts';
import { failing, finding } from '../testing/outcomes.ts';
import { caughtLines } from './caught.ts';

it('says how many findings by whom caught a careless agent, and in which round they were mended', () => {
  const events = simulateRun({
    label: 'rules, careless',
    review: ({ step, round }) => (step === 'implement/feature' && round === 1 ? failing(finding()) : null),
  });
  const [first] = events;
  const runId = first?.event.type === 'run_started' ? first.event.run_id : '';
  expect(caughtLines(events)).toContain(
    `caught: feature-agent left things out (1 finding by code-review, mended in round 2); see \`baton why feature-agent --run ${runId}\``,
  );
});

it('says so where nothing was found, and nothing of agents that are not careless', () => {
  const [line] = caughtLines(simulateRun({ label: 'rules, careless' }));
  expect(line).toMatch(/^not caught: /);
  expect(caughtLines(simulateRun({ label: 'rules' }))).toEqual([]);
});
