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
  {
    line: 'GIT-6',
    mechanism: 'content in the place of a pointer stops the change',
    file: 'src/gates/change/committed-files.ts',
    text: 'if ((await read(blob.oldBlob)) !== POINTER ||',
    replacement: 'if (true ||',
    tests: ['src/gates/change/committed-files.test.ts'],
  },
  {
    line: 'GIT-6',
    mechanism: 'a pointer that text takes the place of is looked at',
    file: 'src/gates/change/committed-files.ts',
    text: ' || wasPointer.has(`${repo}/${path}`)',
    replacement: '',
    tests: ['src/gates/change/committed-files.test.ts'],
  },
  {
    line: 'OUT-9',
    mechanism: 'reviewers are told of a change with many lines',
    file: 'src/gates/change/large-changes.ts',
    text: 'if (total <= limit) return [];',
    replacement: 'if (total >= 0) return [];',
    tests: ['src/gates/change/committed-files.test.ts'],
  },
];
