/** A detection for people: what it is, why, what is worth asking, and the command that goes on. */
import { STRAIGHT_EFFORT, type Detection } from '../../intake/detection.ts';
import { inOrder, isAlone, type StartPolicy } from '../../intake/policy.ts';
import { columnsOf, type Output } from '../context.ts';
import { escapeText } from './escape.ts';
import type { Style } from './style.ts';
import { fit, wrap } from './width.ts';

const LABEL = 11;
/** The forms are one way to be recognised; whoever reads that none of them fits has to know that nothing is lost. */
const NO_FORM =
  'none of the six forms (implement an API for …, build a backend, I need an API, add … to the backend, create types for …, integrate …), and none is needed';

/** `policy` is that of the workflow that `run` would take; null where there is nothing to run. */
export function detectionLines(
  detection: Detection,
  policy: StartPolicy | null,
  style: Style,
  output: Output,
): string[] {
  const row = (label: string, text: string): string[] =>
    wrap(escapeText(text), columnsOf(output) - LABEL - 1).map(
      (line, index) => `${style.dim(fit(index === 0 ? label : '', LABEL))}${line}`,
    );
  const rows = (label: string, texts: readonly string[]): string[] =>
    texts.flatMap((text, index) => row(index === 0 ? label : '', text));
  return [
    headline(detection, style),
    ...facts(detection).flatMap(([label, text]) => row(label, text)),
    ...rows('why', detection.reasons),
    ...rows('ask first', detection.questions),
    ...rows('next', nextSteps(detection, policy)),
  ];
}

function headline(detection: Detection, style: Style): string {
  if (detection.mode === 'elsewhere') return style.bold(`${style.glyphs.skipped} No backend request`);
  if (!detection.triggered)
    return style.bold(`${style.glyphs.skipped} Not recognised as a backend request; a run takes it as it is`);
  const goes = detection.mode === 'direct' ? directWords(detection) : 'orchestrated';
  return style.good(`${style.glyphs.done} `) + style.bold(`Backend request, ${goes}`);
}

function directWords({ specialist, agents = [] }: Extract<Detection, { mode: 'direct' }>): string {
  return isAlone(agents, specialist)
    ? `one specialist: ${specialist}`
    : `one kind of work: ${inOrder(agents)}`;
}

function facts(detection: Detection): [string, string][] {
  if (!detection.triggered) return [];
  const { pattern, topics, effort, workflow } = detection;
  return [
    ['pattern', pattern ?? NO_FORM],
    ['topics', topics.join(', ') || 'none'],
    ['effort', effort],
    ['workflow', workflow],
  ];
}

function nextSteps(detection: Detection, policy: StartPolicy | null): string[] {
  if (detection.mode === 'elsewhere' || policy === null)
    return ['nothing was started; `baton run "…"` asks first, and takes it from who says yes'];
  if (!detection.triggered) return ['`baton run "…"` starts it; nothing was started here'];
  const { workflow, effort, mode, specialist } = detection;
  if (mode === 'direct' && effort === STRAIGHT_EFFORT)
    return [`\`baton run "…"\` gives it to ${specialist}; nothing was started here`];
  return policy.workflow === workflow
    ? [`\`baton run --workflow ${workflow} --effort ${effort} "…"\` starts it; nothing was started here`]
    : [
        `the workflow ${workflow} is not among those of this version: \`baton run --effort ${effort} "…"\` takes ${policy.workflow}`,
        'nothing was started here',
      ];
}
