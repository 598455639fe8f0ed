import type { Operation, RecordType } from './definition.ts';

/** An operation as people are shown it: with a name, its own or that of its kind. */
export type NamedOperation = Operation & { name: string };

/** What operations are called that are not given a name. */
const BY_KIND: Record<Operation['kind'], (type: string) => string> = {
  add: (type) => `Add ${article(type)} ${inSentence(type)}`,
  view: () => 'View',
  edit: () => 'Edit',
  delete: () => 'Delete',
  export: () => 'Export',
  sendEmail: () => 'Send an email',
  // Publishing refuses a transition without a name.
  transition: () => 'Go on',
};

/** The operation with its own name, or else with that of its kind: “Add a work order”. */
export function nameOperation(operation: Operation, type: Pick<RecordType, 'name'>): NamedOperation {
  return { ...operation, name: operation.name ?? BY_KIND[operation.kind](type.name) };
}

/** A name as it stands within a sentence: `Work Order` → `work order`, `PO Box` → `PO box`. */
export function inSentence(name: string): string {
  return name.replace(/(?<![\p{L}\p{N}’'-])\p{Lu}(?=\p{Ll}+(?![\p{L}\p{N}]))/gu, (letter) =>
    letter.toLowerCase(),
  );
}

/** A name at the beginning of a sentence: `Work Order` → `Work order`. */
export function openingSentence(name: string): string {
  return name.slice(0, 1) + inSentence(name).slice(1);
}

/** By how the word begins: `a user` and `a one-off`, `an invoice` and `an hour`. */
function article(name: string): string {
  return /^(?!eu|one|once|us|uni|uti)[aeiou]|^(?:hour|honest|heir)/i.test(name) ? 'an' : 'a';
}
