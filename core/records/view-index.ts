import type { Values } from './record.ts';

/** Where one record stands in one view's index. */
export interface IndexKey {
  app: string;
  recordType: string;
  view: string;
  /** Equality values, in the view's order; text. */
  partition: string[];
  /** Sort value as order-preserving text. */
  sort: string;
  recordId: string;
}

/** An index item: its place, and what the list needs to answer without reading the record. */
export interface IndexEntry extends IndexKey {
  projection: {
    version: number;
    state: string;
    values: Values;
    names: Record<string, string>;
    createdAt: string;
    createdBy: string;
    updatedAt: string;
    updatedBy: string;
  };
}
