/** Decides about what a change of Rust declares: which of it nothing but tests uses. Pure. */
import type { FindingDraft } from '../../findings.ts';
import { unusedDraft } from '../unused-draft.ts';
import type { Judgement } from '../../suites/judge-tests.ts';
import type { RustDeclaration, RustFacts } from './read-rust.ts';

export interface RustQuestion {
  repo: string;
  /** Sources by path, without tests. */
  base: ReadonlyMap<string, RustFacts>;
  head: ReadonlyMap<string, RustFacts>;
  /** Names in the tests of the head, by file: only to say who uses it. */
  tests: ReadonlyMap<string, ReadonlySet<string>>;
  /** Whether this gate answers for the file. */
  isHere: (path: string) => boolean;
  /** Whether what the file makes public is for others: it belongs to a library, or is named as an entry. */
  isOffered: (path: string) => boolean;
  /** Whether all that the file declares is in use, whoever names it. */
  isEntry: (path: string) => boolean;
}

const MAX_FINDINGS = 20;

interface Fresh {
  file: string;
  declaration: RustDeclaration;
}

export function judgeRust(question: RustQuestion): Judgement {
  const { base, head, isHere } = question;
  const known = new Set([...base.values()].flatMap(({ declarations }) => declarations.map(keyOf)));
  const fresh = [...head].flatMap(([file, { declarations }]) =>
    declarations
      .filter((each) => !known.has(keyOf(each)) && each.name !== 'main' && each.name !== '_')
      .map((declaration): Fresh => ({ file, declaration })),
  );
  const reached = reach(fresh, question);
  const unreached = fresh.filter(({ file, declaration }) => isHere(file) && !reached.has(declaration));
  const items = firstOnes(unreached, head).filter(({ declaration }) => declaration.name !== '');
  const more = Math.max(0, items.length - MAX_FINDINGS);
  return {
    tests: null,
    drafts: items.slice(0, MAX_FINDINGS).map((item) => toDraft(item, question)),
    status: items.length > 0 ? 'fail' : 'pass',
    summary:
      items.length === 0
        ? `${fresh.length} new items of Rust, all in use`
        : `${items.length} of the change's items of Rust are used by nothing${more > 0 ? `, ${more} of them not shown` : ''}`,
  };
}

const keyOf = ({ of, name }: RustDeclaration): string => `${of ?? ''}.${name}`;

/** What is in use: named by code that was there, by what is in use itself, or by somebody who is not in the repository. */
function reach(fresh: readonly Fresh[], question: RustQuestion): ReadonlySet<RustDeclaration> {
  const { head, isOffered, isEntry } = question;
  const isFresh = new Set(fresh.map(({ declaration }) => declaration));
  const namedBy = Map.groupBy(
    [...head.values()].flatMap(({ mentions }) => mentions),
    ({ name }) => name,
  );
  const types = Map.groupBy(
    fresh.filter(({ declaration }) => declaration.of === null).map(({ declaration }) => declaration),
    ({ name }) => name,
  );
  const reached = new Set<RustDeclaration>();
  const isUsed = ({ file, declaration }: Fresh): boolean => {
    const type = declaration.of === null ? undefined : types.get(declaration.of);
    if (type !== undefined && !type.some((each) => reached.has(each))) return false;
    if (declaration.isCalledOtherwise || isEntry(file)) return true;
    if (declaration.isPublic && isOffered(file)) return true;
    return (namedBy.get(declaration.name) ?? []).some(
      ({ by }) => by === null || (by.name !== declaration.name && (!isFresh.has(by) || reached.has(by))),
    );
  };
  for (let before = -1; before !== reached.size;) {
    before = reached.size;
    for (const each of fresh)
      if (!reached.has(each.declaration) && isUsed(each)) reached.add(each.declaration);
  }
  return reached;
}

/** Those that no other one names, without the methods of a type that is told itself: they are mended with it. */
function firstOnes(unreached: readonly Fresh[], head: RustQuestion['head']): Fresh[] {
  const all = new Set(unreached.map(({ declaration }) => declaration));
  const types = new Set([...all].filter(({ of }) => of === null).map(({ name }) => name));
  const named = new Set(
    [...head.values()].flatMap(({ mentions }) =>
      mentions.flatMap(({ name, by }) =>
        by !== null && all.has(by) && by.name !== name && by.of !== name ? [name] : [],
      ),
    ),
  );
  const first = unreached.filter(
    ({ declaration: { of, name } }) => !named.has(name) && (of === null || !types.has(of)),
  );
  return first.length === 0 ? [...unreached] : first;
}

function toDraft({ file, declaration }: Fresh, { repo, tests }: RustQuestion): FindingDraft {
  const { of, name, line } = declaration;
  const shown = of === null ? name : `${of}::${name}`;
  const words = { wire: 'register, mount or list', whole: 'the crate' };
  return unusedDraft({ repo, file, line, shown, name, tests, why: '', words });
}
