/**
 * Run in a process of its own: how long the first answer for a role takes, once the policy has been read.
 * Arguments: `daypass` or `casl`, and the file that `first-use-file.ts` has written. Prints nanoseconds.
 */
import { readFileSync } from 'node:fs';
import { createMongoAbility, subject as typed } from '@casl/ability';
import { decide } from '../../../core/policy/decide.ts';
import { loadPolicy } from '../../../core/policy/load.ts';
import type { FirstUse } from './first-use-file.ts';

const [, , engine, file = ''] = process.argv;
const { policy, caslRules, request } = JSON.parse(readFileSync(file, 'utf8')) as FirstUse;
const object = typed(request.resource.recordType ?? '', {
  ...(request.resource.values as Record<string, unknown>),
});
const loaded = loadPolicy(policy);

const start = process.hrtime.bigint();
const granted =
  engine === 'casl'
    ? createMongoAbility(caslRules as never).can(request.action as never, object as never)
    : decide(loaded, request).decision;
const elapsed = process.hrtime.bigint() - start;
if (!granted) throw new Error(`${engine} denies what it should grant`);
console.log(String(elapsed));
