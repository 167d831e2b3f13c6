/** What a change may touch, whoever says what about it: read from the diff alone. */
import type { Site } from '../parts/part.ts';
import { deficiency, type ReviewFinding } from './finding.ts';

interface DiffFile {
  repo: string;
  file: string;
  removed: string[];
  added: string[];
  isLink: boolean;
}

export function reviewDiff(diff: string, agent: string | null, site: Site): ReviewFinding[] {
  return readDiff(diff).flatMap((change) => [
    ...outOfPlace(change, agent, site),
    ...lostTests(change),
    ...hidden(change),
  ]);
}

function readDiff(diff: string): DiffFile[] {
  return diff.split(/^(?=diff --git )/m).flatMap((part) => {
    const names = /^diff --git "?a\/([^/\s]+)\/(.+?)"? "?b\//.exec(part);
    if (names === null) return [];
    const lines = part.split('\n');
    return [
      {
        repo: names[1] ?? '',
        file: names[2] ?? '',
        removed: lines.filter((line) => line.startsWith('-') && !line.startsWith('---')),
        added: lines.filter((line) => line.startsWith('+') && !line.startsWith('+++')),
        isLink: /^(?:new file mode|new mode) 120000$/m.test(part),
      },
    ];
  });
}

/** Each writing agent has its lane; tests belong to the tester alone. */
function outOfPlace(change: DiffFile, agent: string | null, site: Site): ReviewFinding[] {
  const lanes = lanesOf(site);
  const own = agent === null ? Object.values(lanes).flat() : (lanes[agent] ?? []);
  const path = `${change.repo}/${change.file}`;
  const allowed = own.some(
    (lane) => path === lane || path.startsWith(lane.endsWith('/') ? lane : `${lane}/`),
  );
  if (allowed && !change.isLink) return [];
  const what = change.isLink ? 'is a symbolic link' : 'is outside of what this step has to change';
  return [
    deficiency({ repo: change.repo, file: change.file }, `\`${path}\` ${what}.`, 'Leave it as it was.'),
  ];
}

function lanesOf(site: Site): Record<string, string[]> {
  const { service } = site.layout;
  const inService = (path: string): string => `${service.files.name}/${path}`;
  const { client } = site;
  const inClient = (path: string): string[] => (client === null ? [] : [`${client.files.name}/${path}`]);
  return {
    'datatypes-agent': [inService(`${service.typesDir}/`), inService(`${service.migrationsDir}/`)],
    'feature-implementation-agent': [
      inService(site.storeFile),
      inService(site.handlersFile),
      inService(service.routesFile),
      inService(service.apiFile),
      ...inClient(client?.clientFile ?? ''),
      ...inClient(client?.typesFile ?? ''),
      ...inClient(client?.contractFile ?? ''),
    ],
    'unit-testing-agent': [inService(`${service.testsDir}/`), ...inClient(`${client?.testsDir ?? ''}/`)],
  };
}

function lostTests(change: DiffFile): ReviewFinding[] {
  if (!/\.test\.\w+$/.test(change.file)) return [];
  const names = (lines: string[]): string[] =>
    lines.flatMap((line) => /^[-+] *(?:it|test)(?:\.\w+)?\(\s*(['"`])(.*?)\1/.exec(line)?.[2] ?? []);
  const kept = new Set(names(change.added));
  return names(change.removed)
    .filter((name) => !kept.has(name))
    .map((name) =>
      deficiency(
        { repo: change.repo, file: change.file },
        `The test "${name}" was removed.`,
        'Bring the missing test back.',
      ),
    );
}

/** Text that people do not see and programs read. */
function hidden(change: DiffFile): ReviewFinding[] {
  const found = change.added.some((line) =>
    /[\u200B-\u200F\u202A-\u202E\u2060-\u2069\u{E0000}-\u{E007F}]/u.test(line),
  );
  return found
    ? [
        deficiency(
          { repo: change.repo, file: change.file },
          `\`${change.file}\` has invisible characters in new lines.`,
          'Take them out.',
        ),
      ]
    : [];
}
