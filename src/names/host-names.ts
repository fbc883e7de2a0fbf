/** Container names on the host: owns the listeners and the routes of running containers. Consumes nothing while idle. */
import type { Duplex } from 'node:stream'
import type { NameSettings } from '../config/desired.ts'
import type { Listing } from '../engine/watch.ts'
import { DesktopError } from '../errors/desktop-error.ts'
import { messageOf, systemCode } from '../errors/system.ts'
import type { Authority } from './authority.ts'
import type { Dial } from './dial.ts'
import { addressFor } from './reach.ts'
import { type Route, routesOf } from './routes.ts'

export interface NamesView extends NameSettings {
  /** Ports that failed to open, with the reason. */
  failed: Partial<Record<'http' | 'https', string>>
}

export interface HostNamesOptions {
  /** Undefined: the engine is not running. */
  listing: () => Promise<Listing | undefined>
  vmAddress: () => string
  dial: Dial
  authority: () => Promise<Authority>
  addresses: readonly string[]
  /** `nginx (pid 4711)`, if known. */
  ownerOf: (port: number) => string | undefined
}

/** Running containers, and their routes. */
interface Running {
  listing: Listing
  routes: ReadonlyMap<string, Route>
}

export class HostNames implements AsyncDisposable {
  readonly #options: HostNamesOptions
  #view: NamesView | undefined
  #open: AsyncDisposableStack | undefined
  #known: Running | undefined

  constructor(options: HostNamesOptions) {
    this.#options = options
  }

  get view(): NamesView | undefined {
    return this.#view
  }

  /** Replaces all settings; a port that cannot be opened is `failed` with a reason. Never rejects. */
  async set(settings: NameSettings): Promise<void> {
    await this.#open?.disposeAsync()
    this.#open = undefined
    this.#view = undefined
    if (settings.http === undefined && settings.https === undefined) return
    const view: NamesView = { ...settings, failed: {} }
    const open = new AsyncDisposableStack()
    // Loaded only if names are enabled: an idle supervisor does not need TLS.
    const [{ NameProxy }, { httpServer, httpsServer, listenOn }] = await Promise.all([
      import('./proxy.ts'),
      import('./servers.ts'),
    ])
    const { domain } = settings
    const proxy = open.use(new NameProxy({ domain, routes: () => this.routes(), dial: this.#options.dial }))
    const listen = async (kind: 'http' | 'https', port: number | undefined): Promise<void> => {
      if (port === undefined) return
      try {
        const server =
          kind === 'http' ? httpServer(proxy) : httpsServer(proxy, await this.#options.authority(), domain)
        open.use(await listenOn(this.#options.addresses, port, server))
      } catch (error) {
        view.failed[kind] = this.#reasonOf(error, port)
      }
    }
    await listen('http', settings.http)
    await listen('https', settings.https)
    this.#view = view
    this.#open = open
  }

  /** Connects a tunnel. Rejects with `tunnel/…`, or if the engine does not respond. */
  async dial(host: string, port: number): Promise<Duplex> {
    const vmAddress = this.#options.vmAddress()
    const { routes, listing } = await this.#running()
    const address = addressFor(host, {
      routes,
      networks: listing.networks,
      vmAddress,
    })
    try {
      return await this.#options.dial(address, port)
    } catch (cause) {
      throw new DesktopError('tunnel/refused', `${host} port ${port}: ${messageOf(cause)}`, { cause })
    }
  }

  /** Routes by name below the domain. Rejects if the engine does not respond. */
  async routes(): Promise<ReadonlyMap<string, Route>> {
    return (await this.#running()).routes
  }

  async #running(): Promise<Running> {
    const listing = await this.#options.listing()
    if (listing === undefined) throw new DesktopError('engine/unreachable', 'the VM is not running')
    if (listing !== this.#known?.listing)
      this.#known = { listing, routes: routesOf(listing, this.#options.vmAddress()) }
    return this.#known
  }

  #reasonOf(error: unknown, port: number): string {
    switch (systemCode(error)) {
      case 'EADDRINUSE': {
        const owner = this.#options.ownerOf(port)
        return `port ${port} is already in use${owner === undefined ? '' : ` by ${owner}`}`
      }
      case 'EACCES':
        return `port ${port}: this user may not listen there; net.ipv4.ip_unprivileged_port_start is the lowest port for all`
      default:
        return `port ${port}: ${messageOf(error)}`
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#open?.disposeAsync()
  }
}
