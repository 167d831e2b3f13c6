/** Where code of Python begins without being imported: settings, manifests, templates, places that frameworks know. Pure. */
import { posix } from 'node:path';
import { mayNameFiles } from '../named-files.ts';

/** All that such a file declares is in use: a framework finds it by where it lies. */
const BY_PLACE =
  /(?:^|\/)(?:migrations|(?:alembic|migrations)\/versions|management\/commands|templatetags|dags)\/[^/]+\.py$|(?:^|\/)(?:setup|manage|noxfile|fabfile|conf|settings\w*|sitecustomize|usercustomize|gunicorn[\w.]*|hubconf)\.py$|(?:^|\/)settings\/\w+\.py$/;
/** Loaded by a framework, which finds there what it registers. */
const LOADED =
  /(?:^|\/)(?:__main__|wsgi|asgi|models|admin|apps|signals|receivers|tasks|translation|main|app|lambda_function)\.py$/;
const BESIDE = /(?:^|\/)(?:benchmarks?|examples?|samples?|docs?|testing)\/|(?:^|\/)(?:conftest|tests?)\.py$/;
const FOREIGN = /(?:^|\/)(?:vendor|_vendor|node_modules|site-packages|\.?venv|\.tox|\.git)\//;
const GENERATED = /_pb2(?:_grpc)?\.py$/;
const LOOSE = /\.(?:ipynb|pyx|html?|jinja2?|j2|jinja-\w+|mako)$/;
const MANIFEST = /(?:^|\/)(?:pyproject\.toml|setup\.(?:cfg|py))$/;
const WORD = /[\w./:-]+/g;
const MAX_WORD = 200;

export const isPython = (path: string): boolean =>
  path.endsWith('.py') && !FOREIGN.test(path) && !GENERATED.test(path);
export const isManifest = (path: string): boolean => MANIFEST.test(path) && !FOREIGN.test(path);
/** Examples and measurements use what they like. */
export const isBesideCode = (path: string): boolean => BESIDE.test(path);
export const isByPlace = (path: string): boolean => BY_PLACE.test(path);
export const isLoadedByName = (path: string): boolean => LOADED.test(path);
export const isLoose = (path: string): boolean => LOOSE.test(path) && !FOREIGN.test(path);
export const isSetting = (path: string): boolean =>
  (mayNameFiles(path) || MANIFEST.test(path) || path.endsWith('.cfg')) &&
  !isLoose(path) &&
  (!path.endsWith('.py') || MANIFEST.test(path)) &&
  !FOREIGN.test(path);

/** Words of a settings file that may be a path, a module, or a name in one. */
export function wordsOfSetting(text: string): string[] {
  const words = [...new Set(text.match(WORD))].filter((word) => word.length <= MAX_WORD && /[.:]/.test(word));
  // `python -m shop` runs `shop/__main__.py`, or `shop.py`.
  const started = [...text.matchAll(/(?:^|[\s"'])-m["',\s]+([\w.]+)/g)].map(
    ([, module = '']) => `${module}.__main__`,
  );
  return [...words, ...started];
}

/** Names in a template's commands, or in all of a file that is code of another kind. */
export function wordsOfLoose(path: string, text: string): string[] {
  const parts = /\.(?:ipynb|pyx)$/.test(path)
    ? [text]
    : (text.match(/\{\{[^]*?\}\}|\{%[^]*?%\}|\$\{[^}]*\}/g) ?? []);
  return [...new Set(parts.flatMap((part) => part.match(/[A-Za-z_]\w*/g) ?? []))];
}

export interface PythonPackage {
  /** With a slash at its end; empty for the top. */
  folder: string;
  /** It may be installed by others. */
  isPublished: boolean;
  /** It has commands of its own. */
  hasCommand: boolean;
}

/** What manifests say, those of the deepest folders first. */
export function packagesIn(manifests: ReadonlyMap<string, string>): PythonPackage[] {
  const folders = Map.groupBy(manifests, ([path]) => posix.dirname(path));
  return [...folders]
    .map(([folder, files]): PythonPackage => {
      const text = files.map(([, each]) => each).join('\n');
      const isNamed =
        /^\s*\[(?:project|tool\.poetry|tool\.flit\.metadata|metadata)\]/m.test(text) ||
        /\bsetup\s*\(/.test(text);
      const isOwn = /Private\s*::|^\s*package-mode\s*=\s*false|^\s*package\s*=\s*false/m.test(text);
      return {
        folder: folder === '.' ? '' : `${folder}/`,
        isPublished: isNamed && !isOwn,
        hasCommand:
          /^\s*\[(?:project|tool\.poetry)\.(?:gui-)?scripts\]|\bconsole_scripts\b|\bscripts\s*=\s*\[/m.test(
            text,
          ),
      };
    })
    .toSorted((a, b) => b.folder.length - a.folder.length);
}
