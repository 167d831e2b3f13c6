/** Recognises a run that the demo started, so that a resumed one ends like the first time. */
import { existsSync, realpathSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { Engine, RunSnapshot } from '../../engine/engine.ts';

/** Whether the run is the demo's or a rehearsal, by where its repositories lie and by the driver in its snapshot; null: it is none. `atLoopback`: its forge was a server of the demo's process. */
export async function findDemoRun(
  engine: Engine,
  runId: string,
  stateDir: string,
): Promise<{ hostile: boolean; atLoopback: boolean } | null> {
  const demoDir = join(stateDir, 'demo');
  if (!existsSync(demoDir)) return null;
  const started = (await engine.journal.read(runId, 1))[0]?.event;
  if (started?.type !== 'run_started') return null;
  const roots = [demoDir, realpathSync(demoDir)].map((dir) => dir + sep);
  if (!started.repos.every(({ path }) => roots.some((root) => path.startsWith(root)))) return null;
  const atLoopback = started.forge === 'github';
  const stored = await engine.journal.getArtifact(runId, started.snapshot);
  if (stored === null) return null;
  const { driver } = JSON.parse(Buffer.from(stored.body).toString('utf8')) as RunSnapshot; // written by start-run
  if (driver.name === 'scripted' && 'rehearsal' in driver) return { hostile: false, atLoopback };
  if (driver.name !== 'blueprint') return null;
  const hostile = Object.keys(driver.rogues).length > 0;
  return hostile || driver.careless.length > 0 ? { hostile, atLoopback } : null;
}
