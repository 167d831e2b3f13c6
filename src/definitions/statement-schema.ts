/** The statement about a pull request, for others who read it. The verifier looks at the same fields without this. */
import { z } from 'zod';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const gitId = z.string().regex(/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/);
const count = z.int().min(0);

const repository = z.strictObject({ name: z.string(), base_ref: z.string(), commit: gitId });

const dependency = z.union([
  z.strictObject({
    name: z.string().startsWith('repository/'),
    digest: z.strictObject({ gitCommit: gitId }),
    annotations: z.strictObject({ ref: z.string(), tree: gitId }),
  }),
  z.strictObject({
    name: z.string().startsWith('agent/').meta({ description: 'By the hash of its definition.' }),
    digest: z.strictObject({ sha256 }),
    annotations: z.strictObject({ role: z.string(), driver: z.string(), models: z.array(z.string()) }),
  }),
  z.strictObject({
    name: z.string().meta({
      description:
        '`skill/NAME`, `guide/PATH`, `base/NUMBER` (what the base became and was brought in), or `snapshot`: agents and configuration.',
    }),
    digest: z.strictObject({ sha256 }),
  }),
]);

const tests = z
  .strictObject({
    total: count,
    passed: count,
    failed: count,
    skipped: count,
    missing: count,
    added: count,
    canary: z.enum(['red', 'not_red', 'none']),
  })
  .nullable();

const byproduct = z.union([
  z.strictObject({
    name: z.string().startsWith('step/').meta({ description: 'An acceptance, in order.' }),
    digest: z.strictObject({ sha256 }),
    annotations: z.strictObject({
      from: sha256,
      to: sha256,
      revision: sha256,
      reviewers: z.array(z.string()).meta({ description: 'Who had to pass it.' }),
      reviews: z.array(z.strictObject({ reviewer: z.string(), verdict: z.string(), blocking: count })),
      override: z
        .string()
        .nullable()
        .meta({ description: 'The question that a person accepted it with; null: nobody had to.' }),
    }),
  }),
  z.strictObject({
    name: z.string().startsWith('gate/').meta({ description: 'By the hash of its configuration.' }),
    digest: z.strictObject({ sha256: z.string() }),
    annotations: z.strictObject({
      kind: z.string(),
      status: z.string(),
      tree: gitId,
      tests,
      blocking: count,
    }),
  }),
  z.strictObject({ name: z.literal('submitted'), digest: z.strictObject({ sha256 }) }),
  z.strictObject({
    name: z.literal('journal'),
    digest: z.strictObject({ sha256 }),
    annotations: z.strictObject({ seq: z.int().min(1) }),
  }),
]);

export const statementSchema = z.strictObject({
  _type: z.literal('https://in-toto.io/Statement/v1'),
  subject: z
    .array(
      z.strictObject({
        name: z.string(),
        digest: z.strictObject({ gitCommit: gitId }),
        annotations: z.strictObject({ tree: gitId }),
      }),
    )
    .length(1),
  predicateType: z.literal('https://slsa.dev/provenance/v1'),
  predicate: z.strictObject({
    buildDefinition: z.strictObject({
      buildType: z.literal('urn:baton-orchestrator:change:v1'),
      externalParameters: z.strictObject({
        request: z.strictObject({ sha256 }),
        workflow: z.strictObject({
          name: z.string(),
          version: z.int(),
          graph: z.strictObject({ sha256 }),
        }),
        base: sha256.meta({ description: 'The revision that the run began with.' }),
        repositories: z.array(repository).min(1),
      }),
      internalParameters: z.strictObject({
        driver: z.string(),
        sandbox: z.enum(['wall', 'off']),
        agent_network: z.boolean().nullable(),
      }),
      resolvedDependencies: z.array(dependency).min(1),
    }),
    runDetails: z.strictObject({
      builder: z.strictObject({
        id: z.literal('urn:baton-orchestrator:engine'),
        version: z.strictObject({ baton: z.string(), rules: z.string() }),
      }),
      metadata: z.strictObject({
        invocationId: z.string(),
        startedOn: z.iso.datetime(),
        finishedOn: z.iso.datetime(),
      }),
      byproducts: z.array(byproduct),
    }),
  }),
});

export function statementJsonSchema(): object {
  return z.toJSONSchema(statementSchema);
}
