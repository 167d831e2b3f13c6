/** Reads `baton.yaml`; everything wrong comes back at once, each at its line. */
import { z } from 'zod';
import type { Diagnostic } from '../core/errors.ts';
import type { GateKind } from '../core/words.ts';
import { toBudget } from './budget-schema.ts';
import {
  CANARY_NAME,
  type AgentChoices,
  type Config,
  type DeployConfig,
  type GateCommand,
  type ModelChoice,
  type PullRequestConfig,
  type ModuleConfig,
  type RepoConfig,
  type ServiceConfig,
  type TestReporter,
} from './config.ts';
import {
  configSchema,
  type AgentsFile,
  type CliFile,
  type CoverageFile,
  GATE_COMMAND_KINDS,
  type DeployFile,
  type GateFile,
  type ModuleFile,
  type PullRequestsFile,
  type ServiceFile,
  type RepoFile,
  type SetupFile,
} from './config-schema.ts';
import { errorAt, hasErrors, inFileOrder, showValue } from './diagnose.ts';
import { gateOfOwnKind, isOwnKind, misplacedKeys } from './kinds-of-gates.ts';
import { expandApprovals } from './approval-sets.ts';
import { toApprovals } from './approvals-schema.ts';
import { toCommits } from './commits-schema.ts';
import { toProviders } from './providers-schema.ts';
import { toLimits } from './limits-schema.ts';
import { explainIssues, showPath } from './schema-issues.ts';
import { splitCommand } from './split-command.ts';
import { decodeText, readBytes } from './text-file.ts';
import { readYaml, type YamlPath, type YamlSource } from './yaml-source.ts';

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
  const reader = new ConfigReader(source);
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
    ...(parsed.data.agents === undefined ? {} : { agents: toChoices(parsed.data.agents) }),
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

function toPullRequests(file: PullRequestsFile): PullRequestConfig {
  const { base_moved, labels, reviewers, team_reviewers, status, comment } = file;
  return {
    baseMoved: base_moved ?? 'merge',
    ...(labels === undefined ? {} : { labels }),
    ...(reviewers === undefined ? {} : { reviewers }),
    ...(team_reviewers === undefined ? {} : { teamReviewers: team_reviewers }),
    ...(status === undefined ? {} : { status }),
    ...(comment === undefined ? {} : { comment }),
  };
}

function toChoices({ driver, model, from_rework, profile, auth, roles, names }: AgentsFile): AgentChoices {
  const choices = (
    given: Record<string, { model?: string | undefined; reasoning?: string | undefined }> = {},
  ) =>
    Object.fromEntries(
      Object.entries(given).map(([name, { model, reasoning }]): [string, ModelChoice] => [
        name,
        { model: model ?? null, reasoning: reasoning ?? null },
      ]),
    );
  return {
    ...(driver === undefined ? {} : { driver }),
    ...(model === undefined ? {} : { model }),
    ...(from_rework === undefined
      ? {}
      : { fromRework: { ...from_rework, reasoning: from_rework.reasoning ?? null } }),
    profile: profile ?? null,
    auth: auth ?? 'key',
    roles: choices(roles),
    names: choices(names),
  };
}

/** The JSON Schema of `baton.yaml`. */
export function configJsonSchema(): object {
  return z.toJSONSchema(configSchema, { io: 'input' });
}

const READY_TIMEOUT_MS = 60_000;

/** Those that run the product get what it needs beside it. */
function withServices(gate: GateCommand, services: ServiceConfig[]): GateCommand {
  return ['tests', 'coverage', 'probe', 'rollback'].includes(gate.kind) ? { ...gate, services } : gate;
}

class ConfigReader {
  readonly diagnostics: Diagnostic[] = [];
  readonly #source: YamlSource;

  constructor(source: YamlSource) {
    this.#source = source;
  }

  repo(file: RepoFile, path: YamlPath): RepoConfig {
    const modules = (file.modules ?? []).map((module, index) =>
      this.#module(module, [...path, 'modules', index]),
    );
    this.#unique(
      modules.map((module) => module.path),
      'Two modules have the path',
      (index) => [...path, 'modules', index],
    );
    this.#unique(
      modules.flatMap((module) => module.name ?? []),
      'Two modules have the name',
      () => [...path, 'modules'],
    );
    return {
      modules,
      protectedPaths: file.protected ?? [],
      ...(file.tests === undefined ? {} : { tests: definedOf(file.tests) }),
    };
  }

  deploy(file: DeployFile, path: YamlPath): DeployConfig {
    return { ...this.#command(file, path, true), repo: file.repo ?? null };
  }

  #module(file: ModuleFile, path: YamlPath): ModuleConfig {
    const setup = file.setup == null ? null : this.#setup(file.setup, [...path, 'setup']);
    const gates = (file.gates ?? []).map((gate, index) => this.#gate(gate, [...path, 'gates', index]));
    if (file.coverage !== undefined) gates.push(this.#coverage(file.coverage, [...path, 'coverage']));
    if (file.cli !== undefined) gates.push(this.#help(file.cli, [...path, 'cli']));
    const services = (file.services ?? []).map((service, index) =>
      this.#service(service, [...path, 'services', index]),
    );
    this.#unique(
      services.map((service) => service.name),
      'Two services have the name',
      (index) => [...path, 'services', index, 'name'],
    );
    this.#unique(
      gates.map((gate) => gate.name),
      'Two gates have the name',
      (index) => [...path, 'gates', index, 'name'],
    );
    return {
      path: (file.path ?? '.').replace(/(?<=.)\/+$/, ''),
      ...(file.name === undefined ? {} : { name: file.name }),
      setup,
      gates: services.length === 0 ? gates : gates.map((gate) => withServices(gate, services)),
    };
  }

  #service(file: ServiceFile, path: YamlPath): ServiceConfig {
    if (file.port === undefined && file.ready === undefined) {
      const fix = 'Write `port: 5432`, or `ready:` with a command that ends with 0 once it is.';
      this.#error(path, `Nothing says when the service ${file.name} is ready.`, fix);
    }
    return {
      name: file.name,
      command: this.#words(file.command, file.shell ?? false, [...path, 'command']),
      shell: file.shell ?? false,
      env: file.env ?? [],
      port: file.port ?? null,
      ready: file.ready === undefined ? null : this.#words(file.ready, false, [...path, 'ready']),
      readyTimeoutMs: file.timeout ?? READY_TIMEOUT_MS,
    };
  }

  /** The gate that measures how much of the changed lines is tested. */
  #coverage(file: CoverageFile, path: YamlPath): GateCommand {
    const command = this.#command(file, path, false);
    return {
      ...command,
      name: 'coverage',
      kind: 'coverage',
      reporter: 'none',
      report: file.lcov,
      set: 'full',
    };
  }

  /** The gate that looks for added options and commands in the help text. */
  #help(file: CliFile, path: YamlPath): GateCommand {
    const command = this.#command(file, path, false);
    return { ...command, name: 'cli-help', kind: 'help', reporter: 'none', report: null, set: 'full' };
  }

  /** Installing needs the registry; everything else gets the network only where it is written. */
  #setup(file: SetupFile, path: YamlPath): GateCommand {
    return {
      ...this.#command(file, path, true),
      name: file.name ?? 'setup',
      ...(file.registries === false ? { registries: false } : {}),
      kind: 'setup',
      reporter: 'none',
      report: null,
      set: 'quick',
    };
  }

  #gate(file: GateFile, path: YamlPath): GateCommand {
    const { name, set } = file;
    const kind: GateKind = file.kind ?? GATE_COMMAND_KINDS.find((known) => known === name) ?? 'command';
    const reporter = file.reporter ?? 'none';
    if (reporter === 'junit' && file.report === undefined) {
      this.#error(
        [...path, 'reporter'],
        'The reporter junit needs to know where its file lies.',
        'Write `report: path/to/report.xml`.',
      );
    }
    this.#checkCanary(file, reporter, [...path, 'canary']);
    if (reporter !== 'none' && kind !== 'tests') {
      this.#error(
        [...path, 'reporter'],
        `A gate of the kind ${kind} reports no tests.`,
        'Write `kind: tests`, or take the reporter out.',
      );
    }
    for (const { key, message, fix } of misplacedKeys(file, kind)) this.#error([...path, key], message, fix);
    if (isOwnKind(kind))
      return gateOfOwnKind(file, kind, (key, command) =>
        this.#words(command, file.shell ?? false, [...path, key]),
      );
    return {
      ...this.#command({ ...file, command: file.command ?? [] }, path, false),
      name,
      kind,
      reporter,
      report: file.report ?? null,
      ...(file.canary === undefined ? {} : { canary: file.canary }),
      set: set ?? 'quick',
      ...(file.serial === true ? { serial: true } : {}),
    };
  }

  #checkCanary({ canary }: GateFile, reporter: TestReporter, path: YamlPath): void {
    if (canary === undefined) return;
    if (reporter !== 'junit' && reporter !== 'pytest') {
      const fix = reporter === 'none' ? 'Set `reporter: junit`, or take it out.' : 'Take it out.';
      this.#error(path, `The reporter ${reporter} takes no canary of yours.`, fix);
    }
    if (!canary.text.includes(CANARY_NAME)) {
      const fix = `Name its test with \`${CANARY_NAME}\`, as in \`def test_${CANARY_NAME}():\`.`;
      this.#error([...path, 'text'], 'Nothing in the report would tell this canary from other tests.', fix);
    }
  }

  #command(
    file: SetupFile | DeployFile | (GateFile & { command: string | string[] }),
    path: YamlPath,
    network: boolean,
  ): Pick<GateCommand, 'command' | 'shell' | 'env' | 'network' | 'timeoutMs'> {
    return {
      command: this.#words(file.command, file.shell ?? false, [...path, 'command']),
      shell: file.shell ?? false,
      env: file.env ?? [],
      network: file.network ?? network,
      timeoutMs: file.timeout ?? null,
    };
  }

  #words(command: string | string[], shell: boolean, path: YamlPath): string[] {
    if (typeof command !== 'string') return this.#listed(command, path);
    // A shell gets its line as it is written.
    if (shell && command.trim() !== '') return [command];
    const split = splitCommand(command);
    if (!split.ok) {
      this.#error(
        path,
        `\`${showPath(path)}\` is ${showValue(command)}: ${split.problem}.`,
        'Write the program and its arguments.',
      );
      return [];
    }
    if (split.shellSyntax !== null) {
      const message = `\`${showPath(path)}\` is ${showValue(command)}: only a shell understands ${split.shellSyntax}.`;
      this.#error(
        path,
        message,
        'Write `shell: true` beside it, or quote the sign if it is meant as it stands.',
      );
    }
    return split.words;
  }

  #listed(words: string[], path: YamlPath): string[] {
    if ((words[0] ?? '').trim() === '') {
      this.#error(path, `\`${showPath(path)}\` names no program.`, 'Write the program as the first word.');
    }
    const hidden = words.findIndex((word) => word.includes('\0'));
    if (hidden !== -1) this.#error([...path, hidden], 'A word holds a NUL character.', 'Take it out.');
    return words;
  }

  #unique(values: string[], what: string, path: (index: number) => YamlPath): void {
    for (const [index, value] of values.entries()) {
      if (values.indexOf(value) !== index)
        this.#error(path(index), `${what} ${value}.`, 'Give one of them another one.');
    }
  }

  #error(path: YamlPath, message: string, fix: string): void {
    this.diagnostics.push(errorAt(this.#source.place(path), 'E_CONFIG_VALUE', message, fix));
  }
}

function definedOf(layers: NonNullable<RepoFile['tests']>): NonNullable<RepoConfig['tests']> {
  return Object.fromEntries(Object.entries(layers).filter(([, globs]) => globs !== undefined));
}
