/** The parts of JSON Schema (draft 2020-12) that the documents of the API use. */
export interface Schema {
  type?: string | string[];
  description?: string;
  format?: string;
  pattern?: string;
  enum?: readonly unknown[];
  const?: unknown;
  default?: unknown;
  examples?: readonly unknown[];
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  propertyNames?: Schema;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  $ref?: string;
  $defs?: Record<string, Schema>;
  id?: string;
}

/**
 * A schema that stands by itself: a reference into its own `$defs` would lead nowhere inside of another document.
 * @param open whether members may be added: what is closed for us to check is not closed for readers
 */
export function inlined(
  schema: Schema,
  options: { open?: boolean } = {},
  definitions: Readonly<Record<string, Schema>> = schema.$defs ?? {},
): Schema {
  const within = (part: Schema) => inlined(part, options, definitions);
  const { $ref, $defs: _, id: __, additionalProperties, ...rest } = schema;
  const base = $ref === undefined ? {} : within(definitions[$ref.replace('#/$defs/', '')] ?? {});
  const closed = additionalProperties === false && options.open;
  return {
    ...base,
    ...rest,
    ...(rest.properties && { properties: mapped(rest.properties, within) }),
    ...(rest.propertyNames && { propertyNames: within(rest.propertyNames) }),
    ...(rest.items && { items: within(rest.items) }),
    ...(rest.anyOf && { anyOf: rest.anyOf.map(within) }),
    ...(rest.oneOf && { oneOf: rest.oneOf.map(within) }),
    ...(rest.allOf && { allOf: rest.allOf.map(within) }),
    ...(additionalProperties !== undefined &&
      !closed && {
        additionalProperties:
          typeof additionalProperties === 'object' ? within(additionalProperties) : additionalProperties,
      }),
  };
}

function mapped(members: Record<string, Schema>, change: (schema: Schema) => Schema): Record<string, Schema> {
  return Object.fromEntries(Object.entries(members).map(([name, member]) => [name, change(member)]));
}
