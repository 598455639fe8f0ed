/** Any JSON value: state inputs and outputs are nothing else. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** What a state's input or output may weigh at most, in bytes of UTF-8, as on AWS. */
export const DATA_LIMIT = 262_144;

/** Drops what JSON cannot carry (undefined becomes null), as the wire would. */
export function toJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value ?? null) ?? 'null');
}
