/** The page of `desktop ui`: exchanges the token of the URL for a cookie, then shows the views. */
import 'uplot/dist/uPlot.min.css'
import './page.css'
import './page.html'
import './icon.svg'
import { render } from 'preact'
import { App } from './app.tsx'

const token = new URLSearchParams(location.hash.slice(1)).get('token')
if (token !== null) {
  // Neither the history nor a bookmark keeps it.
  history.replaceState(null, '', '/#/overview')
  await fetch('/session', { method: 'POST', body: token })
}
const root = document.getElementById('app')
if (root !== null) {
  root.replaceChildren()
  render(<App />, root)
}
