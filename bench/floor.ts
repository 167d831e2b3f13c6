/** What a step cannot go below: one insert of 2 KB and one commit, synchronous FULL. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { startMeter, type Measured } from './meter.ts';

export function measureFloor(dir: string, steps: number): Measured {
  const db = new DatabaseSync(join(dir, 'floor.db'));
  db.exec(
    'PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE step (seq INTEGER PRIMARY KEY, body TEXT)',
  );
  const insert = db.prepare('INSERT INTO step (body) VALUES (?)');
  const meter = startMeter('floor');
  for (let i = 0; i < steps; i++) insert.run('x'.repeat(2_000));
  const measured = meter(steps);
  db.close();
  return measured;
}
