/** What a change does to the packages that a repository asks for, as findings. Pure. */
import type { ApprovalRule } from '../../core/graph.ts';
import type { FindingDraft } from '../findings.ts';
import { nearName } from './near-names.ts';
import type { PackageFile } from './package-files.ts';
import { sayWhere, type Manifest, type Wanted } from './packages.ts';
import type { Waiting } from './waiting-packages.ts';

const MAX_CITED = 20;

/** `known`: names that the base asks for, in whichever manifest. */
export function describeManifest(file: PackageFile<Manifest>, known: ReadonlySet<string>): FindingDraft[] {
  const before = byName(file.before.content);
  const after = byName(file.after.content);
  if (file.after.unread) return [];
  const drafts = [...new Set([...after.keys(), ...before.keys()])].flatMap((name) =>
    describeOne(file, name, before.get(name) ?? [], after.get(name) ?? []),
  );
  const added = [...after.keys()].filter((name) => !before.has(name) && !known.has(name));
  return [...bounded(file, drafts), ...added.flatMap((name) => describeNear(file, name, known))];
}

function byName(manifest: Manifest | null): Map<string, Wanted[]> {
  return Map.groupBy(manifest?.wanted ?? [], ({ name }) => name);
}

function describeOne(
  file: PackageFile<Manifest>,
  name: string,
  before: readonly Wanted[],
  after: readonly Wanted[],
): FindingDraft[] {
  const [was, is] = [say(before), say(after)];
  if (was === is) return [];
  const what =
    before.length === 0
      ? `New dependency \`${name}\`: ${is}`
      : after.length === 0
        ? `Dependency \`${name}\` is gone: it was ${was}`
        : `Dependency \`${name}\` changed: ${was} → ${is}`;
  return [
    note(file, `dependency ${name}`, {
      problem: `${what}.`,
      fix: 'Nothing, if the task needs it: the reviewer should see why.',
    }),
  ];
}

function say(all: readonly Wanted[]): string {
  return all
    .map(({ range, section, source }) => {
      const where = sayWhere(source);
      return `${range === '' ? 'any version' : range} (${section}${where === null ? '' : `, ${where}`})`;
    })
    .sort()
    .join(' and ');
}

function bounded(file: PackageFile<Manifest>, drafts: FindingDraft[]): FindingDraft[] {
  if (drafts.length <= MAX_CITED) return drafts;
  const more = drafts.length - MAX_CITED;
  return [
    ...drafts.slice(0, MAX_CITED),
    note(file, 'more dependencies', {
      problem: `${more} more dependencies of ${file.path} are new, changed or gone.`,
      fix: 'Nothing, if the task needs them: the reviewer should see why.',
    }),
  ];
}

function describeNear(file: PackageFile<Manifest>, name: string, known: ReadonlySet<string>): FindingDraft[] {
  const near = nearName(name, known);
  if (near === null) return [];
  return [
    {
      ...note(file, `near ${name}`, {
        problem: `The new dependency \`${name}\` is called almost like \`${near}\`, which the base has already: packages that are a slip away from another one are a known trap.`,
        fix: `Ask for \`${near}\` if that was meant; else the reviewer should make sure that \`${name}\` is the right one.`,
      }),
      severity: 'major',
    },
  ];
}

/** What can be approved does not block here: a person is asked before the step is accepted. */
export function describeWaiting({ repo, path, name, why, binds }: Waiting, rule: ApprovalRule): FindingDraft {
  const place = { repo, file: path, line: null, identity: `${rule.id} ${name} ${why}` };
  const sentence = `${path}: ${why}.`;
  if (rule.refuse)
    return {
      ...place,
      severity: 'critical',
      blocking: true,
      problem: `E_PATH_PROTECTED ${sentence}`,
      fix: 'Take this package out again: it may not be brought in here.',
    };
  if (binds === null)
    return {
      ...place,
      severity: 'major',
      blocking: true,
      problem: sentence,
      fix: 'Write it in the form that its tool reads; a part of it that was there before may have got lost.',
    };
  return {
    ...place,
    severity: 'note',
    blocking: false,
    problem: `${sentence} A person has to approve that, and no gate runs before.`,
    fix: 'Nothing, if the task needs it. Else take it out again.',
  };
}

function note(
  { repo, path }: PackageFile<unknown>,
  identity: string,
  words: Pick<FindingDraft, 'problem' | 'fix'>,
): FindingDraft {
  return { severity: 'note', blocking: false, repo, file: path, line: null, identity, ...words };
}
