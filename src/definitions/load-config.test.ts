import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatDiagnostic } from '../core/errors.ts';
import { loadConfig, parseConfig } from './load-config.ts';

const parse = (text: string) => parseConfig('baton.yaml', Buffer.from(text));
const shown = (text: string): string[] => parse(text).diagnostics.map(formatDiagnostic);

/** A configuration with one gate, given as flow mappings. */
const gate = (fields: string): string => `repos: {api: {modules: [{gates: [{${fields}}]}]}}`;
const gateOf = (fields: string) => parse(gate(fields)).config?.repos['api']?.modules[0]?.gates[0];

describe('loadConfig', () => {
  it('reads every field, with its default where it is left out', () => {
    const { config, diagnostics } = parse(`
repos:
  api:
    modules:
      - path: services/api/
        setup: { command: npm ci, env: [NPM_CONFIG_REGISTRY] }
        gates:
          - { name: tests, command: [node, --test], reporter: node, timeout: 90s }
          - name: contract
            kind: tests
            command: run-tests --out report.xml
            reporter: junit
            report: out/report.xml
            set: full
            network: true
            serial: true
    protected: ['infra/**']
limits: { max_rework: 0, idle_timeout: 5m, max_parallel: 2 }
agent_env: [LANG_SERVER]
`);
    expect(diagnostics).toEqual([]);
    expect(config).toEqual({
      repos: {
        api: {
          modules: [
            {
              path: 'services/api',
              setup: {
                name: 'setup',
                kind: 'setup',
                command: ['npm', 'ci'],
                shell: false,
                env: ['NPM_CONFIG_REGISTRY'],
                reporter: 'none',
                report: null,
                set: 'quick',
                network: true,
                timeoutMs: null,
              },
              gates: [
                {
                  name: 'tests',
                  kind: 'tests',
                  command: ['node', '--test'],
                  shell: false,
                  env: [],
                  reporter: 'node',
                  report: null,
                  set: 'quick',
                  network: false,
                  timeoutMs: 90_000,
                },
                {
                  name: 'contract',
                  kind: 'tests',
                  command: ['run-tests', '--out', 'report.xml'],
                  shell: false,
                  env: [],
                  reporter: 'junit',
                  report: 'out/report.xml',
                  set: 'full',
                  serial: true,
                  network: true,
                  timeoutMs: null,
                },
              ],
            },
          ],
          protectedPaths: ['infra/**'],
        },
      },
      limits: { max_rework: 0, idle_timeout_ms: 300_000, max_parallel: 2 },
      agentEnv: ['LANG_SERVER'],
    });
  });

  it('R16, R44, R74: reads test layers, and coverage and help as gates of their module', () => {
    const { config, diagnostics } = parse(`
repos:
  api:
    tests: { unit: ['*_test.go'], acceptance: ['acceptance/**'] }
    modules:
      - path: services/api
        name: api
        coverage: { command: npm run cover, lcov: out/lcov.info }
        cli: { command: node bin/x.js --help }
`);
    expect(diagnostics).toEqual([]);
    expect(config?.repos['api']).toMatchObject({
      tests: { unit: ['*_test.go'], acceptance: ['acceptance/**'] },
      modules: [
        {
          name: 'api',
          gates: [
            { name: 'coverage', kind: 'coverage', report: 'out/lcov.info', set: 'full' },
            { name: 'cli-help', kind: 'help', command: ['node', 'bin/x.js', '--help'], set: 'full' },
          ],
        },
      ],
    });
    const twice = shown('repos: { api: { modules: [{ path: a, name: x }, { path: b, name: x }] } }');
    expect(twice[0]).toContain('Two modules have the name x');
  });

  it('takes a gate that reads without a command, and no other one', () => {
    const gates = (text: string): string => `repos: { api: { modules: [{ gates: [${text}] }] } }`;
    const { config, diagnostics } = parse(
      gates("{ name: reach }, { name: used, kind: reach, entries: ['jobs/*.ts'] }"),
    );
    expect(diagnostics).toEqual([]);
    expect(config?.repos['api']?.modules[0]?.gates).toMatchObject([
      { name: 'reach', kind: 'reach', command: [], set: 'full' },
      { name: 'used', kind: 'reach', command: [], entries: ['jobs/*.ts'] },
    ]);
    expect(shown(gates('{ name: lint }'))[0]).toContain('names no program');
    expect(shown(gates('{ name: reach, command: knip }'))[0]).toContain(
      'runs nothing: `command` says nothing to it',
    );
    expect(shown(gates('{ name: lint, command: knip, entries: [a.ts] }'))[0]).toContain('has no entries');
    const asks = parse(gates('{ name: ci, kind: forge_checks, checks: [build, test], timeout: 40m }'));
    expect(asks.config?.repos['api']?.modules[0]?.gates).toMatchObject([
      { name: 'ci', kind: 'forge_checks', checks: ['build', 'test'], timeoutMs: 2_400_000, set: 'full' },
    ]);
    expect(shown(gates('{ name: ci, kind: forge_checks }'))[0]).toContain('has to name the checks');
    expect(shown(gates('{ name: lint, command: knip, checks: [a] }'))[0]).toContain('has no `checks`');
  });

  it('takes a gate that takes migrations back, with all of its commands or none', () => {
    const gates = (text: string): string =>
      `repos: { api: { modules: [{ services: [{ name: db, command: db, port: 5432 }], gates: [${text}] }] } }`;
    const all = 'up: a up, down: a down, schema: dump';
    const { config, diagnostics } = parse(
      gates(`{ name: rollback, require_down: true }, { name: db, kind: rollback, ${all} }`),
    );
    expect(diagnostics).toEqual([]);
    expect(config?.repos['api']?.modules[0]?.gates).toMatchObject([
      { kind: 'rollback', command: [], set: 'full', rollback: { requireDown: true } },
      {
        rollback: { up: ['a', 'up'], down: ['a', 'down'], schema: ['dump'], requireDown: false },
        services: [{ name: 'db' }],
      },
    ]);
    expect(shown(gates('{ name: rollback, up: a, down: b }'))[0]).toContain('together');
    expect(shown(gates('{ name: rollback, command: a }'))[0]).toContain('says nothing to it');
    expect(shown(gates('{ name: lint, command: a, require_down: true }'))[0]).toContain(
      'has no `require_down`',
    );
  });

  it('takes whose the submitted commits are, and who signs them', () => {
    const ada = { name: 'Ada L', email: 'ada@example.org' };
    const cases: [string, unknown][] = [
      ["{ author: 'Ada L <ada@example.org>' }", { author: ada, committer: ada, sign: 'none' }],
      ["{ committer: 'Ada L <ada@example.org>', sign: ssh }", { author: null, committer: ada, sign: 'ssh' }],
    ];
    for (const [text, expected] of cases) expect(parse(`commits: ${text}`).config?.commits).toEqual(expected);
    for (const author of ['Ada', 'ada@example.org', '<ada@example.org>', 'Ada <ada>', 'A <a@b> <c@d>'])
      expect(shown(`commits: { author: '${author}' }`)[0]).toContain('must be a name and an address');
    expect(shown('commits: { sign: pgp }')).toHaveLength(1);
  });

  it('takes what pull requests are given beside their texts, by names that a forge can have', () => {
    const text = `{ labels: [baton, 'needs: review'], reviewers: [ada-l], team_reviewers: [backend], status: true }`;
    expect(parse(`pull_requests: ${text}`).config?.pullRequests).toEqual({
      baseMoved: 'merge',
      labels: ['baton', 'needs: review'],
      reviewers: ['ada-l'],
      teamReviewers: ['backend'],
      status: true,
    });
    const wrong: [string, string][] = [
      ["{ labels: ['a, b'] }", 'must be one line without a comma'],
      ["{ labels: [' '] }", 'must be one line without a comma'],
      ["{ labels: ['a\u202eb'] }", 'must be one line without a comma'],
      ["{ reviewers: ['@ada'] }", 'must be a name at the forge, without @'],
      ['{ team_reviewers: [acme/backend] }', 'must be the name of a team'],
    ];
    for (const [each, said] of wrong) expect(shown(`pull_requests: ${each}`)[0]).toContain(said);
  });

  it('takes a gate that mutates with its bounds, in the full set only', () => {
    const gates = (text: string): string => `repos: { api: { modules: [{ gates: [${text}] }] } }`;
    const { config, diagnostics } = parse(
      gates(
        '{ name: mutation }, { name: m, kind: mutation, time: 30s, max_mutants: 5, min_score: 0.8, set: full }',
      ),
    );
    expect(diagnostics).toEqual([]);
    expect(config?.repos['api']?.modules[0]?.gates).toMatchObject([
      {
        kind: 'mutation',
        command: [],
        set: 'full',
        mutation: { timeMs: 120_000, mostMutants: 60, minScore: 0.5 },
      },
      { kind: 'mutation', mutation: { timeMs: 30_000, mostMutants: 5, minScore: 0.8 } },
    ]);
    expect(shown(gates('{ name: mutation, set: quick }'))[0]).toContain('runs the tests many times');
    expect(shown(gates('{ name: mutation, command: stryker run }'))[0]).toContain(
      'runs the tests gates of its module: `command` says nothing to it',
    );
    expect(shown(gates('{ name: lint, command: knip, time: 30s }'))[0]).toContain('has no `time`');
    expect(shown(gates('{ name: reach, min_score: 0.9 }'))[0]).toContain('`min_score` says nothing to it');
    expect(shown(gates('{ name: mutation, min_score: 60 }'))).toHaveLength(1);
    expect(parse(gates('{ name: executed }')).config?.repos['api']?.modules[0]?.gates).toMatchObject([
      { kind: 'executed', command: [], set: 'full' },
    ]);
    expect(
      parse(gates('{ name: executed, unrun: shown }')).config?.repos['api']?.modules[0]?.gates,
    ).toMatchObject([{ kind: 'executed', unrun: 'shown' }]);
    expect(shown(gates('{ name: tests, command: x, unrun: shown }'))[0]).toContain('unrun');
    expect(shown(gates('{ name: executed, command: c8 }'))[0]).toContain('`command` says nothing to it');
  });

  it('takes a gate that asks the running service, with the services of its module', () => {
    const gates = (text: string): string => `repos: { api: { modules: [{ gates: [${text}] }] } }`;
    const whole = `{ name: asks, kind: probe, start: node server.js, port: 8080, port_env: HTTP_PORT, ready: /health,
      headers: { authorization: Bearer t }, before: [node, seed.js], env: [A], start_timeout: 5s, reply_timeout: 2s, paths: [/a] }`;
    const service = `repos: { api: { modules: [{ gates: [{ name: probe }], services: [{ name: db, command: db, port: 1 }] }] } }`;
    const probe = { port: null, portEnv: 'PORT', ready: null, headers: {}, before: null, paths: [] };
    expect(parse(service).config?.repos['api']?.modules[0]?.gates).toMatchObject([
      { kind: 'probe', command: [], set: 'full', network: false, probe, services: [{ name: 'db' }] },
    ]);
    expect(parse(gates(whole)).config?.repos['api']?.modules[0]?.gates).toMatchObject([
      {
        command: ['node', 'server.js'],
        env: ['A'],
        probe: {
          port: 8080,
          portEnv: 'HTTP_PORT',
          ready: '/health',
          headers: { authorization: 'Bearer t' },
          before: ['node', 'seed.js'],
          startTimeoutMs: 5_000,
          replyTimeoutMs: 2_000,
          paths: ['/a'],
        },
      },
    ]);
    expect(shown(gates('{ name: probe, command: node x }'))[0]).toContain('`command` says nothing to it');
    expect(shown(gates('{ name: lint, command: knip, headers: { a: b } }'))[0]).toContain('has no `headers`');
    expect(shown(gates('{ name: probe, headers: { a: "b\\nc" } }'))).toHaveLength(1);
  });

  it('takes an empty file as an empty configuration, and a file that is absent as an error', () => {
    expect(parse('').config).toEqual({ repos: {}, limits: {}, agentEnv: [] });
    const dir = mkdtempSync(join(tmpdir(), 'baton-config-'));
    try {
      writeFileSync(join(dir, 'baton.yaml'), 'limits: { max_retries: 1 }\n');
      expect(loadConfig(join(dir, 'baton.yaml')).config?.limits).toEqual({ max_retries: 1 });
      expect(loadConfig(join(dir, 'none.yaml'))).toMatchObject({
        config: null,
        diagnostics: [{ code: 'E_NOT_FOUND' }],
      });
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });

  it('CFG-9: refuses unknown keys at every level, each with its place and a suggestion', () => {
    const { config, diagnostics } = parse(`limits:
  max_rewrok: 3
reops: {}
repos:
  api:
    modules:
      - gates: [{ name: lint, command: x, comand: y, reporter: none }]
`);
    expect(config).toBeNull();
    expect(diagnostics.map((d) => [d.code, d.place?.line, d.place?.col, d.fix])).toEqual([
      ['E_CONFIG_KEY', 2, 3, 'Did you mean `max_rework`?'],
      ['E_CONFIG_KEY', 3, 1, 'Did you mean `repos`?'],
      ['E_CONFIG_KEY', 7, 43, 'Did you mean `command`?'],
    ]);
  });

  it.each(['-1', '11', '1e9', '"3"', '.nan', '.inf', '1.5', 'true', '[3]', ''])(
    'CFG-11: refuses max_rework: %s and says the range',
    (value) => {
      const { config, diagnostics } = parse(`limits:\n  max_rework: ${value}\n`);
      expect(config).toBeNull();
      expect(diagnostics).toMatchObject([{ code: 'E_CONFIG_VALUE', place: { line: 2 } }]);
      expect(diagnostics[0]?.message).toContain('must be a whole number from 0 to 10');
    },
  );

  it.each([
    '0',
    '"10 minuets"',
    '10',
    '0s',
    '-5m',
    '1ms',
    '25h',
    '9999999999999h',
    '10m30s',
    '"10m\\n"',
    'm',
  ])('CFG-11: refuses idle_timeout: %s and says the range', (value) => {
    const { config, diagnostics } = parse(`limits: { idle_timeout: ${value} }`);
    expect(config).toBeNull();
    expect(diagnostics).toMatchObject([{ code: 'E_CONFIG_VALUE' }]);
    expect(diagnostics[0]?.message).toContain('must be a time like 30s or 10m, from 100ms to 24h');
  });

  it('CFG-11: refuses zero only where the range does, and reports all limits at once', () => {
    expect(parse('limits: { max_retries: 0, retry_backoff: 0s }').config?.limits).toEqual({
      max_retries: 0,
      retry_backoff_ms: 0,
    });
    expect(
      parse('limits: { max_parallel: 0, max_invocations: 0, max_same_finding: 0 }').diagnostics,
    ).toHaveLength(3);
  });

  it.each(['""', '"  "', '[]', '[""]', '["", x]', '"a \'b"', '7'])(
    'CFG-12: refuses the command %s',
    (command) => {
      const { config, diagnostics } = parse(gate(`name: tests, command: ${command}`));
      expect(config).toBeNull();
      expect(diagnostics.map((d) => d.code)).toEqual(['E_CONFIG_VALUE']);
    },
  );

  it.each([';', '|', '&&', '>', '`x`', '$X'])(
    'CFG-12: refuses a line with %s unless `shell: true` is written',
    (sign) => {
      const line = JSON.stringify(`npm test ${sign} echo`);
      expect(parse(gate(`name: tests, command: ${line}`))).toMatchObject({
        config: null,
        diagnostics: [{ code: 'E_CONFIG_VALUE' }],
      });
      expect(gateOf(`name: tests, shell: true, command: ${line}`)).toMatchObject({
        shell: true,
        command: [JSON.parse(line)],
      });
      expect(gateOf(`name: tests, command: [echo, ${JSON.stringify(sign)}]`)?.command).toEqual([
        'echo',
        sign,
      ]);
    },
  );

  it('CFG-12: splits a quoted line into words', () => {
    expect(gateOf(`name: lint, command: "eslint 'my src' --rule \\"a b\\""`)).toMatchObject({
      kind: 'lint',
      command: ['eslint', 'my src', '--rule', 'a b'],
    });
  });

  it('refuses what contradicts itself', () => {
    expect(shown(gate('name: tests, command: x, reporter: junit'))[0]).toContain('junit');
    expect(shown(gate('name: lint, command: x, reporter: vitest'))[0]).toContain('reports no tests');
    expect(shown(gate('name: tests, command: x, reporter: ava'))[0]).toContain(
      'one of node, vitest, jest, mocha, go, cargo, pytest, junit, none',
    );
    const canary = (text: string): string => `canary: {file: a.py, text: "${text}"}`;
    expect(shown(gate(`name: tests, command: x, reporter: jest, ${canary('{name}')}`))[0]).toContain(
      'takes no canary of yours',
    );
    const junit = 'name: tests, command: x, reporter: junit, report: r.xml';
    expect(shown(gate(`${junit}, ${canary('assert False')}`))[0]).toContain('would tell this canary');
    expect(gateOf(`${junit}, ${canary('{name}')}`)).toMatchObject({
      canary: { file: 'a.py', text: '{name}' },
    });
    expect(
      shown('repos: {a: {modules: [{gates: [{name: x, command: a}, {name: x, command: b}]}]}}')[0],
    ).toContain('Two gates');
    expect(shown('repos: {a: {modules: [{path: ../b}]}}')[0]).toContain('inside the repository');
    expect(shown('agent_env: ["A=b"]')[0]).toContain('not its value');
  });

  it.each([
    ['agents', 'agent_env: [LANG, GH_ENTERPRISE_TOKEN]', 'agent_env[1]'],
    ['a gate', gate('name: a, kind: lint, command: x, env: [GITHUB_TOKEN]'), 'gates[0].env[0]'],
    ['a probe', gate('name: a, kind: probe, start: x, env: [GH_TOKEN]'), 'gates[0].env[0]'],
    ['the way back', gate('name: a, kind: rollback, up: x, down: y, env: [GH_TOKEN]'), 'gates[0].env[0]'],
    ['a setup', 'repos: {a: {modules: [{setup: {command: x, env: [GH_TOKEN]}}]}}', 'setup.env[0]'],
    [
      'coverage',
      'repos: {a: {modules: [{coverage: {command: x, lcov: l, env: [GH_TOKEN]}}]}}',
      'coverage.env',
    ],
    ['the help', 'repos: {a: {modules: [{cli: {command: x, env: [GH_TOKEN]}}]}}', 'cli.env[0]'],
    [
      'a service',
      'repos: {a: {modules: [{services: [{name: d, command: x, port: 1, env: [GITHUB_ENTERPRISE_TOKEN]}]}]}}',
      'services[0].env[0]',
    ],
    ['a deployment', 'deploy: {staging: {command: x, env: [GITHUB_TOKEN]}}', 'deploy.staging.env[0]'],
  ])('SEC-4: hands no token of the forge to %s', (_, text, place) => {
    const lines = shown(text);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('E_CONFIG_VALUE');
    expect(lines[0]).toContain(place);
    expect(lines[0]).toContain('must not name a token that Baton opens pull requests with');
    expect(lines[0]).toContain('in a variable of another name');
  });

  it('CFG-7: refuses a hostile file as the YAML reader does', () => {
    expect(parse('repos: {__proto__: {modules: []}}').diagnostics.map((d) => d.code)).toEqual([
      'E_CONFIG_KEY',
    ]);
  });
});

describe('approvals and deploy commands', () => {
  it('gives the services of a module to the gates that run the product', () => {
    const text = (service: string): string =>
      `repos: {api: {modules: [{services: [{${service}}], gates: [{name: tests, command: x, reporter: none}, {name: lint, command: y}]}]}}`;
    const gates = parse(text('name: db, command: run-db --port 1, port: 5432, timeout: 90s')).config?.repos[
      'api'
    ]?.modules[0]?.gates;
    expect(gates?.map(({ services }) => services)).toEqual([
      [
        {
          name: 'db',
          command: ['run-db', '--port', '1'],
          shell: false,
          env: [],
          port: 5432,
          ready: null,
          readyTimeoutMs: 90_000,
        },
      ],
      undefined,
    ]);
    expect(shown(text('name: db, command: run-db'))[0]).toContain(
      'Nothing says when the service db is ready.',
    );
  });

  it('R91: reads the command of each environment; it gets the network unless it says otherwise', () => {
    const { config, diagnostics } = parse(
      'deploy: { staging: { command: npm run deploy, env: [TOKEN], timeout: 2m }, lab: { command: [x], network: false, repo: api } }',
    );
    expect(diagnostics).toEqual([]);
    expect(config?.deploy).toEqual({
      staging: {
        command: ['npm', 'run', 'deploy'],
        shell: false,
        env: ['TOKEN'],
        network: true,
        timeoutMs: 120_000,
        repo: null,
      },
      lab: { command: ['x'], shell: false, env: [], network: false, timeoutMs: null, repo: 'api' },
    });
    expect(shown('deploy: { staging: { comand: x } }').join()).toContain('command');
  });

  it('reads approval rules like a workflow does', () => {
    expect(parse('approvals: [{ id: infra, paths: [infra/**] }]').config?.approvals).toEqual([
      { id: 'infra', title: 'infra', paths: ['infra/**'], refuse: false },
    ]);
  });
});

describe('providers', () => {
  it('reads who answers calls of models, with what is usual where nothing is said', () => {
    const { config, diagnostics } = parse(
      'providers: { local: { kind: openai_compatible, base_url: "http://127.0.0.1:11434/v1", price: { input: 0, output: 0.5, cached_input: 0.1 } }, work: { kind: anthropic, key_env: WORK_KEY } }',
    );
    expect(diagnostics).toEqual([]);
    expect(config?.providers).toEqual({
      local: {
        kind: 'openai_compatible',
        baseUrl: 'http://127.0.0.1:11434/v1',
        keyEnv: null,
        price: { input: 0, output: 0.5, cachedInput: 0.1 },
      },
      work: { kind: 'anthropic', baseUrl: null, keyEnv: 'WORK_KEY' },
    });
  });

  it.each([
    ['local: { kind: openai_compatible }', 'it must have a `base_url`'],
    ['work: { kind: anthropic, key_env: sk-ant-0123 }', 'not its value'],
    ['work: { kind: anthropic, base_url: "ftp://example.org" }', 'http:// or https://'],
    ['work: { kind: anthropic, base_url: "https://user:secret@example.org" }', 'without a user'],
    ['work: { kind: mystery }', 'kind'],
    ['A/B: { kind: openai }', 'small letters'],
    ['work: { kind: openai, key_env: GITHUB_TOKEN }', 'must not name a token that Baton opens pull requests'],
    ['work: { kind: openai, price: { input: -1, output: 1 } }', '0 or more'],
  ])('refuses %s', (text, words) => {
    expect(shown(`providers: { ${text} }`).join()).toContain(words);
  });
});

describe('agents', () => {
  it('names a profile, how it authenticates, and models by role and by agent', () => {
    const text = `agents:
  profile: claude
  auth: login
  roles: { reviewer: { model: opus, reasoning: high } }
  names: { code-review: { model: sonnet } }`;
    expect(parse(text).config?.agents).toEqual({
      profile: 'claude',
      auth: 'login',
      roles: { reviewer: { model: 'opus', reasoning: 'high' } },
      names: { 'code-review': { model: 'sonnet', reasoning: null } },
    });
    expect(parse('agents: {}').config?.agents).toEqual({ profile: null, auth: 'key', roles: {}, names: {} });
    expect(parse('').config).not.toHaveProperty('agents');
  });

  it('names a driver, a model for all, and one for late rework', () => {
    const { config, diagnostics } = parse(
      'agents: { driver: in-process, model: p/all, from_rework: { round: 3, model: p/strong } }',
    );
    expect(diagnostics).toEqual([]);
    expect(config?.agents).toMatchObject({
      driver: 'in-process',
      model: 'p/all',
      fromRework: { round: 3, model: 'p/strong', reasoning: null },
    });
    expect(shown('agents: { from_rework: { round: 0, model: a } }')[0]).toContain('from_rework.round');
    expect(shown('agents: { driver: telepathy }')[0]).toContain('agents.driver');
    expect(shown('agents: { driver: blueprint }')[0]).toContain(
      'only where somebody says so each time: `--driver blueprint`',
    );
  });

  it('CFG-9: knows the roles and no others', () => {
    expect(shown('agents: { roles: { reviewr: { model: a } } }')[0]).toMatch(/baton\.yaml:1:\d+ E_CONFIG/);
    expect(shown('agents: { auth: password }')[0]).toContain('agents.auth');
  });

  it('says what to write, and not the rule a second time', () => {
    const fixOf = (text: string): string | undefined =>
      parseConfig('baton.yaml', Buffer.from(text)).diagnostics[0]?.fix;
    expect(fixOf('limits: { max_rework: lots }')).toMatch(
      /^Write a whole number from \d+ to \d+ there, or take it out\.$/,
    );
    expect(fixOf('repos: { svc: { modules: x } }')).toBe('Write a list there, or take it out.');
  });
});
