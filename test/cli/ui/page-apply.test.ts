/** Applies of a page, with the real supervisor: exactly the plan that was shown, with its consents. */
import type { ServerResponse } from 'node:http'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { openEnvironment } from '../../../src/apply/environment/environment.ts'
import type { ApplyLine } from '../../../src/cli/ui/apply-protocol.ts'
import { PageApply } from '../../../src/cli/ui/page-apply.ts'
import { type TestHost, testHost } from '../../support/cli/host.ts'

/** The response as the page reads it. */
async function run(applies: PageApply, body: unknown): Promise<ApplyLine[]> {
  const response = Object.assign(new PassThrough(), { writeHead: () => {} })
  void applies.run(body, response as unknown as ServerResponse)
  const lines = (await text(response)).trim().split('\n')
  return lines.map((line) => JSON.parse(line) as ApplyLine)
}

function appliesOf(host: TestHost): PageApply {
  const { signal } = new AbortController()
  // The environment that the command has on this host.
  process.env = { ...host.env }
  return new PageApply({
    open: () => openEnvironment({ file: [`${host.dir}/desktop.yaml`], set: [] }),
    text: JSON.stringify,
    stop: signal,
    kill: signal,
  })
}

test('a page applies the plan that it was shown; a stale one, an unknown one and data loss are refused', async () => {
  const before = process.env
  await using host = await testHost()
  try {
    await host.write('vm: { disk: 2GiB }\n')
    await host.ok('apply')
    const applies = appliesOf(host)
    const hosts = (address: string): Promise<void> =>
      host.write(`vm: { disk: 2GiB }\nnetwork: { dns: { hosts: { db.test: ${address} } } }\n`)

    await hosts('10.1.2.3')
    const shown = await applies.plan()
    expect(shown.operations.map(({ kind }) => kind)).toEqual(['dns/set'])
    await hosts('10.1.2.4')
    expect(await run(applies, { id: shown.id, allow: [] })).toMatchObject([{ code: 'plan/stale' }])
    expect(await run(applies, { id: 999, allow: [] })).toMatchObject([{ code: 'plan/stale' }])
    expect(await run(applies, { id: 'x' })).toMatchObject([{ code: 'cli/usage' }])

    const again = await applies.plan()
    const lines = await run(applies, { id: again.id, allow: [] })
    expect(lines.at(-1)).toMatchObject({ event: 'result', outcome: { result: 'applied' } })
    expect(await host.ok('plan')).toContain('nothing to do')

    await host.write('vm: { disk: 1GiB }\n')
    const losing = await applies.plan()
    expect(losing.consents).toEqual(['recreate:disk'])
    expect(await run(applies, { id: losing.id, allow: [] })).toMatchObject([{ code: 'plan/needs-consent' }])
    const agreed = await run(applies, { id: losing.id, allow: ['recreate:disk'] })
    expect(agreed.at(-1)).toMatchObject({ event: 'result', outcome: { result: 'applied' } })
  } finally {
    process.env = before
  }
})
