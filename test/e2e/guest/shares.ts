/** Shared folders from the point of view of containers and of root in the VM. */
import { chmod, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ok } from '../environment.ts'
import { inside, machine } from '../shared-vm.ts'
import { write } from './contents.ts'

export function shares(): void {
  test('a shared folder is read and written by containers, and a read-only one is read-only whatever the VM does', async () => {
    const volumes = ['-v', '/work:/w', '-v', '/srv/data:/d']
    const script =
      'cat /w/note /d/fixed; echo from a container >/w/back; touch /d/no 2>&1; rm /d/fixed 2>&1; true'
    const said = await ok(machine.docker('run', '--rm', ...volumes, 'box', 'sh', '-c', script))
    expect(said).toMatch(/^from the host\nread only\n(.*Read-only file system\n){2}$/)
    expect(await readFile(join(machine.dir, 'work/back'), 'utf8')).toBe('from a container\n')
    const mount = 'type=bind,source=/work/note,target=/note,readonly'
    expect(await ok(machine.docker('run', '--rm', '--mount', mount, 'box', 'cat', '/note'))).toBe(
      'from the host\n',
    )
    // Root of the VM mounts it writable: this host does not let it write all the same.
    const forced = await inside(
      'mkdir /tmp/rw; mount -t virtiofs -o rw share1 /tmp/rw && touch /tmp/rw/no 2>&1; umount /tmp/rw',
    )
    expect(forced).toContain('Read-only file system')
    await expect(stat(join(machine.dir, 'data/no'))).rejects.toMatchObject({ code: 'ENOENT' })
    // What this host writes is seen, and so are its permissions.
    await writeFile(join(machine.dir, 'work/script'), '#!/bin/sh\necho ran\n')
    await chmod(join(machine.dir, 'work/script'), 0o755)
    expect(await ok(machine.docker('run', '--rm', '-v', '/work:/w', 'box', '/w/script'))).toBe('ran\n')
  })

  test('root of the VM leaves no setuid program and no device on a writable share', async () => {
    const said = await inside(
      'cd /work; touch made; chmod u+s made 2>&1; mkdir -m 2755 folder 2>&1; mknod device b 8 0 2>&1; rm -f made; ls -l',
    )
    expect(said.match(/Operation not permitted/g)).toHaveLength(3)
    expect(said).not.toMatch(/^(b|.{3}s|.{6}s)/m)
  })

  test('a share that is not mounted any more is drift, and is mounted again live', async () => {
    await inside('umount /work')
    const drift = await machine.desktop('drift', '--exit-code')
    expect(drift.code, drift.stdout).toBe(2)
    expect(drift.stdout).toContain('/work is not mounted')
    await ok(machine.desktop('drift', '--repair'))
    expect(await inside('cat /work/note')).toBe('from the host\n')
  })

  test('a folder that is not there is an error of the plan, before anything changes', async () => {
    await write()
    const text = await readFile(join(machine.dir, 'desktop.yaml'), 'utf8')
    await writeFile(join(machine.dir, 'desktop.yaml'), text.replace('./data', './nowhere'))
    const apply = await machine.desktop('apply')
    expect(apply.code).toBe(4)
    expect(apply.stderr).toMatch(/shares\[1\]\.source: .*nowhere does not exist/)
    await write()
  })
}
