/** Paths that no agent may change without an approval. */
import { compileGlob, matchesGlob } from '../../core/conditions/glob.ts';
import { isGateConfig } from '../programs/gate-config-names.ts';

/** What steers pipelines, reviewers, editors, git, agents and Baton itself. */
const PROTECTED_GLOBS: readonly string[] = [
  '.github/workflows/**',
  '.github/actions/**',
  '.github/dependabot.yml',
  '.gitlab-ci.*',
  '.gitlab/**',
  '.gitea/workflows/**',
  '.forgejo/workflows/**',
  '.circleci/**',
  '.buildkite/**',
  'azure-pipelines*.yml',
  'azure-pipelines*.yaml',
  'bitbucket-pipelines.yml',
  'Jenkinsfile',
  '.travis.yml',
  '.woodpecker.yml',
  '.woodpecker/**',
  '.drone.yml',
  'cloudbuild*.yml',
  'cloudbuild*.yaml',
  'buildspec*.yml',
  'buildspec*.yaml',
  'appveyor.yml',
  '.appveyor.yml',
  '.cirrus.yml',
  'CODEOWNERS',
  '.gitattributes',
  '.gitmodules',
  '**/.git/**',
  '.husky/**',
  'lefthook.*',
  'lefthook-local.*',
  '.lefthook.*',
  '.lefthook-local.*',
  '.pre-commit-config.yaml',
  '.baton/**',
  'baton.yaml',
  '**/.claude/**',
  '**/.codex/**',
  '**/.gemini/**',
  '**/.opencode/**',
  'opencode.json',
  'opencode.jsonc',
  '**/.cursor/**',
  '**/.windsurf/**',
  '**/.clinerules/**',
  '**/.roo/**',
  '**/.junie/**',
  '.aider.conf.yml',
  '**/.vscode/**',
  '**/.idea/**',
  '.mcp.json',
  '**/CLAUDE.md',
  '**/CLAUDE.local.md',
  '**/AGENTS.md',
  '**/AGENTS.override.md',
  '**/GEMINI.md',
  '.github/copilot-instructions.md',
  '.github/instructions/**',
  '.github/prompts/**',
  '.github/agents/**',
  '.cursorrules',
  '.windsurfrules',
  '.devcontainer/**',
  '.envrc',
];

const COMPILED = PROTECTED_GLOBS.map((glob) => ({ glob, matches: compileGlob(glob.toLowerCase()) }));

/** Folders beside `baton.yaml` whose files say who works, with which program, and in which order. */
export const PROTECTED_BESIDE_CONFIG: readonly string[] = ['profiles/**', 'agents/**', 'workflows/**'];

/** Why a path is protected, for the finding; null: it is not. */
export function protectionOf(path: string, configured: string[]): string | null {
  // Where letter case means nothing, another spelling is the same file.
  const lower = path.toLowerCase();
  const own = configured.find((glob) =>
    matchesGlob(glob, PROTECTED_BESIDE_CONFIG.includes(glob) ? lower : path),
  );
  if (own !== undefined && PROTECTED_BESIDE_CONFIG.includes(own))
    return `\`${own}\` beside baton.yaml says how agents work`;
  if (own !== undefined) return `\`${own}\` is protected by the repository's configuration`;
  const builtin = COMPILED.find(({ matches }) => matches(lower));
  if (builtin !== undefined) return `\`${builtin.glob}\` is protected in every repository`;
  return isGateConfig(path) ? 'it decides what the gates check' : null;
}
