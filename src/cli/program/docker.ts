/** Commands that point docker at the environment. */
import type { Define } from './define.ts'

export function defineDocker({ does, onFile, errorsAsJson }: Define): void {
  does(
    errorsAsJson(
      onFile('docker', "run docker against this environment, using the host's client or a downloaded one"),
    )
      .argument('[command...]', "docker's command and options; options of `desktop docker` come first")
      .allowUnknownOption()
      .passThroughOptions(),
    () => import('../commands/docker.ts'),
  )
  does(
    onFile('env', 'print shell commands that point docker at this environment').argument(
      '[machine]',
      'VM to use, if `vms` defines several; same as --machine',
    ),
    () => import('../commands/env.ts'),
  )
}
