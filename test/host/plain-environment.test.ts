import { expect, test } from 'vitest'
import { plainEnvironment, supervisorEnvironment } from '../../src/host/plain-environment.ts'

test('programs that face the guest get none of the tokens that the user has in the environment', () => {
  const env = {
    PATH: '/bin',
    LC_ALL: 'C',
    XDG_CACHE_HOME: '/c',
    DESKTOP_GOLDEN: 'off',
    AWS_SECRET_ACCESS_KEY: 'x',
    GITHUB_TOKEN: 'x',
    NODE_OPTIONS: '--inspect',
    SSH_AUTH_SOCK: '/s',
    LD_PRELOAD: '/evil.so',
  }
  expect(Object.keys(plainEnvironment(env))).toEqual(['PATH', 'LC_ALL', 'XDG_CACHE_HOME', 'DESKTOP_GOLDEN'])
})

test('only the supervisor of one of several machines has the SSH agent, for peers on other hosts', () => {
  const env = { PATH: '/bin', SSH_AUTH_SOCK: '/s', TZ: 'UTC' }
  expect(supervisorEnvironment(false, env)).toEqual({ PATH: '/bin', TZ: 'UTC' })
  expect(supervisorEnvironment(true, env)).toEqual(env)
})
