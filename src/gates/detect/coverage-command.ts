/** How a runner is asked which lines its tests ran: an lcov file, made only where a workflow wants one. */
import type { GateCommand } from '../../definitions/config.ts';

export interface CoverageCommand {
  command: string[];
  /** Where it leaves the lcov file, relative to the module. */
  lcov: string;
}

/** Where istanbul's reporters write to. */
const IN_FOLDER = 'coverage/lcov.info';

/**
 * The tests' own command with what it takes to report lines; null: the runner is not one of ours, somebody has flags of
 * their own there, or a package is missing that it needs. `dependencies`: names, those for development included.
 */
export function coverageCommand(
  { command, reporter }: Pick<GateCommand, 'command' | 'reporter'>,
  dependencies: readonly string[],
): CoverageCommand | null {
  const [program = '', ...rest] = command;
  if (rest.some((word) => /reporter|coverage/i.test(word))) return null;
  const uses = (name: string): boolean => dependencies.includes(name);
  switch (reporter) {
    case 'node':
      return program === 'node' ? ofNode(rest) : null;
    case 'vitest':
      return program === 'vitest' ? ofVitest(command, uses) : null;
    case 'jest': {
      // The flag takes a list: behind it nothing may stand.
      const words = [...command, '--coverage', '--coverageReporters=lcovonly'];
      return program === 'jest' ? { command: words, lcov: IN_FOLDER } : null;
    }
    case 'mocha': {
      const tool = ['c8', 'nyc'].find(uses);
      if (program !== 'mocha' || tool === undefined) return null;
      return { command: [tool, '--reporter=lcovonly', ...command], lcov: IN_FOLDER };
    }
    case 'go':
    case 'pytest':
    case 'cargo':
    case 'junit':
    case 'none':
      return null;
  }
}

function ofNode(words: string[]): CoverageCommand | null {
  const at = words.indexOf('--test');
  if (at === -1) return null;
  const lcov = 'lcov.info';
  const flags = [
    '--experimental-test-coverage',
    '--test-reporter=lcov',
    `--test-reporter-destination=${lcov}`,
  ];
  return { command: ['node', ...words.slice(0, at + 1), ...flags, ...words.slice(at + 1)], lcov };
}

/** Vitest measures by a package of its own, and v8's is the one that it looks for by itself. */
function ofVitest(command: string[], uses: (name: string) => boolean): CoverageCommand | null {
  const provider = ['v8', 'istanbul'].find((name) => uses(`@vitest/coverage-${name}`));
  if (provider === undefined) return null;
  const flags = ['--coverage.enabled', `--coverage.provider=${provider}`, '--coverage.reporter=lcovonly'];
  return { command: [...command, ...flags], lcov: IN_FOLDER };
}
