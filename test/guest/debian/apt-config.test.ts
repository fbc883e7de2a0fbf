import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { aptFlag, parseAptConfig } from '../../../src/guest/debian/apt-config.ts'

const sample = `// a comment
Acquire::http::Proxy "http://proxy.test:3128/"; # another
Acquire { https { Proxy "http://secure.test"; Verify-Peer "false" }; Retries 3; };
/* Acquire::http::Proxy "http://wrong.test"; */
Acquire::http::Proxy::deb.test "DIRECT";
APT::NeverAutoRemove { "^linux-.*"; };
Dir::Cache "/tmp"; #clear Dir::Cache;
Acquire::By-Hash "no";
`

test('nested and flat keys, comments, lists and #clear are read as apt reads them', async () => {
  const config = parseAptConfig(sample)
  expect(Object.fromEntries(config)).toEqual({
    'acquire::http::proxy': 'http://proxy.test:3128/',
    'acquire::https::proxy': 'http://secure.test',
    'acquire::https::verify-peer': 'false',
    'acquire::retries': '3',
    'acquire::http::proxy::deb.test': 'DIRECT',
    'acquire::by-hash': 'no',
  })
  expect(aptFlag(config, 'Acquire::By-Hash', true)).toBe(false)
  expect(aptFlag(config, 'Acquire::Other', true)).toBe(true)
})

const hasApt = spawnSync('apt-config', ['--version']).status === 0

test.runIf(hasApt)('every value is the one that apt-config prints', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'desktop-apt-'))
  try {
    const file = join(dir, 'apt.conf')
    await writeFile(file, sample)
    const { stdout } = spawnSync('apt-config', ['dump'], { env: { APT_CONFIG: file }, encoding: 'utf8' })
    for (const [key, value] of parseAptConfig(sample)) {
      const line = stdout.split('\n').find((one) => one.toLowerCase().startsWith(`${key} `))
      expect(line?.slice(key.length + 1), key).toBe(`"${value}";`)
    }
  } finally {
    await rm(dir, { recursive: true })
  }
})
