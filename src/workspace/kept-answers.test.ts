import { describe, expect, it } from 'vitest';
import { keepAnswers } from './kept-answers.ts';

describe('keepAnswers', () => {
  it('asks once for what is asked at the same time or later, and again for what failed', async () => {
    const answers = keepAnswers<string>(10, () => 1);
    let asked = 0;
    const ask = async (): Promise<string> => `${(asked += 1)}`;
    expect(await Promise.all([answers.get('a', ask), answers.get('a', ask)])).toEqual(['1', '1']);
    expect(await answers.get('a', ask)).toBe('1');
    expect(await answers.get('b', ask)).toBe('2');
    const refused = async (): Promise<string> => Promise.reject(new Error('no'));
    await expect(answers.get('c', refused)).rejects.toThrow('no');
    expect(await answers.get('c', ask)).toBe('3');
    answers.clear();
    expect(await answers.get('a', ask)).toBe('4');
  });

  it('keeps the latest that it has room for, and nothing that takes more than half of it', async () => {
    const answers = keepAnswers<string>(4, (answer) => answer.length);
    const asked: string[] = [];
    const get = (text: string): Promise<string> =>
      answers.get(text, async () => {
        asked.push(text);
        return text;
      });
    for (const text of ['aa', 'bb', 'aa', 'cc', 'aa', 'bb', 'ddd', 'ddd']) await get(text);
    expect(asked).toEqual(['aa', 'bb', 'cc', 'bb', 'ddd', 'ddd']);
  });
});
