import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const pages = ['*.md', 'docs/**/*.md', 'examples/**/*.md'].flatMap((pattern) =>
  globSync(pattern, { cwd: root }),
)

/** Targets of links that are files of this repository, and paths in code that begin with a folder of it. */
function pathsIn(page: string): string[] {
  const text = readFileSync(join(root, page), 'utf8')
  const links = [...text.matchAll(/\]\(([^)#:]+)(#[^)]*)?\)/g)].map(([, target = '']) =>
    join(dirname(page), target),
  )
  const inCode = [...text.matchAll(/`((?:src|test|bench|scripts|schemas|templates|docs)\/[\w./-]+)`/g)]
  return [...links, ...inCode.map(([, path = '']) => path)]
}

describe('files that the documentation names are there', () => {
  test('the pages name some', () => {
    expect(pages.flatMap(pathsIn).length).toBeGreaterThan(100)
  })

  test.each(pages)('%s', (page) => {
    expect(pathsIn(page).filter((path) => !existsSync(join(root, path)))).toEqual([])
  })
})

/** As GitHub derives it from a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
    .replaceAll(' ', '-')

/** Anchors that a page links to, in itself or in another page, without such a heading there. */
function lostAnchors(page: string): string[] {
  const text = readFileSync(join(root, page), 'utf8')
  return [...text.matchAll(/\]\(([^)#:]*)#([^)]+)\)/g)].flatMap(([link, target = '', anchor = '']) => {
    const path = target === '' ? page : join(dirname(page), target)
    if (!path.endsWith('.md')) return []
    const headings = readFileSync(join(root, path), 'utf8').matchAll(/^#+ (.+)$/gm)
    return [...headings].some(([, heading = '']) => anchorOf(heading) === anchor) ? [] : [link]
  })
}

test.each(pages)('every heading that %s links to is there', (page) => {
  expect(lostAnchors(page)).toEqual([])
})

describe('docs/README.md is the map of the documentation', () => {
  const map = readFileSync(join(root, 'docs/README.md'), 'utf8')
  const links = (text: string): string[] =>
    [...text.matchAll(/\]\(([^)#:]+)\)/g)].map(([, target = '']) => join('docs', target))

  test('the map has the four parts of Diátaxis, and one for contributors', () => {
    const parts = [...map.matchAll(/^## (.+)$/gm)].map(([, title]) => title)
    expect(parts).toEqual(['Tutorials', 'How-to guides', 'Reference', 'Explanation', 'Contribute'])
  })

  test('every page is linked from one part of the map', () => {
    const records = globSync('docs/decisions/[0-9]*.md', { cwd: root })
    const all = globSync(['*.md', 'docs/**/*.md'], { cwd: root }).filter(
      (page) => page !== 'docs/README.md' && !records.includes(page),
    )
    const linked = links(map).filter((page) => page.endsWith('.md'))
    expect(linked.sort()).toEqual(all.sort())
  })
})
