/** What `decide` asks for. Commands hold ids only; their executor reads the rest from the state at launch. */
import type { RunEvent } from './events.ts';
import type { CommandKey } from './records.ts';
import type { StepId } from './graph.ts';
import type { Link, RevisionId } from './results.ts';
import type { CleanUp, EffectKind, GateSet } from './words.ts';

export type Command =
  /** A decision without an effect: the loop writes it down and decides again. */
  { kind: 'record'; event: RunEvent } | EffectfulCommand;

export type EffectfulCommand =
  | {
      kind: 'invoke';
      key: CommandKey;
      step: StepId;
      slot: string;
      author: StepId;
      round: number;
      attempt: number;
      base: RevisionId;
    }
  | {
      kind: 'gates';
      key: CommandKey;
      step: StepId;
      slot: string;
      round: number;
      /** `none`: only the standards of the phase are measured. */
      set: GateSet;
      revision: RevisionId;
    }
  | {
      kind: 'review';
      key: CommandKey;
      step: StepId;
      slot: string;
      reviewer: string;
      round: number;
      attempt: number;
      link: Link;
    }
  | {
      kind: 'merge';
      key: CommandKey;
      step: StepId;
      slot: string;
      base: RevisionId;
      sides: { step: StepId; revision: RevisionId }[];
    }
  | { kind: 'wait'; key: CommandKey; step: StepId; slot: string; wait_ms: number; reason: string }
  | {
      kind: 'effect';
      key: CommandKey;
      step: StepId;
      slot: string;
      effect: EffectKind;
      repo: string;
      head: RevisionId;
    }
  | {
      kind: 'deploy';
      key: CommandKey;
      step: StepId;
      slot: string;
      environment: string;
      head: RevisionId;
    }
  /** Of the whole run, so that `step` is empty; when nothing else is under way any more. */
  | { kind: 'clean_up'; key: CommandKey; step: StepId; choice: CleanUp };
