/** For what Node calls experimental and Baton relies on all the same: its warning would stand amid what people look at. */

/** Holds back the warnings that have these words, from now until the work is done; all others are told. */
export async function quietly<T>(words: string, work: () => T | Promise<T>): Promise<T> {
  const emit = process.emitWarning;
  const filtered = (...args: Parameters<typeof emit>): void => {
    if (!String(args[0]).includes(words)) emit.apply(process, args);
  };
  process.emitWarning = filtered as typeof emit; // the overloads differ in their last parameters only
  try {
    return await work();
  } finally {
    process.emitWarning = emit;
  }
}
