/** How much room there is where the engine writes, and how much it wants before it begins something. */
import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { BatonError } from '../core/errors.ts';

/** Free bytes below which nothing is begun: better refused before than broken off in the middle. */
export interface DiskFloors {
  /** For a new run. */
  startBytes: number;
  /** For the next piece of work of a run. */
  stepBytes: number;
}

export const DISK_FLOORS: DiskFloors = { startBytes: 256 * 1024 * 1024, stepBytes: 64 * 1024 * 1024 };

/** The refusal, where one of these folders lies on a disk with less room; null: there is enough. */
export function findLowDisk(folders: readonly string[], floorBytes: number): BatonError | null {
  const low = folders.find((folder) => freeBytes(folder) < floorBytes);
  if (low === undefined) return null;
  const mib = (bytes: number): string => `${Math.floor(bytes / 1024 / 1024)} MiB`;
  return new BatonError({
    code: 'E_DISK_LOW',
    message: `The disk under ${low} has ${mib(freeBytes(low))} free; at least ${mib(floorBytes)} are wanted before work begins.`,
    fix: 'Free some space (`baton clean` removes what old runs left), then try again. Nothing of it was begun.',
  });
}

/** Free bytes of the disk that a folder lies on, or will lie on. */
export function freeBytes(folder: string): number {
  try {
    const disk = statfsSync(folder);
    return disk.bavail * disk.bsize;
  } catch (error) {
    const isAbsent = (error as NodeJS.ErrnoException).code === 'ENOENT' && dirname(folder) !== folder;
    return isAbsent ? freeBytes(dirname(folder)) : Number.POSITIVE_INFINITY; // unknown is not full
  }
}
