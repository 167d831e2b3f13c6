import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { STACK_AREAS } from '../core/words.ts';
import { builtinAgentsDir, builtinStacksDir } from './builtin.ts';
import { loadAgentFolder, loadAgents } from './load-agents.ts';
import { readSkill, skillBeside } from './skills.ts';
import { describesWork, descriptionOf } from './skill-match.ts';
import { detectStacks, STACKS, telling } from './stacks.ts';

const npm = (...names: string[]): string =>
  JSON.stringify({ dependencies: Object.fromEntries(names.map((name) => [name, '1'])) });

/** `name@file`, of a repository with these files. */
function seen(files: Record<string, string>): string[] {
  const paths = Object.keys(files);
  const texts = new Map(telling(paths).map((path) => [path, files[path] ?? '']));
  return detectStacks(paths, texts).map(({ stack, where }) => `${stack.name}@${where}`);
}

describe('what a repository uses', () => {
  it.each<[what: string, files: Record<string, string>, expected: string[]]>([
    ['nothing', {}, []],
    ['Express', { 'package.json': npm('express') }, ['express@package.json']],
    ['Fastify in a package', { 'apps/api/package.json': npm('fastify') }, ['fastify@apps/api/package.json']],
    ['Hono by a plugin', { 'package.json': npm('@hono/node-server') }, ['hono@package.json']],
    [
      'NestJS and Prisma',
      { 'package.json': npm('@nestjs/core', '@prisma/client') },
      ['nestjs@package.json', 'prisma@package.json'],
    ],
    ['Prisma by its schema', { 'prisma/schema.prisma': '' }, ['prisma@prisma/schema.prisma']],
    ["Prisma's migrations", { 'prisma/migrations/1_init/migration.sql': '' }, []],
    [
      'SQL by its migrations',
      { 'db/migrations/001_init.sql': '' },
      ['sql-migrations@db/migrations/001_init.sql'],
    ],
    ['SQL by its runner', { 'package.json': npm('knex') }, ['sql-migrations@package.json']],
    ['a query that is no migration', { 'queries/find.sql': '' }, []],
    ['queues', { 'package.json': npm('bullmq') }, ['redis-and-queues@package.json']],
    [
      'Go with Redis, one line and a block',
      {
        'go.mod':
          'module x\nrequire github.com/redis/go-redis/v9 v9.1.0\nrequire (\n\tgithub.com/aws/aws-lambda-go v1.4.0\n)\n',
      },
      ['go-services@go.mod', 'redis-and-queues@go.mod', 'aws-functions@go.mod'],
    ],
    [
      'SAM',
      {
        'template.yaml':
          "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  F:\n    Type: AWS::Serverless::Function\n",
      },
      ['aws-functions@template.yaml', 'aws-templates@template.yaml'],
    ],
    [
      'CloudFormation in its folder',
      { 'infra/tables.yml': 'Resources:\n  T:\n    Type: AWS::DynamoDB::Table\n' },
      ['aws-templates@infra/tables.yml'],
    ],
    ['CDK', { 'cdk.json': '{}' }, ['aws-templates@cdk.json']],
    ['a template of something else', { 'templates/mail.yaml': 'Subject: AWS bill\n' }, []],
    ['what tests alone need', { 'package.json': JSON.stringify({ devDependencies: { express: '4' } }) }, []],
    [
      'what lies in installed packages and examples',
      { 'node_modules/x/package.json': npm('express'), 'examples/a/package.json': npm('hono') },
      [],
    ],
    ['a name that begins like another', { 'package.json': npm('express-session', 'honoka') }, []],
    [
      'a broken manifest',
      { 'package.json': '{', 'a/package.json': 'null', 'b/package.json': '{"dependencies":[1]}' },
      [],
    ],
  ])('%s', (_what, files, expected) => {
    expect(seen(files)).toEqual(expected);
  });

  it('is read from forty files at most, those near the top first', () => {
    const paths = Array.from({ length: 60 }, (_, index) => `packages/p${index}/package.json`);
    expect(telling([...paths, 'package.json'])).toHaveLength(40);
    expect(telling([...paths, 'package.json'])[0]).toBe('package.json');
  });
});

describe('guides and skills of the package', () => {
  it('are a page each, with what is good and what is found most often', () => {
    expect(readdirSync(builtinStacksDir).sort()).toEqual(STACKS.map(({ name }) => `${name}.md`).sort());
    for (const { name } of STACKS) {
      const text = readFileSync(join(builtinStacksDir, `${name}.md`), 'utf8');
      expect(text.match(/^#+ .+$/gm)?.slice(1), name).toEqual(['## Good', '## Found most often']);
      expect(text.split(/\s+/).length, name).toBeLessThan(360);
    }
    expect(new Set(STACKS.map(({ area }) => area))).toEqual(new Set(STACK_AREAS));
  });

  it('R8: are all in the table of the skill that shows the way to them, each in the row of its area', () => {
    const skill = readFileSync(join(builtinAgentsDir, '../skills/gateway-backend/SKILL.md'), 'utf8');
    const rows = [...skill.matchAll(/^\| (\w+) \| ([^|]+) \| [^|]+ \|$/gm)].slice(1);
    expect(rows.map(([, area, guides]) => `${area}: ${guides}`)).toEqual(
      STACK_AREAS.map((area) => {
        const titles = STACKS.filter((stack) => stack.area === area).map(({ title }) => title);
        return `${area}: ${titles.join(', ')}`;
      }),
    );
  });

  it('R8: the skills are Agent Skills: named as their folder, and saying when they are used', () => {
    const folder = join(builtinAgentsDir, '../skills');
    const names = readdirSync(folder).sort();
    expect(names).toEqual([
      'dispatching-parallel-agents',
      'gateway-backend',
      'orchestrating-multi-agent-workflows',
      'persisting-progress-across-sessions',
      'reviewing-security',
    ]);
    for (const name of names) {
      const file = skillBeside(join(builtinAgentsDir, 'some-agent.md'), name) ?? '';
      const read = readSkill(file);
      if (!read.ok) throw new Error(name);
      expect(read.text).toMatch(new RegExp(`^---\\nname: ${name}\\ndescription: Use when `));
      expect(descriptionOf(read.text, file)?.length).toBeLessThan(1_024);
      expect(read.text.split(/\s+/).length, name).toBeLessThan(320);
    }
    const { agents } = loadAgentFolder(builtinAgentsDir, 'own');
    const named = agents.flatMap(({ skills = [], optionalSkills = [] }) => [...skills, ...optionalSkills]);
    expect([...new Set(named.map(({ name }) => name))].sort()).toEqual(names);
  });

  it.each<[description: string, work: string, fits: boolean]>([
    ['Use when migrations of large tables are planned.', 'Migrate the large ones', true],
    ['Use when migrations of large tables are planned.', 'Add a command for tables', false],
    [
      'Use when this skill should be used with agents.',
      'Use this skill with agents when others should',
      false,
    ],
    [
      'Use when a task spans several phases, such as testing and submission.',
      'Add tags.\nPlan it in several phases, with a submission of its own for each.',
      true,
    ],
    // Near misses: words that stand apart, one word alone, and words that only begin alike.
    [
      'Use when a task spans several phases, such as testing and submission.',
      'Testing\nTests.\nSubmission\nA pull request',
      false,
    ],
    ['Use when migrations of large tables are planned.', 'Large uploads. Tables stay as they are.', false],
    ['Use when migrations of large tables are planned.', '{"tasks":\n"Large uploads",\n"Migrations"}', false],
    ['Use when migrations of large tables are planned.', 'Immigration forms enlarge tablets', false],
    [
      'Use when migrations of large tables are planned.',
      '"T2: a migration that splits the large table"',
      true,
    ],
    ['Use when deployments are rolled back.', 'Deploy the service', false],
    ['Use when deployments are rolled back.', 'A deployment that can be rolled back at once', true],
    ['', 'anything at all', false],
  ])('R8: a skill "%s" fits the work "%s": %s', (description, work, fits) => {
    expect(describesWork(description, work)).toBe(fits);
  });

  it('says of an agent which guides concern it, and refuses what is no area', () => {
    const load = (stacks: string, origin: 'own' | 'imported') =>
      loadAgents([
        {
          path: 'a.md',
          bytes: Buffer.from(`---\nname: a\ndescription: d\nrole: tester\nstacks: ${stacks}\n---\nx\n`),
          origin,
        },
      ]);
    expect(load('http, data', 'own').agents[0]?.stacks).toEqual(['http', 'data']);
    expect(load('none', 'own').agents[0]?.stacks).toEqual([]);
    expect(load('htp', 'own').diagnostics.map(({ code }) => code)).toEqual(['E_CONFIG_VALUE']);
    expect(load('[prisma]', 'imported').agents[0]?.stacks).toBeUndefined();
  });
});
