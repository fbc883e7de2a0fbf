/** What the fake dockerd answers; undefined for a path that it does not know. */

export function engineReply(path: string, config: Record<string, unknown>, networks: string): unknown {
  switch (path) {
    case '/_ping':
      return 'OK'
    case '/version':
      return { Version: '26.1.5', ApiVersion: '1.45' }
    case '/info':
      return {
        Debug: config.debug ?? false,
        Labels: config.labels ?? [],
        LiveRestoreEnabled: config['live-restore'] ?? false,
        RegistryConfig: {},
        DefaultRuntime: 'runc',
      }
    case '/containers/json':
      return []
    case '/networks':
      return JSON.parse(networks)
    default:
      return undefined
  }
}
