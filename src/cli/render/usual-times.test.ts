import { expect, it } from 'vitest';
import { simulateEvents } from '../../testing/events.ts';
import { storeRun } from '../../testing/store-run.ts';
import { openCli } from '../testing/captured-context.ts';
import { readUsualTimes } from './usual-times.ts';

it('knows no usual time in the first run of a store, its own included, and those of the same runner later', async () => {
  using cli = openCli();
  await using journal = await cli.openJournal();
  await storeRun(journal, simulateEvents({ runId: 'r-1', label: 'rules' }));
  expect(await readUsualTimes(journal, 'r-1')).toEqual(new Map());
  await storeRun(journal, simulateEvents({ runId: 'r-2', label: 'program' }));
  const known = await readUsualTimes(journal, 'r-2');
  expect(known.get('feature-agent [rules]')).toBeGreaterThan(0);
  expect([...known.keys()].filter((name) => name.endsWith('[program]'))).toEqual([]);
});
