/** Tools that a repository has for itself as packages in folders of its own: `"own-lint": "file:./tools/lint"`. */
import { dirname, join, normalize } from 'node:path/posix';
import { asObject, type Json } from '../../core/json.ts';
import type { ReadBase } from './relative-imports.ts';

const FOLDER = /^(?:(?:file|link|portal):)?(\.{1,2}\/.*|\.)$|^(?:file|link|portal):([^/.].*)$/u;

/** By the name of a command or package, where it starts. Only what is there for development: the rest is the product. */
export async function localTools(manifest: string, read: ReadBase): Promise<Map<string, string>> {
  const { devDependencies } = objectIn(await read(manifest));
  const found = new Map<string, string>();
  for (const [name, wanted] of Object.entries(asObject(devDependencies))) {
    const [, relative, plain] = FOLDER.exec(typeof wanted === 'string' ? wanted : '') ?? [];
    const folder = normalize(join(dirname(manifest), relative ?? plain ?? '..'));
    if ((relative ?? plain) === undefined || folder.startsWith('..')) continue;
    const own = objectIn(await read(join(folder, 'package.json')));
    const main = typeof own['main'] === 'string' ? own['main'] : 'index.js';
    found.set(name, join(folder, main));
    const short = name.split('/').at(-1) ?? name;
    const commands = typeof own['bin'] === 'string' ? { [short]: own['bin'] } : asObject(own['bin']);
    for (const [command, path] of Object.entries(commands))
      if (typeof path === 'string') found.set(command, join(folder, path));
  }
  return found;
}

function objectIn(text: string | null): Json {
  try {
    return asObject(JSON.parse(text ?? '{}'));
  } catch {
    return {}; // A package.json that cannot be read installs nothing.
  }
}
