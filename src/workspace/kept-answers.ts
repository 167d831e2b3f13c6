/** Answers that can never be others, because ids of content alone decide them: they are asked for once, and the latest are kept. */
export interface KeptAnswers<T> {
  /** Who asks while somebody else does waits for the same answer. What failed is asked for again. */
  get(key: string, ask: () => Promise<T>): Promise<T>;
  clear(): void;
}

/** Keeps answers of `mostWeight` together at most; of `weigh`, what weighs more than half of that is not kept. */
export function keepAnswers<T>(mostWeight: number, weigh: (answer: T) => number): KeptAnswers<T> {
  const known = new Map<string, { answer: Promise<T>; weight: number }>();
  let total = 0;
  const drop = (key: string): void => {
    total -= known.get(key)?.weight ?? 0;
    known.delete(key);
  };
  return {
    async get(key, ask) {
      const there = known.get(key);
      if (there !== undefined) {
        known.delete(key);
        known.set(key, there);
        return await there.answer;
      }
      const entry = { answer: ask(), weight: 0 };
      known.set(key, entry);
      try {
        const answer = await entry.answer;
        if (known.get(key) !== entry) return answer;
        entry.weight = weigh(answer);
        total += entry.weight;
        if (entry.weight > mostWeight / 2) drop(key);
        for (const oldest of known.keys()) {
          if (total <= mostWeight) break;
          drop(oldest);
        }
        return answer;
      } catch (error) {
        if (known.get(key) === entry) drop(key);
        throw error;
      }
    },
    clear() {
      known.clear();
      total = 0;
    },
  };
}
