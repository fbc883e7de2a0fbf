/** Drift in formats for CI systems: GitHub annotations, SARIF 2.1.0, JUnit XML. */
import { isAbsolute } from 'node:path'
import { pathToFileURL } from 'node:url'
import { hideValues } from '../../errors/credentials.ts'
import { oneLine, printable } from '../../escape.ts'
import type { Place } from '../../reconcile/plan.ts'
import { toolVersion } from '../../version.ts'
import { type DriftDocument, differenceName, differenceText } from './drift.ts'

interface Finding {
  /** First component of the path: `ports`, `vm`, `engine`. */
  rule: string
  /** With the machine, if there are several. */
  path: string
  level: 'warning' | 'error'
  message: string
  /** Location of the key, or the file if no line declares it. */
  at: { file: string; line?: number; column?: number }
}

function findings({ differences, notes, violations }: DriftDocument, file: string): Finding[] {
  const rule = (path: string): string => /^[\w-]+/.exec(path)?.[0] ?? 'environment'
  const at = (place: Place | undefined): Finding['at'] =>
    place === undefined || place.file === '--set' ? { file } : place
  return [
    ...differences.map((difference) => ({
      rule: rule(difference.path),
      path: differenceName(difference),
      level: 'warning' as const,
      message: differenceText(difference),
      at: at(difference.at),
    })),
    ...violations.map(({ rule, severity, message, path = rule, from, at: place }) => ({
      rule: 'policy',
      path,
      level: severity === 'error' ? ('error' as const) : ('warning' as const),
      message: oneLine(`${rule}: ${message}; the rule is at ${from}`),
      at: at(place),
    })),
    ...notes.flatMap(({ level, about, message, hint, at: place }) => {
      if (level === 'info') return []
      const text = `${about}: ${message}${hint === undefined ? '' : `; ${hint}`}`
      return [{ rule: rule(about), path: about, level, message: text, at: at(place) }]
    }),
  ]
}

/**
 * Workflow commands of GitHub Actions, one per difference. `file` is the location of differences without a
 * line.
 */
export function githubReport(drift: DriftDocument, file: string): string {
  return findings(drift, file)
    .map(({ level, path, message, at }) => {
      const properties = [
        `file=${property(at.file)}`,
        ...(at.line === undefined ? [] : [`line=${at.line}`, `col=${at.column}`]),
        `title=${property(`drift in ${drift.environment}: ${path}`)}`,
      ]
      return `::${level} ${properties.join(',')}::${data(message)}\n`
    })
    .join('')
}

const data = (text: string): string =>
  foreign(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')

/** Viewers of these formats show the text unescaped. */
const foreign = (text: string): string => printable(hideValues(text))

/** OASIS SARIF 2.1.0. */
export function sarifReport(drift: DriftDocument, file: string): object {
  const all = findings(drift, file)
  const rules = [...new Set(all.map(({ rule }) => rule))].sort()
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'desktop',
            version: toolVersion,
            rules: rules.map((id) => ({
              id: `drift/${id}`,
              shortDescription: { text: `${id} differs from the file` },
            })),
          },
        },
        automationDetails: { id: `desktop-drift/${drift.environment}/` },
        results: all.map(({ rule, path, level, message, at }) => ({
          ruleId: `drift/${rule}`,
          ruleIndex: rules.indexOf(rule),
          level,
          message: { text: foreign(message) },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: uriOf(at.file) },
                ...(at.line === undefined ? {} : { region: { startLine: at.line, startColumn: at.column } }),
              },
            },
          ],
          partialFingerprints: { 'path/v1': `${drift.environment}:${path}` },
        })),
      },
    ],
  }
}

const uriOf = (file: string): string =>
  isAbsolute(file) ? pathToFileURL(file).href : file.split('/').map(encodeURIComponent).join('/')

/** One failed test case per difference; without differences, one passed test case. */
export function junitReport(drift: DriftDocument, file: string): string {
  const all = findings(drift, file)
  const cases = all.map(
    ({ path, rule, message, at }) =>
      `    <testcase classname="${xml(`drift.${rule}`)}" name="${xml(path)}" file="${xml(at.file)}"${
        at.line === undefined ? '' : ` line="${at.line}"`
      }>\n      <failure type="drift" message="${xml(message)}">${xml(message)}</failure>\n    </testcase>\n`,
  )
  const passed = `    <testcase classname="drift" name="${xml(drift.environment)}"/>\n`
  const counts = `tests="${Math.max(1, all.length)}" failures="${all.length}" errors="0"`
  const suite = `<testsuite name="${xml(`desktop drift ${drift.environment}`)}" ${counts}>`
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ${counts}>\n  ${suite}\n${
    cases.join('') || passed
  }  </testsuite>\n</testsuites>\n`
}

/** Replaces characters not allowed in XML 1.0; line breaks in attributes become references. */
function xml(text: string): string {
  return foreign(text)
    .toWellFormed()
    .replaceAll(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\u{FFFD}')
    .replaceAll(/[&<>"'\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`)
}
