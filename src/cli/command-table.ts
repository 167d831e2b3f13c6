/** Every command: its name, what help says of it, and how to load it. Nothing is loaded before it is called. */
import type { CommandModule } from './context.ts';

export interface CommandEntry {
  name: string;
  description: string;
  load(): Promise<CommandModule>;
}

export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'demo',
    description: 'a whole run in a minute or two: no key, no network, one careless agent',
    load: () => import('./commands/demo.ts'),
  },
  {
    name: 'rehearse',
    description: 'try a workflow on agents that cheat, before the first token is spent',
    load: () => import('./commands/rehearse.ts'),
  },
  {
    name: 'init',
    description: 'look at this repository and write baton.yaml',
    load: () => import('./commands/init.ts'),
  },
  {
    name: 'gates',
    description: 'what the gates say of a commit, without a run and without an agent',
    load: () => import('./commands/gates.ts'),
  },
  {
    name: 'run',
    description: 'carry a request to reviewed pull requests',
    load: () => import('./commands/run.ts'),
  },
  {
    name: 'plan',
    description: 'make a plan, show its five parts, and stop',
    load: () => import('./commands/plan.ts'),
  },
  {
    name: 'detect',
    description: 'what a text asks for, who it would go to, and why; starts nothing',
    load: () => import('./commands/detect.ts'),
  },
  { name: 'runs', description: 'list the runs of this store', load: () => import('./commands/runs.ts') },
  {
    name: 'status',
    description: 'where a run stands, what it waits for and what ends the wait',
    load: () => import('./commands/status.ts'),
  },
  {
    name: 'log',
    description: 'the events of a run, one line each',
    load: () => import('./commands/log.ts'),
  },
  {
    name: 'why',
    description: 'what led to the present state of a step',
    load: () => import('./commands/why.ts'),
  },
  {
    name: 'report',
    description: 'the report of a run, made from its journal alone',
    load: () => import('./commands/report.ts'),
  },
  {
    name: 'metrics',
    description: 'the five success metrics over the runs of this store',
    load: () => import('./commands/metrics.ts'),
  },
  {
    name: 'diff',
    description: 'what a run changed, or the part that a question is about',
    load: () => import('./commands/diff.ts'),
  },
  {
    name: 'rollback',
    description: "how a run's change is taken back; changes nothing",
    load: () => import('./commands/rollback.ts'),
  },
  {
    name: 'answer',
    description: 'answer what a run asks, and go on with it',
    load: () => import('./commands/answer.ts'),
  },
  {
    name: 'approve',
    description: 'give the positive answer to what a run asks',
    load: () => import('./commands/approve.ts'),
  },
  {
    name: 'reject',
    description: 'give the negative answer to what a run asks',
    load: () => import('./commands/reject.ts'),
  },
  {
    name: 'resume',
    description: 'go on with a run that nobody advances',
    load: () => import('./commands/resume.ts'),
  },
  {
    name: 'cancel',
    description: 'end a run; reviewed work is kept',
    load: () => import('./commands/cancel.ts'),
  },
  {
    name: 'verify',
    description: "check a run's journal and its chain of verdicts",
    load: () => import('./commands/verify.ts'),
  },
  {
    name: 'workflows',
    description: 'list, show or check workflows',
    load: () => import('./commands/workflows.ts'),
  },
  {
    name: 'agents',
    description: 'list or lint agents, trust the profile of an agent program',
    load: () => import('./commands/agents.ts'),
  },
  {
    name: 'clean',
    description: 'remove the workspaces of ended runs',
    load: () => import('./commands/clean.ts'),
  },
  {
    name: 'keys',
    description: 'the key that statements about pull requests are signed with',
    load: () => import('./commands/keys.ts'),
  },
  {
    name: 'doctor',
    description: 'look at this machine and at the configuration of this folder',
    load: () => import('./commands/doctor.ts'),
  },
];
