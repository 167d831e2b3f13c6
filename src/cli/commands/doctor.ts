/** `baton doctor`: looks at this machine and the configuration here, and says what is missing and how to get it. */
import { execFile } from 'node:child_process';
import { statfs } from 'node:fs/promises';
import { promisify } from 'node:util';
import { checkConfigHere } from '../doctor/check-config.ts';
import { createCommand } from '../command.ts';
import { printJson, printLines, type CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import type { Finding } from '../doctor/finding.ts';
import { checkForge } from '../doctor/forge-findings.ts';
import { checkProfiles } from '../doctor/profile-findings.ts';
import { checkProviders } from '../doctor/provider-findings.ts';
import { checkAgents } from '../doctor/usable-agents.ts';
import { escapeText } from '../render/escape.ts';
import { fit } from '../render/width.ts';
import { styleOf } from '../style-of.ts';

const LOW_DISK_BYTES = 2 * 1024 ** 3;

/** Exit 2 where something stops every run as it is configured here; that no agent is installed does not, since a run may name a program. */
export async function run(argv: string[], context: CliContext): Promise<number> {
  const command = createCommand(
    'doctor',
    'Looks at this machine (git, Node, wall, disk, the agents of every profile, the keys of models) and at the configuration of this folder.',
    context,
  )
    .option('--json', 'print one JSON document')
    .option('--try <name...>', 'also start the programs of these profiles, which this folder names')
    .parse(argv, { from: 'user' });
  const { json, try: tried = [] } = command.opts();
  const { checked: profiles, broken } = await checkProfiles(context, tried);
  const models = await checkProviders(context);
  const findings = [
    checkNode(),
    ...(await Promise.all([checkGit(context), checkWall(context), checkDisk(context)])),
    ...profiles.map(({ finding }) => finding),
    ...broken,
    ...models.findings,
    await checkAgents(context, { profiles, ...models }),
    checkForge(context),
    ...(await checkConfigHere(context)),
  ];
  const ok = findings.every((finding) => finding.state !== 'problem');
  if (json === true) printJson(context, { ok, platform: process.platform, findings });
  else
    printLines(
      context,
      findings.flatMap((finding) => lines(finding, context)),
    );
  return ok ? EXIT.done : EXIT.usage;
}

function lines(finding: Finding, context: CliContext): string[] {
  const style = styleOf(context.stdout, context);
  const glyph =
    finding.state === 'ok'
      ? style.good(style.glyphs.done)
      : finding.state === 'warning'
        ? style.ask(style.glyphs.ask)
        : style.bad(style.glyphs.failed);
  const head = `${glyph} ${fit(finding.name, 17)} ${escapeText(finding.detail)}`;
  return finding.fix === '' ? [head] : [head, `    fix: ${escapeText(finding.fix)}`];
}

function checkNode(): Finding {
  return { name: 'node', state: 'ok', detail: `${process.version} at ${process.execPath}`, fix: '' };
}

async function checkGit({ environment }: CliContext): Promise<Finding> {
  const { isNewEnough, OLDEST_GIT } = await import('../../workspace/git-version.ts');
  const fix = `Install git ${OLDEST_GIT.join('.')} or newer, and see that it comes first on PATH.`;
  try {
    // Like every other git it knows where programs lie, and none of the caller's tokens.
    const env = { PATH: environment['PATH'] ?? '' };
    const { stdout } = await promisify(execFile)('git', ['--version'], { timeout: 10_000, env });
    const recent = isNewEnough(stdout);
    return { name: 'git', state: recent ? 'ok' : 'problem', detail: stdout.trim(), fix: recent ? '' : fix };
  } catch {
    return { name: 'git', state: 'problem', detail: 'not found', fix };
  }
}

async function checkWall(context: CliContext): Promise<Finding> {
  const { openWall } = await import('../../workspace/wall/open-wall.ts');
  const path = context.environment['PATH'] ?? '';
  const { wall, lack, unlimited } = await openWall({ mode: 'auto', path });
  return lack === null
    ? { name: 'wall', state: 'ok', detail: [`${wall.kind} works`, ...unlimited].join('. '), fix: '' }
    : {
        name: 'wall',
        state: 'problem',
        detail: `none: ${lack.problem}`,
        fix: `${lack.fix} Runs start without one only with --sandbox off.`,
      };
}

async function checkDisk(context: CliContext): Promise<Finding> {
  const { bavail, bsize } = await statfs(context.cwd);
  const free = bavail * bsize;
  const low = free < LOW_DISK_BYTES;
  return {
    name: 'disk',
    state: low ? 'warning' : 'ok',
    detail: `${(free / 1024 ** 3).toFixed(1)} GB free`,
    fix: low ? 'Make room: each agent works in its own clone.' : '',
  };
}
