import { expect, it } from 'vitest';
import { protectionOf } from './protected-paths.ts';

it.each([
  '.travis.yml',
  '.woodpecker.yml',
  '.woodpecker/build.yaml',
  '.drone.yml',
  'azure-pipelines.yml',
  'azure-pipelines.yaml',
  'lefthook.yaml',
  '.lefthook-local.toml',
  '.gitlab-ci.yaml',
  'cloudbuild.yaml',
  'appveyor.yml',
  '.github/dependabot.yml',
  '.github/Dependabot.yml',
])('PRIV-3: %s is protected in every repository', (path) => {
  expect(protectionOf(path, [])).toMatch(/ is protected in every repository$/);
});

it.each([
  'postcss.config.js',
  'pytest.toml',
  'go.work',
  'a.dist-info/entry_points.txt',
  '.biome.json',
  'ty.toml',
  'staticcheck.conf',
])('PRIV-3: %s is protected as it decides what the gates check', (path) => {
  expect(protectionOf(path, [])).toBe('it decides what the gates check');
});

it.each(['src/travis.yml', 'docs/drone.md', 'src/dist-info/a.py', 'azure.yaml'])(
  '%s is not protected',
  (path) => {
    expect(protectionOf(path, [])).toBeNull();
  },
);
