/** What the driver `blueprint` can do with a request: known before anything starts, because its rules read the same words. */
import { BatonError } from '../../core/errors.ts';
import type { Effort } from '../../core/words.ts';
import { readHead } from '../../drivers/blueprint/understand/understand-request.ts';
import { withNote } from '../../intake/refine.ts';
import type { RefinedHere } from './refine-here.ts';

/** Efforts at which the workflow goes by without requirements, which the rules build from. */
const WITHOUT_REQUIREMENTS: readonly Effort[] = ['trivial', 'bugfix'];

/**
 * The request as the rules take it: one for a resource gets the way that has requirements. One that does not begin like
 * one for a resource is refused with E_PREFLIGHT: all that an answer could do is to be another request.
 */
export function fitToRules(request: string, detected: RefinedHere, said: Effort | undefined): RefinedHere {
  const { detection } = detected;
  if (readHead(request.replaceAll(/\s+/g, ' ').trim()) === null) throw noRule();
  const isAlone = detection.mode === 'direct' && (said === undefined || said === 'small');
  if (!isAlone && !WITHOUT_REQUIREMENTS.some((effort) => effort === (said ?? detection.effort)))
    return detected;
  if (said !== undefined)
    throw new BatonError({
      code: 'E_PREFLIGHT',
      message: `The rules of the driver "blueprint" build from requirements, and at the effort ${said} nobody writes any.`,
      fix: 'Leave --effort out.',
    });
  const noted = withNote(
    detection,
    'The driver "blueprint" builds from requirements: the workflow that writes them takes it.',
  );
  if (!noted.triggered) return detected;
  return {
    ...detected,
    detection: { ...noted, mode: 'orchestrated', effort: 'medium', specialist: null, workflow: 'baton' },
  };
}

function noRule(): BatonError {
  return new BatonError({
    code: 'E_PREFLIGHT',
    message:
      'No rule does this work: the driver "blueprint" builds one new HTTP resource, and the request does not begin like one.',
    fix: [
      'Say it in one of these forms:',
      '  Add a REST API for <things> with <fields>',
      '  Add <things> to the <name> service: create one with <fields>, list them, fetch one by <field>',
      '  Add a /<things> resource with <fields>',
      '  Implement POST /<things> with <fields>, GET /<things>',
      'or choose another driver: --driver acp --profile NAME, --driver in-process --model PROVIDER/NAME, --agent-command "…".',
    ].join('\n'),
  });
}
