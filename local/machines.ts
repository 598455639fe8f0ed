import { readFileSync } from 'node:fs';
import { refuse } from './assembly/problem.ts';
import type { ResolvedResource, ResourcesOf } from './assembly/resources.ts';

/** A state machine of the template, its definition complete. */
export interface MachineDefinition {
  arn: string;
  name: string;
  /** ASL as JSON text, substitutions made. */
  definition: string;
  roleArn: string;
}

/** Reads the state machines with their definitions from the template or from their assets. */
export function readMachines(resourcesOf: ResourcesOf, assets: Map<string, string>): MachineDefinition[] {
  return resourcesOf('AWS::StepFunctions::StateMachine').map((resource) => {
    const { properties, place, attribute } = resource;
    if (properties.StateMachineType === 'EXPRESS') refuse(place, 'express workflows are not supported');
    const substitutions = Object.entries(
      (properties.DefinitionSubstitutions ?? {}) as Record<string, unknown>,
    );
    let definition = definitionOf(resource, assets);
    for (const [name, value] of substitutions)
      definition = definition.replaceAll(`\${${name}}`, String(value));
    const [open] = /\$\{\w+\}/.exec(definition) ?? [];
    if (open) refuse(`${place}/DefinitionSubstitutions`, `nothing is given for ${open}`);
    return { arn: attribute('Arn'), name: attribute('Name'), definition, roleArn: properties.RoleArn };
  });
}

function definitionOf({ properties, place }: ResolvedResource, assets: Map<string, string>): string {
  if (properties.DefinitionString) return properties.DefinitionString;
  const file =
    assets.get(properties.DefinitionS3Location?.Key) ?? refuse(place, 'the definition is not an asset');
  return readFileSync(file, 'utf8');
}
