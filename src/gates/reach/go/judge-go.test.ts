import { describe, expect, test } from 'vitest';
import type { Judgement } from '../../suites/judge-tests.ts';
import { runGo } from './run-go.ts';

type Files = Record<string, string | null>;

/** A change of these files on top of that base; null takes a file away. */
async function judge(base: Files, change: Files, entries: string[] = []): Promise<Judgement | null> {
  const treeOf = (files: Files): { path: string; blob: string; size: number }[] =>
    Object.entries(files).flatMap(([path, text]) =>
      text === null ? [] : [{ path, blob: text, size: text.length }],
    );
  const encoder = new TextEncoder();
  return runGo({
    repo: 'service',
    before: treeOf(base),
    now: treeOf({ ...base, ...change }),
    readBlobs: async (blobs) => new Map(blobs.map((text) => [text, encoder.encode(text)])),
    isHere: () => true,
    entries,
    signal: new AbortController().signal,
  });
}

/** What stops the change, and what is only shown, by name. */
async function unreached(base: Files, change: Files, entries?: string[]): Promise<string[]> {
  const judged = await judge(base, change, entries);
  return (judged?.drafts ?? []).map(({ problem, blocking }) => {
    const name = /^`([^`]+)`/.exec(problem)?.[1] ?? problem;
    return blocking ? name : `${name} (shown)`;
  });
}

const PROGRAM: Files = {
  'go.mod': 'module example.com/shop\n\ngo 1.19\n',
  'cmd/shop/main.go':
    'package main\n\nimport (\n\t"net/http"\n\n\t"example.com/shop/internal/orders"\n)\n\nfunc main() {\n\tmux := http.NewServeMux()\n\torders.Mount(mux)\n\t_ = http.ListenAndServe("127.0.0.1:0", mux)\n}\n',
  'internal/orders/orders.go':
    'package orders\n\nimport "net/http"\n\ntype Server struct{ store *Store }\n\nfunc Mount(mux *http.ServeMux) {\n\ts := &Server{store: &Store{}}\n\tmux.HandleFunc("/orders", s.List)\n}\n\nfunc (s *Server) List(w http.ResponseWriter, r *http.Request) {\n\ts.store.Each(1, nil)\n}\n',
  'internal/orders/store.go':
    'package orders\n\ntype Store struct{}\n\nfunc (s *Store) Each(from int, do func(int)) {}\n',
};
const MOUNT = (more: string): string =>
  PROGRAM['internal/orders/orders.go']?.replace('s.List)\n', `s.List)\n\t${more}\n`) ?? '';
const inOrders = (body: string, imports = '"net/http"'): Files => ({
  'internal/orders/new.go': `package orders\n\n${imports === '' ? '' : `import (\n\t${imports}\n)\n`}\n${body}\n`,
});
const REFUND =
  'func refund(w http.ResponseWriter, r *http.Request) { total(1) }\nfunc total(n int) int { return n }';

/** What is new beside the program's code, and what of it nothing reaches. */
const CASES: readonly [title: string, change: Files, expected: string[]][] = [
  ['a handler that nobody registers, with what only it calls', inOrders(REFUND), ['refund']],
  [
    'a registered handler',
    { ...inOrders(REFUND), 'internal/orders/orders.go': MOUNT('mux.HandleFunc("/r", refund)') },
    [],
  ],
  [
    'a handler on a mux that nobody builds',
    inOrders(
      `func Routes() *http.ServeMux {\n\tmux := http.NewServeMux()\n\tmux.HandleFunc("/r", refund)\n\treturn mux\n}\n${REFUND}`,
    ),
    ['Routes'],
  ],
  [
    'a method of a type in use',
    inOrders('func (s *Server) Refund(w http.ResponseWriter, r *http.Request) {}'),
    ['Server.Refund'],
  ],
  ['an own method that others cannot know', inOrders('func (s *Server) refund() {}', ''), ['Server.refund']],
  [
    'a method of the name of another that takes something else',
    inOrders('func (s *Server) Each(w http.ResponseWriter, r *http.Request, id string) {}'),
    ['Server.Each'],
  ],
  [
    'a type with its methods that nobody makes',
    inOrders('type Refunds struct{}\nfunc (Refunds) One() {}\nfunc (r *Refunds) Two(n int) {}', ''),
    ['Refunds'],
  ],
  [
    'the same behind a constructor',
    inOrders(
      'type Refunds struct{}\nfunc NewRefunds() *Refunds { return &Refunds{} }\nfunc (r *Refunds) One() {}',
      '',
    ),
    ['NewRefunds'],
  ],
  [
    'an assertion that it is a handler',
    inOrders(
      'type Refunds struct{}\nvar _ http.Handler = (*Refunds)(nil)\nfunc (r *Refunds) ServeHTTP(w http.ResponseWriter, q *http.Request) {}',
    ),
    ['Refunds'],
  ],
  [
    'a name that is thrown away',
    { 'internal/orders/orders.go': MOUNT('_ = refund'), ...inOrders(REFUND) },
    ['refund'],
  ],
  [
    'a name in a comment and in a text',
    {
      'internal/orders/orders.go': MOUNT('mux.Handle("refund(", nil) // refund\n\t/* refund */'),
      ...inOrders(REFUND),
    },
    ['refund'],
  ],
  [
    'functions that call one another',
    inOrders('func ping(n int) { pong(n) }\nfunc pong(n int) { ping(n) }', ''),
    ['ping', 'pong'],
  ],
  ['a function that calls itself', inOrders('func walk(n int) { walk(n - 1) }', ''), ['walk']],
  [
    'a package that nobody imports',
    { 'internal/refunds/refunds.go': 'package refunds\n\nfunc Refund() {}\n' },
    ['Refund'],
  ],
  [
    'a program that calls it',
    {
      ...inOrders('func Refund() {}', ''),
      'cmd/refund/main.go':
        'package main\n\nimport o "example.com/shop/internal/orders"\n\nfunc main() { o.Refund() }\n',
    },
    [],
  ],
  ['what `init` registers', inOrders('func init() { http.HandleFunc("/r", refund) }\n' + REFUND), []],
  ['a list that nobody reads', inOrders('var handlers = []http.HandlerFunc{refund}\n' + REFUND), ['refund']],
  [
    'a list that is read',
    {
      'internal/orders/orders.go': MOUNT('for _, h := range handlers { mux.Handle("/x", h) }'),
      ...inOrders('var handlers = []http.HandlerFunc{refund}\n' + REFUND),
    },
    [],
  ],
  [
    'a value that a call makes',
    inOrders(
      'var registered = register(refund)\nfunc register(h http.HandlerFunc) bool { return true }\n' + REFUND,
    ),
    [],
  ],
  [
    'methods that the standard library asks for',
    inOrders(
      'type status int\n\nfunc (s status) String() string { return "" }\nfunc (s status) MarshalJSON() ([]byte, error) { return nil, nil }\nfunc init() { print(status(1)) }',
      '',
    ),
    [],
  ],
  [
    'methods that an interface of the package asks for',
    inOrders(
      'type payer interface{ Pay(cents int) error }\ntype card struct{}\nfunc (card) Pay(cents int) error { return nil }\nfunc init() { var p payer = card{}; _ = p }',
      '',
    ),
    [],
  ],
  [
    'a generic function',
    inOrders('func first[T any](all []T) T { return all[0] }\nfunc init() { _ = first[int](nil) }', ''),
    [],
  ],
  [
    'a generic type',
    inOrders(
      'type list[T any] struct{ all []T }\nfunc (l *list[T]) push(one T) {}\nfunc init() { l := &list[int]{}; l.push(1) }',
      '',
    ),
    [],
  ],
  [
    'a method value and a method expression',
    inOrders(
      'type job struct{}\nfunc (j *job) one(a, b int) {}\nfunc (j *job) two(a, b int) {}\nfunc init() { j := &job{}; f := j.one; f(1, 2); (*job).two(j, 1, 2) }',
      '',
    ),
    [],
  ],
  [
    'a call that hands on two values',
    inOrders(
      'type job struct{}\nfunc (j *job) take(a, b int) {}\nfunc pair() (int, int) { return 1, 2 }\nfunc init() { (&job{}).take(pair()) }',
      '',
    ),
    [],
  ],
  [
    'an embedded type',
    inOrders(
      'type base struct{}\nfunc (base) run() {}\ntype job struct{ base }\nfunc init() { job{}.run() }',
      '',
    ),
    [],
  ],
  ['what is exported to C', inOrders('//export refund_of\nfunc refund_of() {}', ''), []],
  [
    'what assembly calls',
    {
      ...inOrders('func added(n int) int { return n }', ''),
      'internal/orders/add_amd64.s': 'TEXT ·sum(SB), 0, $0\n\tCALL ·added(SB)\n',
    },
    [],
  ],
  [
    'what a template calls',
    {
      ...inOrders('func (s *Store) Total() int { return 1 }', ''),
      'web/page.tmpl': '<b>{{ .Store.Total }}</b>\n',
    },
    [],
  ],
  [
    'generated code',
    {
      'internal/orders/gen.go':
        '// Code generated by x. DO NOT EDIT.\npackage orders\n\nfunc (s *Store) GetX() {}\nfunc more() {}\n',
    },
    [],
  ],
  [
    'code of another system',
    {
      'internal/orders/new_windows.go': 'package orders\n\nfunc path() string { return "" }\n',
      'internal/orders/new.go':
        '//go:build !windows\n\npackage orders\n\nfunc path() string { return "/" }\nfunc init() { path() }\n',
    },
    [],
  ],
  [
    'code behind a tag of its own',
    { 'internal/orders/mage.go': '//go:build mage\n\npackage orders\n\nfunc Deploy() {}\n' },
    [],
  ],
  [
    'help for tests',
    {
      'internal/orders/help.go': 'package orders\n\nimport "testing"\n\nfunc Prepare(t *testing.T) {}\n',
      'internal/orderstest/fake.go': 'package orderstest\n\nfunc Fake() {}\n',
    },
    [],
  ],
  [
    'a test',
    {
      'internal/orders/orders_test.go':
        'package orders\n\nimport "testing"\n\nfunc TestX(t *testing.T) { help() }\nfunc help() {}\n',
    },
    [],
  ],
  [
    'a dot import',
    {
      ...inOrders('func Refund() {}', ''),
      'cmd/refund/main.go':
        'package main\n\nimport . "example.com/shop/internal/orders"\n\nfunc main() { Refund() }\n',
    },
    [],
  ],
  [
    'a caller in a folder called `test` that a program loads',
    {
      ...inOrders('func Refund() {}', ''),
      'internal/test/run.go':
        'package test\n\nimport "example.com/shop/internal/orders"\n\nfunc Run() { orders.Refund() }\n',
      'cmd/run/main.go':
        'package main\n\nimport "example.com/shop/internal/test"\n\nfunc main() { test.Run() }\n',
    },
    [],
  ],
  [
    'a program that only tests start',
    {
      ...inOrders('func Refund() {}', ''),
      'test/e2e/main.go':
        'package main\n\nimport "example.com/shop/internal/orders"\n\nfunc main() { orders.Refund() }\n',
    },
    ['Refund'],
  ],
  [
    'values that are called nothing, in number',
    inOrders(
      'var _ = first()\nvar _ = second()\nfunc first() int { _ = 1; return 1 }\nfunc second() int { _ = 1; return 1 }',
      '',
    ),
    [],
  ],
  [
    'a package by another name than its folder',
    {
      'internal/go-pay/pay.go': 'package money\n\nfunc Pay() {}\n',
      'cmd/pay/main.go':
        'package main\n\nimport "example.com/shop/internal/go-pay"\n\nfunc main() { money.Pay() }\n',
    },
    [],
  ],
  [
    'a value that is called like a package',
    {
      'internal/store/store.go':
        'package store\n\ntype Kept struct{}\nfunc (Kept) Load() {}\nfunc New() Kept { return Kept{} }\n',
      'cmd/pay/main.go':
        'package main\n\nimport "example.com/shop/internal/store"\n\nfunc main() {\n\tstore := store.New()\n\tstore.Load()\n}\n',
    },
    [],
  ],
  [
    'a file that only says what it is',
    { 'internal/orders/doc.go': '// Package orders takes orders.\npackage orders\n' },
    [],
  ],
];

describe('what is new in a program of Go', () => {
  test.each(CASES)('%s', async (_title, change, expected) => {
    expect(await unreached(PROGRAM, change)).toEqual(expected);
  });
});

describe('whom code of Go is there for', () => {
  const LIBRARY: Files = {
    'go.mod': 'module example.com/money\n',
    'money.go':
      'package money\n\nimport "example.com/money/internal/round"\n\ntype Money struct{}\n\nfunc New() Money { round.Half(1); return Money{} }\n',
    'internal/round/round.go': 'package round\n\nfunc Half(n int) int { return n }\n',
  };
  /** A module with programs whose package `api` is used by others too. */
  const BOTH: Files = {
    'go.mod': 'module example.com/tool\n',
    'main.go': 'package main\n\nimport "example.com/tool/api"\n\nfunc main() { api.Used() }\n',
    'api/api.go': 'package api\n\nfunc Used() {}\nfunc ForOthers() {}\n',
  };
  const WORKSPACE: Files = {
    'go.work': 'go 1.19\n\nuse (\n\t./app\n\t./lib\n)\n',
    'app/go.mod': 'module example.com/app\n\nrequire example.com/lib v0.0.0\n',
    'app/main.go': 'package main\n\nimport "example.com/lib"\n\nfunc main() { lib.Used() }\n',
    'lib/go.mod': 'module example.com/lib\n',
    'lib/lib.go': 'package lib\n\nfunc Used() {}\n',
  };
  test.each<[title: string, base: Files, change: Files, expected: string[]]>([
    [
      'an exported name of a library',
      LIBRARY,
      {
        'more.go':
          'package money\n\nfunc (m Money) Add(o Money) Money { return o }\nfunc Zero() Money { return New() }\n',
      },
      [],
    ],
    [
      'an inner name of a library',
      LIBRARY,
      { 'more.go': 'package money\n\nfunc (m Money) add(o Money) {}\nfunc zero() {}\n' },
      ['zero', 'Money.add'],
    ],
    [
      'an exported name of an inner package',
      LIBRARY,
      { 'internal/round/more.go': 'package round\n\nfunc Up() {}\n' },
      ['Up'],
    ],
    [
      'an exported name beside others that only others use',
      BOTH,
      { 'api/more.go': 'package api\n\nfunc More() {}\n' },
      [],
    ],
    ['an inner name there', BOTH, { 'api/more.go': 'package api\n\nfunc more() {}\n' }, ['more']],
    [
      'a module that another one of the workspace uses',
      WORKSPACE,
      { 'lib/more.go': 'package lib\n\nfunc More() {}\n' },
      ['More'],
    ],
    [
      'the same, used there',
      WORKSPACE,
      {
        'lib/more.go': 'package lib\n\nfunc More() {}\n',
        'app/more.go': 'package main\n\nimport "example.com/lib"\n\nfunc init() { lib.More() }\n',
      },
      [],
    ],
    [
      'a module of a library beside an example',
      { ...LIBRARY, 'examples/one/main.go': 'package main\n\nfunc main() {}\n' },
      { 'more.go': 'package money\n\nfunc More() {}\n' },
      [],
    ],
    [
      'a plug-in',
      { ...PROGRAM, 'plugin/p.go': 'package main\n\nfunc Handle() {}\n' },
      { 'plugin/more.go': 'package main\n\nfunc More() {}\n' },
      [],
    ],
    [
      'code that was at work for nobody',
      { ...PROGRAM, 'internal/old/old.go': 'package old\n\nfunc Old() {}\n' },
      { 'internal/old/more.go': 'package old\n\nfunc More() {}\n' },
      [],
    ],
    [
      'an unused function that moved',
      { ...PROGRAM, ...inOrders('func old() {}', '') },
      { 'internal/orders/new.go': null, 'internal/moved/moved.go': 'package moved\n\nfunc old() {}\n' },
      [],
    ],
    ['a service that was not there', {}, { ...PROGRAM, ...inOrders('func unused() {}', '') }, ['unused']],
  ])('%s', async (_title, base, change, expected) => {
    expect((await unreached(base, change)).toSorted()).toEqual(expected.toSorted());
  });

  const FOREIGN = {
    ...PROGRAM,
    'cmd/shop/pay.go': 'package main\n\nimport _ "example.org/pay"\n',
  };
  test.each<[title: string, base: Files, body: string, expected: string[]]>([
    [
      'others may ask for what has types that everybody knows',
      FOREIGN,
      'func (s *Store) Collect(n int) error { return nil }',
      ['Store.Collect (shown)'],
    ],
    [
      'nobody asks for what has types that only we know',
      FOREIGN,
      'func (s *Store) Collect(from *Server) error { return nil }',
      ['Store.Collect'],
    ],
    [
      'nobody asks for a handler',
      FOREIGN,
      'func (s *Store) Collect(w http.ResponseWriter, r *http.Request) {}',
      ['Store.Collect'],
    ],
    [
      'the standard library asks for no such name',
      PROGRAM,
      'func (s *Store) Collect(n int) error { return nil }',
      ['Store.Collect'],
    ],
    [
      'what looks methods up may find it',
      { ...PROGRAM, 'cmd/shop/x.go': 'package main\n\nimport _ "net/rpc"\n' },
      'func (s *Store) Collect(from *Server) error { return nil }',
      ['Store.Collect (shown)'],
    ],
  ])('methods: %s', async (_title, base, body, expected) => {
    const judged = await judge(base, inOrders(body));
    expect(judged?.status).toBe(expected[0]?.endsWith('(shown)') === true ? 'pass' : 'fail');
    expect(await unreached(base, inOrders(body))).toEqual(expected);
  });

  test('says which test is the only one to use it, and where it stands', async () => {
    const tests =
      'package orders\n\nimport "testing"\n\nfunc TestRefund(t *testing.T) { refund(nil, nil) }\n';
    const judged = await judge(PROGRAM, { ...inOrders(REFUND), 'internal/orders/new_test.go': tests });
    expect(judged).toMatchObject({ status: 'fail' });
    expect(judged?.drafts).toMatchObject([
      { severity: 'major', blocking: true, repo: 'service', file: 'internal/orders/new.go', line: 7 },
    ]);
    expect(judged?.drafts[0]?.problem).toContain('Only tests use it (`internal/orders/new_test.go`).');
  });

  test('takes a file as used that `entries` names, and cannot decide where nothing begins', async () => {
    expect(await unreached(PROGRAM, inOrders(REFUND), ['internal/**/new.go'])).toEqual([]);
    const inner = { 'go.mod': 'module x\n', 'internal/a/a.go': 'package a\n\nfunc A() {}\n' };
    const judged = await judge(inner, { 'internal/a/b.go': 'package a\n\nfunc B() {}\n' });
    expect(judged).toMatchObject({ status: 'unverified', drafts: [] });
    expect(judged?.summary).toContain('`entries`');
    expect(await judge({ 'a.py': '' }, {})).toBeNull();
  });

  test.each([
    ['brackets that nest', `package a\n\nvar x = ${'f('.repeat(100_000)}`],
    ['comments that never end', `package a\n${'/*'.repeat(200_000)}`],
    ['interfaces in interfaces', `package a\n\ntype X ${'interface{'.repeat(100_000)}`],
    ['functions that have no body', `package a\n\nvar x = ${'func '.repeat(100_000)}`],
    ['quotes that never close', `package a\n${'"\n'.repeat(100_000)}${'`'.repeat(100_001)}`],
  ])(
    'is not held up by %s',
    async (_title, text) => {
      const judged = await judge(PROGRAM, { 'internal/orders/long.go': text });
      expect(judged?.status).toBe('pass');
    },
    5_000,
  );
});
