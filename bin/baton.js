#!/usr/bin/env node
// Plain old JavaScript: any Node has to be able to read this file, also one too old for the rest.
var version = process.versions.node.split('.').map(Number);
var recent = version[0] > 22 || (version[0] === 22 && version[1] >= 18);
if (!recent) {
  process.stderr.write(
    'baton: E_NODE_TOO_OLD Node ' +
      process.versions.node +
      ' is running, 22.18 or newer is needed.\n' +
      '  fix: install a newer Node (https://nodejs.org), or, in a checkout of Baton, run `npm ci` and then `npx baton`:\n' +
      '       the lockfile brings its own Node.\n',
  );
  process.exit(2);
}
if (process.argv.length === 3 && (process.argv[2] === '--version' || process.argv[2] === '-V')) {
  // Answered before anything else is loaded.
  void import('node:fs').then(function (fs) {
    var text = fs.readFileSync(new URL('../package.json', import.meta.url), 'utf8');
    process.stdout.write(JSON.parse(text).version + '\n');
  });
} else {
  void import('node:fs')
    .then(function (fs) {
      // A checkout runs its sources as they are; a published package has only dist/.
      var source = new URL('../src/cli/main.ts', import.meta.url);
      return import(
        fs.existsSync(source) ? source.href : new URL('../dist/cli/main.js', import.meta.url).href
      );
    })
    .then(function (main) {
      return main.main(process.argv.slice(2));
    });
}
