/** Guest images. */
import { type Define, offlineHelp } from './define.ts'

export function defineImage({ program, does, plain, onFile }: Define): void {
  const image = program.command('image').description('guest images: build, list, copy to another machine')
  does(
    onFile('build', 'build the image now', image).option('--offline', offlineHelp),
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
    ).option('-n, --dry-run', 'list what would be removed, and remove nothing'),
    () => import('../commands/image-prune.ts'),
  )
  does(
    onFile('export', 'write the image to a file, for a machine that cannot build', image).argument('<file>'),
    () => import('../commands/image-export.ts'),
  )
  does(
    plain('import', 'import an exported image or a bundle', image)
      .argument('<file>')
      .option('--content <digest>', 'require this content digest, as `image export` printed it'),
    () => import('../commands/image-import.ts'),
  )
  does(
    onFile('bundle', 'write an offline bundle: image, components, package list').argument('<file>'),
    () => import('../commands/bundle.ts'),
  )
}
