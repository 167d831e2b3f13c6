import { describe, expect, it } from 'vitest';
import { chooseStacks, MAX_STACK_PAGES } from './stack-choice.ts';
import { STACKS } from './stacks.ts';

const ALL = STACKS.map(({ name }) => name);
const NODE = ['express', 'prisma', 'sql-migrations', 'redis-and-queues', 'aws-functions', 'aws-templates'];
const read = (names: string[], files: string[], words = ''): string[] =>
  chooseStacks(names, { files, words }).read;

describe('guides for one piece of work', () => {
  it.each<[files: string[], read: string[]]>([
    [['src/routes/orders.ts', 'src/routes/pets.ts'], ['express']],
    [['migrations/004_tags.sql'], ['prisma', 'sql-migrations']],
    [
      ['prisma/schema.prisma', 'src/handlers/tags.ts'],
      ['express', 'prisma'],
    ],
    [
      ['src/queues/mail.ts', 'src/workers/mail.ts', 'src/routes/mail.ts'],
      ['express', 'redis-and-queues'],
    ],
    [['infra/tables.yaml'], ['aws-templates']],
    [['docs/guide.md'], []],
    [['src/restored/application.ts'], []],
  ])('R8: are those for the files that it touches: %j', (files, expected) => {
    expect(read(NODE, files)).toEqual(expected);
  });

  it('R8: of a framework are for its own language', () => {
    expect(read(['express', 'go-services'], ['cmd/api/main.go'])).toEqual(['go-services']);
    expect(read(['express', 'go-services'], ['web/routes/index.ts'])).toEqual(['express']);
  });

  it.each<[words: string, read: string[]]>([
    ['Add an endpoint that lists orders over HTTP', ['express', 'prisma']],
    ['Migrate the table of orders: a column for the state, with an index', ['prisma', 'sql-migrations']],
    ['Send mails from a queue: workers, retries, a cache of addresses', ['express', 'redis-and-queues']],
    ['Put the sessions into Redis', ['express', 'redis-and-queues']],
  ])('are those that its words speak of, where no file is known: %s', (words, expected) => {
    expect(read(NODE, [], words)).toEqual(expected);
  });

  it('are two at most, and the others are named', () => {
    const { read: chosen, left } = chooseStacks(ALL, { files: [], words: '' });
    expect(chosen).toHaveLength(MAX_STACK_PAGES);
    expect([...chosen, ...left].sort()).toEqual(ALL.toSorted());
  });

  it('are none of a repository that shows none', () => {
    expect(chooseStacks([], { files: ['src/routes/a.ts'], words: 'http' })).toEqual({ read: [], left: [] });
  });
});
