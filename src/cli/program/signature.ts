/** Commands for signatures of images, bundles and saved plans. */
import { collect } from '../arguments.ts'
import type { Define } from './define.ts'

export function defineSignature({ group, does, plain, onFile }: Define): void {
  const signature = group('signature', 'sign and verify images, bundles and saved plans')
  const signed = 'exported image, bundle or saved plan'
  does(
    plain('keygen', 'generate a key pair: secret key in a file, public key on stdout', signature).argument(
      '<file>',
      'file for the secret key',
    ),
    () => import('../commands/signature-keygen.ts'),
  )
  does(
    plain('sign', 'sign an exported image, a bundle or a saved plan; writes FILE.minisig', signature)
      .argument('<file>', signed)
      .requiredOption('-s, --secret-key <file>', 'secret key from keygen, openssl genpkey or minisign -W'),
    () => import('../commands/signature-sign.ts'),
  )
  does(
    plain(
      'statement',
      'print the text to sign with minisign, for keys that are kept elsewhere',
      signature,
    ).argument('<file>', signed),
    () => import('../commands/signature-statement.ts'),
  )
  does(
    onFile('verify', 'verify FILE.minisig with the keys of desktop.yaml and the site', signature)
      .argument('<file>', signed)
      .option('-p, --public-key <key>', 'use this key instead; repeatable', collect, []),
    () => import('../commands/signature-verify.ts'),
  )
}
