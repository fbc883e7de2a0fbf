/** Guest images. */
import { type Define, offlineHelp } from './define.ts'

export function defineImage({ program, does, plain, onFile }: Define): void {
  const image = program.command('image').description('guest images: build, list, carry to another machine')
  does(
    onFile('build', 'build it now', image).option('--offline', offlineHelp),
    () => import('../commands/image-build.ts'),
  )
  does(
    plain('ls', 'list the images in the cache, with who has them', image),
    () => import('../commands/image-ls.ts'),
  )
  does(
    plain('inspect', 'show what an image is made of and who has it', image).argument(
      '<digest>',
      'or how it begins',
    ),
    () => import('../commands/image-inspect.ts'),
  )
  does(
    plain(
      'prune',
      'remove what no environment, generation or lock has; all of it can be made again',
      image,
    ).option('-n, --dry-run', 'only say what would go'),
    () => import('../commands/image-prune.ts'),
  )
  does(
    onFile('export', 'write it to a file for a machine that cannot build', image).argument('<file>'),
    () => import('../commands/image-export.ts'),
  )
  does(
    plain('import', 'take an exported image, or a bundle', image).argument('<file>'),
    () => import('../commands/image-import.ts'),
  )
  does(
    onFile(
      'bundle',
      'write all that a machine without network needs to one file: image, components, package list',
    ).argument('<file>'),
    () => import('../commands/bundle.ts'),
  )
}
