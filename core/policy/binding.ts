import type { Binding, Leaf } from '../expressions/binding.ts';
import type { AccessRequest } from './types.ts';

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
