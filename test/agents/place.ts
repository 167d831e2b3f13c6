/** What the command tells the suites: whose turn it is, and where its program lies. */
export function readPlace(): { name: string; bin: string } {
  const { BATON_AGENT: name, BATON_AGENT_BIN: bin } = process.env;
  if (name === undefined || bin === undefined)
    throw new Error(
      'These suites run through `npm run test:agents`, which installs the agents and closes the network.',
    );
  return { name, bin };
}
