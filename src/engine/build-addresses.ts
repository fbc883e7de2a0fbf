/** Containers of `docker build`: the engine lists none of them, but their endpoints on the default network. */
import type { NetworkDetails } from './replies.ts'

/** BuildKit in dockerd puts every step there that has a network. */
export const buildNetwork = 'bridge'

/** Containers have 64 hexadecimal digits; BuildKit's ids are shorter. */
const containerId = /^[0-9a-f]{64}$/

export const buildAddressesOf = ({ Containers }: NetworkDetails): string[] =>
  Object.entries(Containers ?? {}).flatMap(([id, { IPv4Address, IPv6Address }]) =>
    containerId.test(id)
      ? []
      : [IPv4Address, IPv6Address].flatMap((subnet) => subnet?.split('/', 1)[0] || []),
  )
