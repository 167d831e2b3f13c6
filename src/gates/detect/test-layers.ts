/** Where a repository keeps the tests of each layer, by the names that it has, and by custom where it has none yet. Pure. */
import type { TestLayer } from '../../core/words.ts';

const FOLDERS: Record<Exclude<TestLayer, 'unit'>, RegExp> = {
  integration: /^(?:.*\/)?(?:integration|integration[-_]tests?|it)(?=\/)/,
  acceptance: /^(?:.*\/)?(?:acceptance|acceptance[-_]tests?|e2e|end[-_]to[-_]end)(?=\/)/,
};
const NAMES: Record<Exclude<TestLayer, 'unit'>, [RegExp, string][]> = {
  integration: [
    [/_integration_test\.\w+$/, '*_integration_test.*'],
    [/\.integration\.(?:test|spec)\.\w+$/, '*.integration.*'],
    [/\.int\.(?:test|spec)\.\w+$/, '*.int.*'],
  ],
  acceptance: [
    [/_acceptance_test\.\w+$/, '*_acceptance_test.*'],
    [/\.acceptance\.(?:test|spec)\.\w+$/, '*.acceptance.*'],
    [/\.e2e\.(?:test|spec)\.\w+$/, '*.e2e.*'],
    [/\.e2e-spec\.\w+$/, '*.e2e-spec.*'],
  ],
};
/** The unit tests are what is left of all names that tests have. */
const UNIT: [RegExp, string][] = [
  [/[^/]\.test\.\w+$/, '*.test.*'],
  [/[^/]\.spec\.\w+$/, '*.spec.*'],
  [/_test\.\w+$/, '*_test.*'],
  [/(?:^|\/)test_[^/]+$/, 'test_*.*'],
];
const TEST_FOLDER = /^(?:.*\/)?(?:tests?|__tests__|specs?)(?=\/)/;

/** `files`: all test code, relative to the repository. */
export function detectLayers(files: readonly string[]): Record<TestLayer, string[]> {
  const named = files.flatMap((file) => TEST_FOLDER.exec(file)?.[0] ?? []);
  const home = mostFrequent(named) ?? 'test';
  const goes = files.some((file) => file.endsWith('_test.go'));
  const unit = [
    ...UNIT.filter(([name]) => files.some((file) => name.test(file))).map(([, glob]) => glob),
    ...[...new Set(named)].sort().map((folder) => `${folder}/**`),
  ];
  const integration = layerGlobs('integration', files);
  const acceptance = layerGlobs('acceptance', files);
  return {
    unit: unit.length > 0 ? unit : [...UNIT.map(([, glob]) => glob), `${home}/**`],
    integration:
      integration.length > 0 ? integration : [goes ? '*_integration_test.go' : `${home}/integration/**`],
    acceptance: acceptance.length > 0 ? acceptance : [goes ? 'acceptance/**' : `${home}/acceptance/**`],
  };
}

function layerGlobs(layer: Exclude<TestLayer, 'unit'>, files: readonly string[]): string[] {
  const folders = new Set(files.flatMap((file) => FOLDERS[layer].exec(file)?.[0] ?? []));
  const names = NAMES[layer].filter(([name]) => files.some((file) => name.test(file)));
  return [...names.map(([, glob]) => glob), ...[...folders].sort().map((folder) => `${folder}/**`)];
}

function mostFrequent(names: readonly string[]): string | null {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))[0]?.[0] ?? null;
}
