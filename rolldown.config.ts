/**
 * Two entries share their chunks: the command and the supervisor. What a command loads when it runs stays a
 * chunk of its own, so that `--version` reads a few kilobytes. koffi has a native part and stays a package.
 */
import { defineConfig, type RolldownOptions } from 'rolldown'

const config: RolldownOptions = defineConfig({
  input: { desktop: 'src/cli/main.ts', supervisor: 'src/supervisor/main.ts' },
  platform: 'node',
  external: ['koffi'],
  output: {
    dir: 'dist',
    format: 'esm',
    entryFileNames: '[name].js',
    // Beside the entries: code finds supervisor.js and the package by its own directory.
    chunkFileNames: '[name]-[hash].js',
    cleanDir: true,
    minify: false,
    sourcemap: false,
  },
})

export default config
