import type { CloudAssembly, Stack } from './assembly/cloud-assembly.ts';
import { createResolver, type Resolver } from './assembly/intrinsics.ts';
import { resolveResources } from './assembly/resources.ts';
import { readFunctions } from './functions/function-definition.ts';
import { readApi } from './http-front/api-definition.ts';
import { readInvokePermissions } from './iam/resource-policies.ts';
import { readRoles, withholdActions } from './iam/roles.ts';
import { readMachines } from './machines.ts';

/** Everything that the templates say, resolved for this machine. */
export type Template = ReturnType<typeof readTemplate>;

/** Reads all stacks. `url` stands in for the HTTP API's own address; `denyActions` are taken out of the roles. */
export function readTemplate(assembly: CloudAssembly, url: string, denyActions: string[]) {
  const resolver = createResolver({ stacks: assembly.stacks, apiUrl: url });
  const resourcesOf = resolveResources(assembly, resolver);
  const roles = readRoles(resourcesOf);
  withholdActions([...roles.values()], denyActions);
  const api = readApi(resourcesOf);
  const cloudUrl = api && `https://${api.id}.execute-api.${api.region}.amazonaws.com`;
  const localise = (text: string) => (cloudUrl ? text.replaceAll(cloudUrl, url) : text);
  const [{ account, region } = { account: '', region: '' }] = assembly.stacks;
  const stacks = assembly.stacks.map((stack) => ({
    name: stack.name,
    account: stack.account,
    region: stack.region,
    outputs: outputsOf(stack, resolver),
  }));
  return {
    resourcesOf,
    place: { account, region },
    roles,
    checkInvoke: readInvokePermissions(resourcesOf),
    api,
    functions: readFunctions(resourcesOf, assembly.assets, roles, localise),
    machines: readMachines(resourcesOf, assembly.assets),
    stacks,
    outputs: Object.assign({}, ...stacks.map(({ outputs }) => outputs)) as Record<string, string>,
  };
}

/** What a stack puts out for people, exports for other stacks left aside. */
function outputsOf(stack: Stack, resolver: Resolver): Record<string, string> {
  const outputs: Record<string, string> = {};
  for (const [id, { Value, Export }] of Object.entries(stack.outputs)) {
    if (Export) continue;
    outputs[id] = String(resolver.resolve(stack, Value, `${stack.name}/Outputs/${id}`));
  }
  return outputs;
}
