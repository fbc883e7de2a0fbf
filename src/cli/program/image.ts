/** Commands for guest images. */
import { type Define, offlineHelp } from './define.ts'

export function defineImage({ group, does, plain, onFile }: Define): void {
  const image = group('image', 'build, list, prune, export and import guest images')
  does(
    onFile('build', 'build the guest image without starting the VM', image).option('--offline', offlineHelp),
    () => import('../commands/image-build.ts'),
  )
  does(
    plain('ls', 'list cached images and the environments that use them', image),
    () => import('../commands/image-ls.ts'),
  )
  does(
    plain('inspect', 'show the components of an image and the environments that use it', image).argument(
      '<digest>',
      'digest, or its first characters',
    ),
    () => import('../commands/image-inspect.ts'),
  )
  does(
    plain(
      'prune',
      'remove images that no environment, generation or lock uses; they can be rebuilt',
      image,
    ).option('-n, --dry-run', 'list the images, but do not remove them'),
    () => import('../commands/image-prune.ts'),
  )
  does(
    onFile('export', 'write the image to a file, for hosts that cannot build it', image).argument(
      '<file>',
      'file to write',
    ),
    () => import('../commands/image-export.ts'),
  )
  does(
    plain('import', 'import an exported image or a bundle', image)
      .argument('<file>', 'file from `desktop image export` or `bundle`')
      .option('--content <digest>', 'require this content digest, as printed by `image export`'),
    () => import('../commands/image-import.ts'),
  )
  does(
    onFile('bundle', 'write an offline bundle: image, components, package list').argument(
      '<file>',
      'file to write',
    ),
    () => import('../commands/bundle.ts'),
  )
}
