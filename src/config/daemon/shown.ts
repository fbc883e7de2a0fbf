/** Keys of daemon.json that `GET /info` reports unchanged, with their names there. */
export const shownAs = { debug: 'Debug', labels: 'Labels', 'live-restore': 'LiveRestoreEnabled' } as const
