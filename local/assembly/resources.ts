import type { CloudAssembly } from './cloud-assembly.ts';
import type { Resolver } from './intrinsics.ts';
import { HONOURED_TYPES, TYPES_WITHOUT_EFFECT } from './known-resources.ts';
import { refuse } from './problem.ts';

/** A resource that the local system runs, with every intrinsic function resolved. */
export interface ResolvedResource {
  stackName: string;
  logicalId: string;
  type: string;
  /** `Stack/LogicalId`, for messages. */
  place: string;
  /** What `Ref` gives. */
  ref: string;
  /** What `Fn::GetAtt` gives; refuses an attribute that its type does not have. */
  attribute(name: string): string;
  account: string;
  region: string;
  // biome-ignore lint/suspicious/noExplicitAny: CloudFormation properties are read by hand, per type
  properties: Record<string, any>;
}

/** All resources of one kind, in template order. */
export type ResourcesOf = (...types: string[]) => ResolvedResource[];

/** Resolves all resources that matter here; refuses types and properties that the local system does not know. */
export function resolveResources(assembly: CloudAssembly, resolver: Resolver): ResourcesOf {
  const resources: ResolvedResource[] = [];
  for (const stack of assembly.stacks) {
    for (const [logicalId, resource] of Object.entries(stack.resources)) {
      const place = `${stack.name}/${logicalId}`;
      if (!resolver.exists(stack, logicalId) || TYPES_WITHOUT_EFFECT.has(resource.Type)) continue;
      const known = HONOURED_TYPES[resource.Type];
      if (!known) refuse(place, `resources of type ${resource.Type} are not supported by the local system`);
      for (const property of Object.keys(resource.Properties ?? {})) {
        if (!known.honoured.includes(property) && !known.withoutEffect.includes(property)) {
          refuse(
            `${place}/Properties/${property}`,
            `the local system does not know this property of ${resource.Type}`,
          );
        }
      }
      const properties: Record<string, unknown> = {};
      for (const name of known.honoured) {
        const value = resolver.resolve(stack, resource.Properties?.[name], `${place}/Properties/${name}`);
        if (value !== undefined) properties[name] = value;
      }
      resources.push({
        stackName: stack.name,
        logicalId,
        type: resource.Type,
        place,
        account: stack.account,
        region: stack.region,
        properties,
        get ref() {
          return String(resolver.resolve(stack, { Ref: logicalId }, place));
        },
        attribute: (name) => String(resolver.resolve(stack, { 'Fn::GetAtt': [logicalId, name] }, place)),
      });
    }
  }
  return (...types) => resources.filter((resource) => types.includes(resource.type));
}
