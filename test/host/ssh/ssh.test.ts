import { expect, test } from 'vitest'
import { forwardSocket } from '../../../src/host/ssh/ssh.ts'

test.each(['/home/a:b/control', '/home/a b/control', '/home/%h/control', 'control'])(
  'the path %s, which ssh -L would misread, is refused without a hint about the login',
  async (path) => {
    const forwarded = forwardSocket({ ssh: { host: 'builder' }, path }, '/tmp/local')
    await expect(forwarded).rejects.toMatchObject({ code: 'hosts/forward' })
  },
)
