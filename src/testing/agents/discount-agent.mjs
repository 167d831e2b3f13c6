// A small agent program for tests: protocol 1, for a trivial change of a repository with several packages. It lets the
// pricing package grant a discount. Its first try changes the core for that, whose users notice in other packages only;
// it claims success either way.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const order = JSON.parse(readFileSync(0, 'utf8'));
const done = (result) => process.stdout.write(`${JSON.stringify({ status: 'complete', ...result })}\n`);
const file = (name) => join(order.workspace.repos[0].path, name);
const edit = (name, from, to) => {
  const text = readFileSync(file(name), 'utf8');
  if (!text.includes(to)) writeFileSync(file(name), text.replace(from, to));
};

function change() {
  edit(
    'packages/pricing/index.js',
    /$/,
    'export const discounted = (items, percent) => Math.round(netOf(items) * (1 - percent / 100));\n',
  );
  writeFileSync(
    file('packages/pricing/test/discount.test.js'),
    "import { test } from 'node:test';\nimport assert from 'node:assert/strict';\nimport { discounted } from '../index.js';\n\ntest('takes a tenth off', () => assert.equal(discounted([{ price: 10, count: 1 }], 10), 900));\n",
  );
  const right = 'return `${sign}${Math.floor(whole / 100)}.';
  const broken = 'return `${sign}${Math.floor(whole / 100)},';
  if (order.round === 1) edit('packages/core/index.js', right, broken);
  else edit('packages/core/index.js', broken, right);
  done({ summary: `a discount, round ${order.round}`, claims: { tests_passed: true } });
}

if (order.role === 'reviewer')
  done({
    summary: 'read it',
    verdict: 'pass',
    findings: [],
    resolved: order.findings.map((finding) => finding.id),
  });
else if (order.access === 'write') change();
else
  done({
    summary: 'texts',
    pull_requests: order.workspace.repos.map(({ name }) => ({
      repo: name,
      title: 'Grant discounts',
      body: 'Prices can have a discount.',
    })),
  });
