#!/usr/bin/env node
// Runs any coding agent that has a command-line mode without a terminal, and turns what it leaves into a result.
//
//   baton run "…" --agent-env SOME_API_KEY --agent-network \
//     --agent-command "node examples/agents/headless-cli.mjs some-cli --its-headless-flag"
//
// The prompt goes to the CLI's stdin; where an argument is {prompt_file}, it stands in that file instead.
// The CLI is asked to write its result to a file, or to print it between two marker lines.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const BEGIN = 'BEGIN BATON RESULT';
const END = 'END BATON RESULT';
// Past this the CLI's own output is no longer kept; markers are looked for in the end of it.
const MAX_KEPT_CHARS = 4_000_000;

const [file, ...words] = process.argv.slice(2);
if (file === undefined) fail('usage: headless-cli.mjs COMMAND [ARGUMENT]…, with the work order on stdin');
const order = JSON.parse(readFileSync(0, 'utf8'));
const { repos } = order.workspace;
const folder = mkdtempSync(join(tmpdir(), 'headless-'));
const [promptFile, resultFile] = [join(folder, 'prompt.md'), join(folder, 'result.json')];
const prompt = composePrompt();
writeFileSync(promptFile, prompt);

// Work in the repository where there is only one, else in the folder that holds them all.
const cwd = repos.length === 1 ? repos[0].path : process.cwd();
const usesFile = words.includes('{prompt_file}');
const cli = spawn(file, words.map((word) => (word === '{prompt_file}' ? promptFile : word)), {
  cwd,
  stdio: [usesFile ? 'ignore' : 'pipe', 'pipe', 'inherit'],
});
cli.on('error', (error) => fail(`${file} could not be started: ${error.message}`));
cli.stdin?.on('error', () => undefined); // it may read less than it is given
cli.stdin?.end(prompt);

let printed = '';
cli.stdout.setEncoding('utf8').on('data', (text) => {
  printed = (printed + text).slice(-MAX_KEPT_CHARS);
  // What it says on the way is for people, and keeps the idle limit away.
  process.stderr.write(text);
});
cli.on('close', (code, signal) => {
  if (code !== 0) fail(`${file} ended with ${code === null ? signal : `exit code ${code}`}`);
  console.log(JSON.stringify(readResult()));
});

function composePrompt() {
  const context = order.context.map((item) => `## Context: ${item.name} (${item.kind})\n\n${item.text}`);
  const places = repos.map((repo) => `- ${repo.name}: ${repo.path}`);
  const rights = order.access === 'write' ? 'Edit files there.' : 'You may only read: change nothing.';
  return [
    order.instructions,
    order.prompt,
    ...context,
    `## Where to work\n\n${places.join('\n')}\n\n${rights} Nobody is there to answer questions while you work.`,
    `## How to hand in\n\nWhen you are done, write one JSON object to ${resultFile}. If you cannot write there, print it as your last words between a line ${BEGIN} and a line ${END}. It has to fit this JSON Schema:\n\n${JSON.stringify(order.result_schema)}`,
  ].join('\n\n');
}

// The file counts more than the markers; prose is never searched for a result.
function readResult() {
  const text = readFile(resultFile) ?? betweenMarkers(printed) ?? fail(`${file} handed in no result`);
  try {
    return JSON.parse(text);
  } catch (error) {
    return fail(`the result of ${file} is not JSON: ${error.message}`);
  }
}

function readFile(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null; // it was not written
  }
}

function betweenMarkers(text) {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const end = lines.lastIndexOf(END);
  const begin = lines.lastIndexOf(BEGIN, end);
  return begin < 0 || end < 0 ? null : lines.slice(begin + 1, end).join('\n');
}

function fail(problem) {
  console.error(problem);
  process.exit(1);
}
