// An agent program for the tests of `baton plan`: protocol 1. Its first try leaves out what the tasks of a plan say of
// themselves, wherever `careless` is its argument.
import { readFileSync } from 'node:fs';

const order = JSON.parse(readFileSync(0, 'utf8'));
const careless = process.argv[2] === 'careless' && order.attempt === 1;
const print = (over) =>
  console.log(JSON.stringify({ status: 'complete', summary: `${order.agent} says`, ...over }));
const wants = (part) => part in order.result_schema.properties;
const textOf = (name) => order.context.find((item) => item.name === name)?.text;

function plan() {
  const agents = JSON.parse(textOf('planned agents') ?? '["somebody"]');
  const words = (category) => (careless ? {} : { category, plan_phase: 'implementation' });
  const task = (id, category) => ({
    id: careless ? id.toUpperCase() : id,
    agent: agents[0],
    description: `do ${id}: "it" # all\n  at once`,
    output: 'it is done',
    ...words(category),
  });
  return {
    analysis: order.findings[0]?.problem ?? 'One thing.',
    tasks: [task('t1', 'quality'), task('t2', 'documentation')],
    cites: order.context.filter((item) => item.kind === 'research').map((item) => item.name),
    risks: ['none'],
    rollback: ['revert'],
    success_criteria: ['green'],
    estimate: 'small',
  };
}

const numbered = (id) => [{ id, text: 'it is there' }];
const requirements = {
  functional: numbered('F1'),
  non_functional: [],
  constraints: [],
  dependencies: [],
  affected_systems: [],
  acceptance_criteria: numbered('A1'),
};
if (order.role === 'reviewer') print({ verdict: 'pass', findings: [], resolved: [] });
else if (wants('plan')) print({ plan: plan() });
else if (wants('requirements')) print({ requirements });
else if (wants('research')) print({ research: { findings: ['src'], recommendations: [] } });
else print({});
