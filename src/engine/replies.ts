/**
 * Replies of the engine in the VM. Root in the VM can replace dockerd, so each reply is limited in size and
 * validated before use; unknown fields are dropped.
 */
import { isIP } from 'node:net'
import * as v from 'valibot'
import { isShallow, listOf, listOrNull, mapOf, parsed, type Schema, text } from './reply-schema.ts'

/** Size limit of one reply. Ten thousand containers take 8 MiB. */
export const maxReplyBytes: number = 8 * 2 ** 20
/** Size limit of one event. */
export const maxEventBytes: number = 2 ** 20

export interface ContainerPort {
  IP?: string | undefined
  PrivatePort: number
  PublicPort?: number | undefined
  Type: string
}

/** Labels that name a container on the host (names/routes.ts); all others are dropped. */
export interface RouteLabels {
  host?: string
  port?: string
  service?: string
  project?: string
}

/** In one network; empty without an address. */
interface ContainerAddresses {
  IPAddress?: string | undefined
  GlobalIPv6Address?: string | undefined
}

export interface ContainerSummary {
  Id: string
  Names: string[]
  Ports: ContainerPort[]
  Labels?: RouteLabels
  NetworkSettings?:
    | { Networks?: Record<string, ContainerAddresses | null | undefined> | null | undefined }
    | null
    | undefined
}

export interface NetworkSummary {
  Name: string
  /** Network without external connectivity. */
  Internal?: boolean | undefined
  IPAM?: { Config?: { Subnet?: string | undefined }[] | null | undefined } | null | undefined
}

/** Response of `GET /networks/ID`. */
export interface NetworkDetails {
  /** By container id; a build step has an id from the builder. */
  Containers?: Record<string, NetworkEndpoint> | null | undefined
}

interface NetworkEndpoint {
  /** `ADDRESS/PREFIX`; IPv6 below. */
  IPv4Address?: string | undefined
  IPv6Address?: string | undefined
}

export interface ServiceSummary {
  Endpoint?: { Ports?: ServicePort[] | null | undefined } | null | undefined
}

interface ServicePort {
  Protocol: string
  PublishedPort?: number | undefined
  PublishMode?: string | undefined
}

/** Stop timeout of one container. */
export interface ContainerDetails {
  Config: { StopTimeout?: number | null | undefined }
}

export interface EngineVersion {
  Version: string
  ApiVersion: string
}

/** One event of `GET /events`. */
export interface EngineEvent {
  Type: string
  Action: string
  Actor?:
    | { ID?: string | undefined; Attributes?: Record<string, string> | null | undefined }
    | null
    | undefined
}

const port = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535))
const address = v.pipe(
  v.string(),
  v.check((value) => value === '' || isIP(value) !== 0, 'must be an IP address'),
)
const subnet = v.pipe(text, v.regex(/^[0-9a-fA-F.:]*\/?\d{0,3}$/))
const routeLabels = {
  host: 'desktop.host',
  port: 'desktop.port',
  service: 'com.docker.compose.service',
  project: 'com.docker.compose.project',
} as const

const labels: Schema<RouteLabels> = v.pipe(
  v.nullish(v.record(v.string(), v.unknown())),
  v.transform((given) =>
    Object.fromEntries(
      Object.entries(routeLabels).flatMap(([key, name]) => {
        const value = given?.[name]
        return typeof value === 'string' && value.length <= 512 ? [[key, value]] : []
      }),
    ),
  ),
)

const container: Schema<ContainerSummary> = v.object({
  Id: text,
  Names: listOrNull(text),
  Ports: listOrNull(
    v.object({ IP: v.optional(address), PrivatePort: port, PublicPort: v.optional(port), Type: text }),
  ),
  Labels: labels,
  NetworkSettings: v.nullish(
    v.object({
      Networks: v.nullish(
        mapOf(
          v.nullish(v.object({ IPAddress: v.optional(address), GlobalIPv6Address: v.optional(address) })),
        ),
      ),
    }),
  ),
})

const service: Schema<ServiceSummary> = v.object({
  Endpoint: v.nullish(
    v.object({
      Ports: v.nullish(
        listOf(v.object({ Protocol: text, PublishedPort: v.optional(port), PublishMode: v.optional(text) })),
      ),
    }),
  ),
})

const network: Schema<NetworkSummary> = v.object({
  Name: text,
  Internal: v.optional(v.boolean()),
  IPAM: v.nullish(v.object({ Config: v.nullish(listOf(v.object({ Subnet: v.optional(subnet) }))) })),
})

const networkDetails: Schema<NetworkDetails> = v.object({
  Containers: v.nullish(
    mapOf(v.object({ IPv4Address: v.optional(subnet), IPv6Address: v.optional(subnet) })),
  ),
})

const details: Schema<ContainerDetails> = v.object({
  Config: v.object({ StopTimeout: v.nullish(v.pipe(v.number(), v.integer())) }),
})

const version: Schema<EngineVersion> = v.object({ Version: text, ApiVersion: text })

/** Unlimited texts: they may contain whole commands, and the line itself is limited. */
const event: Schema<EngineEvent> = v.object({
  Type: v.string(),
  Action: v.string(),
  Actor: v.nullish(v.object({ ID: v.optional(v.string()), Attributes: v.nullish(mapOf(v.string())) })),
})

const info: Schema<Record<string, unknown>> = v.pipe(
  mapOf(v.unknown()),
  v.check((value) => isShallow(value), 'is nested too deep'),
)

interface Replies {
  '/version': EngineVersion
  '/info': Record<string, unknown>
  '/containers/json': ContainerSummary[]
  '/containers/ID/json': ContainerDetails
  '/networks': NetworkSummary[]
  '/networks/ID': NetworkDetails
  '/services': ServiceSummary[]
}

const replies: { readonly [P in keyof Replies]: Schema<Replies[P]> } = {
  '/version': version,
  '/info': info,
  '/containers/json': listOf(container),
  '/containers/ID/json': details,
  '/networks': listOf(network),
  '/networks/ID': networkDetails,
  '/services': listOf(service),
}

export type ReplyPath = keyof Replies
export type Reply<P extends ReplyPath> = Replies[P]

/** Throws `engine/bad-reply`. */
export function parseReply<P extends ReplyPath>(path: P, body: string): Reply<P> {
  return parsed<Replies[P]>(replies[path], path, body)
}

export const parseEvent = (value: unknown): EngineEvent | undefined => {
  const result = v.safeParse(event, value)
  return result.success ? result.output : undefined
}
