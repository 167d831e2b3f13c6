/** Compliance of a change: resources of a cloud are described in code, and made by nothing else. Pure. */
import type { Compliance } from '../../core/words.ts';
import type { ChangedLine } from './changed-lines.ts';
import type { FindingDraft } from '../findings.ts';
import { IMPERATIVE_RULES, type ImperativeRule } from './imperative-rules.ts';
import { joinLines } from './joined-lines.ts';
import { isLocalCall, isLocalCommand } from './local-endpoints.ts';
import { isTestCode } from '../suites/test-files.ts';

const MAX_CITED = 20;
const MAX_DEPTH = 5;
/** What infrastructure tools read, wherever it lies. */
const DESCRIPTION =
  /\.(?:tf|tofu|tfvars|tf\.json|hcl|bicep|bicepparam)$|(?:^|\/)(?:template|samconfig|serverless)\.(?:ya?ml|toml)$/i;
/** Data that they read where it lies in a folder of theirs. A script is none of it, wherever it lies. */
const DATA = /\.(?:ya?ml|json|template|tpl|toml)$/i;
const FOLDER =
  /(?:^|\/)(?:infra|infrastructure|terraform|cloudformation|cdk|pulumi|bicep|helm|charts|k8s|kubernetes)\//i;
/** Data that say which commands are run. */
const RUNS_COMMANDS =
  /(?:^|\/)(?:\.github|\.gitlab|\.circleci|\.buildkite|ansible|playbooks?)\/|(?:^|\/)(?:package\.json|[^/]*(?:pipelines?|buildspec|cloudbuild|gitlab-ci|compose|taskfile|playbook)[^/]*\.ya?ml|action\.ya?ml|pyproject\.toml)$/i;
/** What lies here is run by a deployment, whatever it is called. */
const DEPLOYMENT = /(?:^|\/)(?:deploy|deployments?)\//i;
/** Where words are text, not code. */
const TEXT = /\.(?:md|mdx|adoc|rst|txt|lock|snap|svg|csv)$/i;

/**
 * What the added lines do against it. In test code it is shown only: tests may need something to test against. `kept`: the
 * unchanged lines around them, in which a command may begin.
 */
export function checkCompliance(
  demanded: readonly Compliance[],
  added: readonly ChangedLine[],
  kept: readonly ChangedLine[] = [],
): FindingDraft[] {
  if (!demanded.includes('infrastructure_as_code')) return [];
  const isLookedAt = ({ path }: ChangedLine): boolean => !isDescription(path) && !TEXT.test(path);
  return joinLines(added.filter(isLookedAt), kept.filter(isLookedAt))
    .flatMap((line) => imperativeIn(line) ?? [])
    .slice(0, MAX_CITED);
}

function isDescription(path: string): boolean {
  return DESCRIPTION.test(path) || (DATA.test(path) && FOLDER.test(path) && !RUNS_COMMANDS.test(path));
}

function imperativeIn({ repo, path, line, text }: ChangedLine): FindingDraft | null {
  const commands = commandsIn(text);
  const rule = IMPERATIVE_RULES.find((each) =>
    commands.some(({ command, before }) => breaks(each, command, before)),
  );
  if (rule === undefined) return null;
  const blocking = DEPLOYMENT.test(path) || !isTestCode(path);
  return {
    severity: blocking ? 'major' : 'note',
    blocking,
    repo,
    file: path,
    line,
    identity: `infrastructure_as_code ${rule.name} ${text.trim()}`,
    problem: `A resource is made or changed outside of infrastructure as code (${rule.name}): \`${text.trim().slice(0, 160)}\`.`,
    fix: blocking
      ? 'Describe the resource in the infrastructure code of the repository, and take this call out.'
      : 'Nothing, if it makes only what the test itself needs.',
  };
}

function breaks({ pattern, endpoint }: ImperativeRule, command: string, before: string): boolean {
  let seen = 0;
  for (const { 0: call, index } of command.matchAll(new RegExp(pattern, `g${pattern.flags}`))) {
    const end = index + call.length;
    const isLocal =
      (endpoint === 'command' && isLocalCommand(command, before)) ||
      (endpoint === 'client' && isLocalCall(command.slice(seen, end)));
    if (!isLocal) return true;
    seen = end;
  }
  return false;
}

/** The commands of a line, those in `$(…)` by themselves, so that each has only its own endpoint. */
function commandsIn(text: string): { command: string; before: string }[] {
  const texts: string[] = [];
  let rest = text;
  for (let depth = 0; depth < MAX_DEPTH && rest.includes('$('); depth += 1)
    rest = rest.replace(/\$\(([^()]*)\)/g, (_, inner: string) => {
      texts.push(inner);
      return '$';
    });
  return [rest, ...texts].flatMap((each) => {
    const parts = each.split(/(?=[;|&`])|(?=\baws["',\s])/i);
    return parts.map((command, at) => ({ command, before: parts[at - 1] ?? '' }));
  });
}
