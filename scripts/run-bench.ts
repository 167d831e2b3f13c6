/**
 * Compiles the bench with the engine, as a published package is compiled, and runs it: type stripping is no part of a step.
 * `--startup` measures short commands of the packed form in its place, `--gates` a pass of gates, `--engine-cpu` whole runs.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { measureStartup } from '../bench/startup.ts';

const root = join(import.meta.dirname, '..');
if (process.argv.includes('--startup')) measureStartup(root);
else if (process.argv.includes('--gates')) await import('../bench/gates.ts');
else measureCompiled(process.argv.includes('--engine-cpu') ? 'engine-cpu' : 'steps');

function measureCompiled(name: string): void {
  execFileSync(join(root, 'node_modules/.bin/tsc'), ['-p', join(root, 'tsconfig.bench.json')], {
    stdio: 'inherit',
  });
  copyFileSync(join(root, 'package.json'), join(root, '.cache/bench/package.json'));
  execFileSync(process.execPath, [join(root, `.cache/bench/bench/${name}.js`), ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
}
