/** Who may work where others work: any number side by side, or one alone. In the order in which they came. */

export type Turn = 'beside' | 'alone';

export interface Turns {
  take<T>(turn: Turn, work: () => Promise<T>): Promise<T>;
}

export function createTurns(): Turns {
  const waiting: { turn: Turn; start: () => void }[] = [];
  let working = 0;
  let isAlone = false;
  const admit = (): void => {
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      if (isAlone || (next.turn === 'alone' && working > 0)) return;
      waiting.shift();
      working += 1;
      isAlone = next.turn === 'alone';
      next.start();
    }
  };
  return {
    async take(turn, work) {
      await new Promise<void>((start) => {
        waiting.push({ turn, start });
        admit();
      });
      try {
        return await work();
      } finally {
        working -= 1;
        isAlone = false;
        admit();
      }
    },
  };
}

/** What steady work waits for, patient work does not: one more that works slows it a little. */
export type Haste = 'steady' | 'patient';

export interface Slots {
  take<T>(turn: Turn, haste: Haste, work: () => Promise<T>): Promise<T>;
}

/** The same, with at most `steady` at a time that are so, and `all` in all. In the order in which they came. */
export function createSlots(most: { steady: number; all: number }): Slots {
  const turns = createTurns();
  const waiting: { haste: Haste; start: () => void }[] = [];
  const working = { steady: 0, patient: 0 };
  const mayBegin = ({ haste }: { haste: Haste }): boolean =>
    working.steady + working.patient < most.all && (haste === 'patient' || working.steady < most.steady);
  const admit = (): void => {
    for (let at = waiting.findIndex(mayBegin); at >= 0; at = waiting.findIndex(mayBegin)) {
      const [next] = waiting.splice(at, 1);
      if (next === undefined) return;
      working[next.haste] += 1;
      next.start();
    }
  };
  const takeSlot = async <T>(haste: Haste, work: () => Promise<T>): Promise<T> => {
    await new Promise<void>((start) => {
      waiting.push({ haste, start });
      admit();
    });
    try {
      return await work();
    } finally {
      working[haste] -= 1;
      admit();
    }
  };
  return { take: (turn, haste, work) => turns.take(turn, () => takeSlot(haste, work)) };
}
