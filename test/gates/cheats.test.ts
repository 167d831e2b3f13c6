/** Every cheat is red in the runners that this repository has as packages. */
import { fileURLToPath } from 'node:url';
import { it } from 'vitest';
import { javaScripts } from './javascript-cheats.ts';
import { describeCheats, expectFull } from './try-cheats.ts';

const RUNNERS = javaScripts(fileURLToPath(new URL('../../node_modules', import.meta.url)));

it('PRIV-6: has a cell for every cheat in each of these runners, files or the reason why there is no such cheat', () => {
  expectFull(RUNNERS, ['node:test', 'vitest', 'jest', 'mocha']);
});

for (const runner of RUNNERS) describeCheats(runner);
