/** Every JSON document about generations, imports, errors and versions conforms to its schema. */
import fc from 'fast-check'
import { test } from 'vitest'
import { compareGenerations } from '../../src/apply/history/compare.ts'
import { errorJson } from '../../src/cli/views/error.ts'
import { generationDocument, historyDocument } from '../../src/cli/views/history.ts'
import { importDocument } from '../../src/cli/views/import.ts'
import { versionDocument } from '../../src/cli/views/version.ts'
import { importSettings } from '../../src/config/import/import.ts'
import { DesktopError } from '../../src/errors/desktop-error.ts'
import { expectValid, runs } from '../support/cli/json-schemas.ts'
import { desired } from '../support/reconcile/arbitrary.ts'

test('every generation, the list of them and what differs between two', () => {
  const kept = fc.record(
    {
      format: fc.constant('desktop-generation/1' as const),
      number: fc.integer({ min: 1, max: 99 }),
      time: fc.constant('2026-01-01T00:00:00.000Z'),
      toolVersion: fc.constantFrom('0.1.0', '0.2.0'),
      configHash: fc.string(),
      config: fc.dictionary(
        fc.string().map((name) => `/${name}`),
        fc.string(),
      ),
      desired,
      git: fc.record({ commit: fc.string(), dirty: fc.boolean() }),
      rollbackTo: fc.nat(),
      rendered: fc.record({ linuxkitYaml: fc.string(), daemonJson: fc.string() }),
      argv: fc.array(fc.string()),
      imageDigest: fc.option(fc.string(), { nil: undefined }),
      operations: fc.array(
        fc.record(
          {
            id: fc.string(),
            result: fc.constantFrom('done', 'failed', 'skipped', 'unknown' as const),
            milliseconds: fc.option(fc.nat(), { nil: undefined }),
            error: fc.string(),
          },
          { requiredKeys: ['id', 'result', 'milliseconds'] },
        ),
      ),
      milliseconds: fc.nat(),
      result: fc.constantFrom('applied', 'incomplete', 'interrupted' as const),
    },
    {
      requiredKeys: [
        'format',
        'number',
        'time',
        'toolVersion',
        'configHash',
        'config',
        'rendered',
        'argv',
        'imageDigest',
        'operations',
        'result',
      ],
    },
  )
  fc.assert(
    fc.property(kept, kept, (a, b) => {
      expectValid('generation', generationDocument(a))
      expectValid('history', historyDocument('dev', [a, b]))
      expectValid('generation-diff', compareGenerations(a, b))
    }),
    runs,
  )
})

test('every import', () => {
  const settings = fc.dictionary(
    fc.constantFrom('cpus', 'memoryMiB', 'debug', 'kubernetesEnabled', 'x'),
    fc.jsonValue(),
  )
  fc.assert(
    fc.property(settings, fc.option(fc.string(), { nil: undefined }), (given, out) => {
      const files = [{ file: 'settings.json', text: JSON.stringify(given) }]
      const { text, draft } = importSettings({ tool: 'docker-desktop', name: 'web', files })
      expectValid('import', importDocument(draft, out, text))
    }),
    runs,
  )
})

test('every error, with the place of each mistake', () => {
  const at = { file: 'desktop.yaml', line: 4, column: 3, frame: '  ^' }
  const others = [new DesktopError('internal/bug', 'second')]
  expectValid('errors', errorJson(new DesktopError('internal/bug', 'first', { at, hint: 'h', others })))
  expectValid('errors', errorJson(new Error('anything')))
})

test('every version, of a package and of a checkout', () => {
  const components = [{ name: 'yaml', version: '2.0.0', license: 'ISC' }]
  expectValid('version', versionDocument('package', { commit: null, modified: false }, components))
  expectValid('version', versionDocument('checkout', { commit: 'a'.repeat(40), modified: true }, []))
})
