#!/usr/bin/env node
// Plain old JavaScript: any Node has to be able to read this file, also one too old for the rest.
var version = process.versions.node.split('.').map(Number);
var recent = version[0] > 22 || (version[0] === 22 && version[1] >= 18);
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
    var child = processes.spawn(own, process.argv.slice(1), { stdio: 'inherit' });
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
  // A checkout runs its sources as they are; a published package has only dist/.
  var source = new URL('../src/cli/main.ts', import.meta.url);
  var main = fs.existsSync(source) ? source : new URL('../dist/cli/main.js', import.meta.url);
  return import(main.href).then(function (cli) {
    return cli.main(process.argv.slice(2));
  });
});
