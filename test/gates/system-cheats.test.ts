/** Every cheat is red in the runners of other languages, where the machine has them. */
import { it } from 'vitest';
import { SYSTEM_RUNNERS } from './system-cheats.ts';
import { describeCheats, expectFull } from './try-cheats.ts';

it('PRIV-6: has a cell for every cheat in each of these runners, files or the reason why there is no such cheat', () => {
  expectFull(SYSTEM_RUNNERS, ['go test', 'pytest']);
});

for (const runner of SYSTEM_RUNNERS) describeCheats(runner);
