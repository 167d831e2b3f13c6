/** Files that hold sources and their tests: what brings an earlier version's tests back and leaves the sources. */
import type { ChangedBlob, Workspaces } from '../../workspace/workspaces.ts';
import { withTestsOf } from './rust-tests.ts';

export interface InlineForm {
  /** Their blobs are names of `texts`: no store has such a file. */
  changes: ChangedBlob[];
  texts: ReadonlyMap<string, Uint8Array>;
}

/** `back`: the way from a revision to an earlier one, without the files that are brought back whole. */
export async function inlineForm(
  back: readonly ChangedBlob[],
  read: Workspaces['readBlob'],
  runId: string,
): Promise<InlineForm> {
  const texts = new Map<string, Uint8Array>();
  const changes: ChangedBlob[] = [];
  for (const change of back) {
    const { repo, path, blob, oldBlob } = change;
    if (!path.endsWith('.rs') || blob === null || oldBlob === null) continue;
    const [then, now] = await Promise.all([read(runId, repo, blob), read(runId, repo, oldBlob)]);
    if (then === null || now === null) continue;
    const text = withTestsOf(new TextDecoder().decode(then), new TextDecoder().decode(now));
    if (text === null) continue;
    const name = `${oldBlob} with the tests of ${blob}`;
    texts.set(name, new TextEncoder().encode(text));
    changes.push({ ...change, blob: name });
  }
  return { changes, texts };
}
