/** DNS names of remote addresses, from queries of the VM and its containers; recorded only while a client asks. */
import { isIP } from 'node:net'
import type { QueryView } from '../../net/services/dns/query-log.ts'

/** The earliest learned addresses are dropped first. */
const maxAddresses = 4_096

export class RemoteNames {
  readonly #names = new Map<string, string>()

  /** @param queries latest first; queries already added change nothing. */
  add(queries: readonly Pick<QueryView, 'name' | 'answers'>[]): void {
    for (const { name, answers } of queries.toReversed())
      for (const address of answers) {
        if (isIP(address) === 0) continue
        this.#names.delete(address)
        this.#names.set(address, name.replace(/\.$/, ''))
      }
    for (const address of this.#names.keys()) {
      if (this.#names.size <= maxAddresses) break
      this.#names.delete(address)
    }
  }

  /** The name that resolved to the address last; null if none was recorded. */
  of(address: string): string | null {
    return this.#names.get(address) ?? null
  }
}
