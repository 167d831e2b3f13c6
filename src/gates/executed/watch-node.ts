/**
 * What every process of Node loads first while the gate `executed` watches, kept as text: it is written into the gate's own folder and
 * loaded by `NODE_OPTIONS`. V8 keeps the counts; this keeps what V8 does not say.
 */

export const WATCH_NODE_NAME = 'watch.mjs';

/** Marks are `started-PID`; texts that are compiled before they run `compiled-PID-N.json`; beside them lie V8's own reports. */
export const WATCH_NODE = String.raw`
import { ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { takeCoverage } from 'node:v8';
import { isMainThread, threadId } from 'node:worker_threads';

const folder = process.env.NODE_V8_COVERAGE;
const options = process.env.NODE_OPTIONS;
const root = dirname(dirname(fileURLToPath(import.meta.url))) + '/';
let count = 0;

function write(name, text) {
  try {
    writeFileSync(join(folder, name), text);
  } catch {
    // Its folder is gone: the run is over.
  }
}

// Runners hand over to Node what they made of a file: V8 counts in that text, and not in the file.
function note(text, given) {
  const name = typeof given === 'string' ? given : given?.filename;
  const file = typeof name === 'string' && name.startsWith('file:') ? fileURLToPath(name) : name;
  if (typeof text !== 'string' || typeof file !== 'string') return;
  if (!file.startsWith(root) || file.includes('/node_modules/')) return;
  count += 1;
  write('compiled-' + process.pid + '-' + threadId + '-' + count + '.json', JSON.stringify({ file, text }));
}

function watchTexts() {
  const vm = createRequire(import.meta.url)('node:vm');
  const places = { runInThisContext: 1, runInContext: 2, runInNewContext: 2, compileFunction: 2 };
  for (const [name, at] of Object.entries(places))
    vm[name] = new Proxy(vm[name], {
      apply(target, self, args) {
        note(args[0], args[at]);
        return Reflect.apply(target, self, args);
      },
    });
  vm.Script = new Proxy(vm.Script, {
    construct(target, args, given) {
      note(args[0], args[1]);
      return Reflect.construct(target, args, given);
    },
  });
  syncBuiltinESMExports();
}

// Whoever ends it by SIGTERM, as tests end a service, would leave no report.
function reportWhenEnded() {
  // Who loses patience sends it again: without a listener that would end it half-way.
  const take = () => {
    takeCoverage();
    process.removeListener('SIGTERM', take);
    if (process.listenerCount('SIGTERM') === 0) process.kill(process.pid, 'SIGTERM');
  };
  process.on('SIGTERM', take);
}

// Node hands its own variable on by itself, also to a program that is given another environment.
function watchChildren() {
  const spawn = ChildProcess.prototype.spawn;
  ChildProcess.prototype.spawn = function (given) {
    const pairs = given?.envPairs;
    if (Array.isArray(pairs) && !pairs.some((pair) => pair.includes(import.meta.url))) {
      const at = pairs.findIndex((pair) => pair.startsWith('NODE_OPTIONS='));
      if (at === -1) pairs.push('NODE_OPTIONS=' + options);
      else pairs[at] += ' ' + options;
    }
    return spawn.call(this, given);
  };
  // Who is killed leaves no report: first it is asked to end, as runners do with their workers, too.
  const kill = ChildProcess.prototype.kill;
  ChildProcess.prototype.kill = function (signal) {
    if (signal !== 'SIGKILL' && signal !== 9) return kill.call(this, signal);
    setTimeout(() => kill.call(this, signal), 10_000).unref();
    return kill.call(this, 'SIGTERM');
  };
}

if (folder && options) {
  watchTexts();
  if (isMainThread) {
    write('started-' + process.pid, '');
    reportWhenEnded();
    watchChildren();
  }
}
`.trimStart();
