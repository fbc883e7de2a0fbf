import { expect, test } from 'vitest'
import { absent, present } from '../../src/observation.ts'
import { observeGuestMemory, parseMemory } from '../../src/observe/guest-memory.ts'

const meminfo =
  'MemTotal:         990876 kB\nMemFree:          605384 kB\nMemAvailable:     807756 kB\nBuffers:            2072 kB\n'

test('memory that the kernel can reclaim is not used memory', () => {
  expect(parseMemory(meminfo)).toEqual(
    present({ totalBytes: 990876 * 1024, usedBytes: 183120 * 1024, availableBytes: 807756 * 1024 }),
  )
})

test('the memory of containers is known once Docker has created their cgroup', async () => {
  const guest = (containers: Parameters<typeof present>[0] | undefined) => ({
    guestReadFiles: async () => [
      present(meminfo),
      containers === undefined ? absent : present(String(containers)),
    ],
  })
  expect(await observeGuestMemory(guest('1101824\n'))).toMatchObject({ value: { containerBytes: 1101824 } })
  for (const without of [undefined, 'max\n', '-1', ''])
    expect(await observeGuestMemory(guest(without))).not.toHaveProperty('value.containerBytes')
})

test.each([
  ['', 'empty'],
  ['MemTotal: 0 kB\nMemAvailable: 0 kB\n', 'no memory'],
  ['MemTotal: 10 kB\nMemAvailable: 20 kB\n', 'more available than there is'],
  ['MemTotal: 10 kB\n', 'nothing available named'],
  ['MemTotal: 1e9 kB\nMemAvailable: <b> kB\n', 'no numbers'],
])('text of the guest without plausible amounts is unknown: %j (%s)', (text) => {
  expect(parseMemory(text)).toMatchObject({ state: 'unknown' })
})
