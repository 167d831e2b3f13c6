/** Options that a change adds, and the gate that looks for them in the help text. */
import { afterEach, describe, expect, it } from 'vitest';
import { findCliAdditions, isNamedIn } from './cli-options.ts';
import { gate, openGatesRig } from '../testing/gates-rig.ts';
import type { GatesRig } from '../testing/gates-rig.ts';

const line = (path: string, text: string) => ({ repo: 'api', path, line: 3, text });
const added = (path: string, text: string) =>
  findCliAdditions({ added: [line(path, text)], removed: [] }).map(({ kind, name }) => `${kind} ${name}`);

describe('added options and commands', () => {
  it.each([
    ['src/x.ts', ".option('-j, --json', 'print JSON')", ['option json']],
    ['src/x.ts', '.requiredOption("--out <file>")', ['option out']],
    ['x.py', "parser.add_argument('--dry-run', action='store_true')", ['option dry-run']],
    ['x.py', "parser.add_argument('-v', '--verbose')", ['option verbose']],
    ['x.py', "@click.option('--count', default=1)", ['option count']],
    ['src/x.js', "case '--watch':", ['option watch']],
    ['src/x.js', "if (process.argv.includes('--quiet')) {", ['option quiet']],
    ['src/x.js', "if (arg === '--fast') {", ['option fast']],
    ['cmd/root.go', 'cmd.Flags().BoolVar(&o.all, "all", false, "all of them")', ['option all']],
    ['main.go', 'addr := flag.String("addr", ":80", "address")', ['option addr']],
    ['bin/x.js', "  verbose: { type: 'boolean' },", ['option verbose']],
    ['src/cli.ts', "program.command('export <file>')", ['command export']],
    ['src/x.js', "execFileSync('git', ['log', '--oneline'])", []],
    ['src/model.js', "  verbose: { type: 'boolean' },", []],
    ['src/x.js', "spawn('npm', ['ci', '--no-audit'])", []],
    ['test/x.test.js', "case '--watch':", []],
    ['README.md', "case '--watch':", []],
  ])('R74: %s: `%s` adds %j', (path, text, names) => {
    expect(added(path, text)).toEqual(names);
  });

  it('R74: what only moved is nothing new', () => {
    const moved = line('src/x.ts', ".option('--json')");
    expect(findCliAdditions({ added: [moved], removed: [{ ...moved, path: 'src/y.ts' }] })).toEqual([]);
  });

  it('R74: the help names an option by itself, not as the start of a longer one', () => {
    const option = { kind: 'option' as const, name: 'json', repo: 'api', path: 'x', line: 1 };
    expect(isNamedIn('  -j, --json  print', option)).toBe(true);
    expect(isNamedIn('  --[no-]json', option)).toBe(true);
    expect(isNamedIn('  --json-lines', option)).toBe(false);
    expect(isNamedIn('prints json', option)).toBe(false);
    expect(isNamedIn('Commands:\n  export  writes', { ...option, kind: 'command', name: 'export' })).toBe(
      true,
    );
  });
});

const CLI = (options: string[], help: string[]): string =>
  `${options.map((name) => `if (process.argv.includes('--${name}')) run();\n`).join('')}if (process.argv.includes('--help')) console.log(${JSON.stringify(help.join('\n'))});\nfunction run() {}\n`;
const HELP = gate({ name: 'cli-help', kind: 'help', command: ['node', 'bin/x.js', '--help'], set: 'full' });

let rig: GatesRig | null = null;
afterEach(() => {
  rig?.[Symbol.dispose]();
  rig = null;
});

async function openService(gates = [HELP], base = CLI(['json'], ['--json'])): Promise<GatesRig> {
  rig = await openGatesRig(
    { service: { 'bin/x.js': base } },
    { service: [{ path: '.', setup: null, gates }] },
  );
  return rig;
}

describe('the help gate', () => {
  it('R74: an option that the help text does not name is a finding at its line; with its help it is none', async () => {
    const service = await openService();
    const silent = await service.change(service.git.base, {
      'service/bin/x.js': CLI(['json', 'watch'], ['--json']),
    });
    const refused = (await service.run(silent)).of('cli-help');
    expect(refused).toMatchObject({ status: 'fail', summary: 'the help does not name --watch' });
    expect(refused.findings).toMatchObject([{ blocking: true, file: 'bin/x.js', line: 2 }]);
    const helped = await service.change(service.git.base, {
      'service/bin/x.js': CLI(['json', 'watch'], ['--json', '--watch']),
    });
    expect((await service.run(helped)).of('cli-help')).toMatchObject({
      status: 'pass',
      summary: 'the help names --watch',
    });
  });

  it('R74: a help command that breaks is a finding, and one that the base has broken already is unverified', async () => {
    const service = await openService();
    const broken = await service.change(service.git.base, { 'service/bin/x.js': 'process.exit(3);\n' });
    expect((await service.run(broken)).of('cli-help').status).toBe('fail');
    service[Symbol.dispose]();
    const always = await openService([HELP], 'process.exit(3);\n');
    const still = await always.change(always.git.base, { 'service/bin/x.js': 'process.exit(4);\n' });
    expect((await always.run(still)).of('cli-help').status).toBe('unverified');
  });

  it('R74: without the configuration it is said that nothing was measured', async () => {
    const service = await openService([]);
    const revision = await service.change(service.git.base, {
      'service/bin/x.js': CLI(['json', 'watch'], ['--json']),
    });
    const { findings, status } = (await service.run(revision)).of('hygiene');
    expect(status).toBe('pass');
    expect(findings).toMatchObject([
      { blocking: false, problem: expect.stringMatching(/--watch .*is not measured/) },
    ]);
  });
});
