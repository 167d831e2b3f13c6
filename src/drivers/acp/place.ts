/** What an agent's process finds around it: a home of its own, settings, credentials, and an environment. */
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { AuthWay, Profile } from '../../definitions/profile-schema.ts';
import { composeEnvironment, passedValues } from '../agent-environment.ts';
import type { PrivateFolder } from '../private-folder.ts';
import { sayRefused } from '../say-refused.ts';
import type { Access } from '../../core/words.ts';
import type { ModelAccess, ProviderFacts } from '../../gateway/gateway.ts';

export interface PlaceOptions {
  profile: Profile;
  auth: AuthWay;
  access: Access;
  /** Further names of variables that the user lets through. */
  env: readonly string[];
  environment: Readonly<Record<string, string | undefined>>;
  folder: PrivateFolder;
  model: ModelAccess | null;
}

export interface AgentPlace {
  env: Record<string, string>;
  /** The protocol's authentication method; null: none. */
  method: string | null;
  /** What must not be shown, by the name that is shown in its place. */
  secrets: Map<string, string>;
}

/** Puts files in their places and says what the environment is. Only named files of the user's home are ever copied. */
export async function furnish(options: PlaceOptions): Promise<AgentPlace> {
  const { profile, auth, access, env, environment, folder, model } = options;
  const way = model === null ? auth : 'model';
  for (const path of profile.folders) await mkdir(join(folder.home, path), { recursive: true });
  for (const [path, text] of Object.entries(profile.files)) await put(folder.home, path, text);
  if (way === 'login') await placeLogin(profile, environment['HOME'], folder.home);
  const names = [...(way === 'key' ? profile.auth.key.env : []), ...env];
  const values = { home: folder.home, ...modelValues(profile, model) };
  const own = {
    ...profile.env,
    ...profile.access[access].env,
    ...(model === null ? {} : profile.model_access?.env),
  };
  const composed = composeEnvironment({ environment, names, ...folder });
  return {
    env: { ...composed, ...mapValues(own, (text) => fillIn(text, values)) },
    method: way === 'model' ? (profile.model_access?.method ?? null) : (profile.auth[way]?.method ?? null),
    secrets: new Map([
      ...passedValues(environment, names),
      ...(model === null ? [] : [['model token', model.token] as const]),
    ]),
  };
}

/** Read-only to others, and gone with the home. A file that the user does not have is not needed. */
async function placeLogin(profile: Profile, from: string | undefined, home: string): Promise<void> {
  for (const path of from === undefined ? [] : (profile.auth.login?.files ?? [])) {
    const target = join(home, path);
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    await copyFile(join(from ?? '', path), target).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error; // copyFile throws system errors
    });
  }
}

async function put(home: string, path: string, text: string): Promise<void> {
  const target = join(home, path);
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  await writeFile(target, text, { mode: 0o600 });
}

/** Why it could not reach a model through what it is handed; null where it can, or is handed nothing. */
export function findMissingProvider(
  profile: Profile,
  providers: readonly ProviderFacts[] | null,
): string | null {
  if (providers === null) return null;
  const chosen = providerFor(profile, providers);
  const facts = providers.find((each) => each.name === chosen);
  if (facts !== undefined) return facts.refusedAt === undefined ? null : sayRefused('Its model', facts);
  const wire = profile.model_access?.wire ?? '';
  const key = profile.auth.key.env[0];
  return `No usable provider is called as ${profile.title} calls models (${wire}): set ${key ?? 'the key of one'}, or name one under providers in baton.yaml.`;
}

function providerFor({ model_access: wanted }: Profile, providers: readonly ProviderFacts[]): string | null {
  const fits = providers.find((each) => each.usable && each.wires.some((wire) => wire === wanted?.wire));
  return fits?.name ?? null;
}

function modelValues(profile: Profile, model: ModelAccess | null): Record<string, string> {
  const provider = model === null ? null : providerFor(profile, model.providers);
  if (model === null || provider === null) return {};
  return { token: model.token, base_url: model.baseUrl(provider) };
}

/** Names in braces that stand for nothing stay as they are: agents have templates of their own. */
function fillIn(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{([a-z_]+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? whole) : whole,
  );
}

function mapValues(record: Readonly<Record<string, string>>, change: (text: string) => string) {
  return Object.fromEntries(Object.entries(record).map(([name, text]) => [name, change(text)]));
}
