/** Whether a result fits a JSON Schema, for drivers whose agents hand in data and not text. */
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/server/validators/ajv';
import type { WorkOrder } from '../driver.ts';
import type { CheckResult } from './offers.ts';

/**
 * Asks the engine first, whose sentences say more, and then the schema, which every result has to fit. What the schema
 * says comes as one sentence.
 */
export function checkAgainst(order: Pick<WorkOrder, 'resultSchema' | 'checkResult'>): CheckResult {
  const validate = new AjvJsonSchemaValidator().getValidator(order.resultSchema());
  return async (result) => {
    const problems = (await order.checkResult?.(result)) ?? [];
    if (problems.length > 0) return problems;
    const fit = validate(result);
    return fit.valid ? [] : [`It does not fit the schema: ${fit.errorMessage}`];
  };
}
