/** What keeps settings of a repository, and an agent's own sandbox or updater, from steering an agent: each with its reason. */
import { describe, expect, it } from 'vitest';
import { asObject, type Json } from '../core/json.ts';
import { loadProfiles } from './load-profiles.ts';

type Pinned = readonly [path: string, value: unknown, why: string];

const PINNED: Readonly<Record<string, readonly Pinned[]>> = {
  claude: [
    ['env.CLAUDE_CONFIG_DIR', '{home}/.claude', 'the settings of the user stay where they are'],
    [
      'access.read.meta.claudeCode.options.settingSources',
      [],
      'hooks and servers of a repository do not run',
    ],
    [
      'access.write.meta.claudeCode.options.settingSources',
      [],
      'hooks and servers of a repository do not run',
    ],
    ['access.read.meta.claudeCode.options.tools', ['Read', 'Grep', 'Glob'], 'a reader tries no writing'],
    ['access.read.mode', 'default', 'a reader asks before it does anything else'],
    [
      'access.write.meta.claudeCode.options.disallowedTools',
      ['Task', 'Agent'],
      'one agent is one conversation',
    ],
    ['env.DISABLE_AUTOUPDATER', '1', 'the version that was tried is the one that runs'],
  ],
  codex: [
    ['env.CODEX_HOME', '{home}/.codex', 'the settings of the user stay where they are'],
    ['files', {}, 'nothing in that home trusts a folder'],
  ],
  gemini: [
    ['access.read.mode', 'default', 'a reader asks before it does anything'],
    ['env.GEMINI_CLI_TRUST_WORKSPACE', 'true', 'the tool to hand in with is an MCP server'],
    [
      'env.GEMINI_CLI_SYSTEM_SETTINGS_PATH',
      '{home}/.gemini/system.json',
      'they count more than a repository’s',
    ],
    [
      'files',
      {
        '.gemini/settings.json':
          '{"general":{"disableAutoUpdate":true},"privacy":{"usageStatisticsEnabled":false}}',
        '.gemini/system.json':
          '{"mcp":{"allowed":["baton"],"serverCommand":""},"hooksConfig":{"enabled":false},"tools":{"discoveryCommand":"","callCommand":""},"admin":{"extensions":{"enabled":false}},"advanced":{"ignoreLocalEnv":true}}',
      },
      'no server, hook or command of a repository runs, and nothing but Baton’s server',
    ],
  ],
  opencode: [
    ['env.XDG_CONFIG_HOME', '{home}/.config', 'the settings of the user stay where they are'],
    ['env.XDG_DATA_HOME', '{home}/.local/share', 'conversations of the user stay where they are'],
    ['env.OPENCODE_DISABLE_PROJECT_CONFIG', '1', 'plugins and servers of a repository do not run'],
    ['env.OPENCODE_DISABLE_AUTOUPDATE', '1', 'the version that was tried is the one that runs'],
    ['env.OPENCODE_DISABLE_LSP_DOWNLOAD', '1', 'nothing is fetched and run for a language'],
    ['access.read.env.OPENCODE_PERMISSION', '{"edit":"deny","bash":"deny"}', 'a reader tries no writing'],
  ],
};

const { profiles } = loadProfiles([]);
const rows = Object.entries(PINNED).flatMap(([name, pinned]) =>
  pinned.map(([path, value, why]) => [name, path, why, value] as const),
);

describe('the isolation of agents', () => {
  it.each(rows)('in the profile %s, %s: %s', (name, path, _why, value) => {
    const found = path.split('.').reduce<unknown>((at, key) => asObject(at)[key], profiles.get(name) as Json);
    expect(found).toEqual(value);
  });

  it('is written down for each profile that comes with Baton', () => {
    expect(Object.keys(PINNED)).toEqual([...profiles.keys()]);
  });
});
