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
