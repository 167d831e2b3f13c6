import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { JournalEvent, RunEvent } from '../core/events.ts';
import { openWorkspacesRig } from '../workspace/workspaces-rig.ts';
import { lookForMarker } from './look-for-marker.ts';

it('PRIV-13: finds the file of a late edit in a recorded state and in a workspace, and nowhere where it is not', async () => {
  using rig = await openWorkspacesRig({ api: { 'a.txt': 'one\n' } });
  const workspaces = join(rig.workDir, rig.runId);
  const look = async (files: Record<string, string>): ReturnType<typeof lookForMarker> => {
    const { revision } = await rig.produce(`k${Object.keys(files).length}`, rig.base, files);
    const event = { type: 'invocation_ended', revision } as RunEvent; // all that is read of it
    const events = [{ seq: 7, event } as JournalEvent];
    const storeOf = (repo: string): string => rig.workspaces.storePath(rig.runId, repo);
    return lookForMarker(events, 'src/backdoor.js', { storeOf, workspaces: join(workspaces, 'left') });
  };
  expect(await look({ 'b.txt': 'b\n' })).toEqual({ trees: 1, found: [] });
  const planted = await look({ 'b.txt': 'b\n', 'src/backdoor.js': 'export {};\n' });
  expect(planted).toEqual({ trees: 1, found: ['event 7, api'] });
  mkdirSync(join(workspaces, 'left', 'api', 'src'), { recursive: true });
  writeFileSync(join(workspaces, 'left', 'api', 'src', 'backdoor.js'), '');
  expect((await look({})).found).toEqual(['workspace api/src/backdoor.js']);
});
