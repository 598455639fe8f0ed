import type { CheckedExpression, Node } from '../expressions/types.ts';
import { readableEmail } from '../mail/address.ts';
import type { CheckContext, CheckedType } from './check-context.ts';
import { type Path, suggestion } from './problems.ts';

/**
 * Holds an expression to values that can occur: `record.state == "Actve"` is right in its types and never true.
 * Looks at what states, choices and roles are compared with.
 */
export function requireKnownLiterals(
  context: CheckContext,
  path: Path,
  checked: CheckedExpression | undefined,
  type: CheckedType,
): void {
  const visit = (node: Node): void => {
    if (node.op === '==' || node.op === '!=' || node.op === 'in') {
      const [left, right] = node.args;
      compare(context, path, left, right, type);
      compare(context, path, right, left, type);
    }
    if ('args' in node) for (const child of node.args as readonly Node[]) visit(child);
  };
  if (checked) visit(checked.ast);
}

function compare(context: CheckContext, path: Path, read: Node, other: Node, type: CheckedType): void {
  const known = valuesOf(context, read, type);
  if (!known) return;
  for (const text of textsOf(other)) {
    if (known.values.includes(text)) continue;
    context.report(path, `${known.what} is never "${text}".${suggestion(text, known.values)}`);
  }
}

/** The values that a path can have, where they are listed somewhere. */
function valuesOf(
  context: CheckContext,
  node: Node,
  type: CheckedType,
): { what: string; values: readonly string[] } | undefined {
  if (node.op !== 'get' || node.path.length !== 1) return undefined;
  const [name] = node.path as [string];
  const what = `record.${name}`;
  if (node.root === 'meta' && name === 'state') {
    return { what, values: type.definition.states.map(({ id }) => id) };
  }
  const field = node.root === 'record' ? type.fields.get(name) : undefined;
  if (field?.choices) return { what, values: field.choices };
  if (field?.type === 'roles') return { what, values: field.rolesFrom ?? [...context.site.roles] };
  return undefined;
}

function textsOf(node: Node): string[] {
  const nodes = node.op === 'list' ? node.args : [node];
  return nodes.flatMap((each) => (each.op === 'value' && typeof each.value === 'string' ? [each.value] : []));
}

/** Holds what an expression says whom mails go to: an address that stands in the definition is one. None is allowed. */
export function requireAddressLiterals(
  context: CheckContext,
  path: Path,
  checked: CheckedExpression | undefined,
): void {
  for (const text of checked ? resultTexts(checked.ast) : []) {
    if (text.trim() === '' || readableEmail(text)) continue;
    context.report(path, `"${text}" is no email address; write one like name@example.org`);
  }
}

/** The literal texts that an expression can have as its value, or in it. */
function resultTexts(node: Node): string[] {
  if (node.op === '?:') return node.args.slice(1).flatMap(resultTexts);
  return textsOf(node);
}
