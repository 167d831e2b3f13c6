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

/** The same, with at most so many at a time. */
export function createSlots(count: number): Turns {
  const turns = createTurns();
  const waiting: (() => void)[] = [];
  let free = count;
  const takeSlot = async <T>(work: () => Promise<T>): Promise<T> => {
    if (free > 0) free -= 1;
    else await new Promise<void>((start) => waiting.push(start));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
  return { take: (turn, work) => turns.take(turn, () => takeSlot(work)) };
}
