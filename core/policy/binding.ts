import type { Binding, Leaf } from '../expressions/binding.ts';
import type { AccessRequest, ProposedMeta } from './types.ts';

type Named = Readonly<Record<string, unknown>> | undefined;
type Read = Leaf<AccessRequest>;

/** The properties of `me` that lie on the subject itself; all others are among its attributes. */
const OF_SUBJECT: Readonly<Record<string, Read>> = {
  id: ({ subject }) => subject.id,
  type: ({ subject }) => subject.type,
  roles: ({ subject }) => subject.roles,
  profiles: ({ subject }) => subject.profiles ?? [],
  level: ({ subject }) => subject.level,
};

/**
 * Conditions read the request itself: nothing is copied together for them. The `record` that a closure is given is
 * the stored or the proposed values; the record's own properties always come from the resource.
 */
export const requestBinding: Binding<AccessRequest> = {
  leaf(root, name) {
    switch (root) {
      case 'record':
        return (_, record) => (record as Named)?.[name];
      case 'meta': {
        const property = name === 'createdOn' ? 'createdAt' : name;
        return ({ resource }) => (resource as unknown as Record<string, unknown>)[property];
      }
      case 'me':
        return Object.hasOwn(OF_SUBJECT, name)
          ? (OF_SUBJECT[name] as Read)
          : ({ subject }) => subject.attributes?.[name];
      case 'params':
        return ({ context }) => context.params?.[name];
      case 'site':
        return ({ context }) => (context.site as Named)?.[name];
      default:
        return () => undefined;
    }
  },
  related(field, name) {
    return ({ resource }, record) => {
      const proposed = record !== undefined && record === resource.proposed;
      const related = proposed ? (resource.proposedRelated ?? resource.related) : resource.related;
      return (related?.[field] as Named)?.[name];
    };
  },
  now: ({ context }) => context.now,
  fieldIsMe(name) {
    return ({ subject }, record) => {
      const value = (record as Named)?.[name];
      const { id } = subject;
      return typeof value === 'string' && typeof id === 'string' ? value === id : undefined;
    };
  },
};

/**
 * Properties of the record that are read as they would be saved. Of `check` all that writing can change; of `when` the
 * owner alone, whom a field can name: what every writing changes by itself would make an operation refuse itself.
 */
export const READ_AS_SAVED: Readonly<Record<'when' | 'check', ReadonlySet<string>>> = {
  when: new Set<keyof ProposedMeta>(['owner']),
  check: new Set<keyof ProposedMeta>(['state', 'lifecycle', 'owner', 'updatedAt', 'updatedBy']),
};

/** For the record as it would be saved: what it does not say of itself is as it is stored. */
export const savedBindings: Readonly<Record<'when' | 'check', Binding<AccessRequest>>> = {
  when: savedBinding(READ_AS_SAVED.when),
  check: savedBinding(READ_AS_SAVED.check),
};

function savedBinding(asSaved: ReadonlySet<string>): Binding<AccessRequest> {
  return {
    ...requestBinding,
    leaf(root, name) {
      const stored = requestBinding.leaf(root, name);
      if (root !== 'meta' || !asSaved.has(name)) return stored;
      const property = name as keyof ProposedMeta;
      return (request, record) => request.resource.proposedMeta?.[property] ?? stored(request, record);
    },
  };
}
