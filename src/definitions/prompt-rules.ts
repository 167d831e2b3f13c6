/** What a lint of instructions looks for in a sentence: what contradicts the engine, or asks for what the engine does anyway. */
import type { AgentDefinition, Capability } from './agent.ts';
import type { WarningCode } from './diagnose.ts';
import { nearest } from './nearest.ts';
import { resultWords } from './prompt-words.ts';
import { capabilitiesOf } from './tools.ts';

/** What a name in instructions may mean. */
export interface KnownNames {
  /** Agents that exist. */
  agents: readonly string[];
  /** Agents of the one workflow that is looked at; null: none is. */
  here: readonly string[] | null;
}

export interface Sentence {
  text: string;
  /** It says what is not done, or is done by others. */
  denied: boolean;
}

export interface Hit {
  /** The words that it is about; several of the same are one remark. */
  said: string;
  message: string;
  fix: string;
}

export interface PromptRule {
  code: WarningCode;
  find(sentence: Sentence, agent: AgentDefinition, names: KnownNames): Hit | null;
}

/** Steps that the engine takes itself: what an agent does of them counts for nothing. */
const ENGINE_STEPS: readonly (readonly [RegExp, string])[] = [
  [
    /\bgit (?:add|commit|push|merge|rebase|checkout|switch|reset|tag|stash|cherry-pick)\b|\bgh (?:pr|issue|api|release)\b/i,
    'The engine reads the files and makes every commit, branch and push itself: git of an agent counts for nothing.',
  ],
  [
    /\b(?:commit|push) (?:your|the|all|every|these|any|modified)\b(?: \w+){0,2} (?:changes?|work|code|branch(?:es)?|files?|commits?)\b|\bpush (?:it |them |everything )?to (?:the )?(?:remote|origin|github)\b|\bcreate (?:a |the )?(?:new |feature |git )*branch\b/i,
    'The engine makes every commit, branch and push itself.',
  ],
  [
    /\b(?:open|create|raise|submit|file|merge) (?:a |the |all |one )?(?:draft )?(?:pull requests?|PRs?|merge requests?)\b/i,
    'The engine opens pull requests, from reviewed texts.',
  ],
  [
    /\bmark (?:\w+ ){0,4}(?:as )?(?:done|completed?|finished)\b|\b(?:update|write|keep|maintain) (?:a |the |your )?(?:progress|status|todo|to-do) (?:file|list|log)\b|\bTodoWrite\b/i,
    'Progress is the journal: a step is done when the engine accepted its result.',
  ],
  [
    /\b(?:proceed|move on|advance|continue|hand over) to the next (?:phase|stage|step|agent)\b|\b(?:start|begin|trigger|launch) the next (?:phase|stage|step|agent)\b/i,
    'What comes next is decided by the workflow.',
  ],
  [
    /\b(?:spawn|launch|invoke|dispatch|delegate to|call|run|use) (?:the |a |an |each |all )?(?:`?[\w-]+`? ){0,3}(?:sub-?agents?\b|agent\b(?! program))|\bTask\((?=\w)/i,
    'No agent starts another one: the workflow says who works, and in which order.',
  ],
  [
    /\bAskUserQuestion\b|\b(?:ask|confirm with|check with|wait for) the user\b/i,
    'Nobody answers while it works: `needs_clarification` with `open_questions` asks a person.',
  ],
];

const engineSteps: PromptRule = {
  code: 'W_PROMPT_ENGINE_STEP',
  find({ text, denied }) {
    if (denied) return null;
    for (const [pattern, message] of ENGINE_STEPS) {
      const said = pattern.exec(text)?.[0];
      if (said !== undefined) return { said, message, fix: 'Take the sentence out, or say what to hand in.' };
    }
    return null;
  },
};

/** Deeds that need a capability, in words that name no tool. */
const DEEDS: readonly (readonly [Capability, RegExp])[] = [
  [
    'execute',
    /(?:^|\b(?:you|then) )(?:run|execute) (?:(?:the|all|its|your|any|every|unit|integration|whole|full|new|existing|test) )*(?:tests?|suites?|builds?|linters?|commands?|scripts?|migrations?|benchmarks?)\b/i,
  ],
  ['web', /\b(?:search|browse|look up on) the (?:web|internet)\b|\bgoogle (?:for|it)\b/i],
];

const TOOL_MENTION = /`((?:[A-Z]\w+|mcp__\w+))`|\b([A-Z]\w+) tool\b/g;

const tools: PromptRule = {
  code: 'W_PROMPT_TOOL',
  find({ text, denied }, { capabilities }) {
    if (denied) return null;
    const fix = 'Name the tool under `tools:`, if the role may have it, or take the sentence out.';
    const lacks = (needed: readonly Capability[]): boolean =>
      needed.length > 0 && !needed.some((each) => capabilities.includes(each));
    for (const [, quoted, plain] of text.matchAll(TOOL_MENTION)) {
      const said = quoted ?? plain ?? '';
      if (lacks(capabilitiesOf(said) ?? []))
        return { said, message: `It names the tool ${said}, which it does not have.`, fix };
    }
    for (const [capability, pattern] of DEEDS) {
      const said = pattern.exec(text)?.[0];
      if (said !== undefined && lacks([capability]))
        return {
          said,
          message: `It is to ${said.trim().toLowerCase()}, and has no tool that may (${capability}).`,
          fix,
        };
    }
    return null;
  },
};

const READER_EDITS =
  /^(?:you (?:must |should |will |can |may |also )*|then )?(?:edit|write|create|modify|delete|rename|fix|implement|refactor|rewrite) (?:(?:the|a|an|any|all|new|missing|every|your|its|broken) )*(?:\w+ ){0,2}(?:files?|code|tests?|functions?|classes|modules?|bugs?|migrations?|endpoints?)\b/i;

const readerEdits: PromptRule = {
  code: 'W_PROMPT_READER_WRITES',
  find({ text, denied }, { access, role }) {
    const said = denied || access !== 'read' ? undefined : READER_EDITS.exec(text)?.[0];
    if (said === undefined) return null;
    return {
      said,
      message: `A ${role} that may only read is to ${said.toLowerCase()}: any change voids its work.`,
      fix: 'Say what it hands in instead, or give it a role and tools that write.',
    };
  },
};

const NAMED_LIKE_AGENT =
  /-(?:agent|reviewer|engineer|architect|specialist|expert|planner|orchestrator|tester|strategist|developer|summarizer|implementer|researcher|guardian)$/;

const names: PromptRule = {
  code: 'W_PROMPT_NAME',
  find({ text }, agent, { agents, here }) {
    const known = [...agents, agent.name, ...(agent.skills ?? []).map(({ name }) => name)];
    for (const [, said = ''] of text.matchAll(/`([a-z][a-z0-9]*(?:-[a-z0-9]+)+)`/g)) {
      const meant = known.includes(said) ? null : nearest(said, known);
      if (!known.includes(said) && (meant !== null || NAMED_LIKE_AGENT.test(said)))
        return {
          said,
          message: `There is no agent and no skill \`${said}\`.`,
          fix:
            meant === null
              ? 'Name one that exists; `baton agents list` shows them.'
              : `Did you mean \`${meant}\`?`,
        };
      if (here !== null && agents.includes(said) && said !== agent.name && !here.includes(said))
        return {
          said,
          message: `It names the agent \`${said}\`, which this workflow does not have.`,
          fix: 'Name one of the workflow, or add the agent to it.',
        };
    }
    return null;
  },
};

const SHOUTED = /\b(?:MUST|ALWAYS|NEVER|CRITICAL|IMPORTANT|MANDATORY|ABSOLUTELY|IMMEDIATELY|DO NOT)\b/;
const BEGGED =
  /\b(?:never|do not|don't|must not) (?:skip|bypass) (?:\w+ ){0,3}(?:reviews?|tests?|gates?|phases?|stages?|steps?)\b|\bdo not proceed (?:to|until|before|without)\b/i;

const begging: PromptRule = {
  code: 'W_PROMPT_BEGS',
  find({ text }) {
    const begged = BEGGED.exec(text)?.[0];
    if (begged !== undefined)
      return {
        said: 'begged',
        message: `\`${begged}\` asks for what the engine holds anyway: no step and no review can be skipped.`,
        fix: 'Take the sentence out.',
      };
    const shouted = SHOUTED.exec(text)?.[0];
    if (shouted === undefined) return null;
    return {
      said: 'shouted',
      message: `\`${shouted}\` in capitals holds nobody: what has to hold is checked by the engine, and all else reads better in plain words.`,
      fix: 'Say it once, in plain words, with its reason.',
    };
  },
};

const PATHS =
  /(?:^|[\s`"'(])(~\/[\w.-]+|\/(?:home|Users|root|opt|var|tmp|etc|usr|mnt|srv)\/[\w./-]+|[A-Z]:\\\w+)/;

const paths: PromptRule = {
  code: 'W_PROMPT_PATH',
  find({ text }) {
    const said = PATHS.exec(text)?.[1];
    if (said === undefined) return null;
    return {
      said,
      message: `\`${said}\` is a path of one machine: each invocation works in a folder of its own, behind a wall.`,
      fix: 'Name files relative to their repository.',
    };
  },
};

export const PROMPT_RULES: readonly PromptRule[] = [
  engineSteps,
  tools,
  readerEdits,
  names,
  begging,
  paths,
  resultWords,
];
