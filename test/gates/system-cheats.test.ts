/** Every cheat is red in the runners of other languages, where the machine has them. */
import { it } from 'vitest';
import { cargo } from './rust-cheats.ts';
import { SYSTEM_RUNNERS } from './system-cheats.ts';
import { describeCheats, expectFull } from './try-cheats.ts';

const RUNNERS = [...SYSTEM_RUNNERS, cargo];

it('PRIV-6: has a cell for every cheat in each of these runners, files or the reason why there is no such cheat', () => {
  expectFull(RUNNERS, ['go test', 'pytest', 'cargo test']);
});

for (const runner of RUNNERS) describeCheats(runner);
