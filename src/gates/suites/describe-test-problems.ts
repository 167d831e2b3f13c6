/** What is wrong with a run of tests, in the words of findings. Pure. */
import { excerptHead, type FindingDraft } from '../findings.ts';
import type { TestProblem } from './compare-tests.ts';

/** Per run of tests; the rest is counted. */
export const MAX_FINDINGS = 100;

export function describeTestProblems(
  problems: TestProblem[],
  about: { repo: string; root: string },
): FindingDraft[] {
  const shown = problems.slice(0, MAX_FINDINGS).map((problem) => describeProblem(problem, about));
  const rest = problems.length - shown.length;
  if (rest === 0) return shown;
  const more = {
    problem: `${rest} more tests are missing or red.`,
    fix: 'See the log of this gate.',
    identity: 'more',
  };
  return [...shown, { severity: 'major', blocking: true, repo: about.repo, file: null, line: null, ...more }];
}

function describeProblem(problem: TestProblem, about: { repo: string; root: string }): FindingDraft {
  const common = { severity: 'major', blocking: true, repo: about.repo } as const;
  switch (problem.kind) {
    case 'missing': {
      const { name, file, line } = problem.test;
      const where = line === null ? file : `${file}:${line}`;
      return {
        ...common,
        file,
        line,
        identity: `missing ${name}`,
        problem: `The test \`${name}\` of the base is missing: it is no longer there or did not run. At the base it is in ${where}.`,
        fix: 'Bring it back, unchanged, and make it pass.',
      };
    }
    case 'skipped': {
      const { name, file, line } = problem.test;
      return {
        ...common,
        file,
        line,
        identity: `skipped ${name}`,
        problem: problem.added
          ? `The new test \`${name}\` does not run: its runner reports it as ${problem.test.status}.`
          : `The test \`${name}\` ran at the base and is skipped now.`,
        fix: 'Let it run, and make it pass: one that is expected to fail counts as one that does not run.',
      };
    }
    case 'failing': {
      const { name, file, line, message } = problem.test;
      const which = problem.added ? 'The new test' : 'The test';
      return {
        ...common,
        file,
        line,
        identity: `failing ${name}`,
        problem: `${which} \`${name}\` fails: ${excerptHead(message, about.root)}`,
        fix: 'Make it pass by mending the code, or the test where it asks for the wrong thing.',
      };
    }
    case 'not_red': {
      const { name, file, line, status } = problem.test;
      return {
        ...common,
        file,
        line,
        identity: `not_red ${name}`,
        problem: `The new test \`${name}\` has to fail here, and it is ${status}.`,
        fix: 'Let it ask for what the fault breaks; mend nothing in this step.',
      };
    }
    case 'demanded': {
      const { name, file } = problem;
      return {
        ...common,
        file,
        line: null,
        identity: `demanded ${name}`,
        problem: `The test \`${name}\`, which showed the fault, is no longer there or did not run.`,
        fix: 'Bring it back, unchanged, and make it pass.',
      };
    }
    case 'runner': {
      const { file, message } = problem.error;
      return {
        ...common,
        file,
        line: null,
        identity: 'runner',
        problem: `${file ?? 'The test run'} failed outside of any test: ${excerptHead(message, about.root)}`,
        fix: 'Mend what keeps the file from loading, or the exception that no test catches.',
      };
    }
    case 'empty':
      return {
        ...common,
        file: problem.file,
        line: 1,
        identity: 'empty',
        problem: `The test file ${problem.file} ran and reported no test.`,
        fix: 'Write its tests, or find what ends it before they run.',
      };
  }
}
