/** Reference pages for docs/. */
import { type EffectRow, effects } from '../../src/config/effects.ts'
import { catalogueEntries } from '../../src/errors/catalogue.ts'
import { exitCodeMeanings } from '../../src/errors/exit-codes.ts'
import { leaves, type SchemaNode, type Schemas, typeText } from './schemas.ts'

const generated = (from: string): string => `Generated from ${from} by \`npm run generate\`.`

/** Errors in the order of their codes, each under a heading that a link can name. */
export function errorsPage(): string {
  const entries = Object.entries(catalogueEntries).map(
    ([code, { exit, summary, fix }]) => `## ${code}\n\n${summary} ${fix}\n\nExit code ${exit}.\n`,
  )
  return ['# Errors\n', `${generated('`src/errors/catalogue.ts`')} Codes are stable.\n`, ...entries].join(
    '\n',
  )
}

export function exitCodesPage(): string {
  const rows = exitCodeMeanings.map(([code, meaning]) => `| ${code} | ${meaning} |`)
  return [
    '# Exit codes',
    '',
    generated('`src/errors/catalogue.ts`'),
    '',
    '| code | meaning |',
    '|---|---|',
    ...rows,
    '',
  ].join('\n')
}

const effectsText = [
  'The effect says what a change costs, from least to most disruptive: `live` (nothing restarts), `reload` (SIGHUP to',
  'dockerd, containers keep running), `restart-engine`, `restart-vm`, `recreate` (data is lost; asks for consent).',
]

export function configPage(schemas: Schemas): string {
  const nodes = leaves(schemas)
  const sections = Map.groupBy(Object.entries(effects), ([path]) => sectionOf(path))
  return [
    '# desktop.yaml',
    '',
    generated('`schemas/desktop.schema.json` and `src/config/effects.ts`'),
    '',
    'Sizes: `2GiB`, `512MiB` (binary), `20GB` (decimal). Durations: `30s`, `5m`, `1h30m`. Networks in CIDR form.',
    '',
    ...effectsText,
    '',
    ...[...sections].flatMap(([section, rows]) => [
      `## ${section}`,
      '',
      '| key | type | what it is | default | effect | rendered in | since |',
      '|---|---|---|---|---|---|---|',
      ...rows.map(([path, row]) => keyRow(schemas, path, row, nodes.get(path))),
      '',
    ]),
    'The keys of `engine.config` are in [daemon.json.md](daemon.json.md).',
    '',
    layersText,
  ].join('\n')
}

const sectionOf = (path: string): string => (path.includes('.') ? (path.split('.')[0] ?? '') : 'top level')

function keyRow(schemas: Schemas, path: string, row: EffectRow, node: SchemaNode = {}): string {
  const what = [node.description, row.note].filter((text) => text !== undefined).join(' ')
  const type = typeText(schemas, 'desktop', node)
  const cells = [`\`${path}\``, type, what, code(row.default), row.effect, row.rendered, row.since]
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

const code = (text: string | undefined): string => (text === undefined ? '' : `\`${text}\``)

const layersText = `## Layers

- Several files: \`-f base.yaml -f team.yaml\`; a later one goes over those before it.
- \`extends: ./base.yaml\` puts a file over another one, named relative to it.
- \`--set vm.cpus=4\` goes over all files. Lists: \`ports[0]=80:80\`; named items: \`ports.web.host=8081\`; keys with dots:
  \`network.dns.hosts["a.test"]=10.0.0.1\`. The value is YAML.
- Maps merge key by key. Lists replace, unless every item has a \`name\`: then items merge by name.
- \`\${VAR}\` and \`\${VAR:-default}\` take values from the environment; one that is unset and has no default is an error.
  The value is read as number or boolean where the key takes one. \`$\${\` is a literal \`\${\`.
- Relative paths start at the folder of the file that they are written in.
`

export function daemonPage(schemas: Schemas): string {
  const rows = Object.entries(schemas.daemon.properties ?? {}).map(([key, node]) => {
    const removal = node['x-neutral'] === undefined ? '' : `\`${JSON.stringify(node['x-neutral'])}\``
    const type = typeText(schemas, 'daemon', node)
    return `| \`${key}\` | ${type} | ${node.description ?? ''} | ${node['x-effect']} | ${removal} |`
  })
  const refused = Object.entries(schemas.daemon['x-refused'] ?? {}).map(
    ([key, why]) => `| \`${key}\` | ${why} |`,
  )
  return [
    '# engine.config: the keys of daemon.json',
    '',
    `${generated('`schemas/daemon.schema.json`')} They are those of dockerd 26.1, which the guest has.`,
    '',
    ...effectsText,
    'dockerd keeps the old value of some keys when a reload finds them gone, so they are always rendered: the last',
    'column is rendered for a key that the file does not have.',
    '',
    '| key | type | what it is | effect | when absent |',
    '|---|---|---|---|---|',
    ...rows,
    '',
    '## Keys that cannot be set',
    '',
    '| key | why |',
    '|---|---|',
    ...refused,
    '',
  ].join('\n')
}
