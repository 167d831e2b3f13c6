import { describe, expect, it } from 'vitest';
import { SHOWN_MEANS } from '../core/checks/criteria.ts';
import { criteriaTable } from './criteria-table.ts';

describe('criteriaTable', () => {
  it('R54: shows per criterion what proves it, and what is open, as text only', () => {
    const table = criteriaTable([
      {
        id: 'A1',
        text: 'it | adds',
        tests: [{ name: 'adds <b>', seen: 'green', shared: true }],
        confirmed: [{ by: 'critic', step: 'x', how: 'read it' }],
        proven: true,
      },
      {
        id: 'A2',
        text: 'kind',
        tests: [{ name: 'gone', seen: 'not_seen', shared: false }],
        confirmed: [],
        proven: false,
      },
    ]);
    expect(table[0]).toBe(`Acceptance criteria shown: 1 of 2. ${SHOWN_MEANS}`);
    expect(table.slice(4)).toEqual([
      String.raw`| A1: it \| adds | test adds \<b\>: green, and not without the change (shared)<br>critic confirms: read it | shown |`,
      '| A2: kind | test gone: not seen | **open** |',
    ]);
  });
});
