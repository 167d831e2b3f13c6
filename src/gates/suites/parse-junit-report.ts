/** Reads JUnit XML, which nearly every other runner can write. */
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { nameUniquely, pathInRepo } from './test-report.ts';
import type { NamedTest, ParsedReport, TestStatus } from './test-report.ts';

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  isArray: (name) => name === 'testsuite' || name === 'testcase',
  parseTagValue: false,
  parseAttributeValue: false,
});

/** Refuses what is cut, holds a document type, or counts more tests than it names. */
export function parseJunitReport(text: string, root: string): ParsedReport {
  // No runner writes one, and entities are how a small file becomes a large one.
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text)) return { ok: false, problem: 'the report holds a document type' };
  if (XMLValidator.validate(text) !== true)
    return { ok: false, problem: 'the report is cut short or no XML' };
  const suites = suitesOf(parser.parse(text));
  if (suites === null) return { ok: false, problem: 'the report is no JUnit XML' };
  const tests = suites.flatMap((suite) => testsOf(suite, root));
  const counted = suites.reduce((sum, suite) => sum + Number(attribute(suite, 'tests') || 0), 0);
  if (Number.isFinite(counted) && tests.length < counted) {
    return { ok: false, problem: `the report is short: it names ${tests.length} of ${counted} tests` };
  }
  return { ok: true, report: { tests: nameUniquely(tests), errors: [], emptyFiles: [] } };
}

type Element = Record<string, unknown>;

const isElement = (value: unknown): value is Element => typeof value === 'object' && value !== null;
const attribute = (element: Element, name: string): string => textOf(element[`@${name}`]);
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function suitesOf(document: unknown): Element[] | null {
  if (!isElement(document)) return null;
  const outer = document.testsuites;
  if (outer !== undefined) return isElement(outer) ? childrenOf(outer, 'testsuite') : [];
  return Array.isArray(document.testsuite) ? childrenOf(document, 'testsuite') : null;
}

function childrenOf(element: Element, name: string): Element[] {
  const children = element[name];
  return Array.isArray(children) ? children.filter(isElement) : [];
}

function testsOf(suite: Element, root: string): NamedTest[] {
  const inner = childrenOf(suite, 'testsuite').flatMap((child) => testsOf(child, root));
  return [...childrenOf(suite, 'testcase').map((test) => describeTest(test, suite, root)), ...inner];
}

function describeTest(test: Element, suite: Element, root: string): NamedTest {
  const owner = attribute(test, 'classname') || attribute(suite, 'name');
  const file = attribute(test, 'file') || attribute(suite, 'file');
  const line = Number.parseInt(attribute(test, 'line'), 10);
  return {
    name:
      file === ''
        ? attribute(test, 'name')
        : [owner, attribute(test, 'name')].filter((part) => part !== '').join(' > '),
    file: pathInRepo(file === '' ? owner : file, root),
    status: statusOf(test),
    line: Number.isNaN(line) ? null : line,
    message: messageOf(test.failure ?? test.error),
  };
}

function statusOf(test: Element): TestStatus {
  if (test.failure !== undefined || test.error !== undefined) return 'failed';
  return test.skipped === undefined ? 'passed' : 'skipped';
}

function messageOf(failure: unknown): string {
  const first: unknown = Array.isArray(failure) ? failure[0] : failure;
  if (!isElement(first)) return textOf(first);
  return [attribute(first, 'message'), textOf(first['#text'])].filter((part) => part !== '').join('\n');
}
