/** Drift for CI systems: each format is accepted by its parser, for any names and values. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { DriftDocument } from '../../src/cli/views/drift.ts'
import { githubReport, junitReport, sarifReport } from '../../src/cli/views/drift-reports.ts'

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('a:b,c%0A\r\n::error::', '<&>"\'', ']]>'),
)
const place = fc.record({ file: text, line: fc.integer({ min: 1 }), column: fc.integer({ min: 1 }) })
const drifts: fc.Arbitrary<DriftDocument> = fc
  .record({
    environment: fc.constantFrom('dev', 'ci'),
    differences: fc.array(
      fc.record(
        {
          path: text,
          from: fc.option(text, { nil: undefined }),
          to: fc.option(text, { nil: undefined }),
          at: place,
          effect: fc.constant('live' as const),
        },
        { requiredKeys: ['path', 'from', 'to', 'effect'] },
      ),
    ),
    notes: fc.array(
      fc.record(
        {
          level: fc.constantFrom('info', 'warning', 'error' as const),
          about: text,
          message: text,
          hint: text,
        },
        { requiredKeys: ['level', 'about', 'message'] },
      ),
    ),
    violations: fc.array(
      fc.record(
        {
          rule: text,
          severity: fc.constantFrom('error', 'warn' as const),
          message: text,
          from: text,
          path: text,
          at: place,
        },
        { requiredKeys: ['rule', 'severity', 'message', 'from'] },
      ),
    ),
  })
  .map((parts) => ({ format: 'desktop-drift/1', drifted: true, unchanged: 0, ...parts }))
const shown = ({ differences, notes, violations }: DriftDocument): number =>
  differences.length + violations.length + notes.filter(({ level }) => level !== 'info').length

const one: DriftDocument = {
  format: 'desktop-drift/1',
  environment: 'dev',
  drifted: true,
  differences: [
    {
      path: 'ports.web',
      from: undefined,
      to: '127.0.0.1:80/tcp -> 192.168.65.3:80',
      at: { file: 'ops/desktop.yaml', line: 4, column: 3 },
      effect: 'live',
    },
  ],
  notes: [],
  violations: [],
  unchanged: 9,
}

describe('GitHub', () => {
  test('one annotation on the line of the key', () => {
    expect(githubReport(one, 'desktop.yaml')).toBe(
      '::warning file=ops/desktop.yaml,line=4,col=3,title=drift in dev%3A ports.web::ports.web: (none); should be 127.0.0.1:80/tcp -> 192.168.65.3:80\n',
    )
  })

  test('no value can end a command, add a property or begin another one', () => {
    fc.assert(
      fc.property(drifts, (drift) => {
        const lines = githubReport(drift, 'desktop.yaml').split('\n')
        expect(lines.pop()).toBe('')
        expect(lines).toHaveLength(shown(drift))
        for (const line of lines) {
          expect(line).not.toContain('\r')
          expect(line).toMatch(/^::(warning|error) file=[^,:]*,(line=\d+,col=\d+,)?title=[^,:]*::/)
        }
      }),
    )
  })
})

describe('SARIF 2.1.0', () => {
  interface Sarif {
    version: string
    runs: {
      tool: { driver: { name: string; rules: { id: string }[] } }
      results: {
        ruleId: string
        ruleIndex: number
        level: string
        message: { text: string }
        locations: {
          physicalLocation: {
            artifactLocation: { uri: string }
            region?: { startLine: number; startColumn: number }
          }
        }[]
      }[]
    }[]
  }

  test('every result has what the format requires, its rule, and a URI', () => {
    fc.assert(
      fc.property(drifts, (drift) => {
        const sarif = JSON.parse(JSON.stringify(sarifReport(drift, 'desktop.yaml'))) as Sarif
        expect([sarif.version, sarif.runs.length]).toEqual(['2.1.0', 1])
        const [run] = sarif.runs
        const { rules, name } = run?.tool.driver ?? { rules: [], name: '' }
        expect(name).toBe('desktop')
        expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length)
        expect(run?.results).toHaveLength(shown(drift))
        for (const result of run?.results ?? []) {
          expect(rules[result.ruleIndex]?.id).toBe(result.ruleId)
          expect(['none', 'note', 'warning', 'error']).toContain(result.level)
          expect(result.message.text).not.toBe('')
          const { artifactLocation, region } = result.locations[0]?.physicalLocation ?? {}
          expect(artifactLocation?.uri).toMatch(/^[\w.~!*'()%/:-]*$/)
          if (region !== undefined) {
            expect(region.startLine).toBeGreaterThan(0)
            expect(region.startColumn).toBeGreaterThan(0)
          }
        }
      }),
    )
  })
})

describe('JUnit', () => {
  /** Parses elements and attributes with double quotes; anything else counts as malformed. */
  function wellFormed(xml: string): boolean {
    const open: string[] = []
    const token =
      /<\?xml [^<>]*\?>|<(\/?)([a-z]+)((?: [a-z]+="[^<&"]*(?:&#\d+;[^<&"]*)*")*)(\/?)>|([^<&]|&#\d+;)+/gy
    while (token.lastIndex < xml.length) {
      const match = token.exec(xml)
      if (match === null) return false
      const [, closing, name = '', , empty] = match
      if (name === '') continue
      if (closing === '/') {
        if (open.pop() !== name) return false
      } else if (empty !== '/') open.push(name)
    }
    return open.length === 0
  }

  test('well-formed, without characters that XML has no place for, one case for each difference', () => {
    fc.assert(
      fc.property(drifts, (drift) => {
        const xml = junitReport(drift, 'desktop.yaml')
        expect(wellFormed(xml), xml).toBe(true)
        expect(xml.isWellFormed()).toBe(true)
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
        expect(xml).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/)
        expect(xml.split('<testcase').length - 1).toBe(Math.max(1, shown(drift)))
      }),
    )
  })

  test('one case that passes when there is no drift', () => {
    const none = { ...one, drifted: false, differences: [] }
    expect(junitReport(none, 'desktop.yaml')).toContain('tests="1" failures="0"')
    expect(wellFormed('<a b="<"/>') || wellFormed('<a>') || wellFormed('<a b="&"/>')).toBe(false)
  })
})
