/** What a repository is made of, as its manifests and paths show it, and whom a guide for that concerns. */
import { STACK_AREAS, type Role, type StackArea } from '../core/words.ts';

/** A guide lies in `stacks/NAME.md` of the package. */
export interface Stack {
  name: string;
  title: string;
  area: StackArea;
  /** Packages that a `package.json` needs at run time. */
  npm?: RegExp;
  /** Modules that a `go.mod` requires. */
  go?: RegExp;
  paths?: RegExp;
  /** Said by a manifest or a template. */
  says?: RegExp;
}

export const STACKS: readonly Stack[] = [
  { name: 'express', title: 'Express', area: 'http', npm: /^express$/ },
  { name: 'fastify', title: 'Fastify', area: 'http', npm: /^fastify$/ },
  { name: 'hono', title: 'Hono', area: 'http', npm: /^(?:hono|@hono\/.+)$/ },
  { name: 'nestjs', title: 'NestJS', area: 'http', npm: /^@nestjs\/(?:core|common)$/ },
  { name: 'go-services', title: 'Go', area: 'language', paths: /(?:^|\/)go\.mod$/ },
  {
    name: 'prisma',
    title: 'Prisma',
    area: 'data',
    npm: /^@prisma\/client$/,
    paths: /(?:^|\/)schema\.prisma$/,
  },
  {
    name: 'sql-migrations',
    title: 'SQL migrations',
    area: 'data',
    npm: /^(?:knex|typeorm|drizzle-orm|node-pg-migrate|umzug|kysely|sequelize)$/,
    go: /^(?:github\.com\/(?:pressly\/goose|golang-migrate\/migrate|rubenv\/sql-migrate)|ariga\.io\/atlas)\b/,
    // Prisma's own migrations are of its guide.
    paths: /^(?!.*\bprisma\/).*\b(?:migrations?|migrate)\/(?:.*\/)?[^/]+\.sql$/,
  },
  {
    name: 'redis-and-queues',
    title: 'Redis, caches and queues',
    area: 'queues',
    npm: /^(?:redis|ioredis|@redis\/.+|bull|bullmq|@nestjs\/bull(?:mq)?|bee-queue|amqplib|kafkajs|pg-boss|graphile-worker|cache-manager|@aws-sdk\/client-sqs)$/,
    go: /^github\.com\/(?:redis\/go-redis|go-redis\/redis|gomodule\/redigo|hibiken\/asynq|rabbitmq\/amqp091-go|segmentio\/kafka-go|aws\/aws-sdk-go-v2\/service\/sqs)\b/,
  },
  {
    name: 'aws-functions',
    title: 'AWS Lambda and DynamoDB',
    area: 'functions',
    npm: /^(?:aws-lambda|@aws-lambda-powertools\/.+|@aws-sdk\/(?:client|lib)-dynamodb|@middy\/core|serverless-http)$/,
    go: /^github\.com\/aws\/(?:aws-lambda-go|aws-sdk-go-v2\/service\/dynamodb)\b/,
    says: /\bAWS::(?:Serverless::Function|Lambda::Function)\b/,
  },
  {
    name: 'aws-templates',
    title: 'AWS templates',
    area: 'infrastructure',
    npm: /^aws-cdk-lib$/,
    paths: /(?:^|\/)(?:samconfig\.(?:toml|ya?ml)|cdk\.json)$/,
    says: /\bAWSTemplateFormatVersion\b|^\s*Type:\s*['"]?AWS::\w+::\w+/m,
  },
];

/** Whose work a guide is for, where the agent's file does not say (`stacks:`). */
export const DEFAULT_AREAS: Readonly<Record<Role, readonly StackArea[]>> = {
  specialist: STACK_AREAS.filter((area) => area !== 'infrastructure'),
  tester: STACK_AREAS.filter((area) => area !== 'infrastructure'),
  reviewer: STACK_AREAS,
  planner: [],
  coordinator: [],
  submitter: [],
};

/** Manifests and templates that are read of one repository, those nearer to its top first. */
const MAX_FILES = 40;
const MANIFESTS = /(?:^|\/)(?:package\.json|go\.mod)$/;
const TEMPLATES =
  /(?:^|\/)(?:template|sam|stack|cloudformation|serverless)[\w.-]*\.(?:ya?ml|json)$|(?:^|\/)(?:cloudformation|cfn|sam|infra|infrastructure|templates?)\/(?:.*\/)?[^/]+\.ya?ml$/;
const NOT_OURS = /(?:^|\/)(?:node_modules|vendor|dist|build|fixtures|testdata|examples?)\//;

export function telling(paths: readonly string[]): string[] {
  const depth = (path: string): number => path.split('/').length;
  const wanted = paths.filter((path) => !NOT_OURS.test(path));
  return [MANIFESTS, TEMPLATES]
    .flatMap((pattern) => wanted.filter((path) => pattern.test(path)).sort((a, b) => depth(a) - depth(b)))
    .slice(0, MAX_FILES);
}

export interface StackSeen {
  stack: Stack;
  /** The file that shows it. */
  where: string;
}

/** Pure; in the order of the table. `texts`: of the files that `telling` named. */
export function detectStacks(paths: readonly string[], texts: ReadonlyMap<string, string>): StackSeen[] {
  const own = paths.filter((path) => !NOT_OURS.test(path));
  const needs = [...texts].flatMap(([file, text]) => neededBy(file, text));
  return STACKS.flatMap((stack) => {
    const where =
      needs.find(({ kind, name }) => stack[kind]?.test(name) === true)?.file ??
      own.find((path) => stack.paths?.test(path) === true) ??
      [...texts].find(([file, text]) => !MANIFESTS.test(file) && stack.says?.test(text) === true)?.[0];
    return where === undefined ? [] : [{ stack, where }];
  });
}

interface Needed {
  kind: 'npm' | 'go';
  name: string;
  file: string;
}

function neededBy(file: string, text: string): Needed[] {
  if (file.endsWith('go.mod'))
    return [...text.matchAll(/^\s*(?:require\s+)?([\w.-]+\.[\w.-]+\/\S+)\s+v\d/gm)].map(([, name = '']) => ({
      kind: 'go',
      name,
      file,
    }));
  if (!file.endsWith('package.json')) return [];
  return runtimeNeeds(text).map((name) => ({ kind: 'npm', name, file }));
}

/** What is needed for building and testing alone says nothing of the service. */
function runtimeNeeds(text: string): string[] {
  try {
    const manifest = JSON.parse(text) as Record<string, unknown> | null; // of a stranger: each part is looked at
    return ['dependencies', 'peerDependencies', 'optionalDependencies'].flatMap((key) =>
      Object.keys((manifest?.[key] as object | null | undefined) ?? {}),
    );
  } catch {
    return []; // a manifest that npm could not read either
  }
}
