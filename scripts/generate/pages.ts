/** Reference pages for docs/. */
import { type EffectRow, effects } from '../../src/config/effects.ts'
import { catalogueEntries } from '../../src/errors/catalogue.ts'
import { exitCodeMeanings } from '../../src/errors/exit-codes.ts'
import { leaves, type SchemaNode, type Schemas, typeText } from './schemas.ts'

const generated = (from: string): string => `Generated from ${from} by \`npm run generate\`.`

const errorsIntro = [
  'An error prints a message, its code in brackets, and a hint with the fix. In the entries below, “the message” and “the',
  'hint” are those on your terminal. Codes do not change between versions, so scripts can match them. `--json` prints errors',
  'as JSON. [Exit codes](reference/exit-codes.md) are a separate, shorter list.',
  '',
  generated('`src/errors/catalogue.ts`'),
  '',
]

/** Errors sorted by code, each under a heading that can be linked. */
export function errorsPage(): string {
  const entries = Object.entries(catalogueEntries).map(
    ([code, { exit, summary, fix }]) => `## ${code}\n\n${summary} ${fix}\n\nExit code ${exit}.\n`,
  )
  return ['# Errors\n', ...errorsIntro, ...entries].join('\n')
}

export function exitCodesPage(): string {
  const rows = exitCodeMeanings.map(([code, meaning]) => `| ${code} | ${meaning} |`)
  return [
    '# Exit codes',
    '',
    generated('`src/errors/exit-codes.ts`'),
    '',
    '| code | meaning |',
    '|---|---|',
    ...rows,
    '',
  ].join('\n')
}

const effectsText = [
  'The effect is what a change interrupts, from least to most disruptive: `live` (nothing restarts), `reload` (SIGHUP to',
  'dockerd, containers keep running), `restart-engine`, `restart-vm`, `recreate` (data is lost; needs consent).',
  '',
  'A value is rendered into a file or component of desktop; `none`: only desktop itself reads it.',
]

export function configPage(schemas: Schemas): string {
  const nodes = leaves(schemas)
  const sections = Map.groupBy(Object.entries(effects), ([path]) => sectionOf(path))
  return [
    '# desktop.yaml',
    '',
    generated('`schemas/desktop.schema.json` and `src/config/effects.ts`'),
    '',
    'Sizes: `2GiB`, `512MiB` (binary), `20GB` (decimal). Durations: `30s`, `5m`, `1h30m`. Networks in CIDR notation.',
    '',
    ...effectsText,
    '',
    ...[...sections].flatMap(([section, rows]) => [
      `## ${section}`,
      '',
      '| key | type | description | default | effect | rendered into | since |',
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

- Several files: \`-f base.yaml -f team.yaml\`; later files override earlier ones.
- \`extends: ./base.yaml\` makes a file override another one; the path is relative to the extending file.
- \`--set vm.cpus=4\` overrides all files. Lists: \`ports[0]=80:80\`; named items: \`ports.web.host=8081\`; keys with dots:
  \`network.dns.hosts["a.test"]=10.0.0.1\`. The value is YAML.
- Maps merge key by key. Lists replace, unless every item has a \`name\`: then items merge by name.
- \`\${VAR}\` and \`\${VAR:-default}\` are replaced by environment variables; an unset variable without a default is an error.
  The value is parsed as a number or boolean if the key requires one. \`$\${\` is a literal \`\${\`.
- Relative paths are relative to the file that contains them.
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
    `${generated('`schemas/daemon.schema.json`')} The keys are those of dockerd 26.1, the version in the guest.`,
    '',
    ...effectsText,
    'On a reload, dockerd keeps the old value of some keys that are absent. These are always rendered: the last column is the',
    'value for a key that desktop.yaml does not have.',
    '',
    '| key | type | description | effect | when absent |',
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
