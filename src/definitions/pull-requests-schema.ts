/** What `baton.yaml` says of the pull requests of a run. */
import { z } from 'zod';
import { BASE_POLICIES } from '../core/words.ts';
import type { PullRequestConfig } from './config.ts';
import { closedObject } from './schema-issues.ts';

export const pullRequestsSchema = closedObject({
  base_moved: z.enum(BASE_POLICIES).optional().meta({
    description:
      'What a run does where the base branch went on before its pull requests are ready. merge (the usual): brings it in, and gates and reviews look again; ask: asks a person; ignore: submits what was tested, and does not look.',
  }),
  labels: z
    .array(
      z
        .string()
        .min(1)
        .max(50)
        .regex(/^[^\p{C},]*[^\p{C}\s,][^\p{C},]*$/u, { error: 'must be one line without a comma' }),
    )
    .max(20)
    .optional()
    .meta({ description: 'Given to each pull request once; GitHub creates one that it does not have.' }),
  reviewers: z
    .array(
      z
        .string()
        .regex(/^[A-Za-z0-9][\w-]{0,60}(?:\[bot\])?$/, { error: 'must be a name at the forge, without @' }),
    )
    .max(15)
    .optional()
    .meta({
      description:
        'Who is asked to look at each pull request, once, when it is ready. Who cannot be asked is told of, and stops nothing.',
    }),
  team_reviewers: z
    .array(
      z.string().regex(/^[A-Za-z0-9][\w.-]{0,99}$/, {
        error: 'must be the name of a team, without its organisation',
      }),
    )
    .max(15)
    .optional()
    .meta({ description: 'Teams of the organisation of the repository, asked like reviewers.' }),
  comment: z.boolean().optional().meta({
    description:
      'Whether one comment below each pull request says what a run with `--wait` did about checks and reviews; true by default, and written only where somebody asked for something.',
  }),
  status: z.boolean().optional().meta({
    description:
      'Whether each submitted commit gets a status `baton`, which branch protection can ask for. By default none: it takes a token that may write statuses.',
  }),
}).meta({ description: 'What holds for the pull requests of a run.' });

/** What was written, with the usual where nothing was. */
export function toPullRequests(file: z.output<typeof pullRequestsSchema>): PullRequestConfig {
  const { base_moved, labels, reviewers, team_reviewers, status, comment } = file;
  return {
    baseMoved: base_moved ?? 'merge',
    ...(labels === undefined ? {} : { labels }),
    ...(reviewers === undefined ? {} : { reviewers }),
    ...(team_reviewers === undefined ? {} : { teamReviewers: team_reviewers }),
    ...(status === undefined ? {} : { status }),
    ...(comment === undefined ? {} : { comment }),
  };
}
