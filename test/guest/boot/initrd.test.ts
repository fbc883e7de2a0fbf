import { expect, test } from 'vitest'
import { initrdChunks, loadOrder } from '../../../src/guest/boot/initrd.ts'

const modulesDep = [
  'kernel/drivers/block/virtio_blk.ko:',
  'kernel/fs/overlayfs/overlay.ko: kernel/lib/far.ko kernel/lib/near.ko',
  'kernel/lib/far.ko: kernel/lib/near.ko',
  'kernel/lib/near.ko:',
].join('\n')

test('modules are loaded after what they need, and built-in ones not at all', () => {
  expect(loadOrder(['virtio_pci', 'virtio_blk', 'overlay'], modulesDep)).toEqual([
    'kernel/drivers/block/virtio_blk.ko',
    'kernel/lib/near.ko',
    'kernel/lib/far.ko',
    'kernel/fs/overlayfs/overlay.ko',
  ])
})

test('the archive holds busybox, init and the modules in their order', async () => {
  const chunks: Uint8Array[] = []
  const inputs = {
    busybox: Buffer.from('BUSYBOX'),
    init: Buffer.from('#!/bin/busybox sh\n'),
    modulesDep,
    moduleContent: (path: string) => Buffer.from(`module ${path}`),
  }
  for await (const chunk of initrdChunks(inputs)) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString('latin1')
  expect(text.startsWith('070701')).toBe(true)
  expect(text).toContain('virtio_blk.ko\nnear.ko\nfar.ko\noverlay.ko\n')
  expect(text).toContain('module kernel/fs/overlayfs/overlay.ko')
})
