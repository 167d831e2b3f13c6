/** What a change does to entries of a lockfile: the same version of a package is the same content. Pure. */
import type { FindingDraft } from '../findings.ts';
import type { PackageFile } from './package-files.ts';
import { hostOf, type Locked, type Lockfile } from './packages.ts';

const MAX_CITED = 20;
/** From weak to strong. */
const ALGORITHMS = ['md5', 'sha1', 'sha256', 'sha384', 'sha512'];

/** Packages whose version stayed and whose content or address did not. */
export function findRewritten(file: PackageFile<Lockfile>): FindingDraft[] {
  const before = Map.groupBy(file.before.content?.locked ?? [], keyOf);
  return (file.after.content?.locked ?? [])
    .flatMap((entry) => {
      const was = before.get(keyOf(entry)) ?? [];
      const [first] = was.map((other) => whatChanged(other, entry)).toSorted((a, b) => weigh(a) - weigh(b));
      return first === undefined || first === null ? [] : [draftOf(file, entry, first)];
    })
    .slice(0, MAX_CITED);
}

const keyOf = ({ name, version }: Locked): string => `${name}\0${version}`;

interface Change {
  blocking: boolean;
  what: string;
}

const weigh = (change: Change | null): number => (change === null ? 0 : change.blocking ? 2 : 1);

/** null: nothing that matters. Of a git repository the commit is the version. */
function whatChanged(was: Locked, is: Locked): Change | null {
  const differs = [...is.integrity].some(([by, sum]) => (was.integrity.get(by) ?? sum) !== sum);
  if (differs) return { blocking: true, what: 'its checksum is another one' };
  if (isWeaker(was.integrity, is.integrity))
    return { blocking: true, what: 'its checksum is of a weaker kind' };
  if (was.integrity.size > 0 && is.integrity.size === 0)
    return { blocking: false, what: 'its checksum is gone' };
  if (was.source.kind === 'git' || was.from === '' || is.from === '' || was.from === is.from) return null;
  const isMoved = pathOf(was.from) === pathOf(is.from);
  return {
    blocking: !isMoved,
    what: `it is fetched from ${isMoved ? 'another host' : 'another address'}: ${withoutUser(is.from)}`,
  };
}

function isWeaker(was: Locked['integrity'], is: Locked['integrity']): boolean {
  const strength = (sums: Locked['integrity']): number =>
    Math.max(-1, ...[...sums.keys()].map((by) => ALGORITHMS.indexOf(by)));
  return is.size > 0 && strength(is) < strength(was);
}

const pathOf = (address: string): string =>
  address.slice(address.indexOf(hostOf(address)) + hostOf(address).length);
const withoutUser = (address: string): string => address.replace(/(?<=\/\/)[^/@]*@/u, '');

function draftOf(
  { repo, path }: PackageFile<Lockfile>,
  { name, version }: Locked,
  { blocking, what }: Change,
): FindingDraft {
  return {
    severity: blocking ? 'critical' : 'minor',
    blocking,
    repo,
    file: path,
    line: null,
    identity: `rewritten ${name} ${version}`,
    problem: `The entry of \`${name}\` ${version} in ${path} was rewritten although its version is the same: ${what}.`,
    fix: 'Put the entry back as the base has it; a package manager writes a version once and leaves it.',
  };
}
