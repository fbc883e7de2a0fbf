/** docs/decisions/README.md: the template, and an index of the records by number with title, status and date. */
import { globSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

export const decisionHead: RegExp = /^# (\d{4})\. (.+)\n\nStatus: (.+) · (\d{4}-\d{2}-\d{2})\n\n## Context\n/

const guide = `# Decisions

Each record explains one design choice, with the alternatives and their figures. To add one, take the next free number,
copy the template to \`NNNN-short-title.md\`, and run \`npm run generate\`, which writes the index below.

\`\`\`markdown
# NNNN. The decision as a sentence

Status: accepted · YYYY-MM-DD

## Context

The problem, with its figures.

## Decision

The choice, and the files that carry it.

## Alternatives

Each rejected choice with the reason or the measured figure. Leave the section out when there was none.

## Consequences

Costs, limits, and follow-up work.
\`\`\`

A record is not rewritten when a later one replaces it. Its status then says \`superseded by\` or \`superseded in part
by\`, with a link to the later record.

## Index

| number | decision | status | date |
|---|---|---|---|
`

export async function decisionsPage(root: string): Promise<string> {
  const dir = join(root, 'docs/decisions')
  const rows = await Promise.all(
    globSync('[0-9]*.md', { cwd: dir })
      .sort()
      .map(async (file) => {
        const head = decisionHead.exec(await readFile(join(dir, file), 'utf8'))
        if (head === null) throw new Error(`docs/decisions/${file} does not follow the template in README.md`)
        const [, number, title, status, date] = head
        return `| [${number}](${file}) | ${title} | ${status} | ${date} |`
      }),
  )
  return `${guide}${rows.join('\n')}\n`
}
