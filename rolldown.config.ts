/**
 * Two bundles, so that neither the command nor the supervisor loads what only the other needs. What every plan
 * needs is one chunk, since each file costs a third of a millisecond to find and link; what a command needs beside
 * that is loaded when it runs. koffi has a native part and stays a package.
 */
import type { RolldownOptions } from 'rolldown'

type Bundle = RolldownOptions & { input: Record<string, string> }

const bundle = (name: string, entry: string, together: RegExp): Bundle => ({
  input: { [name]: entry },
  platform: 'node',
  external: ['koffi'],
  output: {
    dir: 'dist',
    format: 'esm',
    // Beside the entries: code finds supervisor.js and the package by its own directory.
    entryFileNames: '[name].js',
    chunkFileNames: `${name}-[name]-[hash].js`,
    codeSplitting: {
      groups: [
        // Before compiled code is looked for, and all that `--version` needs.
        { name: 'first', test: /\/(package\.json|src\/version\.ts|src\/host\/paths\.ts)$/, priority: 1 },
        { name: 'core', test: together },
      ],
    },
    minify: false,
    sourcemap: false,
  },
})

const bundles: readonly Bundle[] = [
  bundle('desktop', 'src/cli/main.ts', /\/src\/cli\/(run|commands\/plan)\.ts$/),
  bundle('supervisor', 'src/supervisor/main.ts', /\/src\/supervisor\/main\.ts$/),
]

export default bundles
