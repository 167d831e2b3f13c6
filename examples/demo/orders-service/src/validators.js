import { invalid } from './errors.js';

const MAX_TEXT = 200;

/** Each validator reads one field of a body and gives its value back, or throws `invalid_field`. */
export function text(body, field) {
  const value = body[field];
  if (typeof value !== 'string' || value.trim() === '') throw invalid(field, 'text');
  if (value.length > MAX_TEXT) throw invalid(field, `at most ${MAX_TEXT} characters long`);
  return value;
}

export function positiveInteger(body, field) {
  const value = body[field];
  if (!Number.isSafeInteger(value) || value <= 0) throw invalid(field, 'a positive integer');
  return value;
}

export function date(body, field) {
  const value = body[field];
  const isDate = typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) && isOnCalendar(value);
  if (!isDate) throw invalid(field, 'a date such as 2026-03-01');
  return value;
}

export function oneOf(body, field, values) {
  const value = body[field];
  if (!values.includes(value)) throw invalid(field, `one of ${values.join(', ')}`);
  return value;
}

function isOnCalendar(value) {
  const time = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(value);
}
