/** Results of gates for people, one after the other, each with what it found. */
import type { GateResult } from '../../core/records.ts';
import type { ApprovalPart, Finding } from '../../core/results.ts';
import { formatDuration } from './duration.ts';
import { escapeText } from './escape.ts';
import { gateWord } from './gate-word.ts';
import type { Style } from './style.ts';
import { fit, wrap } from './width.ts';

/** What stops comes before what is shown; each at most so often. */
const MAX_FINDINGS = 12;

export function gateLines(results: readonly GateResult[], style: Style, columns: number): string[] {
  const width = Math.max(...results.map((result) => nameOf(result).length));
  return results.flatMap((result) => [
    `${signOf(result, style)} ${fit(escapeText(nameOf(result)), width)}  ${escapeText(wordsOf(result))}`,
    ...findingLines(result.findings, style, columns),
  ]);
}

/** `tests`, or of a module of its own `api: tests`. */
const nameOf = ({ gate, module }: GateResult): string =>
  module === '.' || module === '*' ? gate : `${module}: ${gate}`;

function wordsOf(result: GateResult): string {
  const time = result.cached ? 'known from before' : formatDuration(result.duration_ms);
  const word = gateWord(result);
  const says = result.status === 'pass' || result.status === 'fail' ? '' : `${word.replaceAll('_', ' ')}: `;
  return `${says}${result.summary} (${time})`;
}

function signOf({ status }: GateResult, style: Style): string {
  const { glyphs } = style;
  if (status === 'pass') return style.good(glyphs.done);
  if (status === 'fail' || status === 'error') return style.bad(glyphs.failed);
  return status === 'unverified' ? style.ask(glyphs.ask) : ' ';
}

function findingLines(findings: readonly Finding[], style: Style, columns: number): string[] {
  const sorted = [...findings.filter((each) => each.blocking), ...findings.filter((each) => !each.blocking)];
  const lines = sorted.slice(0, MAX_FINDINGS).flatMap((finding) => {
    const place =
      finding.file === null ? '' : `${finding.file}${finding.line === null ? '' : `:${finding.line}`}: `;
    const [first = '', ...rest] = finding.problem.split(/\r?\n/);
    const word = finding.blocking ? style.bad('stops') : style.ask('shown');
    return [
      ...wrap(escapeText(`${place}${first}`), columns - 12).map(
        (text, at) => `    ${at === 0 ? word : '     '}  ${text}`,
      ),
      ...rest.filter((line) => line.trim() !== '').map((line) => `           | ${escapeText(line)}`),
    ];
  });
  const left = sorted.length - MAX_FINDINGS;
  return left > 0 ? [...lines, `    and ${left} more: --json has them all`] : lines;
}

/** What a run would wait for, each rule with its files. */
export function approvalLines(parts: readonly ApprovalPart[], style: Style): string[] {
  return parts.map(
    ({ rule, title, paths, refused }) =>
      `${style.ask(style.glyphs.ask)} ${escapeText(`${rule}: ${title}; ${refused ? 'refused' : 'a run would ask a person'}: ${paths.join(', ')}`)}`,
  );
}
