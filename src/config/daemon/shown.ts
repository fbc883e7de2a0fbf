/** Keys of daemon.json that `GET /info` shows as they are written, with their names there. */
export const shownAs = { debug: 'Debug', labels: 'Labels', 'live-restore': 'LiveRestoreEnabled' } as const
