/** Records and answers of names that we own. */

export interface LocalRecord {
  type: number
  rdata: Uint8Array
}

/** The answer to a question about such a name. */
export type LocalAnswer =
  | { kind: 'records'; records: readonly LocalRecord[] }
  | { kind: 'alias'; target: string }
  /** The name exists, but not with this type. `zone` is the apex of our authority. */
  | { kind: 'no-data'; zone: string }
  | { kind: 'no-name'; zone: string }
