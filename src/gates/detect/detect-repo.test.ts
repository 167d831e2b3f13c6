import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PROBE_DEFAULTS, type RepoConfig } from '../../definitions/config.ts';
import { parseConfig } from '../../definitions/load-config.ts';
import { writeFiles } from '../../workspace/temporary-repository.ts';
import { gate } from '../testing/gates-rig.ts';
import { detectRepo } from './detect-repo.ts';
import { renderConfig } from './render-config.ts';
import { detectLayers } from './test-layers.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'baton-detect-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** `path name: command (reporter)` per gate, setups in front. */
async function detect(files: Record<string, string>): Promise<string[]> {
  writeFiles(dir, files);
  const { config } = await detectRepo(dir);
  return config.modules.flatMap((module) =>
    [...(module.setup === null ? [] : [module.setup]), ...module.gates].map(
      (found) => `${module.path} ${found.name}: ${found.command.join(' ')} (${found.reporter})`,
    ),
  );
}

/** How Node's own runner is asked for the lines that ran. */
const COVERAGE =
  'coverage: node --test --experimental-test-coverage --test-reporter=lcov --test-reporter-destination=lcov.info';

const pack = (scripts: Record<string, string>, more: object = {}): string =>
  JSON.stringify({ scripts, ...more });

describe('detectRepo', () => {
  it('calls the runner directly and installs only where there is something to install; R16: proposes its coverage', async () => {
    expect(await detect({ 'package.json': pack({ test: 'node --test test/' }) })).toEqual([
      '. tests: node --test test/ (node)',
      `. ${COVERAGE} test/ (none)`,
    ]);
  });

  it('asks what reaches a change where a package says what is started or used, beside other gates', async () => {
    const tested = { 'package.json': pack({ start: 'node main.js', test: 'ava' }) };
    expect(await detect(tested)).toEqual(['. tests: npm test (none)', '. reach:  (none)']);
    expect(await detect({ 'package.json': pack({ start: 'node main.js' }) })).toEqual([]);
    const files = {
      'package.json': pack({}, { workspaces: ['packages/*'] }),
      'packages/api/package.json': pack({ lint: 'eslint .' }, { main: 'api.js' }),
      'packages/web/package.json': pack({}, { exports: './web.js' }),
    };
    expect((await detect(files)).filter((line) => line.includes('reach'))).toEqual(['. reach:  (none)']);
  });

  it('has functions that no test runs found where tests can be watched, once for each module with tests', async () => {
    const watched = async (files: Record<string, string>): Promise<string[]> => {
      const found = (await detect(files)).filter((line) => line.includes('executed'));
      for (const name of Object.keys(files)) rmSync(join(dir, name));
      return found;
    };
    for (const test of ['node --test', 'vitest run', 'jest', 'mocha']) {
      const files = { 'package.json': pack({ test }, { main: 'a.js' }) };
      expect(await watched(files), test).toEqual(['. executed:  (none)']);
    }
    // Nobody knows where it begins, or what of it the tests ran.
    expect(await watched({ 'package.json': pack({ test: 'node --test' }) })).toEqual([]);
    expect(await watched({ 'package.json': pack({ test: 'ava' }, { main: 'a.js' }) })).toEqual([]);
    expect(await watched({ 'Cargo.toml': '[package]\n' })).toEqual([]);
    const both = { 'go.mod': 'module x\n', 'requirements.txt': 'pytest\n' };
    expect(await watched(both)).toEqual(['. executed:  (none)']);
    const packages = {
      'package.json': pack({}, { workspaces: ['packages/*'] }),
      'packages/a/package.json': pack({ test: 'node --test' }, { main: 'a.js' }),
      'packages/b/package.json': pack({ test: 'vitest run' }),
    };
    expect(await watched(packages)).toEqual(['packages/a executed:  (none)', 'packages/b executed:  (none)']);
  });

  it('asks the running service where a script starts one, by its framework or over node:http', async () => {
    const start = { start: 'node main.js', test: 'ava' };
    const probes = async (files: Record<string, string>): Promise<string[]> => {
      const found = (await detect(files)).filter((line) => line.includes('probe'));
      for (const name of Object.keys(files)) rmSync(join(dir, name));
      return found;
    };
    const http = `import { createServer } from 'node:http';\ncreateServer(() => {}).listen(process.env.PORT);\n`;
    const withExpress = pack(start, { dependencies: { express: '5' } });
    expect(await probes({ 'package.json': withExpress })).toEqual(['. probe:  (none)']);
    expect(await probes({ 'package.json': pack(start), 'src/main.ts': http })).toEqual(['. probe:  (none)']);
    expect(await probes({ 'package.json': pack(start), 'main.js': 'console.log(1);' })).toEqual([]);
    expect(await probes({ 'package.json': pack({ test: 'ava' }), 'main.js': http })).toEqual([]);
  });

  it('finds setup, build, types, lint and tests of a package', async () => {
    const scripts = { build: 'tsc -p .', lint: 'eslint .', typecheck: 'tsc --noEmit', test: 'vitest' };
    const files = {
      'package.json': pack(scripts, { devDependencies: { vitest: '1' } }),
      'pnpm-lock.yaml': '',
    };
    expect(await detect(files)).toEqual([
      '. setup: pnpm install --frozen-lockfile (none)',
      '. build: pnpm run build (none)',
      '. types: pnpm run typecheck (none)',
      '. lint: pnpm run lint (none)',
      '. tests: vitest run (vitest)',
    ]);
  });

  it.each([
    ['jest --ci', 'jest --ci (jest)'],
    ['npm run build && node --test', 'npm test (node)'],
    ['tsc && vitest run', 'npm test (vitest)'],
    ['mocha --recursive', 'mocha --recursive (mocha)'],
    ['ava', 'npm test (none)'],
    ['node --test a && node --test b', 'npm test (none)'],
    ['cat x | node --test', 'npm test (none)'],
  ])('reads the test script `%s`', async (script, expected) => {
    const lines = await detect({ 'package.json': pack({ test: script }) });
    expect(lines.filter((line) => !line.startsWith('. coverage'))).toEqual([`. tests: ${expected}`]);
  });

  it('takes the script that npm init writes for no test, and says so', async () => {
    writeFiles(dir, { 'package.json': pack({ test: 'echo "Error: no test specified" && exit 1' }) });
    const { config, seen } = await detectRepo(dir);
    expect(config.modules).toEqual([]);
    expect(seen.at(-1)).toContain('No tests, build or lint were found');
  });

  it('makes a module of every workspace package, with one setup at the top', async () => {
    const root = pack({ test: 'npm test --workspaces', lint: 'eslint .' }, { workspaces: ['packages/*'] });
    const files = {
      'package.json': root,
      'package-lock.json': '{}',
      'packages/a/package.json': pack({ test: 'node --test', lint: 'eslint .' }),
      'packages/b/package.json': pack({ test: 'vitest run' }),
      'packages/b/node_modules/c/package.json': pack({ test: 'node --test' }),
      'other/package.json': pack({ test: 'node --test' }),
    };
    expect(await detect(files)).toEqual([
      '. setup: npm ci --no-audit --no-fund (none)',
      '. lint: npm run lint (none)',
      'packages/a tests: node --test (node)',
      `packages/a ${COVERAGE} (none)`,
      'packages/b tests: vitest run (vitest)',
    ]);
  });

  it('says of the gates that stay, not of a script of the top folder that the packages replace', async () => {
    const files = {
      'package.json': pack({ test: 'npm test --workspaces' }, { workspaces: ['packages/*'] }),
      'packages/a/package.json': pack({ test: 'node --test' }),
    };
    writeFiles(dir, files);
    const seen = (await detectRepo(dir)).seen.join('\n');
    expect(seen).not.toContain('npm test');
    expect(seen).not.toContain('unverified');
    writeFiles(dir, { 'packages/b/package.json': pack({ test: 'ava' }) });
    expect((await detectRepo(dir)).seen.join('\n')).toContain('The tests of packages/b report no names');
  });

  it('reads crates, and fetches once what builds and tests need without a network', async () => {
    expect(await detect({ 'Cargo.toml': '[package]\n', 'Cargo.lock': '' })).toEqual([
      '. setup: cargo fetch --locked (none)',
      '. build: cargo build --workspace --offline (none)',
      '. tests: cargo test --workspace --offline (cargo)',
      '. reach:  (none)',
    ]);
    expect(await detect({ 'go.mod': 'module x\n', 'go.sum': '' })).toContain(
      '. setup: go mod download (none)',
    );
  });

  it('has the code of Python read beside its tests, and not without any gate that runs something', async () => {
    expect(await detect({ 'requirements.txt': 'pytest\n' })).toEqual([
      '. tests: python3 -m pytest -q (pytest)',
      '. reach:  (none)',
      '. executed:  (none)',
    ]);
    writeFiles(dir, { 'requirements.txt': 'flask\n' });
    expect((await detectRepo(dir)).config.modules).toEqual([]);
  });

  it('reads pnpm workspaces, Go and Python', async () => {
    const files = {
      'package.json': pack({}),
      'pnpm-workspace.yaml': 'packages: ["libs/**", "!libs/old"]\n',
      'libs/x/package.json': pack({ test: 'node --test' }),
      'libs/old/package.json': pack({ test: 'node --test' }),
      'go.mod': 'module x\n',
      'pyproject.toml': '[tool.pytest.ini_options]\n',
    };
    expect(await detect(files)).toEqual([
      '. setup: npm install --no-package-lock --no-audit --no-fund (none)',
      '. build: go build ./... (none)',
      '. vet: go vet ./... (none)',
      '. tests: go test ./... (go)',
      '. python3-tests: python3 -m pytest -q (pytest)',
      '. reach:  (none)',
      '. executed:  (none)',
      'libs/x tests: node --test (node)',
      `libs/x ${COVERAGE} (none)`,
    ]);
  });

  it('finds packages one and two levels below a top without a manifest, each with its own setup and gates', async () => {
    const files = {
      'README.md': '',
      'api/package.json': pack({ test: 'node --test' }, { main: 'a.js', workspaces: ['more/*'] }),
      'api/package-lock.json': '{}',
      'api/more/x/package.json': pack({ lint: 'eslint .' }),
      'services/worker/go.mod': 'module worker\n',
      'ml/pyproject.toml': '[tool.pytest.ini_options]\n',
      'ml/tests/test_a.py': '',
      'rust/Cargo.toml': '[package]\n',
      'a/b/c/go.mod': 'module too/deep\n',
      ...Object.fromEntries(
        ['node_modules/x', 'vendor/x', '.hidden', 'api/fixtures', 'examples/x', 'testdata'].map((folder) => [
          `${folder}/go.mod`,
          'module x\n',
        ]),
      ),
    };
    const found = await detect(files);
    expect(found.filter((line) => !line.includes('coverage'))).toEqual([
      'api setup: npm ci --no-audit --no-fund (none)',
      'api tests: node --test (node)',
      'api reach:  (none)',
      'api executed:  (none)',
      'api/more/x lint: npm run lint (none)',
      'ml tests: python3 -m pytest -q (pytest)',
      'ml reach:  (none)',
      'ml executed:  (none)',
      'rust setup: cargo fetch (none)',
      'rust build: cargo build --workspace --offline (none)',
      'rust tests: cargo test --workspace --offline (cargo)',
      'rust reach:  (none)',
      'services/worker build: go build ./... (none)',
      'services/worker vet: go vet ./... (none)',
      'services/worker tests: go test ./... (go)',
      'services/worker reach:  (none)',
      'services/worker executed:  (none)',
    ]);
    const { config, seen } = await detectRepo(dir);
    expect(config.modules.find(({ path }) => path === 'ml')?.gates[0]?.canary?.file).toBe(
      'tests/test_{name}.py',
    );
    expect(seen[0]).toBe(
      'No manifest lies at the top; those below have gates: api, api/more/x, ml, rust, services/worker.',
    );
    expect(seen).toContain('api: setup: `npm ci --no-audit --no-fund`.');
    writeFiles(dir, { 'package.json': pack({ test: 'node --test' }) });
    expect((await detectRepo(dir)).config.modules.map(({ path }) => path)).toEqual(['.']);
  });

  it('reads the modules of a workspace of Go, each with gates of its own and one that reads them together', async () => {
    const files = {
      'package.json': '{"main":"x.js","scripts":{"test":"node --test"}}',
      'x.js': '',
      'go.work':
        'go 1.19\n\nuse (\n\t./app // the service\n\t"./lib"\n\t../elsewhere\n\t./gone\n)\nuse ./more\n',
      'app/go.mod': 'module app\n',
      'app/go.sum': '',
      'lib/go.mod': 'module lib\n',
      'more/go.mod': 'module more\n',
    };
    const found = (await detect(files)).filter((line) => /go |reach/.test(line));
    expect(found).toEqual([
      '. reach:  (none)',
      ...['app', 'lib', 'more'].flatMap((folder) => [
        ...(folder === 'app' ? ['app setup: go mod download (none)'] : []),
        `${folder} build: go build ./... (none)`,
        `${folder} vet: go vet ./... (none)`,
        `${folder} tests: go test ./... (go)`,
      ]),
    ]);
  });

  it('finds ruff, mypy and pyright where they are configured, and only there', async () => {
    const bare = { 'pyproject.toml': '[project]\ndependencies = ["ruff", "mypy", "pyright"]\n' };
    expect(await detect(bare)).toEqual([]);
    const shared = {
      'pyproject.toml': '[tool.ruff.lint]\nselect = ["E"]\n\n[tool.pyright]\nstrict = ["src"]\n',
      'setup.cfg': '[mypy]\nstrict = true\nfiles = src\n\n[mypy-yaml]\nfiles = none\n',
    };
    expect(await detect(shared)).toEqual([
      '. ruff: ruff check . (none)',
      '. mypy: mypy (none)',
      '. pyright: pyright (none)',
      '. reach:  (none)',
    ]);
  });

  it('finds them by files of their own, and tells mypy what to read where its configuration does not', async () => {
    const own = { '.ruff.toml': '', 'mypy.ini': '[mypy]\nstrict = true\n', 'pyrightconfig.json': '{}' };
    expect(await detect(own)).toEqual([
      '. ruff: ruff check . (none)',
      '. mypy: mypy . (none)',
      '. pyright: pyright (none)',
      '. reach:  (none)',
    ]);
    writeFiles(dir, { 'mypy.ini': '[mypy]\nstrict = true\nfiles = src\n' });
    const { config } = await detectRepo(dir);
    expect(config.modules[0]?.gates[1]?.command).toEqual(['mypy']);
    expect(config.modules[0]?.gates.map((gate) => gate.kind)).toEqual(['lint', 'types', 'types', 'reach']);
  });

  it('PRIV-6: puts the canary of pytest beside the first Python test, or at the top', async () => {
    const canaryOf = async (): Promise<string | undefined> =>
      (await detectRepo(dir)).config.modules[0]?.gates[0]?.canary?.file;
    writeFiles(dir, { 'pytest.ini': '', 'setup.py': '' });
    expect(await canaryOf()).toBe('test_{name}.py');
    writeFiles(dir, { 'lib/tests/unit/test_a.py': '', 'lib/a.test.js': '' });
    expect(await canaryOf()).toBe('lib/tests/unit/test_{name}.py');
  });

  it('survives a broken package.json and an empty folder', async () => {
    expect((await detectRepo(dir)).config).toMatchObject({ modules: [], protectedPaths: [] });
    expect(await detect({ 'package.json': '{"scripts": [1,' })).toEqual([]);
  });
});

describe('detectLayers', () => {
  it('R44: finds where the tests of each layer lie, and what custom says where there are none yet', () => {
    const files = [
      'modules/api/backend/orders_test.go',
      'modules/api/backend/orders_integration_test.go',
      'modules/api/acceptance/orders_test.go',
    ];
    expect(detectLayers(files)).toEqual({
      unit: ['*_test.*'],
      integration: ['*_integration_test.*'],
      acceptance: ['modules/api/acceptance/**'],
    });
    expect(detectLayers(['a_test.go'])).toMatchObject({
      integration: ['*_integration_test.go'],
      acceptance: ['acceptance/**'],
    });
    expect(detectLayers(['src/a.test.ts', 'tests/e2e/b.test.ts', 'src/c.integration.test.ts'])).toEqual({
      unit: ['*.test.*', 'tests/**'],
      integration: ['*.integration.*'],
      acceptance: ['tests/e2e/**'],
    });
    expect(detectLayers([])).toMatchObject({ integration: ['test/integration/**'] });
  });
});

describe('renderConfig', () => {
  it('writes a file that loads again to the same configuration', async () => {
    writeFiles(dir, {
      'package.json': pack({ test: 'node --test' }, { dependencies: { a: '1' } }),
      'go.mod': '',
    });
    const detected = (await detectRepo(dir)).config;
    const odd: RepoConfig = {
      protectedPaths: ['infra/**', '*.lock', 'docs: x/# c'],
      tests: { unit: ['*_test.go'], acceptance: ['modules/*/acceptance/**'] },
      modules: [
        {
          path: 'packages/a b',
          name: 'a',
          setup: gate({ name: 'install', kind: 'setup', command: ['make', 'deps'], network: false }),
          gates: [
            gate({
              name: 'x',
              kind: 'command',
              command: ['echo "a" | cat; true'],
              shell: true,
              env: ['A', 'B'],
            }),
            gate({ name: 'y', kind: 'build', command: ['sh', '-c', "it's: {ok} #1\n"], timeoutMs: 90_000 }),
            gate({
              name: 't',
              kind: 'tests',
              command: ['true'],
              reporter: 'junit',
              report: 'o/r.xml',
              canary: { file: '{name}/test_{name}.py', text: 'def test_{name}():\n  assert False # "x"\n' },
              network: true,
              set: 'full',
            }),
            gate({
              name: 'reach',
              kind: 'reach',
              command: [],
              entries: ['src/jobs/**', '*.mts'],
              set: 'full',
            }),
            gate({ name: 'quick', kind: 'reach', command: [] }),
            gate({ name: 'ran', kind: 'executed', command: [], set: 'full', unrun: 'shown' }),
            gate({ name: 'probe', kind: 'probe', command: [], probe: PROBE_DEFAULTS, set: 'full' }),
            gate({
              name: 'asks',
              kind: 'probe',
              command: ['node', 'a b.js'],
              env: ['A'],
              timeoutMs: 90_000,
              set: 'full',
              probe: {
                port: 8080,
                portEnv: 'HTTP_PORT',
                ready: '/health',
                headers: { authorization: 'Bearer: "t"' },
                before: ['node', 'seed.js'],
                startTimeoutMs: 5_000,
                replyTimeoutMs: 1_000,
                paths: ['/a/b'],
              },
            }),
            gate({
              name: 'mutants',
              kind: 'mutation',
              command: [],
              mutation: { timeMs: 90_000, mostMutants: 7, minScore: 0.75 },
              set: 'full',
            }),
            gate({
              name: 'coverage',
              kind: 'coverage',
              command: ['make', 'lcov'],
              report: 'o/x.info',
              set: 'full',
            }),
            gate({ name: 'cli-help', kind: 'help', command: ['node', 'bin/x', '--help'], set: 'full' }),
          ],
        },
        { path: '.', setup: null, gates: [] },
      ],
    };
    const text = renderConfig({
      service: detected,
      'odd: name': odd,
      none: { modules: [], protectedPaths: [] },
    });
    const { config, diagnostics } = parseConfig('baton.yaml', Buffer.from(text));
    expect(diagnostics).toEqual([]);
    expect(config?.repos).toEqual({
      service: detected,
      'odd: name': odd,
      none: { modules: [], protectedPaths: [] },
    });
    expect(parseConfig('baton.yaml', Buffer.from(renderConfig({}))).config?.repos).toEqual({});
  });

  it('says whether what is installed has the network', () => {
    const setup = gate({ name: 'setup', kind: 'setup', command: ['npm', 'ci'] });
    const written = (network: boolean): string =>
      renderConfig({
        a: { protectedPaths: [], modules: [{ path: '.', setup: { ...setup, network }, gates: [] }] },
      });
    expect(written(true)).toContain('before the gates, with network (`network: false` takes it away).');
    expect(written(false)).toContain('before the gates, without network.');
  });

  it('suggests a gate that mutates where tests have names, to be taken in by a person', async () => {
    writeFiles(dir, { 'package.json': pack({ test: 'node --test', build: 'tsc' }) });
    const written = renderConfig({ service: (await detectRepo(dir)).config });
    const gatesIn = (text: string): string[] =>
      parseConfig('baton.yaml', Buffer.from(text)).config?.repos['service']?.modules[0]?.gates.map(
        ({ kind }) => kind,
      ) ?? [];
    expect(gatesIn(written)).not.toContain('mutation');
    const takenIn = written.replace(/^( *)# (?=- name: mutation| {2}kind: mutation| {2}time:)/gm, '$1');
    expect(gatesIn(takenIn)).toEqual([...gatesIn(written).slice(0, -1), 'mutation', 'coverage']);
    writeFiles(dir, { 'package.json': pack({ test: 'make test' }) });
    expect(renderConfig({ service: (await detectRepo(dir)).config })).not.toContain('mutation');
  });
});
