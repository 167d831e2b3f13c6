/** For each numbered fault the guard that holds against it, as a text whose replacement takes that guard away. */
import type { Mutation } from './mutate.ts';

/** In the order of the faults. `text` stands in its file exactly once. */
export const FAULT_MUTATIONS: readonly Mutation[] = [
  {
    line: 'OUT-8',
    mechanism: 'no file gets a name with characters that nobody sees',
    file: 'src/workspace/refused-names.ts',
    text: '  if (hiddenIn(path).length > 0)',
    replacement: '  if (false)',
    tests: ['src/workspace/refused-names.test.ts'],
  },
  {
    line: 'PROC-4',
    mechanism: 'whoever is in the control group at the end is killed',
    file: 'src/workspace/wall/control-group.ts',
    text: '    for (const folder of folders) killAll(folder, name);\n',
    replacement: '',
    tests: ['src/drivers/process/group-limits.test.ts'],
  },
  {
    line: 'PROC-4',
    mechanism: 'descendants are noted while they can be seen',
    file: 'src/drivers/process/process-tree.ts',
    text: '      seen = withDescendants([leader, ...seen].filter(isRunning));\n',
    replacement: '',
    tests: ['src/drivers/process/run-process.test.ts'],
  },
  {
    line: 'PROC-6',
    mechanism: 'a tree of processes shares one limit of memory',
    file: 'src/workspace/wall/control-group.ts',
    text: '[[memory, String(limits.memoryBytes)] as [string, string]]',
    replacement: '[]',
    tests: ['src/drivers/process/group-limits.test.ts'],
  },
  {
    line: 'PROC-6',
    mechanism: 'the group tells its own kills from those of the machine',
    file: 'src/drivers/process/run-process.ts',
    text: '{ before: 0, after: own }',
    replacement: '{ before: own, after: own }',
    tests: ['src/drivers/process/group-limits.test.ts'],
  },
  {
    line: 'PROC-7',
    mechanism: 'the number of processes is limited for root, too',
    file: 'src/workspace/wall/control-group.ts',
    text: "[['pids.max', String(limits.processes)] as [string, string]]",
    replacement: '[]',
    tests: ['src/drivers/process/group-limits.test.ts'],
  },
  {
    line: 'INJ-1',
    mechanism: 'isolates have their place only in translations read from the right',
    file: 'src/gates/change/hidden-text.ts',
    text: ' || !RIGHT_TO_LEFT.test(text)) return false;',
    replacement: ') return false;',
    tests: ['src/gates/change/hidden-text.test.ts'],
  },
  {
    line: 'INJ-1',
    mechanism: 'an edited line gets no more hidden characters than it had',
    file: 'src/gates/change/hidden-text.ts',
    text: '(before.get(code) ?? 0) < all.length',
    replacement: '!before.has(code)',
    tests: ['src/gates/change/hidden-text.test.ts'],
  },
];
