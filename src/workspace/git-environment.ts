/** What git may know of the world: nothing of the caller's GIT_ variables, home, system or global configuration. */

/** Holds for every call, also where git reads the user's own repository. */
export const safetyConfig: readonly string[] = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.untrackedCache=false',
  'core.attributesFile=/dev/null',
  'core.excludesFile=/dev/null',
  'core.quotePath=false',
  'core.pager=cat',
  'core.sshCommand=false',
  'credential.helper=',
  'protocol.allow=never',
  // `user`: paths that Baton names, never one that a .gitmodules names.
  'protocol.file.allow=user',
  'submodule.recurse=false',
  'fetch.recurseSubmodules=false',
  'commit.gpgSign=false',
  'gc.auto=0',
  'maintenance.auto=false',
  'color.ui=false',
];

/** Holds where the git directory is the engine's own: the same bytes on every machine, and durable ones. */
export const engineConfig: readonly string[] = [
  // For its owner only, whatever the umask says.
  'core.sharedRepository=0600',
  'core.fsync=committed,reference',
  'core.autocrlf=false',
  'core.safecrlf=false',
  'core.fileMode=true',
  'core.protectHFS=true',
  'core.protectNTFS=true',
  'core.sparseCheckout=false',
  'core.splitIndex=false',
  'core.logAllRefUpdates=false',
  // Keeps what is fetched as one pack: one sync instead of one per object.
  'fetch.unpackLimit=1',
  'fetch.writeCommitGraph=false',
  // Without guesses about renames a merge can be checked path by path; what then conflicts is done again.
  'merge.renames=false',
  'i18n.commitEncoding=UTF-8',
];

const AUTHOR_NAME = 'Baton';
const AUTHOR_EMAIL = 'baton@localhost';

const SYSTEM_PATH = '/usr/local/bin:/usr/bin:/bin';
let searchPath = SYSTEM_PATH;

/**
 * Where git is looked for from now on, in the whole process: the caller's PATH; undefined: where systems have it. Where
 * programs lie is a fact of the machine and the one thing of the caller's that git is told.
 */
export function findGitIn(path: string | undefined): void {
  searchPath = path ?? SYSTEM_PATH;
}

/** A fresh environment for one git process. */
export function cleanEnvironment(): Record<string, string> {
  return {
    PATH: searchPath,
    HOME: '/dev/null',
    XDG_CONFIG_HOME: '/dev/null',
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: 'false',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_NO_LAZY_FETCH: '1',
    GIT_AUTHOR_NAME: AUTHOR_NAME,
    GIT_AUTHOR_EMAIL: AUTHOR_EMAIL,
    GIT_COMMITTER_NAME: AUTHOR_NAME,
    GIT_COMMITTER_EMAIL: AUTHOR_EMAIL,
  };
}

/** The dates of a commit, in seconds: the same input must give the same commit. */
export function commitDates(epochSeconds: number): Record<string, string> {
  const date = `@${epochSeconds} +0000`;
  return { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
}
