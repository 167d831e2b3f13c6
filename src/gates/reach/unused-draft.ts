/** What is said of a new declaration that no code but tests uses, where a language is judged by names. */
import type { FindingDraft } from '../findings.ts';

export interface Unused {
  repo: string;
  file: string;
  line: number;
  /** Its name, with what it belongs to. */
  shown: string;
  /** Its name alone, as tests may say it. */
  name: string;
  /** Names in tests, by file. */
  tests: ReadonlyMap<string, ReadonlySet<string>>;
  /** More that speaks for it; empty: nothing. */
  why: string;
  /** How code is put to use in the language, and what offers it to others there: `register it`, `the crate`. */
  words: { wire: string; whole: string };
}

export function unusedDraft({ repo, file, line, shown, name, tests, why, words }: Unused): FindingDraft {
  const test = [...tests].find(([, names]) => names.has(name))?.[0];
  const only = test === undefined ? 'Nothing uses it' : `Only tests use it (\`${test}\`)`;
  return {
    repo,
    file,
    line,
    severity: 'major',
    blocking: true,
    identity: `unreached ${shown}`,
    problem: `\`${shown}\` is new, and no code that is not a test uses it. ${only}.${why}`,
    fix: `Call it from the code that it is for (${words.wire} it there), or take it out. If something else starts it, or ${words.whole} offers it to others, name its file with \`entries\` on this gate in baton.yaml.`,
  };
}
