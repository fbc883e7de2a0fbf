/** The parts of the schemas that the program needs at run time, as small tables instead of whole schemas. */
import { leaves, type Schemas, typeText } from './schemas.ts'

const banner = (source: string): string => `/** Generated from ${source} by \`npm run generate\`. */`

/** JSON values, which are valid TypeScript. */
const table = (entries: readonly (readonly [string, unknown])[]): string =>
  entries.map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)},`).join('\n')

export function daemonKeysModule(schemas: Schemas): string {
  const rows = Object.entries(schemas.daemon.properties ?? {}).map(([key, node]) => {
    const effect = node['x-effect']
    if (effect === undefined) throw new Error(`daemon.schema.json: ${key} has no x-effect`)
    const row = {
      description: node.description,
      type: typeText(schemas, 'daemon', node),
      effect,
      neutral: node['x-neutral'],
      resets: node['x-resets'],
    }
    return [key, row] as const
  })
  return [
    banner('schemas/daemon.schema.json'),
    "import type { DaemonKey } from '../daemon/key.ts'",
    '',
    'export const daemonKeys: Readonly<Record<string, DaemonKey>> = {',
    table(rows),
    '}',
    '',
  ].join('\n')
}

export function descriptionsModule(schemas: Schemas): string {
  const rows = [...leaves(schemas)].map(([path, { description }]) => {
    if (description === undefined) throw new Error(`desktop.schema.json: ${path} has no description`)
    return [path, description] as const
  })
  return [
    banner('schemas/desktop.schema.json'),
    'export const descriptions: Readonly<Record<string, string>> = {',
    table(rows),
    '}',
    '',
  ].join('\n')
}
