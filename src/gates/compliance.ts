/** Compliance of a change: resources of a cloud are described in code, and made by nothing else. Pure. */
import type { Compliance } from '../core/words.ts';
import type { ChangedLine } from './changed-lines.ts';
import type { FindingDraft } from './findings.ts';
import { IMPERATIVE_RULES } from './imperative-rules.ts';
import { isTestCode } from './test-files.ts';

const MAX_LINE = 2_000;
const MAX_CITED = 20;
/** Where resources are described. A folder of scripts for deployment is not among them. */
const DESCRIBED =
  /(?:^|\/)(?:infra|infrastructure|terraform|cloudformation|cdk|pulumi|bicep|helm|charts|k8s|kubernetes)\/|\.(?:tf|tfvars|bicep)$|(?:^|\/)(?:template|samconfig|serverless)\.(?:ya?ml|toml)$/i;
/** Where words are text, not code. */
const TEXT = /\.(?:md|mdx|adoc|rst|txt|lock|snap|svg|csv)$/i;
const COMMENT = /^\s*(?:\/\/|#|\*|--|\/\*|<!--)/;
/** An imitation on this machine is no cloud. */
const LOCAL = /localhost|127\.0\.0\.1|localstack|--endpoint-url|awslocal/i;

/** What the added lines do against it. In test code it is shown only: tests may need something to test against. */
export function checkCompliance(
  demanded: readonly Compliance[],
  added: readonly ChangedLine[],
): FindingDraft[] {
  if (!demanded.includes('infrastructure_as_code')) return [];
  return added.flatMap((line) => imperativeIn(line) ?? []).slice(0, MAX_CITED);
}

function imperativeIn(line: ChangedLine): FindingDraft | null {
  const { repo, path } = line;
  const text = line.text.slice(0, MAX_LINE);
  if (DESCRIBED.test(path) || TEXT.test(path) || COMMENT.test(text) || LOCAL.test(text)) return null;
  const rule = IMPERATIVE_RULES.find(({ pattern }) => pattern.test(text));
  if (rule === undefined) return null;
  const blocking = !isTestCode(path);
  return {
    severity: blocking ? 'major' : 'note',
    blocking,
    repo,
    file: path,
    line: line.line,
    identity: `infrastructure_as_code ${rule.name} ${text.trim()}`,
    problem: `A resource is made or changed outside of infrastructure as code (${rule.name}): \`${text.trim().slice(0, 160)}\`.`,
    fix: blocking
      ? 'Describe the resource in the infrastructure code of the repository, and take this call out.'
      : 'Nothing, if it makes only what the test itself needs.',
  };
}
