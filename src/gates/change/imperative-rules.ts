/**
 * Calls that make or change cloud resources by themselves, as data. Each pattern names the tool or the client, never
 * a verb alone: `CREATE TABLE` of SQL and `createTable` of a query builder are no resources of a cloud.
 * Patterns are run over lines that somebody else wrote: no repetition in them is nested.
 */
export interface ImperativeRule {
  name: string;
  pattern: RegExp;
  /** Where it can say that it goes to an imitation on this machine: in its own words, in its client; null: nowhere. */
  endpoint: 'command' | 'client' | null;
}

/** The programs that these rules name. */
export const TOOLS = 'aws|gcloud|gsutil|bq|az|kubectl';

/** Words of a command line up to the next command. */
const WORDS = `[^;|&]{0,200}`;

export const IMPERATIVE_RULES: readonly ImperativeRule[] = [
  {
    name: 'AWS command line',
    endpoint: 'command',
    pattern: new RegExp(
      `\\baws(?:["',\\s]{1,5})${WORDS}?\\b(?:(?:create|update|delete|register|modify|attach|authorize|allocate|put-bucket|put-role|put-user)-[a-z]|put-rule\\b|run-instances\\b|s3["',\\s]{1,5}(?:mb|rb)\\b|cloudformation["',\\s]{1,5}deploy\\b)`,
      'i',
    ),
  },
  {
    name: 'Google Cloud command line',
    endpoint: null,
    pattern: new RegExp(
      `\\bgcloud(?:["',\\s]{1,5})${WORDS}?\\b(?:create|delete|deploy|update|add-iam-policy-binding)\\b|\\b(?:bq["',\\s]{1,5}(?:mk|rm)|gsutil["',\\s]{1,5}(?:mb|rb))\\b`,
      'i',
    ),
  },
  {
    name: 'Azure command line',
    endpoint: null,
    pattern: new RegExp(
      `\\baz["',\\s]{1,5}(?:storage|group|vm|vmss|aks|functionapp|webapp|appservice|acr|keyvault|network|sql|cosmosdb|servicebus|eventhubs|container|containerapp|deployment|role|ad|identity|monitor|redis|postgres|mysql|resource)\\b${WORDS}?\\b(?:create|delete|update|set|add)\\b`,
      'i',
    ),
  },
  {
    name: 'kubectl without a file of the repository',
    endpoint: 'command',
    pattern: new RegExp(
      `\\bkubectl["',\\s]{1,5}(?!config\\b)${WORDS}?\\b(?:create|run|expose|scale|set|patch|delete|apply["',\\s]{1,5}-f["',\\s]{1,5}-(?=["',\\s<]|$))`,
      'i',
    ),
  },
  {
    name: 'AWS SDK command',
    endpoint: 'client',
    pattern:
      /\bnew (?:Create|Delete|Update|Put|Register|Modify|Attach|Authorize|Allocate|Run)(?:Bucket(?:Policy|Versioning|Encryption|Cors|LifecycleConfiguration)?|Table|GlobalTable|Queue|Topic|Function|FunctionConfiguration|FunctionUrlConfig|Role|Policy|RolePolicy|User|UserPool|UserPoolClient|Cluster|Service|TaskDefinition|Stream|DeliveryStream|Stack|ChangeSet|DBInstance|DBCluster|Instances|SecurityGroup|SecurityGroupIngress|Vpc|Subnet|LoadBalancer|Listener|TargetGroup|RestApi|Api|Rule|EventBus|StateMachine|Repository|Distribution|HostedZone|Key|EventSourceMapping|LogGroup|CacheCluster|Domain|FileSystem)Command\b/,
  },
  {
    name: 'AWS SDK call',
    endpoint: 'client',
    pattern:
      /\b(?:dynamodb|dynamo|ddb|s3|sqs|sns|lambda|iam|cognito|kinesis|cloudformation|rds|ec2|ecs|eks|kms|eventbridge|cloudwatch|logs|sfn|apigateway|route53|elasticache)_?(?:client)?\)?\.(?:create|delete|update|modify|register|attach)(?:Bucket|Table|GlobalTable|Queue|Topic|Function|Role|Policy|UserPool|Cluster|Service|TaskDefinition|Stream|Stack|DBInstance|DBCluster|SecurityGroup|Vpc|Subnet|LoadBalancer|RestApi|StateMachine|LogGroup|Key)\(/i,
  },
  {
    name: 'AWS SDK for Go',
    endpoint: 'client',
    pattern:
      /&(?:dynamodb|s3|sqs|sns|lambda|iam|cognitoidentityprovider|kinesis|cloudformation|rds|ec2|ecs|eks|kms|eventbridge|sfn)\.(?:Create|Delete|Update|Modify|Register|Run|Attach)(?:Bucket|Table|Queue|Topic|Function|Role|Policy|UserPool|Cluster|Service|TaskDefinition|Stream|Stack|DBInstance|DBCluster|Instances|SecurityGroup|Vpc|Subnet|StateMachine|Key)[A-Za-z]{0,30}Input\b/,
  },
  {
    name: 'boto3 call',
    endpoint: 'client',
    pattern:
      /\b(?:boto3\.(?:client|resource)\([^)]{0,80}\)|(?:dynamodb|dynamo|ddb|s3|sqs|sns|lambda|iam|cognito|kinesis|cloudformation|rds|ec2|ecs|eks|kms|events|sfn|stepfunctions)(?:_client|_resource)?)\.(?:create|delete|update|modify|register|attach|run)_(?:bucket|table|queue|topic|function|role|policy|user_pool|cluster|service|task_definition|stream|stack|db_instance|db_cluster|instances|security_group|vpc|subnet|state_machine|key)\b/,
  },
];
