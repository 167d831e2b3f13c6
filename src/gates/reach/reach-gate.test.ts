/** The gate in a pass: real repositories, nothing of them installed or run. */
import { describe, expect, it } from 'vitest';
import type { GateCommand } from '../../definitions/config.ts';
import { gate, openGatesRig, wholeRepo } from '../testing/gates-rig.ts';

const REACH: GateCommand = gate({ name: 'reach', kind: 'reach', command: [], set: 'full' });
const SERVICE = {
  'package.json': '{"scripts":{"start":"node src/main.js"}}',
  'src/main.js': "import { users } from './users.js';\nserve(users);\n",
  'src/users.js': 'export const users = [];\n',
};
const ORDERS = { 'service/src/orders.js': 'export const orders = [];\n' };

describe('the gate reach', () => {
  it('blocks code that nothing reaches, without a setup, a checkout or a program', async () => {
    const module = {
      path: '.',
      setup: gate({ name: 'setup', kind: 'setup', command: ['false'] }),
      gates: [REACH],
    };
    await using stack = new AsyncDisposableStack();
    const rig = stack.use(await openGatesRig({ service: SERVICE }, { service: [module] }));
    const unwired = await rig.run(await rig.change(rig.git.base, ORDERS));
    expect(unwired.results.map(({ gate: name, status }) => [name, status])).toEqual([
      ['hygiene', 'pass'],
      ['reach', 'fail'],
    ]);
    expect(unwired.of('reach').findings).toMatchObject([
      { severity: 'major', blocking: true, repo: 'service', file: 'src/orders.js', line: 1, source: 'reach' },
    ]);
    const main =
      "import { users } from './users.js';\nimport { orders } from './orders.js';\nserve(users, orders);\n";
    const wired = await rig.run(await rig.change(rig.git.base, { ...ORDERS, 'service/src/main.js': main }));
    expect(wired.of('reach')).toMatchObject({ status: 'pass', findings: [], kind: 'reach' });
    expect(rig.starts()).toBe(0);
  });

  it('is not run again on unchanged trees, and again where its entries changed', async () => {
    const named = { ...REACH, entries: ['src/orders.js'] };
    const gates = { service: wholeRepo(REACH) };
    await using stack = new AsyncDisposableStack();
    const rig = stack.use(await openGatesRig({ service: SERVICE }, gates));
    const revision = await rig.change(rig.git.base, ORDERS);
    expect((await rig.run(revision)).of('reach')).toMatchObject({ status: 'fail', cached: false });
    expect((await rig.run(revision)).of('reach')).toMatchObject({ status: 'fail', cached: true });
    const repos = { service: { modules: wholeRepo(named), protectedPaths: [] } };
    expect((await rig.run(revision, { repos })).of('reach')).toMatchObject({ status: 'pass', cached: false });
  });

  it('runs in the full set only, and a module with one of its own answers for itself', async () => {
    const inner = { path: 'tools', setup: null, gates: [REACH] };
    const gates = { service: [...wholeRepo(REACH), inner] };
    await using stack = new AsyncDisposableStack();
    const rig = stack.use(
      await openGatesRig({ service: { ...SERVICE, 'tools/a.js': '#!/usr/bin/env node\n' } }, gates),
    );
    const revision = await rig.change(rig.git.base, { 'service/tools/b.js': 'export const b = 1;\n' });
    const quick = await rig.run(revision, { set: 'quick' });
    expect(quick.results.map((result) => result.gate)).toEqual(['hygiene']);
    const full = await rig.run(revision);
    expect(full.results.map(({ module, status }) => [module, status])).toEqual([
      ['.', 'pass'],
      ['.', 'pass'],
      ['tools', 'fail'],
    ]);
  });

  it('reads Go beside JavaScript, and says once that another language is not read', async () => {
    const files = {
      ...SERVICE,
      'go.mod': 'module x\n',
      'main.go': 'package main\n\nfunc main() { serve() }\nfunc serve() {}\n',
      'tools/a.rb': '',
    };
    const tools = { path: 'tools', setup: null, gates: [{ ...REACH, name: 'tools' }] };
    await using stack = new AsyncDisposableStack();
    const rig = stack.use(await openGatesRig({ service: files }, { service: [...wholeRepo(REACH), tools] }));
    const more = 'package main\n\nfunc orders() {}\n';
    const unwired = await rig.run(await rig.change(rig.git.base, { 'service/more.go': more }));
    expect(unwired.of('reach')).toMatchObject({
      status: 'fail',
      summary: "no code changed; 1 of the change's functions and types of Go are reached by nothing",
      findings: [{ blocking: true, file: 'more.go', line: 3 }],
    });
    expect(unwired.of('tools')).toMatchObject({
      status: 'not_applicable',
      summary: 'there is no JavaScript, TypeScript, Go, Rust or Python here: no other language is read',
    });
    const wired = { 'service/more.go': `${more}func init() { orders() }\n`, ...ORDERS };
    const both = await rig.run(await rig.change(rig.git.base, wired));
    expect(both.of('reach').findings).toMatchObject([{ file: 'src/orders.js' }]);
  });

  it('reads Rust: a function that only tests call stops the change of a program, and not that of a library', async () => {
    const files = {
      'app/Cargo.toml': '[package]\nname = "app"\n',
      'app/src/main.rs': 'mod server;\nfn main() { server::serve(); }\n',
      'app/src/server.rs': 'pub fn serve() {}\n',
      'kit/Cargo.toml': '[package]\nname = "kit"\n',
      'kit/src/lib.rs': 'pub fn kit() {}\n',
    };
    await using stack = new AsyncDisposableStack();
    const rig = stack.use(await openGatesRig({ service: files }, { service: wholeRepo(REACH) }));
    const rent = 'pub fn rent() {}\n';
    const added = {
      'service/app/src/rent.rs': rent,
      'service/app/tests/rent.rs': 'use app::rent::rent;\n#[test]\nfn rents() { rent(); }\n',
      'service/kit/src/rent.rs': rent.replace('rent', 'lend'),
    };
    const unwired = await rig.run(await rig.change(rig.git.base, added));
    expect(unwired.of('reach')).toMatchObject({
      status: 'fail',
      findings: [{ blocking: true, file: 'app/src/rent.rs', line: 1 }],
    });
    expect(unwired.of('reach').findings[0]?.problem).toContain('Only tests use it (`app/tests/rent.rs`)');
    const wired = await rig.change(rig.git.base, {
      ...added,
      'service/app/src/server.rs': 'use crate::rent::rent;\npub fn serve() { rent() }\n',
    });
    expect((await rig.run(wired)).of('reach')).toMatchObject({
      status: 'pass',
      summary: '2 new items of Rust, all in use',
    });
  });

  it('reads Python: a route that only tests know stops the change of an app, and settings say what is started', async () => {
    const files = {
      Procfile: 'web: uvicorn shop.main:app\nworker: python -m shop.worker\n',
      'shop/__init__.py': '',
      'shop/main.py': 'from fastapi import FastAPI\n\napp = FastAPI()\n',
    };
    await using stack = new AsyncDisposableStack();
    const rig = stack.use(await openGatesRig({ service: files }, { service: wholeRepo(REACH) }));
    const added = {
      'service/shop/refunds.py':
        'from fastapi import APIRouter\n\nrouter = APIRouter()\n\n\n@router.post("/refunds")\ndef refund():\n    return price()\n\n\ndef price():\n    return 1\n',
      'service/shop/worker.py': 'def work():\n    return 1\n\n\nwork()\n',
      'service/tests/test_refunds.py':
        'from shop.refunds import refund\n\n\ndef test_refunds():\n    assert refund() == 1\n',
    };
    const unwired = await rig.run(await rig.change(rig.git.base, added));
    expect(unwired.of('reach')).toMatchObject({
      status: 'fail',
      findings: [{ blocking: true, file: 'shop/refunds.py', line: 7 }],
    });
    expect(unwired.of('reach').findings[0]?.problem).toContain('Only tests use it (`tests/test_refunds.py`)');
    const wired = await rig.change(rig.git.base, {
      ...added,
      'service/shop/main.py':
        'from fastapi import FastAPI\n\nfrom shop import refunds\n\napp = FastAPI()\napp.include_router(refunds.router)\n',
    });
    expect((await rig.run(wired)).of('reach')).toMatchObject({
      status: 'pass',
      summary: '3 new functions and classes of Python, all in use',
    });
    const tests = { 'service/tests/test_shop.py': 'def test_shop():\n    assert True\n' };
    const untouched = await rig.run(await rig.change(rig.git.base, tests));
    expect(untouched.of('reach')).toMatchObject({ status: 'pass', summary: 'no Python code changed' });
  });
});
