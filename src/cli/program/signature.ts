/** Signatures of images, bundles and saved plans. */
import { collect } from '../arguments.ts'
import type { Define } from './define.ts'

export function defineSignature({ program, does, plain, onFile }: Define): void {
  const signature = program
    .command('signature')
    .description('signatures of images, bundles and saved plans: make, verify')
  does(
    plain(
      'keygen',
      'make a key pair: the secret key in a file, the public key on stdout',
      signature,
    ).argument('<file>'),
    () => import('../commands/signature-keygen.ts'),
  )
  does(
    plain('sign', 'sign an exported image, a bundle or a saved plan: writes FILE.minisig', signature)
      .argument('<file>')
      .requiredOption('-s, --secret-key <file>', 'as keygen, openssl genpkey or minisign -W wrote it'),
    () => import('../commands/signature-sign.ts'),
  )
  does(
    plain(
      'statement',
      'print the text to be signed by minisign, for keys kept elsewhere',
      signature,
    ).argument('<file>'),
    () => import('../commands/signature-statement.ts'),
  )
  does(
    onFile('verify', 'verify FILE.minisig by the keys of desktop.yaml and the site', signature)
      .argument('<file>')
      .option('-p, --public-key <key>', 'this key instead; repeatable', collect, []),
    () => import('../commands/signature-verify.ts'),
  )
}
