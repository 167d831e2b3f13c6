// A small agent program for tests: protocol 1, every role of review-gated. It adds tags to the notes service, and its
// first try breaks the shape of errors, which the repository's own tests know about. It claims success either way.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const order = JSON.parse(readFileSync(0, 'utf8'));
const done = (result) => process.stdout.write(`${JSON.stringify({ status: 'complete', ...result })}\n`);
const repo = order.workspace.repos[0];
const file = (name) => join(repo.path, name);
const edit = (name, from, to) => {
  const text = readFileSync(file(name), 'utf8');
  if (!text.includes(to)) writeFileSync(file(name), text.replace(from, to));
};

function implement() {
  edit(
    'src/validate.js',
    'return { title: title.trim(), text };',
    "const { tags = [] } = input;\n  if (!Array.isArray(tags) || tags.some((t) => typeof t !== 'string')) throw new HttpError(400, 'invalid_tags', 'tags are strings');\n  return { title: title.trim(), text, tags };",
  );
  const broken = '({ error: error.code, message: error.message })';
  const right = "({ error: { code: error.code ?? 'internal', message: error.message } })";
  const text = readFileSync(file('src/errors.js'), 'utf8');
  writeFileSync(
    file('src/errors.js'),
    order.round === 1 ? text.replace(right, broken) : text.replace(broken, right),
  );
  done({ summary: `tags, round ${order.round}`, claims: { files: ['src/validate.js'], tests_passed: true } });
}

function test() {
  writeFileSync(
    file('test/tags.test.js'),
    `import { test } from 'node:test';\nimport assert from 'node:assert/strict';\nimport { parseNote } from '../src/validate.js';\n\ntest('keeps tags', () => assert.deepEqual(parseNote({ title: 'a', tags: ['x'] }).tags, ['x']));\ntest('refuses tags that are no strings', () => assert.throws(() => parseNote({ title: 'a', tags: [1] }), { status: 400 }));\n`,
  );
  done({
    summary: 'two tests for tags',
    claims: { files: ['test/tags.test.js'] },
    covers: [{ criterion: 'A1', tests: ['refuses tags that are no strings'] }],
  });
}

const research = order.context.filter((item) => item.kind === 'research').map((item) => item.name);
const conditional = [
  'cloud-infrastructure-agent',
  'datatypes-agent',
  'cli-implementation-agent',
  'deployment-agent',
];
const plays = {
  'backend-task-summarizer': () =>
    done({
      summary: 'notes get tags',
      requirements: {
        functional: [{ id: 'F1', text: 'a note has tags' }],
        non_functional: [],
        constraints: [],
        dependencies: [],
        affected_systems: [repo.name],
        acceptance_criteria: [{ id: 'A1', text: 'tags that are no strings are refused' }],
      },
    }),
  'backend-planner': () =>
    done({
      summary: 'one step',
      plan: {
        analysis: 'small',
        tasks: [
          {
            id: 'T1',
            agent: 'feature-implementation-agent',
            description: 'tags',
            depends_on: [],
            output: 'code',
          },
        ],
        cites: research,
        risks: [],
        rollback: ['revert'],
        success_criteria: ['green tests'],
        estimate: 'small',
      },
    }),
  'backend-implementer': () =>
    done({
      summary: 'only the feature',
      needs: conditional.map((agent) => ({ agent, needed: false, reason: `nothing for ${agent} to do` })),
    }),
  'feature-implementation-agent': implement,
  'unit-testing-agent': test,
  'validation-agent': () =>
    done({ summary: 'read it', validation: { evidence: ['the gates ran the tests'] } }),
  'submission-agent': () =>
    done({
      summary: 'texts',
      pull_requests: [{ repo: repo.name, title: 'Add tags to notes', body: 'Notes have tags (A1).' }],
    }),
  'code-review': () =>
    done({
      summary: 'read it',
      verdict: 'pass',
      findings: [],
      resolved: order.findings.map((finding) => finding.id),
    }),
};
const play =
  plays[order.agent] ??
  (() => done({ summary: order.agent, research: { findings: ['a small service'], recommendations: [] } }));
play();
