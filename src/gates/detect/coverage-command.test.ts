import { describe, expect, it } from 'vitest';
import type { TestReporter } from '../../definitions/config.ts';
import { coverageCommand } from './coverage-command.ts';

const asked = (line: string, reporter: TestReporter, ...dependencies: string[]): string | null => {
  const found = coverageCommand({ command: line.split(' '), reporter }, dependencies);
  return found === null ? null : `${found.command.join(' ')} > ${found.lcov}`;
};

describe('coverageCommand', () => {
  it('asks Node and jest by flags of their own', () => {
    expect(asked('node --test test/', 'node')).toBe(
      'node --test --experimental-test-coverage --test-reporter=lcov --test-reporter-destination=lcov.info test/ > lcov.info',
    );
    expect(asked('jest src', 'jest')).toBe(
      'jest src --coverage --coverageReporters=lcovonly > coverage/lcov.info',
    );
  });

  it('asks vitest by the package that the repository has for it, and mocha through one', () => {
    expect(asked('vitest run', 'vitest', '@vitest/coverage-istanbul')).toBe(
      'vitest run --coverage.enabled --coverage.provider=istanbul --coverage.reporter=lcovonly > coverage/lcov.info',
    );
    expect(asked('vitest run', 'vitest', 'vitest')).toBeNull();
    expect(asked('mocha test', 'mocha', 'c8')).toBe('c8 --reporter=lcovonly mocha test > coverage/lcov.info');
    expect(asked('mocha test', 'mocha')).toBeNull();
  });

  it('leaves alone what has flags of its own, and what starts a runner in its own way', () => {
    expect(asked('jest --coverage', 'jest')).toBeNull();
    expect(asked('node --test --test-reporter=tap', 'node')).toBeNull();
    expect(asked('npm test', 'jest')).toBeNull();
    expect(asked('pytest', 'pytest')).toBeNull();
  });
});
