import type { Resource, Stack } from './cloud-assembly.ts';
import { attributeOf, physicalIdOf } from './physical-ids.ts';
import { refuse } from './problem.ts';

/** Resolves the intrinsic functions of every stack as CloudFormation would, exports across stacks included. */
export interface Resolver {
  /** `value` without intrinsics, undefined for AWS::NoValue. `place` is named in errors. */
  resolve(stack: Stack, value: unknown, place: string): unknown;
  /** Whether the template's conditions let this resource exist. */
  exists(stack: Stack, logicalId: string): boolean;
}

export interface ResolverOptions {
  stacks: Stack[];
  /** The address that stands in for the HTTP APIs' own ones. */
  apiUrl: string;
  /** Values for template parameters without a default. */
  parameters?: Record<string, string>;
}

/** What CloudFormation drops together with the property that holds it. */
const NO_VALUE = Symbol('AWS::NoValue');

const DYNAMIC_REFERENCE = /\{\{resolve:/;

/** Makes the resolver of one assembly. Unknown functions, references and exports are refused with their place. */
export function createResolver({ stacks, apiUrl, parameters = {} }: ResolverOptions): Resolver {
  const resolving = new Set<string>();

  function resolve(stack: Stack, value: unknown, place: string): unknown {
    if (typeof value === 'string') {
      if (DYNAMIC_REFERENCE.test(value)) refuse(place, `dynamic references are not supported: ${value}`);
      return value;
    }
    if (Array.isArray(value)) {
      return value
        .map((item, i) => resolve(stack, item, `${place}/${i}`))
        .filter((item) => item !== NO_VALUE);
    }
    if (typeof value !== 'object' || value === null) return value;
    const keys = Object.keys(value);
    const name = keys[0];
    if (keys.length === 1 && name && (name === 'Ref' || name === 'Condition' || name.startsWith('Fn::'))) {
      const argument = (value as Record<string, unknown>)[name];
      const isCondition = name === 'Condition' && typeof argument === 'string';
      if (name !== 'Condition' || isCondition) return call(stack, name, argument, `${place}/${name}`);
    }
    const result: Record<string, unknown> = {};
    for (const [key, item] of Object.entries(value)) {
      const resolved = resolve(stack, item, `${place}/${key}`);
      if (resolved !== NO_VALUE) result[key] = resolved;
    }
    return result;
  }

  function call(stack: Stack, name: string, argument: unknown, place: string): unknown {
    const text = (value: unknown, at = place): string => {
      const resolved = resolve(stack, value, at);
      if (typeof resolved === 'string') return resolved;
      if (typeof resolved === 'number' || typeof resolved === 'boolean') return String(resolved);
      return refuse(at, `expected a string but found ${JSON.stringify(resolved)}`);
    };
    const list = (value: unknown): unknown[] => {
      const resolved = resolve(stack, value, place);
      return Array.isArray(resolved) ? resolved : refuse(place, 'expected a list');
    };
    const parts = (count: number): unknown[] =>
      Array.isArray(argument) && argument.length >= count
        ? argument
        : refuse(place, `expected ${count} values`);

    switch (name) {
      case 'Ref':
        return reference(stack, String(argument), place);
      case 'Fn::GetAtt': {
        const [id, ...path] = Array.isArray(argument) ? argument.map(String) : String(argument).split('.');
        return attribute(stack, id ?? '', path.join('.'), place);
      }
      case 'Fn::Join': {
        const [separator, items] = parts(2);
        return list(items)
          .map((item) => text(item))
          .join(String(separator));
      }
      case 'Fn::Sub':
        return substitute(stack, argument, place, text);
      case 'Fn::Select': {
        const [index, items] = parts(2);
        const item = list(items)[Number(text(index))];
        return item ?? refuse(place, `nothing at index ${JSON.stringify(index)}`);
      }
      case 'Fn::Split': {
        const [separator, source] = parts(2);
        return text(source).split(String(separator));
      }
      case 'Fn::Base64':
        return Buffer.from(text(argument)).toString('base64');
      case 'Fn::FindInMap': {
        const [map, first, second] = parts(3).map((part) => text(part));
        const found = stack.mappings[map ?? '']?.[first ?? '']?.[second ?? ''];
        return found === undefined ? refuse(place, `no mapping ${map}.${first}.${second}`) : found;
      }
      case 'Fn::ImportValue':
        return importValue(text(argument), place);
      case 'Fn::If': {
        const [condition, whenTrue, whenFalse] = parts(3);
        return resolve(stack, holds(stack, String(condition), place) ? whenTrue : whenFalse, place);
      }
      case 'Fn::Equals': {
        const [left, right] = parts(2);
        return text(left) === text(right);
      }
      case 'Fn::And':
        return list(argument).every((item) => item === true);
      case 'Fn::Or':
        return list(argument).some((item) => item === true);
      case 'Fn::Not':
        return list(argument)[0] !== true;
      case 'Condition':
        return holds(stack, String(argument), place);
      default:
        return refuse(place, `the function ${name} is not supported`);
    }
  }

  function substitute(
    stack: Stack,
    argument: unknown,
    place: string,
    text: (value: unknown) => string,
  ): string {
    const [pattern, variables] = Array.isArray(argument) ? argument : [argument, {}];
    return String(pattern).replace(/\$\{([^}]*)\}/g, (_, name: string) => {
      if (name.startsWith('!')) return `\${${name.slice(1)}}`;
      if (Object.hasOwn(variables, name)) return text(variables[name]);
      const [id, ...path] = name.split('.');
      return text(
        path.length ? attribute(stack, id ?? '', path.join('.'), place) : reference(stack, name, place),
      );
    });
  }

  function reference(stack: Stack, name: string, place: string): unknown {
    const pseudo: Record<string, unknown> = {
      'AWS::AccountId': stack.account,
      'AWS::Region': stack.region,
      'AWS::Partition': 'aws',
      'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackName': stack.name,
      'AWS::StackId': `arn:aws:cloudformation:${stack.region}:${stack.account}:stack/${stack.name}/local`,
      'AWS::NotificationARNs': [],
      'AWS::NoValue': NO_VALUE,
    };
    if (name in pseudo) return pseudo[name];
    const parameter = stack.parameters[name];
    if (parameter) {
      const value = parameters[name] ?? parameter.Default;
      return value === undefined
        ? refuse(place, `the parameter ${name} has no default and was not given`)
        : value;
    }
    return physicalIdOf(identify(stack, name, place));
  }

  function attribute(stack: Stack, id: string, name: string, place: string): unknown {
    return attributeOf(identify(stack, id, place), name);
  }

  function identify(stack: Stack, logicalId: string, place: string) {
    const resource: Resource =
      stack.resources[logicalId] ?? refuse(place, `there is no resource ${logicalId}`);
    const property = (name: string): unknown => {
      const key = `${stack.name}/${logicalId}/${name}`;
      if (resolving.has(key)) refuse(place, `circular reference through ${key}`);
      resolving.add(key);
      try {
        return resolve(stack, resource.Properties?.[name], key);
      } finally {
        resolving.delete(key);
      }
    };
    return { stack, logicalId, type: resource.Type, property, place, apiUrl };
  }

  function importValue(exportName: string, place: string): unknown {
    for (const stack of stacks) {
      for (const [id, output] of Object.entries(stack.outputs)) {
        if (!output.Export) continue;
        const at = `${stack.name}/Outputs/${id}`;
        if (resolve(stack, output.Export.Name, at) === exportName) return resolve(stack, output.Value, at);
      }
    }
    return refuse(place, `no stack of this app exports ${exportName}`);
  }

  function holds(stack: Stack, condition: string, place: string): boolean {
    if (!(condition in stack.conditions)) refuse(place, `there is no condition ${condition}`);
    return resolve(stack, stack.conditions[condition], `${stack.name}/Conditions/${condition}`) === true;
  }

  return {
    resolve(stack, value, place) {
      const resolved = resolve(stack, value, place);
      return resolved === NO_VALUE ? undefined : resolved;
    },
    exists(stack, logicalId) {
      const condition = stack.resources[logicalId]?.Condition;
      return condition === undefined || holds(stack, condition, `${stack.name}/${logicalId}/Condition`);
    },
  };
}
