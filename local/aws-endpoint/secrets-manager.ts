import { randomInt, randomUUID } from 'node:crypto';
import { LocalSystemError } from '../assembly/problem.ts';
import type { ResourcesOf } from '../assembly/resources.ts';
import { type AwsCall, AwsError, type AwsService, notOnThisMachine } from './aws-call.ts';

interface Version {
  id: string;
  value: string;
  /** Epoch milliseconds. */
  createdAt: number;
}

interface Secret {
  arn: string;
  name: string;
  /** What each staging label is on; AWSCURRENT always is on one. */
  stages: Map<string, Version>;
  /** Those that were put and hold no label yet, or no more, too. */
  versions: Version[];
}

/** The secrets' values for whoever operates the system; one is named by its ARN, its name or a part of it. */
export interface Secrets {
  read(secret: string): string;
  /** As PutSecretValue does: whoever asks from now on gets this one. */
  replace(secret: string, value: string): void;
}

/** The template's secrets, generated anew at each start as its GenerateSecretString says. */
export function createSecretsManager(resourcesOf: ResourcesOf, now: () => number): AwsService & Secrets {
  const secrets: Secret[] = resourcesOf('AWS::SecretsManager::Secret').map(({ ref, properties }) => {
    const value = properties.SecretString ?? generateSecretString(properties.GenerateSecretString ?? {});
    const first = { id: randomUUID(), value, createdAt: now() };
    return {
      arn: ref,
      name: ref.replace(/^.*:secret:/, '').replace(/-.{6}$/, ''),
      stages: new Map([[CURRENT, first]]),
      versions: [first],
    };
  });
  const find = (id: unknown) => secrets.find(({ arn, name }) => id === arn || id === name);
  const named = (part: string): Secret => {
    const secret = find(part) ?? secrets.find(({ arn }) => arn.includes(part));
    if (secret) return secret;
    throw new LocalSystemError(
      `There is no secret ${part}; there are ${secrets.map(({ name }) => name).join(', ')}`,
    );
  };

  return {
    read: (part) => (named(part).stages.get(CURRENT) as Version).value,
    replace(part, value) {
      put(named(part), { SecretString: value }, now());
    },
    accessRequests: ({ operation, input }) => [
      {
        action: `secretsmanager:${operation}`,
        resource: find(input.SecretId)?.arn ?? String(input.SecretId),
      },
    ],
    async handle({ operation, input }: AwsCall) {
      const run = OPERATIONS[operation];
      if (!run) throw notOnThisMachine(`the Secrets Manager operation ${operation}`);
      const secret = find(input.SecretId);
      if (!secret) {
        throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
      }
      return { ARN: secret.arn, Name: secret.name, ...run(secret, input, now()) };
    },
  };
}

const CURRENT = 'AWSCURRENT';
const PREVIOUS = 'AWSPREVIOUS';

// biome-ignore lint/suspicious/noExplicitAny: requests of many shapes
type Operation = (secret: Secret, input: any, now: number) => object;

const OPERATIONS: Record<string, Operation> = {
  GetSecretValue(secret, { VersionStage = CURRENT }) {
    const version = secret.stages.get(VersionStage);
    if (!version) {
      const message = `Secrets Manager can't find the specified secret value for staging label: ${VersionStage}`;
      throw new AwsError('ResourceNotFoundException', message);
    }
    return {
      SecretString: version.value,
      VersionId: version.id,
      VersionStages: stagesOf(secret, version),
      CreatedDate: version.createdAt / 1000,
    };
  },
  PutSecretValue: put,
  UpdateSecretVersionStage(secret, { VersionStage, MoveToVersionId, RemoveFromVersionId }) {
    const on = secret.stages.get(VersionStage);
    if (on && on.id !== RemoveFromVersionId) {
      const message = `The parameter RemoveFromVersionId can't be empty. Staging label ${VersionStage} is currently attached to version ${on.id}, so you must explicitly reference that version in RemoveFromVersionId.`;
      throw new AwsError('InvalidParameterException', message);
    }
    const version = secret.versions.find(({ id }) => id === MoveToVersionId);
    if (!version) throw new AwsError('ResourceNotFoundException', `There is no version ${MoveToVersionId}.`);
    attach(secret, VersionStage, version);
    return {};
  },
};

function put(
  secret: Secret,
  {
    SecretString: value,
    VersionStages = [CURRENT],
    ClientRequestToken: id = randomUUID(),
  }: { SecretString: string; VersionStages?: string[]; ClientRequestToken?: string },
  createdAt: number,
): object {
  // An SDK that sends the same version again, because an answer got lost, makes no other one.
  const known = secret.versions.find((version) => version.id === id);
  if (known && known.value !== value) {
    throw new AwsError('ResourceExistsException', 'There is a version of this id with another value.');
  }
  const version = known ?? { id, value, createdAt };
  if (!known) secret.versions.push(version);
  for (const stage of VersionStages) attach(secret, stage, version);
  return { VersionId: id, VersionStages };
}

/** What AWSCURRENT is taken from becomes the previous one. */
function attach({ stages }: Secret, stage: string, version: Version): void {
  const before = stages.get(stage);
  if (before === version) return;
  if (stage === CURRENT && before) stages.set(PREVIOUS, before);
  stages.set(stage, version);
}

function stagesOf({ stages }: Secret, version: Version): string[] {
  return [...stages].filter(([, each]) => each === version).map(([stage]) => stage);
}

const CHARACTERS = {
  ExcludeUppercase: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  ExcludeLowercase: 'abcdefghijklmnopqrstuvwxyz',
  ExcludeNumbers: '0123456789',
  ExcludePunctuation: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
};

interface GenerateSecretString extends Partial<Record<keyof typeof CHARACTERS, boolean>> {
  ExcludeCharacters?: string;
  GenerateStringKey?: string;
  IncludeSpace?: boolean;
  PasswordLength?: number;
  SecretStringTemplate?: string;
}

/** A random string by CloudFormation's rules, put into the template under its key if there is one. */
export function generateSecretString(rules: GenerateSecretString): string {
  let alphabet = Object.entries(CHARACTERS)
    .filter(([exclusion]) => !rules[exclusion as keyof typeof CHARACTERS])
    .map(([, characters]) => characters)
    .join('');
  if (rules.IncludeSpace) alphabet += ' ';
  const allowed = [...alphabet].filter((character) => !rules.ExcludeCharacters?.includes(character));
  const length = rules.PasswordLength ?? 32;
  const password = Array.from({ length }, () => allowed[randomInt(allowed.length)]).join('');
  if (!rules.SecretStringTemplate || !rules.GenerateStringKey) return password;
  return JSON.stringify({ ...JSON.parse(rules.SecretStringTemplate), [rules.GenerateStringKey]: password });
}
