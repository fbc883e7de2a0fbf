/** Which cipher a new ssh connection prefers. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { cipherOptions } from '../../../src/host/ssh/cipher.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'cipher-'))
  vi.stubEnv('PATH', `${dir}:${process.env.PATH}`)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(dir, { recursive: true })
})

const chacha = 'chacha20-poly1305@openssh.com'
const [small, large] = ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com']
const usual = `${chacha},aes128-ctr,${small},${large}`

/** @param own list of ssh without configuration */
async function ssh(configured: string, own = usual): Promise<void> {
  const script = `#!/bin/sh
[ "$1" = -F ] && list=${own} || list=${configured}
echo "host builder"; echo "ciphers $list"; echo "ipqos none"
`
  await writeFile(join(dir, 'ssh'), script)
  await chmod(join(dir, 'ssh'), 0o755)
}
const chosen = (aes = true): Promise<readonly string[]> =>
  cipherOptions({ host: 'builder' }, AbortSignal.timeout(10_000), Promise.resolve(aes))

test('AES-GCM comes first, and the other ciphers of ssh stay in their order', async () => {
  await ssh(usual)
  expect(await chosen()).toEqual(['-o', `Ciphers=${small},${large},${chacha},aes128-ctr`])
})

test('a list that the user, or the system, has configured is left alone', async () => {
  await ssh('aes256-ctr')
  expect(await chosen()).toEqual([])
  // Also one with AES-GCM in another place.
  await ssh(`${chacha},${small}`)
  expect(await chosen()).toEqual([])
})

test('ssh chooses without AES instructions, without AES-GCM, and if it does not report its list', async () => {
  await ssh(usual)
  expect(await chosen(false)).toEqual([])
  await ssh(chacha, chacha)
  expect(await chosen()).toEqual([])
  await writeFile(join(dir, 'ssh'), '#!/bin/sh\nexit 255\n')
  expect(await chosen()).toEqual([])
})
