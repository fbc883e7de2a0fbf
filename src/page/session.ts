/** The cookie that opens the data, for the token of the URL. */

/** Settled when requests may be sent; one without the cookie is refused, and the view says so. */
export let entered: Promise<unknown> = Promise.resolve()

/** Returns at once, so that the page is drawn while the server answers. */
export function enter(): void {
  const token = new URLSearchParams(location.hash.slice(1)).get('token')
  if (token === null) return
  // Neither the history nor a bookmark keeps it.
  history.replaceState(null, '', '/#/overview')
  entered = fetch('/session', { method: 'POST', body: token }).catch(() => {})
}
