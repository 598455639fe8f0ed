import type { Values } from './record.ts';

/** Where one record stands in one of its views' indexes. */
export interface IndexKey {
  app: string;
  recordType: string;
  view: string;
  /** Id of the index; the view's own or a narrower one. */
  index: string;
  /** Equality values, in the index's order; text. */
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
    accessLists?: Record<string, string[]>;
    createdAt: string;
    createdBy: string;
    updatedAt: string;
    updatedBy: string;
    /** The layout that it was written under: by another one it may lack values that are asked for now. */
    layout: string;
  };
}
