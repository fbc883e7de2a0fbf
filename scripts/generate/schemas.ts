/** The schemas of the configuration. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { JsonValue } from '../../src/config/desired.ts'

export interface SchemaNode {
  $ref?: string
  title?: string
  description?: string
  default?: JsonValue
  type?: string | string[]
  enum?: JsonValue[]
  const?: JsonValue
  properties?: Record<string, SchemaNode>
  additionalProperties?: boolean | SchemaNode
  items?: SchemaNode
  anyOf?: SchemaNode[]
  definitions?: Record<string, SchemaNode>
  'x-effect'?: 'reload' | 'restart-engine'
  'x-neutral'?: JsonValue
  'x-resets'?: true
  'x-refused'?: Record<string, string>
}

export interface Schemas {
  folder: string
  desktop: SchemaNode
  daemon: SchemaNode
  linuxkit: SchemaNode
}

export async function readSchemas(folder: string): Promise<Schemas> {
  const read = async (name: string): Promise<SchemaNode> =>
    JSON.parse(await readFile(join(folder, name), 'utf8')) as SchemaNode
  return {
    folder,
    desktop: await read('desktop.schema.json'),
    daemon: await read('daemon.schema.json'),
    linuxkit: await read('linuxkit.schema.json'),
  }
}

/** Resolves references in a node; its own description wins. */
export function resolved(
  { desktop, daemon, linuxkit }: Schemas,
  root: 'desktop' | 'daemon',
  node: SchemaNode,
): SchemaNode {
  if (node.$ref === undefined) return node
  const [file = '', pointer = ''] = node.$ref.split('#')
  const here = root === 'daemon' ? daemon : desktop
  const document = { 'daemon.schema.json': daemon, 'linuxkit.schema.json': linuxkit }[file] ?? here
  const target = pointer
    .split('/')
    .slice(1)
    .reduce<unknown>((inside, key) => (inside as Record<string, unknown> | undefined)?.[key], document) as
    | SchemaNode
    | undefined
  if (target === undefined) throw new Error(`${node.$ref} leads nowhere`)
  const { $ref: _, ...own } = node
  return { ...target, ...own }
}

/** Leaves of desktop.yaml as listed in the effect table: maps with fixed keys are expanded. */
export function leaves(schemas: Schemas): Map<string, SchemaNode> {
  const found = new Map<string, SchemaNode>()
  const walk = (node: SchemaNode, path: string): void => {
    for (const [key, inner] of Object.entries(node.properties ?? {})) {
      const full = path === '' ? key : `${path}.${key}`
      if (inner.type === 'object' && inner.properties !== undefined) walk(inner, full)
      else found.set(full, inner)
    }
  }
  walk(schemas.desktop, '')
  return found
}

const typeNames: Readonly<Record<string, string>> = { object: 'map', array: 'list' }

/** `map or string` → `maps or strings`; enumerated values and titles stay. */
const plural = (type: string): string =>
  type.replace(/\b(string|integer|number|boolean|map|list|size|duration)(?= or |$| of )/g, '$1s')

/** The type of a value in words: `list of strings`, `auto or integer`. */
export function typeText(schemas: Schemas, root: 'desktop' | 'daemon', reference: SchemaNode): string {
  const node = resolved(schemas, root, reference)
  const inner = reference.$ref?.startsWith('daemon.schema.json') ? 'daemon' : root
  const below = (next: SchemaNode): string => typeText(schemas, inner, next)
  if (reference.$ref !== undefined && node.title !== undefined && node.properties === undefined)
    return node.title
  if (node.const !== undefined) return String(node.const)
  if (node.enum !== undefined) return node.enum.join(', ')
  if (node.anyOf !== undefined) return node.anyOf.map(below).join(' or ')
  if (node.type === 'array' && node.items !== undefined) return `list of ${plural(below(node.items))}`
  if (node.type === 'object' && typeof node.additionalProperties === 'object') {
    return `map of ${plural(below(node.additionalProperties))}`
  }
  return [node.type ?? 'map']
    .flat()
    .map((type) => typeNames[type] ?? type)
    .join(' or ')
}
