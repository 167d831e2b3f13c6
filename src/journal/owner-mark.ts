/** A mark in the name of a file or folder that says which process made it, so that what a dead one left can be told and removed. */
import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { isAlive, readOwnIdentity, type ProcessIdentity } from './process-identity.ts';

/** Machine, boot and namespace of pids, each as six digits, then the pid and the time of its start. */
const MARK = /([0-9a-f]{6})([0-9a-f]{6})([0-9a-f]{6})-(\d+)-(\d+)/;

/** Of this process, or another one. Where /proc does not say since when it runs, the mark is nobody's. */
export function markOf(owner: ProcessIdentity = readOwnIdentity(hostname())): string {
  return `${whereabouts(owner).join('')}-${owner.pid}-${owner.startTime ?? 'unknown'}`;
}

/** Whether this name has a mark of a process that is certainly gone: of this machine and, if it did not start anew since, these pids. */
export function isLeftByDead(name: string): boolean {
  const found = MARK.exec(name);
  if (found === null) return false;
  const [, host, boot, namespace, pid, startTime = ''] = found;
  const here = readOwnIdentity(hostname());
  const [ownHost, ownBoot, ownNamespace] = whereabouts(here);
  if (host !== ownHost) return false;
  if (boot !== ownBoot) return true;
  return namespace === ownNamespace && !isAlive({ ...here, pid: Number(pid), startTime });
}

function whereabouts({ host, bootId, pidNamespace }: ProcessIdentity): string[] {
  const short = (text: string | null): string =>
    createHash('sha256')
      .update(text ?? '')
      .digest('hex')
      .slice(0, 6);
  return [host, bootId, pidNamespace].map(short);
}
