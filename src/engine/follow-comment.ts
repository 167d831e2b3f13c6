/** What is told below a pull request of its checks and reviews: what was asked of which commit, and what became of it. From the journal alone. */
import { changedRepos } from '../core/effects/changed-repos.ts';
import { followNext, isLeftRed } from '../core/effects/following.ts';
import { toldOf } from '../core/effects/telling.ts';
import { effectKey } from '../core/keys.ts';
import type { Finding } from '../core/results.ts';
import { stepOf } from '../core/state.ts';
import { outgoingBody } from './outgoing-text.ts';
import type { RunContext } from './run-context.ts';

const MAX_LISTED = 20;
const MAX_CHARS = 300;

export async function followCommentOf(
  ctx: RunContext,
  { step, repo, head }: { step: string; repo: string; head: string },
): Promise<string> {
  const { state, runId } = ctx;
  const st = stepOf(state, step);
  const commits = await pushedIn(ctx, repo);
  const rounds = Array.from({ length: st.round }, (_, index) => {
    const then = { ...st, round: index + 1 };
    const { followed = null } = state.effects.get(effectKey(then, 'follow', repo)) ?? {};
    const commit = commits.get(effectKey(then, 'push_branch', repo)) ?? '';
    return { commit: commit.slice(0, 12), findings: followed?.findings ?? [], notes: followed?.notes ?? [] };
  });
  const lines = rounds.flatMap(({ commit, findings, notes }, index) => {
    const answered = rounds[index + 1]?.commit ?? null;
    const became = answered === null ? now() : `answered by \`${answered}\``;
    if (findings.length === 0) return answered === null ? [`- \`${commit}\`: ${became}`, ...told(notes)] : [];
    const asked = findings.length === 1 ? 'one thing was' : `${findings.length} things were`;
    return [
      `- \`${commit}\`: ${asked} asked by checks and reviews, ${became}`,
      ...listed(findings),
      ...told(notes),
    ];
  });
  return [`Checks and reviews, as run \`${runId}\` took them up:`, '', ...lines].join('\n');

  function now(): string {
    switch (toldOf(followNext(state, st, changedRepos(state, head)))) {
      case 'answering':
        return 'which those who wrote it answer now; gates and reviews follow';
      case 'asking':
        // Written once: it stays true where the answer ends the run.
        return `**a person was asked**: \`baton status ${runId}\` shows the question, or how the run ended`;
      default:
        return isLeftRed(state, st, repo) ? 'left as it is by a person' : 'nothing is left to answer';
    }
  }
  function listed(findings: readonly Finding[]): string[] {
    const shown = findings.slice(0, MAX_LISTED).map(({ file, line, problem }) => {
      const where = file === null ? '' : `${file}${line === null ? '' : `:${line}`}: `;
      return `  - ${quote(`${where}${problem}`)}`;
    });
    const more = findings.length - shown.length;
    return more === 0 ? shown : [...shown, `  - … and ${more} more`];
  }
  function told(notes: readonly string[]): string[] {
    return notes.slice(0, MAX_LISTED).map((note) => `  - ${quote(note)}`);
  }
  /** Words of others on one line, which call nobody and close nothing. */
  function quote(text: string): string {
    const line = ctx.redactor.text(text).replaceAll(/\s+/gu, ' ').trim();
    return outgoingBody(line.length > MAX_CHARS ? `${line.slice(0, MAX_CHARS - 1)}…` : line);
  }
}

/** The commit that each push of this repository left on its branch, by the key of the push. */
async function pushedIn({ history }: RunContext, repo: string): Promise<Map<string, string>> {
  const pushed = new Map<string, string>();
  for (const { event } of await history())
    if (event.type === 'effect_ended' && event.repo === repo && event.outcome.kind === 'confirmed')
      if (event.outcome.commit !== undefined) pushed.set(event.key, event.outcome.commit);
  return pushed;
}
