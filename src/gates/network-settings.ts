/**
 * Variables by which a machine says how installs reach their registries: proxies, certificates of its own, registries of
 * its own. A setup sees only those that its `env` names; they differ from machine to machine, so that one may name more
 * than are set.
 */
import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import type { GateCommand, RepoConfig } from '../definitions/config.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const CERTIFICATES =
  /^(?:NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|SSL_CERT_DIR|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|GIT_SSL_CAINFO|PIP_CERT|NPM_CONFIG_CAFILE|CARGO_HTTP_CAINFO)$/i;
const PLACES =
  /^(?:(?:HTTPS?|ALL|NO)_PROXY|NPM_CONFIG_(?:.*REGISTRY|(?:HTTPS?[-_])?PROXY|NOPROXY|STRICT_SSL)|YARN_(?:NPM_REGISTRY_SERVER|REGISTRY)|BUN_CONFIG_REGISTRY|PIP_(?:EXTRA_)?INDEX_URL|PIP_PROXY|UV_(?:DEFAULT_INDEX|INDEX|INDEX_URL)|GOPROXY|GONOPROXY|GOSUMDB|GONOSUMDB|GOPRIVATE|GOINSECURE|CARGO_HTTP_PROXY)$/i;

/** Whether the name says how the network is reached; nothing is missing where it is not set. */
export function isNetworkSetting(name: string): boolean {
  return CERTIFICATES.test(name) || PLACES.test(name);
}

/** The names that are set here, sorted; never a value. */
export function networkSettings(environment: Environment): string[] {
  return Object.keys(environment)
    .filter((name) => isNetworkSetting(name) && (environment[name] ?? '') !== '')
    .sort();
}

/** The settings of this machine that a command with network is not told of. */
export function settingsNotPassed(command: GateCommand, environment: Environment): string[] {
  return command.network ? networkSettings(environment).filter((name) => !command.env.includes(name)) : [];
}

/** The configuration with setups that see the settings of this machine. */
export function withNetworkSettings(config: RepoConfig, environment: Environment): RepoConfig {
  const modules = config.modules.map((module) => {
    const { setup } = module;
    if (setup === null) return module;
    return { ...module, setup: { ...setup, env: [...setup.env, ...settingsNotPassed(setup, environment)] } };
  });
  return { ...config, modules };
}

/** The certificates that the named variables lead to: the wall shows nothing that nobody asked for. */
export function certificateFiles(names: readonly string[], environment: Environment): string[] {
  return names
    .filter((name) => CERTIFICATES.test(name))
    .map((name) => environment[name] ?? '')
    .filter((path) => isAbsolute(path) && existsSync(path));
}

/** What a person can do about a setup that this machine's settings do not reach; empty where they do. */
export function sayNotPassed(names: readonly string[]): string {
  return names.length === 0
    ? ''
    : `Set on this machine and not seen by it: ${names.join(', ')}. Name what it needs: \`env: [${names.join(', ')}]\` under \`setup:\` in baton.yaml.`;
}
