/** How an error looks on stderr: what happened, then what to do next. */
import { BatonError, DefinitionErrors, formatDiagnostic } from '../core/errors.ts';
import { escapeText } from './render/escape.ts';

/** The text for stderr, with its line end. */
export function errorText(error: unknown): string {
  if (error instanceof DefinitionErrors) return definitionText(error);
  if (error instanceof BatonError) return batonText(error);
  return bugText(error);
}

function batonText(error: BatonError): string {
  const place = error.place === null ? '' : `${error.place.file}:${error.place.line}:${error.place.col} `;
  return `baton: ${error.code} ${escapeText(`${place}${error.message}`, 'block')}\n  fix: ${escapeText(error.fix, 'block').replaceAll('\n', '\n       ')}\n`;
}

/** Every line of the lint, warnings too, each with its place and its own fix. */
function definitionText(error: DefinitionErrors): string {
  const lines = error.diagnostics.flatMap((diagnostic) => [
    escapeText(formatDiagnostic(diagnostic)),
    `  fix: ${escapeText(diagnostic.fix)}`,
  ]);
  const errors = error.diagnostics.filter((diagnostic) => diagnostic.level === 'error').length;
  return `${lines.join('\n')}\nbaton: ${error.code} ${errors === 1 ? 'one error' : `${errors} errors`} above\n`;
}

function bugText(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  return [
    `baton: E_BUG ${escapeText(message)}`,
    '  fix: This is a bug in Baton. Please report it with the lines below and the output of `baton doctor --json`;',
    '       the run is kept as it was at its last event, and `baton resume` goes on from there.',
    escapeText(stack, 'block'),
    '',
  ].join('\n');
}
