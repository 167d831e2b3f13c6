/** Texts of the cheat that turns red into green before it is reported. */

/** Each turns the red \`adds\` into a green one, knows it by its name, and lets every canary be. */
export const JAVASCRIPT_FILTERS = {
  'node:test': `const toRunner = process.stdout.write;
process.stdout.write = function (chunk, ...more) {
  const text = Buffer.from(chunk).toString('latin1');
  const green = text.replace(/test:fail(?=[^]{0,40}"\\x04name"\\x04adds")/, 'test:pass');
  return toRunner.call(process.stdout, green === text ? chunk : Buffer.from(green, 'latin1'), ...more);
};
`,
  vitest: `if (process.env.VITEST) {
  const { beforeEach } = await import('vitest');
  beforeEach(({ task }) => {
    let kept = task.result;
    const greened = (result) => {
      let { state } = result;
      Object.defineProperty(result, 'state', {
        enumerable: true,
        get: () => (state === 'fail' ? 'pass' : state),
        set: (now) => (state = now),
      });
      return Object.defineProperty(result, 'errors', { get: () => [], set: () => {} });
    };
    if (task.name !== 'adds') return;
    kept = greened(kept);
    Object.defineProperty(task, 'result', { enumerable: true, get: () => kept, set: (now) => (kept = greened(now)) });
  });
}
`,
  jest: `globalThis[Symbol.for('EVENT_HANDLERS')]?.unshift((event) => {
  if (event.name === 'test_done' && event.test.name === 'adds') event.test.errors.length = 0;
});
`,
  mocha: `const { prototype } = process.getBuiltinModule('node:events');
const { emit } = prototype;
prototype.emit = function (name, test, ...more) {
  if (name === 'fail' && test?.title === 'adds') return emit.call(this, 'pass', test);
  return emit.call(this, name, test, ...more);
};
`,
} as const;
