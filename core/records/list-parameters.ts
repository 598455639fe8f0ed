import type { LinkedView } from '../apps/published.ts';
import { DaypassError, type Problem } from '../errors.ts';
import { isUnevaluable } from '../expressions/compile.ts';
import type { ScopeValues } from '../expressions/types.ts';
import { partitionText } from '../lists/key-text.ts';
import type { Session } from '../runtime.ts';
import { readToken, tokenReference } from '../tokens/token.ts';
import type { FieldValue, Values } from './record.ts';
import { checkValue } from './values.ts';

/** Parameters as the filter compares them; a pasted token becomes its reference. */
export async function readParameters(
  session: Session,
  view: LinkedView,
  sent: Record<string, string>,
): Promise<Values> {
  const problems: Problem[] = [];
  const values: Values = {};
  const declared = view.definition.parameters ?? [];
  for (const name of Object.keys(sent)) {
    if (!declared.some((parameter) => parameter.id === name)) {
      problems.push({ path: `/param.${name}`, message: 'is not a parameter of this view' });
    }
  }
  for (const { id, type, label } of declared) {
    const text = sent[id] ?? '';
    if (type === 'token') values[id] = await readReference(session, text);
    else {
      const typed =
        type === 'number' && text !== ''
          ? Number(text)
          : type === 'boolean' && text !== ''
            ? text === 'true'
            : text;
      const checked = checkValue({ id, label: label ?? id, type }, typed);
      if ('problem' in checked) problems.push({ path: `/param.${id}`, message: checked.problem });
      else values[id] = checked.value;
    }
  }
  if (problems.length > 0) throw new DaypassError('REQUEST_INVALID', undefined, problems);
  return values;
}

/** A link may have been written anew with another key; the reference names the one that its pass was issued under. */
async function readReference(session: Session, text: string): Promise<FieldValue> {
  const { keyring, siteId, store } = session.runtime;
  const token = readToken(text.trim(), keyring, siteId);
  if (!token) return text.trim() || null;
  const issued = await store.readCredential(token.principalId, token.credentialId);
  return tokenReference({ ...token, keyId: issued?.keyId ?? token.keyId });
}

/** Undefined when a value cannot be had: such a view shows nothing. */
export function readPartition(view: LinkedView, scope: ScopeValues): string[] | undefined {
  const partition: string[] = [];
  for (const { value } of view.index.equality) {
    const result = value(scope);
    if (isUnevaluable(result)) return undefined;
    partition.push(partitionText(result as FieldValue));
  }
  return partition;
}
