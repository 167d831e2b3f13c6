import { describe, expect, it } from 'vitest';
import { checkCompliance } from './compliance.ts';
import { IMPERATIVE_RULES } from './imperative-rules.ts';
import { cpuMs, within } from '../../testing/time-bounds.ts';

const check = (path: string, text: string) =>
  checkCompliance(['infrastructure_as_code'], [{ repo: 'api', path, line: 7, text }]);

/** By rule: lines that break it. */
const BREACHES: Record<string, string[]> = {
  'AWS command line': [
    'aws dynamodb create-table --table-name orders',
    'aws --region eu-west-1 s3api create-bucket --bucket x',
    'aws s3 mb s3://orders',
    "execFileSync('aws', ['sqs', 'create-queue', '--queue-name', 'x'])",
    'aws ec2 run-instances --image-id ami-1',
    'aws lambda update-function-configuration --function-name f',
  ],
  'Google Cloud command line': ['gcloud pubsub topics create orders', 'gsutil mb gs://orders'],
  'Azure command line': ['az storage account create --name orders', 'az group delete -n x'],
  'kubectl without a file of the repository': [
    'kubectl create deployment orders --image=x',
    'kubectl apply -f - <<EOF',
    'cat x | kubectl apply -f -',
    'kubectl scale deployment/orders --replicas=3',
  ],
  'AWS SDK command': [
    "await client.send(new CreateBucketCommand({ Bucket: 'x' }));",
    'new CreateTableCommand(input)',
  ],
  'AWS SDK call': [
    'await dynamodb.createTable(params).promise();',
    'await this.s3Client.createBucket({ Bucket })',
    'sqs.createQueue({})',
  ],
  'AWS SDK for Go': ['out, err := svc.CreateTable(ctx, &dynamodb.CreateTableInput{'],
  'boto3 call': [
    "boto3.client('s3').create_bucket(Bucket='x')",
    'dynamodb.create_table(TableName="x")',
    'sqs_client.create_queue(QueueName="x")',
  ],
};

describe('infrastructure as code', () => {
  it('R45: each rule of the table is known to refuse something', () => {
    expect(Object.keys(BREACHES).sort()).toEqual(IMPERATIVE_RULES.map((rule) => rule.name).sort());
  });

  it.each(Object.entries(BREACHES).flatMap(([rule, lines]) => lines.map((line) => ({ rule, line }))))(
    'R45: `$line` outside the infrastructure code is refused, with its place ($rule)',
    ({ rule, line }) => {
      const [found] = check('src/setup.ts', line);
      expect(found).toMatchObject({ blocking: true, repo: 'api', file: 'src/setup.ts', line: 7 });
      expect(found?.problem).toContain(rule);
    },
  );

  it.each([
    'CREATE TABLE orders (id integer primary key);',
    "await db.schema.createTable('orders', (table) => {});",
    "await queryRunner.createTable(new Table({ name: 'orders' }));",
    "op.create_table('orders', sa.Column('id'))",
    'await queryInterface.createTable("orders", {});',
    'knex.schema.createTable("x")',
    'INSERT INTO rows VALUES (1)',
    'const user = await users.create({ name });',
    'aws s3 cp dist s3://bucket',
    'aws sts get-caller-identity',
    'gcloud auth list',
    'kubectl get pods',
    'kubectl apply -f k8s/orders.yaml',
    'az account show',
    'for az in zones: result.add(az)',
    'for bq in queues: bq.update(x)',
    'kubectl config set-context staging',
    'new CreateOrderCommand(id)',
    'await s3.putObject({ Bucket, Key, Body })',
    'await s3Client.createPresignedPost({})',
    'sqs.deleteMessage({})',
    'dynamodb.update_item(Key=key)',
    'this.roles.createRole("admin")',
    'function createQueue() {}',
    '// aws s3 mb s3://orders',
    ' * aws s3 mb s3://orders',
    'aws --endpoint-url http://localhost:4566 s3 mb s3://x',
    'aws s3 mb s3://x --endpoint-url=http://127.0.0.1:4566',
    'AWS_ENDPOINT_URL=http://localhost:4566 AWS_REGION=x aws s3 mb s3://x',
    "execFileSync('aws', ['--endpoint-url', 'http://localstack:4566', 's3', 'mb', 's3://x'])",
    'URL=$(aws --endpoint-url http://localhost:4566 sqs create-queue --queue-name x)',
    'awslocal s3 mb s3://x',
    "boto3.client('s3', endpoint_url='http://localhost:4566').create_bucket(Bucket='x')",
    "await new S3Client({ endpoint: 'http://localhost:4566' }).send(new CreateBucketCommand(input))",
    'kubectl --server=http://localhost:8001 scale deployment/orders --replicas=3',
  ])('R45: `%s` is no breach', (line) => {
    expect(check('src/setup.ts', line)).toEqual([]);
  });

  it('R45: where resources are described they may be; in tests a call is shown; without the demand nothing is looked at', () => {
    const line = 'aws s3 mb s3://orders';
    expect(check('infra/store.tf', line)).toEqual([]);
    expect(check('README.md', line)).toEqual([]);
    expect(check('test/setup.test.ts', "execFileSync('aws', ['s3', 'mb'])")).toMatchObject([
      { blocking: false, severity: 'note' },
    ]);
    expect(checkCompliance([], [{ repo: 'api', path: 'a.sh', line: 1, text: line }])).toEqual([]);
  });

  it.each([
    'aws s3 mb s3://notes # never localhost',
    'aws s3 mb s3://notes # --endpoint-url http://localhost:4566',
    'aws s3 mb s3://localhost-notes',
    'aws s3 mb s3://notes --endpoint-url "$ENDPOINT"',
    'aws s3 mb s3://notes --endpoint-url http://localhost.example.com',
    'aws s3 mb s3://notes --endpoint-url http://localhost:1@example.com',
    'aws --endpoint-url http://localhost:4566 s3 mb s3://notes --endpoint-url https://s3.example.com',
    'aws --endpoint-url http://localhost:4566 s3 ls; aws s3 mb s3://notes',
    'aws s3 mb s3://$(aws --endpoint-url http://localhost:4566 sts get-caller-identity)',
    'AWS_ENDPOINT_URL=http://localhost:4566 aws s3 ls && aws s3 mb s3://notes',
    'curl http://localhost:4566 && aws s3 mb s3://notes',
    'awslocal s3 ls; aws s3 mb s3://notes',
    "boto3.client('s3').create_bucket(Bucket='x')  # endpoint_url='http://localhost:4566'",
    "s3.createBucket({ Bucket: 'localhost' })",
    "/* endpoint: 'http://localhost' */ await s3.createBucket({})",
    '/** Never. */ await s3.createBucket({})',
    'case) x ;; *) aws s3 mb s3://notes ;; esac',
    `${' '.repeat(5000)}aws s3 mb s3://notes`,
    `aws --region ${' '.repeat(500)} s3 mb s3://notes`,
  ])('R45, R89: no word beside `%s` makes it a call of this machine', (line) => {
    expect(check('src/setup.sh', line)).toMatchObject([{ blocking: true }]);
    expect(check('src/setup.ts', line)).toMatchObject([{ blocking: true }]);
  });

  /** A file of these lines; `from`: the first that was added, counted from 1. */
  const written = (path: string, text: string, from = 1) => {
    const lines = text.split('\n').map((each, at) => ({ repo: 'api', path, line: at + 1, text: each }));
    const found = checkCompliance(
      ['infrastructure_as_code'],
      lines.slice(from - 1),
      lines.slice(0, from - 1),
    );
    return found.map(({ line }) => line);
  };

  it.each([
    ['setup.sh', 'aws \\\n  s3 mb s3://notes'],
    ['setup.sh', 'aws dynamodb \\\n  create-table \\\n  --table-name notes'],
    ['setup.sh', 'aws \\\n# why not\n  s3 mb s3://notes'],
    ['setup.sh', 'aws s3 m\\\nb s3://notes'],
    ['setup.sh', `aws \\\n${'  --debug \\\n'.repeat(15)}  s3 mb s3://notes`],
    ['setup.ps1', 'aws s3 `\n  mb s3://notes'],
    ['setup.cmd', 'aws s3 ^\n  mb s3://notes'],
    ['setup.ts', "execFileSync('aws', [\n  's3',\n  'mb',\n  's3://notes',\n]);"],
    ['setup.ts', "execFileSync(\n  'aws',\n  ['s3', 'mb', 's3://notes'],\n);"],
    ['setup.py', 'subprocess.run([\n    "aws",\n    "s3",\n    "mb",\n])'],
    ['setup.py', "boto3.client(\n    's3',\n).create_bucket(Bucket='notes')"],
    ['setup.ts', 'await s3\n  .createBucket({ Bucket })\n  .promise();'],
    ['job.yaml', 'command:\n  - aws\n  - s3\n  - mb\n  - s3://notes'],
  ])('R45: a call that %s writes over several lines is one call: %j', (path, text) => {
    expect(written(path, text)).toHaveLength(1);
  });

  it('R45: a line that is added to a command which was there is read with it, and has its own place', () => {
    expect(written('setup.sh', 'aws \\\n  s3 mb s3://notes', 2)).toEqual([2]);
    expect(written('setup.sh', 'aws \\\n  s3 mb s3://notes\necho done', 3)).toEqual([]);
    expect(written('setup.sh', 'echo a\naws s3 mb s3://notes\naws s3 mb s3://orders')).toEqual([2, 3]);
  });

  it('R45: a comment is one by the kind of its file', () => {
    expect(check('setup.sh', '# aws s3 mb s3://orders')).toEqual([]);
    expect(check('setup.sql', '-- aws s3 mb s3://orders')).toEqual([]);
    expect(check('setup.sh', '*) aws s3 mb s3://orders ;;')).toHaveLength(1);
    expect(check('setup.ts', '#made = s3.createBucket({});')).toHaveLength(1);
    expect(check('setup.ts', '*/ await s3.createBucket({});')).toHaveLength(1);
  });

  it('R45: lines that are no part of one command are not put together', () => {
    expect(written('setup.sh', 'aws s3 ls\ncreate-table x')).toEqual([]);
    expect(written('setup.sh', '# aws s3 mb \\\necho done')).toEqual([]);
    expect(written('setup.sh', '# so it was: \\\naws s3 mb s3://notes')).toEqual([2]);
    expect(written('setup.sh', 'aws \\\n  --endpoint-url http://localhost:4566 \\\n  s3 mb s3://x')).toEqual(
      [],
    );
    expect(written('a.ts', "run('aws', [\n  's3', 'ls',\n]);\nrun('create-table');")).toEqual([]);
    expect(written('package.json', '["aws",\n"create-app"]')).toEqual([]);
    const apart = [1, 3].map((line) => ({
      repo: 'api',
      path: 'a.sh',
      line,
      text: line === 1 ? 'aws \\' : 's3 mb x',
    }));
    expect(checkCompliance(['infrastructure_as_code'], apart)).toEqual([]);
  });

  it.each([
    'infra/store.sh',
    'infra/Makefile',
    'infra/store.ts',
    'infra/Dockerfile',
    'terraform/setup.py',
    'cdk/bin/store.ts',
    'infra/package.json',
    'infra/docker-compose.yml',
    'infra/ansible/store.yaml',
    '.github/actions/infra/action.yml',
    'deploy/store.sh',
    'deploy/infra/store.sh',
    'deploy/store.yaml',
    'deploy/package.json',
    'deploy/test_store.sh',
    'deploy/tests/store.py',
  ])(
    'R45, R89: no place makes %s infrastructure code: it is run, and not read by a tool that describes',
    (path) => {
      expect(check(path, '  run: aws s3 mb s3://notes')).toMatchObject([{ blocking: true }]);
    },
  );

  it.each([
    'deploy/store.tf',
    'infra/store.yaml',
    'k8s/orders/job.json',
    'charts/orders/templates/_names.tpl',
    'main.bicep',
    'terragrunt.hcl',
    'template.yaml',
  ])('R45: %s is read by an infrastructure tool', (path) => {
    expect(check(path, 'command: aws s3 mb s3://notes')).toEqual([]);
  });

  it('R45: takes a time that grows with the length alone, whatever stands there', async () => {
    const hard = [
      'aws ',
      '$(',
      "'aws', [",
      ' --endpoint-url',
      'AWS_ENDPOINT_URL=x a=b ',
      ' \\',
      '/*',
      'boto3.client(',
    ];
    const readAll = (): void => {
      for (const part of hard) written('a.sh', `${part.repeat(20_000)}\n${`${part}\n`.repeat(2_000)}`);
    };
    await within(5_000, readAll, { clock: cpuMs });
  });
});
