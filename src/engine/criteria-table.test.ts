import { describe, expect, it } from 'vitest';
import { criteriaTable } from './criteria-table.ts';

describe('criteriaTable', () => {
  it('R54: shows per criterion what proves it, and what is open, as text only', () => {
    const table = criteriaTable([
      {
        id: 'A1',
        text: 'it | adds',
        tests: [{ name: 'adds <b>', seen: 'green' }],
        confirmed: [{ by: 'critic', step: 'x', how: 'read it' }],
        proven: true,
      },
      { id: 'A2', text: 'kind', tests: [{ name: 'gone', seen: 'not_seen' }], confirmed: [], proven: false },
    ]);
    expect(table.slice(2)).toEqual([
      String.raw`| A1: it \| adds | test adds \<b\>: green<br>critic confirms: read it | proven |`,
      '| A2: kind | test gone: not seen | **open** |',
    ]);
  });
});
