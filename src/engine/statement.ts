/**
 * What the engine states about one pull request, as in-toto has it with the predicate of SLSA's provenance: which commit, made from
 * what, accepted by whom, measured how. A function of the journal up to the acceptance that the submission stands on, so that
 * every attempt, and everybody with the journal, makes the same bytes. It holds names, hashes and counts, and no words of anybody.
 */
import type { EventOf, JournalEvent, RunEvent } from '../core/events.ts';
import type { Identity } from '../core/records.ts';
import type { Revision } from '../core/results.ts';
import type { Step } from '../core/graph.ts';
import { BUILD_TYPE, PREDICATE_TYPE, STATEMENT_TYPE } from '../proof/baton-verify.mts';
import type { Part, Statement, StepFacts } from '../proof/proof-shape.ts';
import { canonicalJson } from './hash.ts';
import { hashBytes } from '../journal/hash.ts';
import type { JournalAnchor } from './journal-anchor.ts';

export interface Stated {
  repo: string;
  /** What the pull request holds. */
  commit: string;
  head: Revision;
  anchor: JournalAnchor;
}

/** `events`: the run's; what comes after the anchor is not looked at. */
export function statementOf(events: readonly JournalEvent[], stated: Stated): Statement {
  const known = events.slice(0, stated.anchor.seq);
  const [first] = known;
  if (first?.event.type !== 'run_started') throw new Error('a run starts with run_started');
  const started = first.event;
  const history = known.map(({ event }) => event);
  const own = stated.head.repos.find(({ name }) => name === stated.repo);
  const tree = own?.tree ?? '';
  return {
    _type: STATEMENT_TYPE,
    subject: [{ name: stated.repo, digest: { gitCommit: stated.commit }, annotations: { tree } }],
    predicateType: PREDICATE_TYPE,
    predicate: {
      buildDefinition: {
        buildType: BUILD_TYPE,
        externalParameters: {
          request: { sha256: hashBytes(started.request) },
          workflow: {
            name: started.graph.workflow,
            version: started.graph.version,
            graph: { sha256: started.graph_hash },
          },
          base: started.base.id,
          repositories: started.repos.map(({ name, base_ref, commit }) => ({ name, base_ref, commit })),
        },
        internalParameters: {
          driver: started.driver,
          sandbox: started.sandbox,
          agent_network: started.agent_network ?? null,
        },
        resolvedDependencies: dependenciesOf(started, history),
      },
      runDetails: {
        builder: {
          id: 'urn:baton-orchestrator:engine',
          version: { baton: started.baton_version, rules: String(started.rules_version) },
        },
        metadata: {
          invocationId: started.run_id,
          startedOn: first.at,
          finishedOn: known.at(-1)?.at ?? first.at,
        },
        byproducts: [
          ...stepParts(started, history),
          ...gateParts(history, stated, tree),
          { name: 'submitted', digest: { sha256: stated.head.id } },
          {
            name: 'journal',
            digest: { sha256: stated.anchor.hash },
            annotations: { seq: stated.anchor.seq },
          },
        ],
      },
    },
  };
}

/** The bytes that are signed. */
export function statementText(statement: Statement): string {
  return canonicalJson(statement);
}

/** Base commits, what agents were told, and everything else that was fixed in event 1. */
function dependenciesOf(started: EventOf<'run_started'>, history: readonly RunEvent[]): Part[] {
  const bases = history.flatMap((event) => (event.type === 'graph_extended' ? (event.base ?? []) : []));
  const repositories = started.repos.map(({ name, base_ref, commit, tree }): Part => {
    const now = bases.at(-1)?.repos.find((repo) => repo.name === name) ?? { commit, tree };
    return {
      name: `repository/${name}`,
      digest: { gitCommit: now.commit },
      annotations: { ref: base_ref, tree: now.tree },
    };
  });
  const brought = bases.map(({ id }, index): Part => ({
    name: `base/${index + 1}`,
    digest: { sha256: id },
  }));
  const called = new Map<string, { identity: Identity; models: Set<string> }>();
  for (const event of history) {
    if (event.type !== 'invocation_started' && event.type !== 'review_started') continue;
    const { identity } = event;
    const key = `${identity.agent} ${identity.definition_hash}`;
    const agent = called.get(key) ?? { identity, models: new Set() };
    if (identity.model !== null) agent.models.add(identity.model);
    called.set(key, agent);
  }
  const agents = [...called.values()].map(({ identity, models }): Part => ({
    name: `agent/${identity.agent}`,
    digest: { sha256: identity.definition_hash },
    annotations: { role: identity.role, driver: identity.driver, models: [...models].sort() },
  }));
  const readings = (started.readings ?? []).map(({ kind, name, hash }): Part => ({
    name: `${kind}/${name}`,
    digest: { sha256: hash },
  }));
  const snapshot: Part = { name: 'snapshot', digest: { sha256: started.snapshot } };
  return [...repositories, ...brought, ...agents, ...readings, snapshot];
}

/** Every acceptance of something new, in order, with the verdicts on exactly its link. */
function stepParts(started: EventOf<'run_started'>, history: readonly RunEvent[]): Part[] {
  const steps = new Map<string, Step>(started.graph.steps.map((step) => [step.id, step]));
  const reviews: EventOf<'review_ended'>[] = [];
  const parts: Part[] = [];
  for (const event of history) {
    if (event.type === 'graph_extended') for (const step of event.steps) steps.set(step.id, step);
    if (event.type === 'review_ended') reviews.push(event);
    if (event.type !== 'step_accepted' || event.link === null) continue;
    const { link, step, revision, override } = event;
    const facts: StepFacts = {
      from: link.from,
      to: link.to,
      revision,
      reviewers: steps.get(step)?.reviewers ?? [],
      reviews: verdictsOn(reviews, step, link),
      override,
    };
    parts.push({ name: `step/${step}`, digest: { sha256: link.to }, annotations: { ...facts } });
  }
  return parts;
}

/** Of each reviewer the last one. */
function verdictsOn(
  reviews: readonly EventOf<'review_ended'>[],
  step: string,
  { from, to }: Pick<StepFacts, 'from' | 'to'>,
): StepFacts['reviews'] {
  const last = new Map<string, StepFacts['reviews'][number]>();
  for (const { reviewer, outcome, ...review } of reviews) {
    if (outcome.kind !== 'verdict' || review.step !== step) continue;
    if (review.link.from !== from || review.link.to !== to) continue;
    const { verdict, findings } = outcome.review;
    last.set(reviewer, { reviewer, verdict, blocking: findings.filter((f) => f.blocking).length });
  }
  return [...last.values()];
}

/** The last pass over exactly what is submitted. */
function gateParts(history: readonly RunEvent[], { repo, head }: Stated, tree: string): Part[] {
  const keys = new Set(
    history.flatMap((event) =>
      event.type === 'gates_started' && event.revision === head.id ? [event.key] : [],
    ),
  );
  const ended = history.findLast(
    (event): event is EventOf<'gates_ended'> =>
      event.type === 'gates_ended' && keys.has(event.key) && event.outcome.kind === 'measured',
  );
  const results = ended?.outcome.kind === 'measured' ? ended.outcome.results : [];
  return results
    .filter((result) => result.repo === repo)
    .map(({ gate, kind, module, status, config_hash, tests, findings }) => ({
      name: `gate/${module === '.' ? '' : `${module}/`}${gate}`,
      digest: { sha256: config_hash },
      annotations: { kind, status, tree, tests, blocking: findings.filter((f) => f.blocking).length },
    }));
}
