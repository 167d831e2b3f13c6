/** Mechanisms that look at a change itself: its packages, its lockfiles, its size, what is in it, what was planned of it. */
import type { Mutation } from './mutate.ts';

const WAITING_PACKAGES = 'src/gates/dependencies/waiting-packages.test.ts';

export const CHANGE_MUTATIONS: readonly Mutation[] = [
  {
    line: 'PRIV-5',
    mechanism: 'a new package with an install script waits for an approval',
    file: 'src/gates/dependencies/waiting-packages.ts',
    text: 'each.scripts && !ran.has(each.name)',
    replacement: 'false',
    tests: [WAITING_PACKAGES],
  },
  {
    line: 'PRIV-5',
    mechanism: 'a package from elsewhere waits for an approval',
    file: 'src/gates/dependencies/waiting-packages.ts',
    text: "return ELSEWHERE.includes(kind) || (kind === 'registry' && where !== '');",
    replacement: 'return false;',
    tests: [WAITING_PACKAGES],
  },
  {
    line: 'PRIV-5',
    mechanism: 'no gate runs before new packages are approved',
    file: 'src/gates/run-gates.ts',
    text: 'if (waiting.length > 0) return [beforeApproval(name, waiting)];',
    replacement: '',
    tests: [WAITING_PACKAGES],
  },
  {
    line: 'PRIV-5',
    mechanism: 'the gates that were not run are run after the approval',
    file: 'src/engine/execute/gates.ts',
    text: 'approvedDependencies: areDependenciesApproved(state, revision.id),',
    replacement: '',
    tests: ['test/engine/approvals.test.ts'],
  },
  {
    line: 'PRIV-5',
    mechanism: 'the same version of a package keeps its checksum',
    file: 'src/gates/dependencies/lockfile-entries.ts',
    text: "if (differs) return { blocking: true, what: 'its checksum is another one' };",
    replacement: '',
    tests: ['src/gates/dependencies/compare-lockfiles.test.ts'],
  },
  {
    line: 'PRIV-5',
    mechanism: 'the same version of a package keeps its address',
    file: 'src/gates/dependencies/lockfile-entries.ts',
    text: 'blocking: !isMoved,',
    replacement: 'blocking: false,',
    tests: ['src/gates/dependencies/compare-lockfiles.test.ts'],
  },
];
