#!/usr/bin/env node
// Plain old JavaScript: any Node has to be able to read this file, also one too old for the rest.
var version = process.versions.node.split('.').map(Number);
var recent = version[0] > 22 || (version[0] === 22 && version[1] >= 18);
// Long enough not to stand in the way of the start.
var FLUSH_AFTER_MS = 1500;
var asksVersion = process.argv.length === 3 && (process.argv[2] === '--version' || process.argv[2] === '-V');

// A checkout brings a Node of its own: on an older one the same command is started again with it.
function startWithOwnNode(fs) {
  // npm 11 links it into .bin, npm 10 does not.
  var packaged = '../node_modules/node-' + process.platform + '-' + process.arch + '/bin/node';
  var own = ['../node_modules/.bin/node', packaged]
    .map(function (path) {
      return decodeURIComponent(new URL(path, import.meta.url).pathname);
    })
    .find(fs.existsSync);
  if (own === undefined) {
    process.stderr.write(
      'baton: E_NODE_TOO_OLD Node ' +
        process.versions.node +
        ' is running, 22.18 or newer is needed.\n' +
        '  fix: install a newer Node (https://nodejs.org), or, in a checkout of Baton, run `npm ci` first:\n' +
        '       the lockfile brings its own Node, which is then used.\n',
    );
    process.exit(2);
  }
  return import('node:child_process').then(function (processes) {
    // By the end of the channel the child sees that this process is gone, which a kill -9 gives no chance to tell.
    var child = processes.spawn(own, process.argv.slice(1), {
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
      env: Object.assign({}, process.env, { BATON_LAUNCHER: String(process.pid) }),
    });
    ['SIGINT', 'SIGTERM', 'SIGHUP'].forEach(function (signal) {
      // A terminal's interrupt reaches the child by itself; what is sent to this process alone has to be passed on.
      process.on(signal, function () {
        if (signal !== 'SIGINT') child.kill(signal);
      });
    });
    child.on('error', function (error) {
      process.stderr.write('baton: E_NODE_TOO_OLD ' + own + ' cannot be started: ' + error.message + '\n');
      process.exit(2);
    });
    child.on('exit', function (code, signal) {
      if (!signal) process.exit(code);
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    });
  });
}

void import('node:fs').then(function (fs) {
  if (asksVersion) {
    // Answered before anything else is loaded.
    var text = fs.readFileSync(new URL('../package.json', import.meta.url), 'utf8');
    process.stdout.write(JSON.parse(text).version + '\n');
    return undefined;
  }
  if (!recent) return startWithOwnNode(fs);
  return Promise.all([import('node:module'), import('node:os')]).then(function (loaded) {
    keepCompiled(fs, loaded[0], loaded[1]);
    return startCli(fs, loaded[0]);
  });
});

// Compiled once: beside the code, or, where that is another's to write to, in a folder of this user's alone. Nothing
// depends on it: without either, and with a broken file in it, everything is compiled again.
function keepCompiled(fs, modules, os) {
  try {
    var beside = decodeURIComponent(new URL('../node_modules/.cache/baton', import.meta.url).pathname);
    var uid = process.getuid ? process.getuid() : 0;
    var kept =
      (isWritable(fs, beside) && enableCache(modules, beside)) ||
      enableCache(modules, privateFolder(fs, os.tmpdir() + '/baton-compiled-' + uid, uid));
    if (!kept || !modules.flushCompileCache) return;
    // Otherwise it is written at the end of the process, which a killed one does not have.
    setTimeout(function () {
      modules.flushCompileCache();
    }, FLUSH_AFTER_MS).unref();
  } catch {
    // No place to keep anything.
  }
}

function enableCache(modules, folder) {
  var status = modules.enableCompileCache(folder).status;
  var words = modules.constants.compileCacheStatus;
  return status === words.ENABLED || status === words.ALREADY_ENABLED;
}

function isWritable(fs, folder) {
  try {
    fs.mkdirSync(folder, { recursive: true });
    fs.accessSync(folder, fs.constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

// What lies in it is run: nobody else may have made it, nor may write to it. Throws where that is not so.
function privateFolder(fs, folder, uid) {
  fs.mkdirSync(folder, { recursive: true, mode: 448 }); // 0700
  var found = fs.lstatSync(folder);
  if (!found.isDirectory() || found.uid !== uid || (found.mode & 63) !== 0) throw new Error('not private');
  return folder;
}

// Own files name each other by their paths: nothing has to be looked up on the disk for them. Where Node cannot be told
// so, it looks.
function resolveOwn(modules, folder, ending, format) {
  if (!modules.registerHooks) return;
  modules.registerHooks({
    resolve: function (name, context, next) {
      var isOwn = name[0] === '.' && name.endsWith(ending) && String(context.parentURL).startsWith(folder);
      if (!isOwn) return next(name, context);
      return { url: new URL(name, context.parentURL).href, format: format, shortCircuit: true };
    },
  });
}

function startCli(fs, modules) {
  // A checkout runs its sources as they are; a published package has only dist/.
  var source = new URL('../src/cli/main.ts', import.meta.url);
  var isCheckout = fs.existsSync(source);
  var main = isCheckout ? source : new URL('../dist/cli/main.js', import.meta.url);
  var ending = isCheckout ? '.ts' : '.js';
  resolveOwn(modules, new URL('..', main).href, ending, isCheckout ? 'module-typescript' : 'module');
  return import(main.href).then(function (cli) {
    return cli.main(process.argv.slice(2));
  });
}
