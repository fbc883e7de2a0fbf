import { describe, expect, test } from 'vitest'
import { eventStream } from '../../src/apply/run/events.ts'
import { explained } from '../../src/cli/commands/explain.ts'
import { firstFile, nameFrom } from '../../src/cli/commands/init.ts'
import { lastLines } from '../../src/cli/commands/logs.ts'
import { errorView } from '../../src/cli/views/error.ts'
import { outcomeCode, outcomeView } from '../../src/cli/views/outcome.ts'
import { planView } from '../../src/cli/views/plan.ts'
import { plainProgress } from '../../src/cli/views/progress.ts'
import { configOf } from '../../src/config/load.ts'
import { DesktopError } from '../../src/errors/desktop-error.ts'
import type { Operation, OperationId } from '../../src/reconcile/plan.ts'
import { reconcile } from '../../src/reconcile/reconcile.ts'
import { operation } from '../../src/reconcile/resources/resource.ts'
import { bareHost, inSyncWith } from '../support/reconcile/reality.ts'
import { aDesired, GiB, targetOf } from '../support/reconcile/world.ts'

const plain = { style: (_style: unknown, text: string): string => text }

describe('a plan for a person', () => {
  const view = (desired: typeof aDesired): string =>
    planView('dev', reconcile(targetOf(desired), inSyncWith(targetOf(aDesired))), plain)

  test('says first and last what it costs, and names the containers that stop', () => {
    const lines = view({ ...aDesired, vm: { ...aDesired.vm, memoryBytes: 4 * GiB } })
      .trimEnd()
      .split('\n')
    expect(lines[0]).toBe('dev: 3 operations; the VM restarts; containers stop: web, db.')
    expect(lines.at(-1)).toBe(lines[0])
  })

  test('is one line when there is nothing to do, and notes', () => {
    expect(view(aDesired).split('\n')[0]).toBe('dev matches the file; nothing to do.')
  })

  test('of a bare host is readable as a whole', () => {
    expect(planView('dev', reconcile(targetOf(aDesired), bareHost), plain)).toMatchSnapshot()
  })

  test('says by which name the loss of data is agreed to', () => {
    expect(view({ ...aDesired, vm: { ...aDesired.vm, diskBytes: GiB } })).toContain('--allow recreate:disk')
  })
})

describe('progress in plain lines', () => {
  function linesOf(operations: Operation[], tell: (emit: ReturnType<typeof eventStream>) => void): string[] {
    const lines: string[] = []
    const view = plainProgress(
      operations,
      (line) => lines.push(line),
      () => 0,
    )
    tell(eventStream(() => new Date(0), [view.on]))
    return lines
  }
  const op = (id: string, kind: Operation['kind']): Operation =>
    operation({ id: id as OperationId, kind, subject: id, causes: [] })

  test('each operation begins and ends in a line, a failure with its reason', () => {
    const lines = linesOf([op('a', 'dns/set'), op('b', 'vm/start')], (emit) => {
      emit({ event: 'operation', id: 'a', phase: 'started' })
      emit({ event: 'operation', id: 'a', phase: 'done', milliseconds: 1234 })
      emit({ event: 'operation', id: 'b', phase: 'started' })
      emit({
        event: 'operation',
        id: 'b',
        phase: 'failed',
        error: { code: 'vm/start-failed', message: 'no KVM' },
      })
    })
    expect(lines).toEqual([
      '  ...   set DNS a',
      '  ok    set DNS a  1.2 s',
      '  ...   start the VM b',
      '  FAIL  start the VM b: no KVM',
    ])
  })

  test('a thousand ports are one row, not a thousand', () => {
    const operations = Array.from({ length: 1000 }, (_, i) => op(`p${i}`, 'ports/listen'))
    const lines = linesOf(operations, (emit) => {
      for (const { id } of operations) emit({ event: 'operation', id, phase: 'started' })
      for (const { id } of operations) emit({ event: 'operation', id, phase: 'done', milliseconds: 5 })
    })
    expect(lines).toEqual(['  ...   open 1000 ports', '  ok    open 1000 ports  0.0 s'])
  })

  test('figures are shown at most once a second', () => {
    const lines = linesOf([op('a', 'image/build')], (emit) => {
      emit({ event: 'operation', id: 'a', phase: 'started' })
      for (let done = 0; done < 100; done += 1) {
        emit({
          event: 'progress',
          id: 'a',
          step: 's',
          message: 'download',
          done: done * 1e6,
          total: 1e8,
          unit: 'bytes',
        })
      }
    })
    expect(lines).toEqual(['  ...   build the a', '        download  0.0 of 100.0 MB'])
  })
})

describe('errors', () => {
  test('show the place, the code, and what to write instead beside the caret', () => {
    const at = { file: 'desktop.yaml', line: 4, column: 3, frame: '  4 |   cpu: 2\n    |   ^^^' }
    const error = new DesktopError('config/unknown-key', 'unknown key "cpu" in vm', {
      at,
      hint: 'did you mean "cpus"?',
    })
    expect(errorView(error, plain, false)).toBe(
      'desktop.yaml:4:3  unknown key "cpu" in vm   [config/unknown-key]\n' +
        '  4 |   cpu: 2\n    |   ^^^ did you mean "cpus"?\n',
    )
  })

  test('all mistakes of a file are shown at once', () => {
    const others = [new DesktopError('internal/bug', 'second'), new DesktopError('internal/bug', 'third')]
    expect(errorView(new DesktopError('internal/bug', 'first', { others }), plain, false)).toMatch(
      /first[\s\S]*second[\s\S]*third/,
    )
  })
})

describe('the end of an apply', () => {
  const outcome = {
    counts: { done: 2, failed: 0, skipped: 0, unknown: 0 },
    generation: 1,
    dockerHost: 'unix:///run/docker.sock',
    notices: [],
  }

  test.each([
    ['applied', 0],
    ['in-sync', 0],
    ['incomplete', 4],
    ['interrupted', 130],
  ] as const)('%s is exit code %i', (result, code) => {
    expect(outcomeCode({ result })).toBe(code)
  })

  test('says where docker.sock is and how to set up the shell', () => {
    expect(outcomeView('dev', { ...outcome, result: 'applied' }, plain)).toBe(
      'dev: 2 done. docker.sock is at /run/docker.sock\nexport DOCKER_HOST=unix:///run/docker.sock\n',
    )
  })

  test('what a step wanted to be read stands before the result', () => {
    const view = outcomeView('dev', { ...outcome, notices: ['it booted instead'], result: 'applied' }, plain)
    expect(view).toMatch(/^note: it booted instead\ndev: 2 done/)
  })
})

describe('small commands', () => {
  test('the file that init writes is valid', () => {
    const text = firstFile('dev')
    expect(configOf({ file: 'desktop.yaml', path: '/x/desktop.yaml', text, env: {} }).name).toBe('dev')
  })

  test.each(['1234', 'null', 'true', '1e3', 'node.js_app', 'My Project!', '-x'])(
    'a folder %s has the same name in the file that init writes and without one',
    (folder) => {
      const path = `/x/${folder}/desktop.yaml`
      const text = firstFile(nameFrom(`/x/${folder}`))
      const unnamed = 'apiVersion: desktop/v1\n'
      const nameOf = (content: string): string =>
        configOf({ file: 'desktop.yaml', path, text: content, env: {} }).name
      expect(nameOf(text)).toBe(nameOf(unnamed))
    },
  )

  test.each([
    ['/home/a/My Project!', 'my-project'],
    ['/', 'default'],
    ['/x/---', 'default'],
  ])('a folder %s gives the name %s', (folder, name) => {
    expect(nameFrom(folder)).toBe(name)
  })

  test('a key, one below a map, and a whole section can be explained', () => {
    expect(explained('vm.memory').map(([key]) => key)).toEqual(['vm.memory'])
    expect(explained('network.dns.hosts.registry.test').map(([key]) => key)).toEqual(['network.dns.hosts'])
    expect(explained('publish').map(([key]) => key)).toEqual(['publish.containers', 'publish.bind'])
    expect(explained('engine.config.debug')[0]?.[1].effect).toBe('reload')
    expect(() => explained('engine.config.debgu')).toThrow('has no key')
  })

  test.each([
    ['a\nb\nc\n', 2, 'b\nc\n'],
    ['a\nb', 1, 'b'],
    ['a\n', 5, 'a\n'],
  ])('the last lines of %j', (text, count, last) => {
    expect(lastLines(text, count)).toBe(last)
  })
})
