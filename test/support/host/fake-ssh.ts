/** A program in place of ssh(1) that keeps its connection in files. */
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * A login logs its arguments in `log`, fails while `down` exists, and makes `master`. With a master, `-O forward` makes a
 * file in place of the socket, unless one is there, or it has the same forward already, as ssh does.
 */
export async function fakeSsh(dir: string): Promise<void> {
  const script = `#!/bin/sh
cd ${dir}
echo "$*" >>log
case $* in
*'-O forward'*)
  [ -e master ] || exit 255
  for word; do case $word in *:/*) forward=$word ;; esac; done
  grep -qxF "$forward" forwards 2>/dev/null && exit 0
  echo "$forward" >>forwards
  [ -e "\${forward%%:*}" ] || : >"\${forward%%:*}" ;;
*'-O cancel'*) rm forwards ;;
*'exit 0')
  echo login >>logins
  if [ -e down ]; then echo 'No route to host' >&2; exit 255; fi
  : >master ;;
esac
`
  await writeFile(join(dir, 'ssh'), script)
  await chmod(join(dir, 'ssh'), 0o755)
  await writeFile(join(dir, 'log'), '')
}
