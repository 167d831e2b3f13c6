/** Reads `baton.yaml`; everything wrong comes back at once, each at its line. */
import { z } from 'zod';
import type { Diagnostic } from '../core/errors.ts';
import { toAgentChoices } from './agents-schema.ts';
import { toBudget } from './budget-schema.ts';
import type { Config } from './config.ts';
import { configSchema } from './config-schema.ts';
import { hasErrors, inFileOrder } from './diagnose.ts';
import { expandApprovals } from './approval-sets.ts';
import { toApprovals } from './approvals-schema.ts';
import { toCommits } from './commits-schema.ts';
import { toProviders } from './providers-schema.ts';
import { toPullRequests } from './pull-requests-schema.ts';
import { RepoReader } from './read-repo-config.ts';
import { toLimits } from './limits-schema.ts';
import { explainIssues } from './schema-issues.ts';
import { decodeText, readBytes } from './text-file.ts';
import { readYaml } from './yaml-source.ts';

/** `config` is null where there is an error. */
export interface LoadedConfig {
  config: Config | null;
  diagnostics: Diagnostic[];
}

/** Loads the configuration from a file. */
export function loadConfig(file: string): LoadedConfig {
  const read = readBytes(file);
  return read.ok ? parseConfig(file, read.bytes) : { config: null, diagnostics: [read.diagnostic] };
}

/** Loads the configuration from the bytes of a file. An empty file is an empty configuration. */
export function parseConfig(file: string, bytes: Uint8Array): LoadedConfig {
  const decoded = decodeText(bytes, file);
  if (!decoded.ok) return { config: null, diagnostics: [decoded.diagnostic] };
  const { source, diagnostics } = readYaml(decoded.text, file);
  if (source === null) return { config: null, diagnostics };
  const parsed = configSchema.safeParse(source.value ?? {});
  if (!parsed.success)
    return { config: null, diagnostics: inFileOrder(explainIssues(parsed.error.issues, source)) };
  const reader = new RepoReader(source);
  const approvals =
    parsed.data.approvals === undefined ? null : expandApprovals(parsed.data.approvals, source);
  reader.diagnostics.push(...(approvals?.diagnostics ?? []));
  const repos = Object.fromEntries(
    Object.entries(parsed.data.repos ?? {}).map(([name, repo]) => [name, reader.repo(repo, ['repos', name])]),
  );
  const deploys = Object.entries(parsed.data.deploy ?? {}).map(
    ([name, deploy]) => [name, reader.deploy(deploy, ['deploy', name])] as const,
  );
  const config: Config = {
    repos,
    limits: toLimits(parsed.data.limits),
    agentEnv: parsed.data.agent_env ?? [],
    ...(parsed.data.refine === undefined ? {} : { refine: parsed.data.refine }),
    ...(parsed.data.signing === 'required' ? { signing: parsed.data.signing } : {}),
    ...(parsed.data.workflow === undefined ? {} : { workflow: parsed.data.workflow }),
    ...(parsed.data.agent_network === undefined ? {} : { agentNetwork: parsed.data.agent_network }),
    ...(parsed.data.agents === undefined ? {} : { agents: toAgentChoices(parsed.data.agents) }),
    ...(parsed.data.budget === undefined ? {} : { budget: toBudget(parsed.data.budget) }),
    ...(parsed.data.commits === undefined ? {} : { commits: toCommits(parsed.data.commits) }),
    ...(parsed.data.pull_requests === undefined
      ? {}
      : { pullRequests: toPullRequests(parsed.data.pull_requests) }),
    ...(approvals === null ? {} : { approvals: toApprovals(approvals.rules) }),
    ...(parsed.data.providers === undefined ? {} : { providers: toProviders(parsed.data.providers) }),
    ...(deploys.length === 0 ? {} : { deploy: Object.fromEntries(deploys) }),
  };
  return { config: hasErrors(reader.diagnostics) ? null : config, diagnostics: reader.diagnostics };
}

/** The JSON Schema of `baton.yaml`. */
export function configJsonSchema(): object {
  return z.toJSONSchema(configSchema, { io: 'input' });
}
