/** Records and answers of local names. */

export interface LocalRecord {
  type: number
  rdata: Uint8Array
}

/** Answer to a query for a local name. */
export type LocalAnswer =
  | { kind: 'records'; records: readonly LocalRecord[] }
  | { kind: 'alias'; target: string }
  /** The name exists, but not with this type. `zone` is the apex of the local zone. */
  | { kind: 'no-data'; zone: string }
  | { kind: 'no-name'; zone: string }
