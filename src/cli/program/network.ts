/** Commands that serve the VM's network or state on localhost, and learn egress rules. */
import { duration, durationOption, port } from '../arguments.ts'
import type { Define } from './define.ts'

export function defineNetwork({ does, group, onFile, withoutJson, errorsAsJson }: Define): void {
  does(
    errorsAsJson(onFile('ui', 'open a web page with live connections, plan and history; Ctrl-C stops it'))
      .option('--no-open', 'print the URL without opening a browser')
      .option('--port <n>', 'listen on 127.0.0.1:<n> (default: any free port)', port)
      .option('--socket <path>', 'listen on a unix socket instead')
      .option('--write', 'let the page apply the plan it shows')
      .option('--keep', 'run in the background')
      .option(
        '--idle <duration>',
        'exit when no page has been open for this long (default: never; with --keep, 60m)',
        duration,
      ),
    () => import('../commands/ui.ts'),
  )
  does(
    withoutJson(
      onFile('tunnel', 'run a SOCKS5 proxy on localhost that reaches containers; Ctrl-C stops it'),
    ).option('--port <n>', 'listen on 127.0.0.1:<n>', port, 1080),
    () => import('../commands/tunnel.ts'),
  )
  does(
    withoutJson(onFile('metrics', 'serve Prometheus metrics on localhost, or push via OTLP; Ctrl-C stops it'))
      .option('--once', 'print the metrics and exit')
      .option('--port <n>', 'listen on 127.0.0.1:<n> (default: 9464)', port)
      .option('--otlp <url>', 'push to this collector instead, e.g. http://127.0.0.1:4318')
      .addOption(durationOption('--interval <duration>', 'time between pushes', '15s')),
    () => import('../commands/metrics.ts'),
  )
  const egress = group('egress', 'generate egress rules from recorded traffic')
  does(
    withoutJson(
      onFile(
        'learn',
        'record connections that match no rule, and print a patch that allows them and denies everything else',
        egress,
      ),
    ).option('--for <duration>', 'stop after this long (default: until Ctrl-C)', duration),
    () => import('../commands/egress-learn.ts'),
  )
}
