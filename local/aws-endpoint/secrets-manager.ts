import { randomInt } from 'node:crypto';
import { LocalSystemError } from '../assembly/problem.ts';
import type { ResourcesOf } from '../assembly/resources.ts';
import { type AwsCall, AwsError, type AwsService, notOnThisMachine } from './aws-call.ts';

interface Secret {
  arn: string;
  name: string;
  value: string;
}

/** The secrets' values for whoever operates the system; one is named by its ARN, its name or a part of it. */
export interface Secrets {
  read(secret: string): string;
  /** As PutSecretValue does: whoever asks from now on gets this one. */
  replace(secret: string, value: string): void;
}

/** The template's secrets, generated anew at each start as its GenerateSecretString says. */
export function createSecretsManager(resourcesOf: ResourcesOf, now: () => number): AwsService & Secrets {
  const secrets: Secret[] = resourcesOf('AWS::SecretsManager::Secret').map(({ ref, properties }) => ({
    arn: ref,
    name: ref.replace(/^.*:secret:/, '').replace(/-.{6}$/, ''),
    value: properties.SecretString ?? generateSecretString(properties.GenerateSecretString ?? {}),
  }));
  const createdAt = Math.floor(now() / 1000);
  const find = (id: unknown) => secrets.find(({ arn, name }) => id === arn || id === name);
  const named = (part: string): Secret => {
    const secret = find(part) ?? secrets.find(({ arn }) => arn.includes(part));
    if (secret) return secret;
    throw new LocalSystemError(
      `There is no secret ${part}; there are ${secrets.map(({ name }) => name).join(', ')}`,
    );
  };

  return {
    read: (part) => named(part).value,
    replace(part, value) {
      named(part).value = value;
    },
    accessRequests: ({ operation, input }) => [
      {
        action: `secretsmanager:${operation}`,
        resource: find(input.SecretId)?.arn ?? String(input.SecretId),
      },
    ],
    async handle({ operation, input }: AwsCall) {
      if (operation !== 'GetSecretValue')
        throw notOnThisMachine(`the Secrets Manager operation ${operation}`);
      const secret = find(input.SecretId);
      if (!secret) {
        throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
      }
      return {
        ARN: secret.arn,
        Name: secret.name,
        SecretString: secret.value,
        VersionId: '00000000-0000-4000-8000-000000000001',
        VersionStages: ['AWSCURRENT'],
        CreatedDate: createdAt,
      };
    },
  };
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
