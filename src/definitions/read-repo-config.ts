/** What `baton.yaml` says of repositories, module by module, as the gates that will judge them. */
import type { Diagnostic } from '../core/errors.ts';
import type { GateKind } from '../core/words.ts';
import {
  CANARY_NAME,
  type DeployConfig,
  type GateCommand,
  type ModuleConfig,
  type RepoConfig,
  type ServiceConfig,
  type TestReporter,
} from './config.ts';
import type { DeployFile } from './config-schema.ts';
import { errorAt, showValue } from './diagnose.ts';
import { GATE_COMMAND_KINDS, type GateFile } from './gate-schema.ts';
import { gateOfOwnKind, isOwnKind, misplacedKeys } from './kinds-of-gates.ts';
import type { CliFile, CoverageFile, ModuleFile, RepoFile, ServiceFile, SetupFile } from './repo-schema.ts';
import { showPath } from './schema-issues.ts';
import { splitCommand } from './split-command.ts';
import type { YamlPath, YamlSource } from './yaml-source.ts';

const READY_TIMEOUT_MS = 60_000;

/** Those that run the product get what it needs beside it. */
function withServices(gate: GateCommand, services: ServiceConfig[]): GateCommand {
  return ['tests', 'coverage', 'probe', 'rollback'].includes(gate.kind) ? { ...gate, services } : gate;
}

/** Turns what a file says of repositories and deployments into what gates run; collects all that is wrong. */
export class RepoReader {
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
