/**
 * What is behind the engine's ports, played from memory: one run is made with the real ones and what they answered is kept;
 * the runs after it get the same answers to the same questions. What such a run takes is what the engine takes itself.
 */
import type { Engine } from '../src/engine/engine.ts';

/** To each question what was answered, in order. */
type Answers = Map<string, (() => unknown)[]>;
type Method = (...args: unknown[]) => unknown;

export interface PlayedPorts {
  /** The engine with its own ports, listened to. */
  recorded: Engine;
  /** The engine for one more run like the recorded one. Its ports throw where they are asked what nobody asked then. */
  play(): Engine;
}

/** Git, gates and the forge of an engine. */
export function playPorts(engine: Engine, forgeName: string): PlayedPorts {
  const ports = { workspaces: engine.workspaces, gates: engine.gates, forge: engine.openForge(forgeName) };
  const heard = { workspaces: new Map(), gates: new Map(), forge: new Map() };
  const over = (around: <T extends object>(port: T, answers: Answers) => T): Engine => {
    const forge = around(ports.forge, heard.forge);
    return {
      ...engine,
      workspaces: around(ports.workspaces, heard.workspaces),
      gates: around(ports.gates, heard.gates),
      openForge: () => forge,
    };
  };
  return { recorded: over(listenTo), play: () => over(answerFor) };
}

function listenTo<T extends object>(port: T, answers: Answers): T {
  return overMethods(port, (question, ask) => {
    const heard = answers.get(question) ?? [];
    answers.set(question, heard);
    const answer = ask();
    if (answer instanceof Promise)
      answer.then(
        (value: unknown) => heard.push(() => Promise.resolve(value)),
        (error: unknown) => heard.push(() => Promise.reject(error)),
      );
    else heard.push(() => answer);
    return answer;
  });
}

function answerFor<T extends object>(port: T, answers: Answers): T {
  const asked = new Map<string, number>();
  return overMethods(port, (question) => {
    const at = asked.get(question) ?? 0;
    asked.set(question, at + 1);
    const answer = answers.get(question)?.[at];
    if (answer === undefined) throw new Error(`not asked in the recorded run: ${question}`);
    return answer();
  });
}

function overMethods<T extends object>(port: T, call: (question: string, ask: () => unknown) => unknown): T {
  return new Proxy(port, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return (...args: unknown[]) =>
        call(questionOf(name, args), () => (method as Method).apply(target, args));
    },
  });
}

/** More is no name of anything, but text that tells times and amounts. */
const MAX_NAME = 300;

/** Without what differs between two runs that do the same: ids, hashes, times. */
function questionOf(method: PropertyKey, args: readonly unknown[]): string {
  const text = JSON.stringify(args, (_, value: unknown) =>
    typeof value === 'string' && value.length > MAX_NAME ? '…' : value,
  );
  return `${String(method)} ${text.replaceAll(/(?=\w*\d)[\w-]{7,}/gu, '#')}`;
}
