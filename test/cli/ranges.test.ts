/**
 * Address range conflicts as reported by commands, in a network namespace that already uses the ranges of the
 * file.
 */
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { desktopUnshared } from '../support/cli/unshared.ts'

let dir: string

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ranges-'))
  const network = "network:\n  subnet: 10.213.7.0/24\n  subnet6: 'fd12:3456:789a::/64'\n"
  await writeFile(join(dir, 'desktop.yaml'), `apiVersion: desktop/v1\nname: ranges\n${network}`)
})
afterAll(() => rm(dir, { recursive: true }))

const taken = [
  'ip link add d0 type veth peer name d1',
  'ip link set d0 up',
  'ip link set d1 up',
  'ip addr add 10.213.0.1/16 dev d0',
  'ip addr add fd12:3456:789a::5/64 dev d0 nodad',
].join(' && ')

test.skipIf(!existsSync('/proc/net/if_inet6')).each([
  ['plan', 4, /desktop\.yaml:4/, /desktop\.yaml:5/],
  ['apply --yes', 4, /desktop\.yaml:4\)/, /desktop\.yaml:5\)/],
  ['doctor', 1, /bad/, /bad/],
])(
  'desktop %s lists the ranges of the file that this host uses, their places, and free ones',
  async (args, code, ...places) => {
    const ended = await desktopUnshared(dir, '--net', taken, args)
    const said = `${ended.stdout}${ended.stderr}`
    const lines = said.split('\n')
    const overlaps = (network: string) => lines.findIndex((line) => line.includes(`overlaps ${network}`))
    const found = ['10.213.0.0/16', 'fd12:3456:789a::/64'].map(overlaps)
    expect(
      found.map((at) => lines[at]),
      said,
    ).toEqual(places.map((place) => expect.stringMatching(place)))
    expect(lines[found[0]! + 1]).toMatch(/use a free range, e\.g\. subnet: [\d.]+\/24/)
    expect(lines[found[1]! + 1]).toMatch(/use a free range, e\.g\. subnet6: fd[\da-f:]+\/64/)
    expect(ended.code).toBe(code)
  },
  30_000,
)
