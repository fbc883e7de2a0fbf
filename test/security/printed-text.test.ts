/** What files, guests and containers say never moves the terminal and never commands a CI runner. */
import fc from 'fast-check'
import { afterEach, expect, test, vi } from 'vitest'
import { processOutput } from '../../src/cli/output.ts'
import { driftDocument, driftView } from '../../src/cli/views/drift.ts'
import { githubReport, junitReport, sarifReport } from '../../src/cli/views/drift-reports.ts'
import { errorView } from '../../src/cli/views/error.ts'
import { planView } from '../../src/cli/views/plan.ts'
import { rowsOf } from '../../src/cli/views/rows.ts'
import { hideFromOutput } from '../../src/errors/credentials.ts'
import { DesktopError } from '../../src/errors/desktop-error.ts'
import { oneLine, printable } from '../../src/escape.ts'
import type { Operation } from '../../src/reconcile/plan.ts'

afterEach(() => vi.restoreAllMocks())

const attacks = [
  '\u001b[2J\u001b[H',
  '\u001b]52;c;Y3VybCB4LnRlc3R8c2g=\u0007',
  '\u001b]8;;http://x.test\u0007link\u001b]8;;\u0007',
  '\u009b31m',
  '\u001bP$q"p\u001b\\',
  '\u007f\u0008\u0008',
  'before\rafter',
  '\u202egnp.exe',
  '\u2066x\u2069',
  '\u2028::error::x',
  '\u{e0041}\u{e0042}',
  '\n::error file=x::forged',
  '\n  ::add-mask::x',
  '\n\u00a0::set-output name=a::b',
  '\n::stop-commands::abc',
  '\n##[error]forged',
  '\n##vso[task.setvariable variable=x]y',
]

/** What no line of a terminal or a log may have. */
function isHarmless(text: string): boolean {
  const controls = [...text].some((one) => {
    const code = one.codePointAt(0) ?? 0
    return (
      (code < 32 && code !== 9 && code !== 10) ||
      (code >= 0x7f && code <= 0x9f) ||
      (code >= 0x2028 && code <= 0x202e) ||
      (code >= 0x2066 && code <= 0x2069) ||
      (code >= 0xe0000 && code <= 0xe007f)
    )
  })
  const commands = text.split('\n').some((line) => /^\s*::[a-z].*::/i.test(line) || /##(\[|vso\[)/.test(line))
  return !controls && !commands
}

test.each(attacks)('%j is harmless once it is printable', (attack) => {
  expect(isHarmless(printable(attack))).toBe(true)
  expect(isHarmless(printable(`${attack}${attack}`))).toBe(true)
  expect(oneLine(attack)).not.toContain('\n')
})

test('any mix of attacks and text is harmless once it is printable, and JSON stays JSON', () => {
  const part = fc.oneof(fc.constantFrom(...attacks), fc.string(), fc.constantFrom(':', '\n', '##', '[', '::'))
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
      const text = parts.join('')
      expect(isHarmless(printable(text))).toBe(true)
      expect(JSON.parse(printable(JSON.stringify({ text })))).toEqual({ text })
    }),
  )
})

/** What a process that is not on a terminal prints by `use`. */
function printed(use: (output: ReturnType<typeof processOutput>) => void): string {
  let all = ''
  const take = (text: string | Uint8Array): boolean => {
    all += String(text)
    return true
  }
  vi.spyOn(process.stdout, 'write').mockImplementation(take)
  vi.spyOn(process.stderr, 'write').mockImplementation(take)
  use(processOutput({}))
  vi.restoreAllMocks()
  return all
}

const operation = (text: string): Operation => ({
  id: `ports/listen/${text}`,
  kind: 'ports/listen',
  subject: text,
  effect: 'live',
  causes: [{ path: text, from: text, to: text, at: { file: text, line: 1, column: 1 } }],
  interruption: { kind: 'containers', names: [text] },
  consent: undefined,
  after: [],
})

const note = (text: string) => ({ level: 'warning' as const, about: text, message: text, hint: text })

const planOf = (text: string) => ({ operations: [operation(text)], notes: [note(text)], unchanged: 0 })

const drift = (text: string) =>
  driftDocument({
    format: 'desktop-plan/1',
    ...{
      toolVersion: '1',
      environment: text,
      environmentId: null,
      bootId: '',
      configHash: '',
      observedHash: '',
    },
    ...planOf(text),
    worstEffect: 'live',
    consents: [],
    violations: [{ rule: text, severity: 'warn', message: text, from: text }],
  })

const views: readonly (readonly [string, (text: string) => string])[] = [
  ['a plan', (text) => printed((output) => output.write(planView('dev', planOf(text), output)))],
  [
    'drift',
    (text) => printed((output) => output.write(driftView({ ...drift(text), environment: 'dev' }, output))),
  ],
  [
    'an error',
    (text) => {
      const at = { file: text, line: 1, column: 1, frame: text }
      const error = new DesktopError('vm/agent', text, { hint: text, at, cause: new Error(text) })
      return printed((output) => output.say(errorView(error, output, true)))
    },
  ],
  ['JSON', (text) => printed((output) => output.write(JSON.stringify(drift(text), null, 2)))],
  [
    'SARIF',
    (text) => printed((output) => output.write(JSON.stringify(sarifReport(drift(text), text), null, 2))),
  ],
  ['JUnit', (text) => printed((output) => output.write(junitReport(drift(text), text)))],
  [
    'rows of progress',
    (text) => {
      const { rows, apply } = rowsOf([operation(text)])
      apply({ event: 'progress', id: text, message: text } as never)
      return rows.map(({ title, message }) => `${title} ${message}`).join('\n')
    },
  ],
]

test.each(views)('%s has no text from elsewhere that is not escaped', (_name, view) => {
  for (const attack of attacks) expect(isHarmless(view(`x${attack}`)), JSON.stringify(attack)).toBe(true)
})

test('a value that spans lines adds no line to a plan', () => {
  const lines = (text: string) =>
    printed((output) => output.write(planView('dev', planOf(text), output))).split('\n')
  expect(lines('a\nb\nc').filter((line) => /^[abc]/.test(line))).toEqual([])
})

test('annotations for GitHub have one command for each difference, whatever the values say', () => {
  for (const attack of attacks) {
    const lines = githubReport(drift(`x${attack}`), 'desktop.yaml')
      .trimEnd()
      .split('\n')
    expect(lines).toHaveLength(3)
    for (const line of lines) {
      expect(line).toMatch(/^::(warning|error) [^:]*::/)
      expect(isHarmless(line.replace(/^::/, ''))).toBe(true)
    }
  }
})

test('an escape sequence that is not ours is not taken for a style', () => {
  vi.stubEnv('FORCE_COLOR', '1')
  const text = printed((output) => output.write(`${output.style('red', 'ours\u001b[8m')} \u001b[31mtheirs`))
  vi.unstubAllEnvs()
  expect(text).not.toContain('\u001b[8m')
  expect(text).toContain('\\u001b[31mtheirs')
})

test('a value that is hidden is in nothing that is printed', () => {
  hideFromOutput((text) => text.replaceAll('hunter2', '(from env X)'))
  const text = printed((output) => {
    output.write(planView('dev', planOf('hunter2'), output))
    output.say('hunter2')
  })
  hideFromOutput((text) => text)
  expect(text).not.toContain('hunter2')
})
