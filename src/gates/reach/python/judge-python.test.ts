import { describe, expect, it } from 'vitest';
import { judgePython } from './judge-python.ts';
import { packagesIn, wordsOfSetting } from './python-starts.ts';
import { readPython } from './read-python.ts';

const APP =
  'from tickets.store import Store\n\n\ndef buy(store):\n    store.save(1)\n\n\nROUTES = {"POST tickets": buy}\n';
const STORE = 'class Store:\n    def save(self, ticket):\n        self.kept = ticket\n';
const BASE = { 'tickets/__init__.py': '', 'tickets/app.py': APP, 'tickets/store.py': STORE };
const REFUND =
  'MOST = 6\n\n\ndef refund_of(cents):\n    return cents * MOST\n\n\ndef refund(store, cents):\n    return refund_of(cents)\n';
const WIRED = `from tickets.refund import refund\n${APP}ROUTES["POST refund"] = refund\n`;

interface Given {
  base?: Record<string, string>;
  tests?: Record<string, string>;
  manifest?: string;
  settings?: string;
  entries?: string[];
}

function judge(files: Record<string, string>, given: Given = {}) {
  const base = new Map(Object.entries(given.base ?? BASE));
  const factsOf = (texts: Map<string, string>) =>
    new Map([...texts].map(([path, text]) => [path, readPython(text)]));
  return judgePython({
    repo: 'api',
    base: factsOf(base),
    head: factsOf(new Map([...base, ...Object.entries(files)])),
    tests: new Map(
      Object.entries(given.tests ?? {}).map(([path, text]) => [path, new Set(text.match(/\w+/g))]),
    ),
    isHere: () => true,
    isEntry: (path) => given.entries?.includes(path) === true,
    packages: packagesIn(new Map(given.manifest === undefined ? [] : [['pyproject.toml', given.manifest]])),
    words: wordsOfSetting(given.settings ?? ''),
    loose: new Set(),
  });
}

/** The names that are told, of a change that puts these files beside the base. */
const told = (files: Record<string, string>, given: Given = {}): string[] =>
  judge(files, given).drafts.map(
    ({ file, line, problem }) => `${file}:${line} ${/`([^`]+)`/.exec(problem)?.[1]}`,
  );

const AT = 'tickets/refund.py';

describe('what a change of Python declares', () => {
  it('is in use where code that was there gets to it, over as many functions as it takes', () => {
    expect(told({ [AT]: REFUND, 'tickets/app.py': WIRED })).toEqual([]);
  });

  it('is told where nothing does, the outermost function alone', () => {
    expect(told({ [AT]: REFUND })).toEqual([`${AT}:8 refund`]);
    expect(told({ [AT]: 'def refund(n):\n    return refund(n - 1)\n' })).toEqual([`${AT}:1 refund`]);
    expect(told({ [AT]: 'def a():\n    b()\n\n\ndef b():\n    a()\n' })).toHaveLength(2);
  });

  it('belongs to the module in front of the point, and to no other one that the file loads', () => {
    const other = 'tickets/other.py';
    const both = { [AT]: 'def send():\n    return 1\n', [other]: 'def send():\n    return 2\n' };
    const calls = 'import tickets.other as other\nimport tickets.refund as refund\nother.send()\n';
    expect(told({ ...both, 'tickets/app.py': calls + APP })).toEqual([`${AT}:1 send`]);
    expect(told({ ...both, 'tickets/app.py': `${calls}refund.send()\n${APP}` })).toEqual([]);
  });

  it('is not put to use by an import alone, a comment, a text, a value of its name, or one of another module', () => {
    for (const more of [
      'from tickets.refund import refund\n',
      'import tickets.refund\n',
      '# refund(1)\n"""refund(2)\nrefund(3)"""\nprint("refund(4)", \'it\\\'s refund(5)\')\n',
      'def other(refund):\n    return refund(1)\n\n\nother(print)\n',
      'from elsewhere import refund\nprint(refund, dict(refund=1))\n',
      'import elsewhere\nelsewhere.refund(1)\n',
    ])
      expect(told({ [AT]: REFUND, 'tickets/app.py': more + APP }), more).toEqual([`${AT}:8 refund`]);
  });

  it('is found under other names, through packages, modules, stars and formatted texts', () => {
    for (const [more, inside = ''] of [
      ['from tickets.refund import refund as back\nback(1, 2)\n'],
      ['from .refund import (\n    refund,  # why\n)\nX = [refund]\n'],
      ['from . import refund\nrefund.refund(1, 2)\n'],
      ['import tickets.refund\ntickets.refund.refund(1, 2)\n'],
      ['import tickets.refund as r\nr.refund(1, 2)\n'],
      ['from tickets.refund import *\nrefund(1, 2)\n'],
      ['from tickets import back\nback(1, 2)\n', 'from .refund import refund as back\n'],
      ['from tickets.refund import refund\nprint(f"paid {refund(1, 2)!r:>{10}}")\n'],
      ['def late():\n    from tickets.refund import refund\n\n    return refund(1, 2)\n\n\nlate()\n'],
    ])
      expect(
        told({ [AT]: REFUND, 'tickets/app.py': more + APP, 'tickets/__init__.py': inside }),
        more,
      ).toEqual([]);
  });

  it('is told where only tests use it, with the test and whether its file is loaded', () => {
    const tests = { 'tests/test_refund.py': 'from tickets.refund import refund\nassert refund(1, 2)\n' };
    const judged = judge({ [AT]: REFUND }, { tests });
    expect(judged).toMatchObject({
      status: 'fail',
      summary: "1 of the change's functions and classes of Python are used by nothing",
      drafts: [{ blocking: true, severity: 'major', file: AT, line: 8 }],
    });
    expect(judged.drafts[0]?.problem).toBe(
      '`refund` is new, and no code that is not a test uses it. Only tests use it (`tests/test_refund.py`). No code that is not a test imports its file.',
    );
  });

  it('is a class told with its methods, and a method of a class that is in use told by itself', () => {
    const type =
      'class Refund:\n    def __init__(self, cents):\n        self.cents = cents\n\n    @property\n    def half(self):\n        return self.cents // 2\n';
    expect(told({ [AT]: type })).toEqual([`${AT}:1 Refund`]);
    const used = `from tickets.refund import Refund\n${APP}print(Refund(1))\n`;
    expect(told({ [AT]: type, 'tickets/app.py': used })).toEqual([`${AT}:6 Refund.half`]);
    expect(told({ [AT]: type, 'tickets/app.py': `${used}print(Refund(1).half)\n` })).toEqual([]);
  });

  it('is nothing new where it was there, wherever it lies now', () => {
    expect(told({ 'tickets/store.py': 'from .kept import Store\n', 'tickets/kept.py': STORE })).toEqual([]);
  });
});

describe('a route', () => {
  const MAIN = 'from fastapi import FastAPI\n\napp = FastAPI()\n';
  const ROUTES =
    'from fastapi import APIRouter\n\nrouter = APIRouter()\n\n\n@router.post("/refunds")\nasync def refund(body: dict) -> dict:\n    return price(body)\n\n\ndef price(body):\n    return body\n';
  const base = { 'shop/__init__.py': '', 'shop/main.py': MAIN };

  it('is in use where the app has it, and where its router is taken in', () => {
    const here = `${MAIN}\n\n@app.get("/refunds")\ndef refunds():\n    return []\n`;
    expect(told({ 'shop/main.py': here }, { base })).toEqual([]);
    const main = `from shop import refunds\n${MAIN}app.include_router(refunds.router)\n`;
    expect(told({ 'shop/refunds.py': ROUTES, 'shop/main.py': main }, { base })).toEqual([]);
    const named = `from shop.refunds import router as refunds\n${MAIN}app.include_router(refunds)\n`;
    expect(told({ 'shop/refunds.py': ROUTES, 'shop/main.py': named }, { base })).toEqual([]);
  });

  it('is told where nobody imports its file, and where its file is imported and its router is not taken in', () => {
    expect(told({ 'shop/refunds.py': ROUTES }, { base })).toEqual(['shop/refunds.py:7 refund']);
    const main = `from shop.refunds import router\n${MAIN}`;
    expect(told({ 'shop/refunds.py': ROUTES, 'shop/main.py': main }, { base })).toEqual([
      'shop/refunds.py:7 refund',
    ]);
  });

  it('of Django is in use where a list of urls names its view, and told where none does', () => {
    const django = {
      'manage.py': 'if __name__ == "__main__":\n    run()\n',
      'shop/__init__.py': '',
      'shop/urls.py': 'from . import views\n\nurlpatterns = [path("", views.home)]\n',
      'shop/views.py': 'def home(request):\n    return 1\n',
    };
    const views = `${django['shop/views.py']}\n\nclass RefundView(View):\n    def post(self, request):\n        return 2\n`;
    expect(told({ 'shop/views.py': views }, { base: django })).toEqual(['shop/views.py:5 RefundView']);
    const urls =
      'from . import views\n\nurlpatterns = [path("", views.home), path("r", views.RefundView.as_view())]\n';
    expect(told({ 'shop/views.py': views, 'shop/urls.py': urls }, { base: django })).toEqual([]);
  });
});

describe('code that something else starts', () => {
  const JOB = 'def nightly():\n    return 1\n';
  const STARTED = `${JOB}\n\nif __name__ == "__main__":\n    nightly()\n`;

  it('is in use where a program begins in it, a setting names it, or a text does', () => {
    expect(told({ 'tickets/job.py': JOB })).toHaveLength(1);
    expect(told({ 'tickets/job.py': STARTED })).toEqual([]);
    expect(told({ 'tickets/job.py': JOB }, { settings: 'nightly = "tickets.job:nightly"\n' })).toEqual([]);
    expect(told({ 'tickets/job.py': JOB }, { entries: ['tickets/job.py'] })).toEqual([]);
    const said = `${APP}\nsend("tickets.job.nightly")\n`;
    expect(told({ 'tickets/job.py': JOB, 'tickets/app.py': said })).toEqual([]);
    expect(
      told({ 'tickets/job.py': `${JOB}nightly()\n` }, { settings: 'CMD ["python", "-m", "tickets.job"]' }),
    ).toEqual([]);
  });

  it('is in use by names that are made while the program runs, as far as their beginning can be read', () => {
    const commands =
      'class Shell:\n    def run(self, name):\n        return getattr(self, "cmd_" + name)()\n';
    const base = { ...BASE, 'tickets/shell.py': `${commands}\n\nShell().run("x")\n` };
    const more = (name: string) => ({
      'tickets/shell.py': `${commands}\n    def ${name}(self):\n        return 1\n\n\nShell().run("x")\n`,
    });
    expect(told(more('cmd_refund'), { base })).toEqual([]);
    expect(told(more('refund'), { base })).toEqual(['tickets/shell.py:5 Shell.refund']);
  });

  it('is in use where a class of elsewhere calls it, and where modules are loaded by names that are made', () => {
    const handler =
      'import ast\n\n\nclass Names(ast.NodeVisitor):\n    def leave(self, node):\n        return 1\n';
    const used = `from tickets.names import Names\n${APP}Names()\n`;
    expect(told({ 'tickets/names.py': handler, 'tickets/app.py': used })).toEqual([]);
    const loads = `import importlib\n${APP}\n\ndef load(name):\n    importlib.import_module(f"tickets.plugins.{name}").start()\n`;
    const base = { ...BASE, 'tickets/app.py': loads };
    expect(told({ 'tickets/plugins/refund.py': 'def start():\n    return 1\n' }, { base })).toEqual([]);
  });
});

describe('a package for others', () => {
  const LIBRARY = '[build-system]\nrequires = []\n[project]\nname = "tickets"\n';

  it('offers what is public where it has no program, and nothing where it says that it is private', () => {
    expect(told({ [AT]: REFUND }, { manifest: LIBRARY })).toEqual([]);
    const own = `${LIBRARY}classifiers = ["Private :: Do Not Upload"]\n`;
    expect(told({ [AT]: REFUND }, { manifest: own })).toHaveLength(1);
    expect(told({ [AT]: 'def _refund():\n    return 1\n' }, { manifest: LIBRARY })).toHaveLength(1);
  });

  it('offers with a program of its own what its __init__ passes on', () => {
    const manifest = `${LIBRARY}[project.scripts]\ntickets = "tickets.app:buy"\n`;
    expect(told({ [AT]: REFUND }, { manifest })).toEqual([`${AT}:8 refund`]);
    const inside = { 'tickets/__init__.py': 'from .refund import refund\n' };
    expect(told({ [AT]: REFUND, ...inside }, { manifest })).toEqual([]);
  });
});

it('reads lines as the language does: brackets, texts over lines, backslashes and heads in one line', () => {
  const facts = readPython(
    'x = [\n  "a",\n]\ndef f(a,\n      b=1): return g(a)\n\nclass A(B, m.C[int], metaclass=D):\n\t@d.e(1)\n\tasync def h(self): """no\ndef text"""; \\\n\t  k()\n\tclass In:\n\t\tdef inner(self): pass\n',
  );
  expect(facts.declarations.map(({ of, name, line }) => `${of ?? ''}.${name}:${line}`)).toEqual([
    '.f:4',
    '.A:7',
    'A.h:9',
  ]);
  expect(facts.declarations[1]?.bases).toEqual(['B', 'C', 'D']);
  expect(facts.declarations[2]?.decorators).toEqual(['d.e']);
  const by = (name: string) => facts.mentions.find((each) => each.name === name)?.by?.name;
  expect([by('g'), by('k'), by('text')]).toEqual(['f', 'h', undefined]);
});
