import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import { daemonKeys } from '../../src/config/generated/daemon-keys.ts'
import { parsed } from '../support/config/arbitrary.ts'
import { daemonSamples } from '../support/config/daemon-samples.ts'

const daemonOf = (config: unknown) =>
  parsed(stringify({ apiVersion: 'desktop/v1', engine: { config } })).engine.daemon

test('there is a sample for every key', () => {
  expect(Object.keys(daemonSamples).sort()).toEqual(Object.keys(daemonKeys))
})

test.each(Object.entries(daemonSamples))('%s is rendered as it is written', (_key, config) => {
  expect(daemonOf(config)).toMatchObject(config)
})
