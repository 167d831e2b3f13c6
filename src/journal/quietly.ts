/** For what Node calls experimental and Baton relies on all the same: its warning would stand amid what people look at. */

/** The words that are held back now, once for each piece of work at it. */
const held: string[] = [];
let told: typeof process.emitWarning | null = null;

/** Holds back the warnings that have these words, from now until the work is done; all others are told. */
export async function quietly<T>(words: string, work: () => T | Promise<T>): Promise<T> {
  held.push(words);
  if (told === null) {
    const emit = (told = process.emitWarning);
    const filtered = (...args: Parameters<typeof emit>): void => {
      if (!held.some((each) => String(args[0]).includes(each))) emit.apply(process, args);
    };
    process.emitWarning = filtered as typeof emit; // the overloads differ in their last parameters only
  }
  try {
    return await work();
  } finally {
    held.splice(held.indexOf(words), 1);
    if (held.length === 0 && told !== null) {
      process.emitWarning = told;
      told = null;
    }
  }
}
