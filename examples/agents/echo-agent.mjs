#!/usr/bin/env node
// The smallest agent that can play every role: it reads its work order, leaves a file where it may write, and
// hands in a result that fits the schema it was given. It thinks nothing; put your own work in its place.
//
//   baton run "…" --agent-command "node examples/agents/echo-agent.mjs"
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

// 1. The work order: one JSON object on stdin, read to its end.
const order = JSON.parse(readFileSync(0, 'utf8'));
if (order.protocol !== 1) throw new Error(`protocol ${order.protocol} is not known here`);
const [repo] = order.workspace.repos;
let ids = 0;

// 2. The work. Agents with write access edit the checkouts in place; no commit is needed. Whatever is said on
//    stderr appears in the live view and counts as a sign of life.
console.error(`${order.agent} works as ${order.role}, round ${order.round}, attempt ${order.attempt}`);
if (order.access === 'write') {
  appendFileSync(join(repo.path, 'ECHO.md'), `${order.agent}, round ${order.round}: ${order.request}\n`);
}

// 3. The result: the last line of stdout, one JSON object, strict.
console.log(JSON.stringify(isReview() ? review() : work()));

function isReview() {
  return 'verdict' in order.result_schema.properties;
}

function review() {
  const note = { severity: 'note', blocking: false, problem: 'The echo agent judged nothing.', fix: 'Use a real reviewer.' };
  return {
    status: 'complete',
    summary: 'Echo: nothing was judged.',
    verdict: 'pass_with_notes',
    findings: [note],
    // Earlier findings of this reviewer that hold no longer.
    resolved: order.findings.map((finding) => finding.id),
    // Some workflows ask every verdict for a word on each of these.
    areas: JSON.parse(order.context.find((item) => item.name === 'review areas')?.text ?? '[]').map((area) => ({
      area,
      said: 'Not looked at.',
    })),
  };
}

function work() {
  const common = { status: 'complete', summary: `Echo of "${order.request.slice(0, 200)}".` };
  // Some kinds of work (requirements, plan, research, …) have to hand in a field of their own.
  const own = Object.entries(order.result_schema.properties).filter(([, schema]) =>
    schema.description?.startsWith('Required when the status is complete'),
  );
  return { ...common, ...Object.fromEntries(own.map(([name, schema]) => [name, fill(name, schema)])) };
}

// The least that fits a schema; names are those of things that exist. `hint`: what it is for.
function fill(name, schema, hint) {
  if (name === 'id') return `e${(ids += 1)}`;
  if (name === 'tasks') return tasks(schema.items);
  if (name === 'category' && schema.enum?.includes(hint)) return hint;
  if (name === 'repo') return repo.name;
  if (name === 'cites') return order.context.filter((item) => item.kind === 'research').map((item) => item.name);
  if (name === 'needs') return conditionalAgents().map((agent) => ({ agent, needed: false, reason: 'Echo: nobody looked.' }));
  if (schema.enum !== undefined) return schema.enum[0];
  if (schema.type === 'array') return schema.minItems > 0 ? [fill('item', schema.items)] : [];
  if (schema.type === 'object') {
    return Object.fromEntries(schema.required.map((key) => [key, fill(key, schema.properties[key])]));
  }
  return schema.type === 'boolean' ? false : 'echo';
}

// A plan has a task of each category that is demanded; the schema names the agents that may be given one.
function tasks(schema) {
  const wanted = names('demanded categories');
  return (wanted.length === 0 ? [''] : wanted).map((category) =>
    Object.fromEntries(schema.required.map((key) => [key, fill(key, schema.properties[key], category)])),
  );
}

// A coordinator is told by name whom it has to decide about.
function conditionalAgents() {
  return names('conditional agents');
}

function names(item) {
  return JSON.parse(order.context.find((each) => each.name === item)?.text ?? '[]');
}
