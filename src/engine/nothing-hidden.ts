/** A model reads what people do not see: whoever wrote it, it reads the codes instead. */
import { showHidden } from '../core/checks/hidden-characters.ts';
import type { WorkOrder } from '../drivers/driver.ts';

export function withNothingHidden<
  T extends Pick<WorkOrder, 'request' | 'instructions' | 'prompt' | 'context' | 'findings'>,
>(order: T): T {
  return {
    ...order,
    request: showHidden(order.request),
    instructions: showHidden(order.instructions),
    prompt: showHidden(order.prompt),
    context: order.context.map((item) => ({ ...item, text: showHidden(item.text) })),
    findings: order.findings.map((finding) => ({
      ...finding,
      problem: showHidden(finding.problem),
      fix: showHidden(finding.fix),
    })),
  };
}
