import { describe, expect, it } from 'vitest';
import { checkCompliance } from './compliance.ts';
import { IMPERATIVE_RULES } from './imperative-rules.ts';

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
    '# aws s3 mb s3://orders',
    'aws --endpoint-url http://localhost:4566 s3 mb s3://x',
  ])('R45: `%s` is no breach', (line) => {
    expect(check('src/setup.ts', line)).toEqual([]);
  });

  it('R45: where resources are described they may be; in tests a call is shown; without the demand nothing is looked at', () => {
    const line = 'aws s3 mb s3://orders';
    expect(check('infra/Makefile', line)).toEqual([]);
    expect(check('README.md', line)).toEqual([]);
    expect(check('test/setup.test.ts', "execFileSync('aws', ['s3', 'mb'])")).toMatchObject([
      { blocking: false, severity: 'note' },
    ]);
    expect(checkCompliance([], [{ repo: 'api', path: 'a.sh', line: 1, text: line }])).toEqual([]);
  });
});
