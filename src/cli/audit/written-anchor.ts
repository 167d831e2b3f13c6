/** The line of a pull request's text that names an event of the journal for people: it has to name what the statement rests on. */
import type { Proof, ProofProblem, Statement } from '../../proof/proof-shape.ts';

const JOURNAL_EVENT = /Journal: event (\d{1,10}), `([0-9a-f]{64})`/g;

/** The last one in the text: the engine's part stands behind everything else. null: there is none. */
export function writtenAnchor(body: string): { seq: number; hash: string } | null {
  const [, seq, hash = ''] = [...body.matchAll(JOURNAL_EVENT)].at(-1) ?? [];
  return seq === undefined ? null : { seq: Number(seq), hash };
}

/** With what is wrong with that line. Nothing is said of it where no statement can be read. */
export function withWrittenAnchor(proof: Proof, body: string): Proof {
  if (proof.statement === null) return proof;
  return { ...proof, problems: [...proof.problems, ...checkWrittenAnchor(body, proof.statement)] };
}

/** Empty: text and statement name the same event, or the statement names none. */
function checkWrittenAnchor(body: string, { predicate }: Statement): ProofProblem[] {
  const part = predicate.runDetails.byproducts.find(({ name }) => name === 'journal');
  if (part === undefined) return [];
  const wanted = { seq: Number(part.annotations?.['seq']), hash: part.digest['sha256'] ?? '' };
  const found = writtenAnchor(body);
  if (found === null)
    return [
      {
        code: 'other_anchor',
        detail: `The text names no event of the journal; the statement names ${sayEvent(wanted)}.`,
      },
    ];
  if (found.seq === wanted.seq && found.hash === wanted.hash) return [];
  return [
    {
      code: 'other_anchor',
      detail: `The text names ${sayEvent(found)}, and the statement ${sayEvent(wanted)}.`,
    },
  ];
}

function sayEvent({ seq, hash }: { seq: number; hash: string }): string {
  return `event ${seq} with the hash ${hash}`;
}
