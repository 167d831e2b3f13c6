/** What a statement about a change is made of, and what is said of it. Types alone: the verifier runs without this file. */
import type { KeyObject } from 'node:crypto';

/** Each says one thing that can be wrong. */
export type ProofCode =
  | 'no_statement'
  | 'malformed'
  | 'not_signed'
  | 'no_signers'
  | 'unknown_key'
  | 'self_signed'
  | 'edited'
  | 'other_commit'
  | 'other_base'
  | 'other_journal'
  | 'other_anchor'
  | 'review_missing'
  | 'gate_missing'
  | 'gate_red';

export interface ProofProblem<Code extends string = ProofCode> {
  code: Code;
  detail: string;
}

export interface Proof {
  /** Empty: it holds. */
  problems: ProofProblem[];
  notes: string[];
  /** Who signed it, as the signers' file has it; null: nobody that is known. */
  signer: string | null;
  /** Where that key is allowed; null: nobody is known. */
  allowedBy: string | null;
  /** What was signed, once its signature holds; also where there is none. */
  statement: Statement | null;
  commit: string;
}

/** A part of the statement that something in it rests on: `name`, what identifies it, and facts. */
export interface Part {
  name: string;
  digest: Record<string, string>;
  annotations?: Record<string, unknown>;
}

export interface Statement {
  _type: string;
  subject: Part[];
  predicateType: string;
  predicate: {
    buildDefinition: {
      buildType: string;
      externalParameters: Record<string, unknown>;
      internalParameters: Record<string, unknown>;
      resolvedDependencies: Part[];
    };
    runDetails: {
      builder: { id: string; version: Record<string, string> };
      metadata: { invocationId: string; startedOn: string; finishedOn: string };
      byproducts: Part[];
    };
  };
}

/** `annotations` of the parts called `step/ID`: an acceptance, and who passed exactly this link. */
export interface StepFacts {
  from: string;
  to: string;
  revision: string;
  /** Who had to pass it. */
  reviewers: string[];
  reviews: { reviewer: string; verdict: string; blocking: number }[];
  /** The question that a person accepted it with; null: nobody had to. */
  override: string | null;
}

export interface Envelope {
  payloadType: string;
  payload: string;
  signatures: { keyid?: string; sig: string }[];
}

export interface Signer {
  key: KeyObject;
  /** As `ssh-keygen -lf` prints it. */
  fingerprint: string;
  /** What the line calls it. */
  name: string;
}

export interface ProofQuestion {
  /** A file with an envelope, or the text of a pull request. */
  text: string;
  /** A repository that has the commits. */
  repository: string;
  /** What the pull request holds now. */
  commit: string;
  /** The branch that it is for; null: `signers` alone counts. */
  base: string | null;
  /** In place of those of the base. */
  signers: string | null;
}
