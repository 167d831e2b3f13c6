import { afterEach, describe, expect, it } from 'vitest';
import type { DeployConfig } from '../../definitions/config.ts';
import { approvalRules, measureParts } from '../change/approval-parts.ts';
import { openGatesRig, wholeRepo, type GatesRig } from '../testing/gates-rig.ts';

let rig: GatesRig | null = null;
afterEach(() => {
  rig?.[Symbol.dispose]();
  rig = null;
});

const FILES = {
  'package.json': JSON.stringify({ main: 'src/app.mjs', scripts: { deploy: 'sh ops/deploy.sh' } }),
  'ops/deploy.sh': 'node ops/upload.mjs\n',
  'ops/upload.mjs': "import { app } from '../src/app.mjs';\nimport { send } from '../lib/send.mjs';\n",
  'lib/send.mjs': '',
  'src/app.mjs': 'export const app = 1;\n',
};

/** Deploy scripts that run and load helpers in many ways. */
const FORMS = {
  'package.json': JSON.stringify({
    main: 'src/app.mjs',
    imports: {
      '#target': { default: './lib/target.mjs' },
      '#steps/*': './lib/steps/*.mjs',
      '#own': './lib/own.mjs',
    },
    scripts: { target: 'node scripts/target.mjs' },
  }),
  'src/app.mjs': "import '#own';\n",
  'lib/own.mjs': '',
  'lib/index.js': '',
  'lib/target.mjs': '',
  'lib/steps/deep.mjs': '',
  'scripts/deploy': '#!/usr/bin/env bash\n. scripts/lib.sh\n',
  'scripts/lib.sh': '',
  'scripts/target.mjs': "import '#target';\nimport { deep } from '#steps/deep';\nimport '#own';\n",
  'scripts/all.mjs': `const { seal } = await import(new URL('./lib/url.mjs', import.meta.url));
execFileSync('node', ['scripts/steps/push.mjs', '--now']);
const sealing = join(root, 'tools/seal.py');
send(['dist/page.html', 'src/app.mjs', 'lib/own.mjs', 'test/all.test.mjs', 'application/json']);
`,
  'scripts/lib/url.mjs': '',
  'scripts/steps/push.mjs': '',
  'scripts/by-node': "#!/usr/bin/env -S node --no-warnings\nrequire('../lib');\nrequire('../lib/own.mjs');\n",
  'scripts/sent.sh': '',
  'scripts/apart.sh': '',
  'tools/seal.py': '',
  'dist/page.html': '',
  'test/all.test.mjs': '',
  Makefile: `SEND := ./scripts/sent.sh
.PHONY: deploy
build:
\t@./scripts/apart.sh
deploy: push
push:
\t@$(SEND) --to here
`,
  'ops/Makefile': 'all: sign-it\nsign-%:\n\t-./sign.sh\n',
  'ops/sign.sh': '',
};

function deploy(command: string[], over: Partial<DeployConfig> = {}): DeployConfig {
  return { command, shell: false, env: [], network: false, timeoutMs: null, repo: null, ...over };
}

/** What a person has to approve of a change of these files, where this deploys to staging. */
async function partsOf(
  staging: DeployConfig,
  changed: Record<string, string | null>,
  repositories: Record<string, Record<string, string>> = { service: FILES },
) {
  rig = await openGatesRig(repositories, {});
  const { base, runId, workspaces } = rig.git;
  const revision = await rig.change(base, changed);
  const repos = Object.fromEntries(
    Object.keys(repositories).map((name) => [name, { modules: wholeRepo(), protectedPaths: [] }]),
  );
  const rules = approvalRules();
  return measureParts({ runId, base, revision, rules, repos, deploys: { staging }, workspaces });
}

describe('what a deployment runs', () => {
  it.each([
    ['directly', deploy(['./ops/deploy.sh']), 'ops/deploy.sh'],
    ['behind `npm run`', deploy(['npm', 'run', 'deploy']), 'ops/deploy.sh'],
    ['behind another script', deploy(['npm', 'run', 'deploy']), 'ops/upload.mjs'],
    ['loaded from another folder', deploy(['ops/deploy.sh'], { repo: 'service' }), 'lib/send.mjs'],
  ])('R91, PRIV-3: needs an approval when it is changed: %s', async (_, staging, path) => {
    const parts = await partsOf(staging, { [`service/${path}`]: '# other\n', 'service/src/app.mjs': '' });
    expect(parts).toMatchObject([
      {
        rule: 'protected',
        paths: [`service/${path}`],
        reasons: ['the deployment to staging runs it'],
        deploys: [{ environment: 'staging', paths: [`service/${path}`] }],
      },
    ]);
  });

  it('PRIV-3: is looked for in the change, too: another script behind the same name, and what it brings', async () => {
    const scripts = { deploy: 'sh ops/new.sh' };
    const parts = await partsOf(deploy(['npm', 'run', 'deploy']), {
      'service/package.json': JSON.stringify({ main: 'src/app.mjs', scripts }),
      'service/ops/new.sh': 'true\n',
    });
    const paths = ['service/ops/new.sh', 'service/package.json'];
    expect(parts).toMatchObject([{ paths, deploys: [{ environment: 'staging', paths }] }]);
  });

  it('is found in every repository where the command runs in the folder of all', async () => {
    const all = { service: FILES, client: { 'push.sh': '' } };
    const staging = deploy(['cd client && ./push.sh && ../service/ops/deploy.sh'], { shell: true });
    const changed = { 'client/push.sh': 'true\n', 'service/ops/deploy.sh': '' };
    expect(await partsOf(staging, changed, all)).toMatchObject([
      { paths: ['service/ops/deploy.sh', 'client/push.sh'] },
    ]);
  });

  it.each([
    ['./scripts/deploy', 'scripts/lib.sh'],
    ['npm run target', 'lib/target.mjs'],
    ['npm run target', 'lib/steps/deep.mjs'],
    ['node scripts/all.mjs', 'scripts/steps/push.mjs'],
    ['node scripts/all.mjs', 'tools/seal.py'],
    ['node scripts/all.mjs', 'scripts/lib/url.mjs'],
    ['./scripts/by-node', 'lib/index.js'],
    ['make deploy', 'scripts/sent.sh'],
    ['cd ops && make -j2 all', 'ops/sign.sh'],
  ])('R91, PRIV-3: follows helpers in the forms that people write: %s runs %s', async (command, path) => {
    const staging = deploy([command], { shell: true });
    const changed = {
      [`service/${path}`]: '# other\n',
      'service/src/app.mjs': '',
      'service/lib/own.mjs': '',
    };
    expect(await partsOf(staging, changed, { service: { ...FORMS, [path]: '' } })).toMatchObject([
      { paths: [`service/${path}`], reasons: ['the deployment to staging runs it'] },
    ]);
  });

  it('asks for nothing where such a script names the product, what it sends, or tests', async () => {
    const staging = deploy(['node scripts/all.mjs && ./scripts/by-node && make deploy'], { shell: true });
    const changed = Object.fromEntries(
      ['src/app.mjs', 'lib/own.mjs', 'dist/page.html', 'test/all.test.mjs', 'scripts/apart.sh'].map(
        (path) => [`service/${path}`, '// new\n'],
      ),
    );
    expect(await partsOf(staging, changed, { service: FORMS })).toEqual([]);
  });

  it('asks for nothing where the change is the product', async () => {
    expect(await partsOf(deploy(['npm', 'run', 'deploy']), { 'service/src/app.mjs': '// new\n' })).toEqual(
      [],
    );
  });
});
